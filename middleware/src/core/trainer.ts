import type { ConnectionStatus } from './connection.ts';

/** A trainer as the middleware knows them: a row of `Onboarding_Trainer__c` without its tokens. */
export interface Trainer {
  /** 18 characters. */
  id: string;
  name: string;
  email: string;
  active: boolean;
  /** IANA name; the org's trainers without one work in UTC. */
  timeZone: string;
  /** `HH:mm` in `timeZone`. */
  workDayStart: string;
  workDayEnd: string;
  /** 1 = Monday … 7 = Sunday. */
  workDays: readonly number[];
  userId: string | undefined;
  lark: {
    status: ConnectionStatus;
    /** open id, `ou_…` */
    userId: string | undefined;
    accountEmail: string | undefined;
  };
  lastReminderAt: Date | undefined;
  reminderCount: number;
}

/** Exactly one of the three is given; an e-mail or a name that fits two trainers is an error, never a guess. */
export type TrainerReference = { trainerId: string } | { email: string } | { name: string };

/**
 * Finds one trainer. Throws `trainer_not_found` or `ambiguous_trainer`.
 * `fresh` skips the cache (at most 60 s old).
 */
export type FindTrainer = (reference: TrainerReference, options?: { fresh?: boolean }) => Promise<Trainer>;
