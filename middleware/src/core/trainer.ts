import type { ConnectionStatus } from './connection.ts';

/** How a trainer wants trainings in their calendar: a settings row of `Trainer_Connection__c`. */
export interface CalendarSettings {
  /** Off: the calendar is left alone. */
  syncEnabled: boolean;
  autoCreate: boolean;
  /** Changes and removals. */
  autoUpdate: boolean;
  /** Off: the event names neither merchant nor contact nor notes. */
  includeClientDetails: boolean;
  /** With `{{merchantName}}` and the like; absent: the usual. */
  titleTemplate: string | undefined;
  descriptionTemplate: string | undefined;
  /** Absent: the main calendar. */
  calendarId: string | undefined;
}

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
    /** Absent: the usual ones. */
    settings?: CalendarSettings | undefined;
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

/**
 * Finds several trainers by their ids, each once, in the order asked; one query for all that are not known already.
 * Throws `trainer_not_found` that names all who are missing.
 */
export type FindTrainers = (trainerIds: readonly string[]) => Promise<Trainer[]>;
