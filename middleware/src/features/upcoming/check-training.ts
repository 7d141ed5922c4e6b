import { randomUUID } from 'node:crypto';
import { AppError } from '../../core/errors.ts';
import type { Log, Now } from '../../core/runtime.ts';
import { describeInterval } from '../../core/zoned-time.ts';
import type { JobContext, Queue } from '../../queue/queue.ts';
import type { Database, Transaction } from '../../storage/database.ts';
import { isAnyUnseen, isChecked, keepChecked, keepUnseen } from './checks.ts';
import type { ExpectedTraining, SeenDifference } from './expected-training.ts';
import { judgeTraining } from './judge-training.ts';
import { lookAtTraining, type LookAtTrainingDeps, type Trouble } from './look-at-training.ts';
import { tellTrainerJob, type TellTrainer } from './tell-trainer.ts';

export interface CheckTrainingDeps {
  db: Database;
  now: Now;
  log: Log;
  queue: Pick<Queue, 'enqueue'>;
  /** Absent, or off by a switch: nothing can be looked at. */
  lark: () => LookAtTrainingDeps | undefined;
  inspect: (bookingId: string) => Promise<ExpectedTraining | undefined>;
  /**
   * Writes what differs into the ledger, with a line of the timeline, and has a pass set it right; all or nothing.
   * False: the booking has changed since it was looked at.
   */
  correct: (correction: {
    bookingId: string;
    revision: number;
    corrections: readonly SeenDifference[];
    entry: { step: 'Check'; outcome: 'ok' | 'repaired' | 'failed' | 'skipped'; message: string; provider: string };
    actor: string;
    requestId: string;
    also: (trx: Transaction) => Promise<void>;
  }) => Promise<boolean>;
  /** Enqueues a pass over the booking; with a transaction exactly if that commits. */
  bringInStep: (bookingId: string, trx?: Transaction) => Promise<void>;
  /** Tells the administrators, exactly if the transaction commits. */
  alert: (message: string, trx: Transaction) => Promise<void>;
}

/** One text for all trainings, told once for all that nobody could look at: mostly the provider is away for all of them. */
const UNSEEN =
  'Trainings of the next day could not be looked at in Lark so far. They are looked at again every hour; the timelines of the bookings say why.';

/** What is to be told of a check, and to whom. */
interface Conclusion {
  outcome: 'ok' | 'repaired' | 'failed' | 'skipped';
  text: string;
  differences?: readonly SeenDifference[];
  needsPass?: boolean;
  /** Nothing is known yet: the next hourly look tries again. */
  isOpen?: boolean;
  mail?: TellTrainer;
  alert?: string;
}

/**
 * Looks at one training that starts within a day: is the trainer connected, do meeting and event exist and show what the
 * booking says. What differs is set right by a pass over the booking; what cannot be set right is told, once for each
 * revision of the booking. Trouble that may pass is thrown (retryable) until the last attempt, and then told; the booking
 * stays unchecked.
 */
export async function checkTraining(
  deps: CheckTrainingDeps,
  { bookingId }: { bookingId: string },
  { lastAttempt }: Pick<JobContext, 'lastAttempt'>,
): Promise<void> {
  const lark = deps.lark();
  const expected = await deps.inspect(bookingId);
  if (!lark || expected?.isDue !== true || expected.start <= deps.now()) return;
  if (await isChecked(deps.db, expected)) return;
  const conclusion = await conclude(deps, lark, expected, lastAttempt);
  await settle(deps, expected, conclusion);
}

async function conclude(
  deps: CheckTrainingDeps,
  lark: LookAtTrainingDeps,
  expected: ExpectedTraining,
  lastAttempt: boolean,
): Promise<Conclusion> {
  if (expected.isConflict) return cannotBeMended(expected, 'another booking has its time, so it has no meeting.');
  const seen = await lookAtTraining(lark, expected);
  if ('trouble' in seen) {
    if (seen.trouble.kind === 'passing' && !lastAttempt) throw later(seen.trouble.reason);
    return afterTrouble(expected, seen.trouble);
  }
  // Without an event to look at, a pass has something to do, or the trainer wants no events.
  const lacksEvent = !expected.event && expected.calendar.mayCreate;
  if (!expected.isInStep || lacksEvent) {
    await deps.bringInStep(expected.bookingId);
    if (!lastAttempt) throw later('The booking is brought in step first.');
    return cannotBeMended(expected, `it cannot be brought in step: ${expected.syncError ?? 'something is missing.'}`);
  }
  const verdict = judgeTraining(expected, seen);
  const { undone } = verdict;
  return {
    ...verdict,
    ...(undone === undefined
      ? {}
      : { mail: { about: 'put-back', what: undone, ...mailOf(expected), bookingId: expected.bookingId } }),
  };
}

function afterTrouble(expected: ExpectedTraining, { kind, reason }: Trouble): Conclusion {
  const { needsLink, event, reservation, trainerName } = expected;
  if (kind === 'passing') {
    return {
      outcome: 'failed',
      isOpen: true,
      text: `The meeting and event of this training could not be looked at: ${reason} The administrators were told; it is looked at again every hour.`,
      alert: UNSEEN,
    };
  }
  if (kind !== 'connect') return cannotBeMended(expected, `its meeting and event could not be looked at: ${reason}`);
  if (!needsLink && !event && !reservation) {
    return { outcome: 'skipped', text: `There is nothing to look at: ${reason}` };
  }
  return {
    outcome: 'failed',
    text: `The trainer has to connect Lark: ${reason} The trainer and the administrators were told.`,
    mail: { about: 'connect', ...mailOf(expected) },
    // One text for all trainings of this trainer: it is mailed once.
    alert: `Trainings of the next day wait for ${trainerName}, who has to connect Lark: ${reason} The trainer was mailed a link.`,
  };
}

function cannotBeMended(expected: ExpectedTraining, reason: string): Conclusion {
  return {
    outcome: 'failed',
    text: `This training cannot be made ready by itself: ${reason} The administrators were told.`,
    alert: `Training ${expected.name} with ${expected.trainerName}, ${whenOf(expected)}, cannot be made ready by itself: ${reason}`,
  };
}

/** Written all together, so that a crash neither loses what must follow nor lets it follow from nothing. */
async function settle(deps: CheckTrainingDeps, expected: ExpectedTraining, conclusion: Conclusion): Promise<void> {
  const { bookingId, revision } = expected;
  const { outcome, text: message, mail } = conclusion;
  const isWritten = await deps.correct({
    bookingId,
    revision,
    corrections: conclusion.differences ?? [],
    entry: { step: 'Check', outcome, message, provider: 'lark' },
    actor: 'check-upcoming',
    requestId: randomUUID(),
    also: async (trx) => {
      const isOpen = conclusion.isOpen === true;
      const isKnown = isOpen && (await isAnyUnseen(trx, deps.now()));
      await (isOpen ? keepUnseen : keepChecked)(trx, expected, deps.now());
      if (mail) await deps.queue.enqueue(tellTrainerJob, mail, { key: keyOf(mail, revision), trx });
      if (conclusion.needsPass === true) await deps.bringInStep(bookingId, trx);
      if (conclusion.alert !== undefined && !isKnown) await deps.alert(conclusion.alert, trx);
    },
  });
  if (!isWritten) throw later('The booking has changed meanwhile.');
  deps.log.info({ bookingId, outcome }, 'a training of the next day was checked');
}

function mailOf(expected: ExpectedTraining) {
  const { trainerId, name: bookingName } = expected;
  return { trainerId, bookingName, when: whenOf(expected) };
}

function whenOf(expected: ExpectedTraining): string {
  return describeInterval(expected, expected.timeZone);
}

function keyOf(mail: TellTrainer, revision: number): string {
  return mail.about === 'connect' ? `connect:${mail.trainerId}` : `put-back:${mail.bookingId}:${revision}`;
}

function later(reason: string): AppError {
  return new AppError('request_in_progress', reason, { retryable: true });
}
