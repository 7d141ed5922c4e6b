import type { FindTrainer, Trainer } from '../../core/trainer.ts';
import { AppError } from '../../core/errors.ts';
import type { Log, Now, Step } from '../../core/runtime.ts';
import type { Calendar } from '../../providers/ports/calendar.ts';
import type { Meetings } from '../../providers/ports/meetings.ts';
import { SalesforceError, type SalesforceRecords } from '../../salesforce/records.ts';
import type { Database } from '../../storage/database.ts';
import type { Tokens } from '../../tokens/port.ts';
import { withBookingLease } from './booking-lease.ts';
import type { StoredBooking } from './booking-row.ts';
import { checkSlot } from './check-slot.ts';
import type { Failure } from './classify-failure.ts';
import { desiredEffects, type BookingSettings, type DesiredEffects } from './desired-effects.ts';
import type { Effect } from './effect.ts';
import { recallEffects } from './ledger.ts';
import { readBooking, type BookingSnapshot } from './read-booking.ts';
import { noFailures, runEffects, type EffectsRun } from './run-effects.ts';
import { releaseHoldOf } from './slot-hold.ts';
import { resultsOf, type PassOutcome, type SyncResults } from './sync-results.ts';
import { addTimelineEntry, type PassContext } from './timeline.ts';
import { writeBack } from './write-back.ts';

export interface ReconcileDeps {
  records: Pick<SalesforceRecords, 'query' | 'composite' | 'queryPath' | 'upsert'>;
  db: Database;
  now: Now;
  log: Log;
  step: Step;
  tokens: Pick<Tokens, 'withAccessToken'>;
  /** Absent: Lark is not set up. */
  lark: { meetings: Meetings; calendar: Calendar } | undefined;
  findTrainer: FindTrainer;
  settings: () => BookingSettings;
  /** Asks the trainer, by mail, to connect. */
  inviteTrainer: (trainerId: string) => Promise<void>;
  /** Time of this trainer became free: bookings that were in conflict may have their slot now. */
  wakeConflicts: (trainerId: string) => Promise<void>;
}

export interface ReconcileInput {
  bookingId: string;
  /** Just read, in the same request. */
  snapshot?: BookingSnapshot & { trainer: Trainer };
  /** The acting Salesforce user, or the name of the calling system. */
  actor: string;
  requestId: string;
  /** What failed until now is not tried again by itself. */
  isLastAttempt?: boolean;
}

export interface Reconciled {
  /** The booking with the results of this pass. */
  booking: StoredBooking;
  effects: readonly Effect[];
  /** False: Salesforce could not be reached, the results wait in the ledger. */
  isSaved: boolean;
  /** Set when the pass must be repeated: the error to give to the queue. */
  retry: AppError | undefined;
}

/**
 * Makes what exists outside equal to what the booking says: create, change, cancel, retry and recovery after a crash are
 * all this. Safe to repeat. undefined when the booking does not exist (any more).
 *
 * Throws `request_in_progress` (retryable) while another pass works on the booking, and `SalesforceError` when the
 * booking cannot be read. Trouble with providers does not throw: it is in the result.
 */
export async function reconcileBooking(deps: ReconcileDeps, input: ReconcileInput): Promise<Reconciled | undefined> {
  return withBookingLease(deps, input.bookingId, async (keepLease) => {
    const snapshot = input.snapshot ?? (await readBooking(deps, input.bookingId));
    if (!snapshot) {
      await forgetSlot(deps, input.bookingId);
      return undefined;
    }
    const trainer = input.snapshot?.trainer ?? (await deps.findTrainer({ trainerId: snapshot.booking.trainerId }));
    return pass({ ...deps, keepLease }, input, snapshot, trainer);
  });
}

type PassDeps = ReconcileDeps & { keepLease: () => Promise<void> };

async function pass(
  deps: PassDeps,
  input: ReconcileInput,
  snapshot: BookingSnapshot,
  trainer: Trainer,
): Promise<Reconciled> {
  const { booking } = snapshot;
  const context = { bookingId: booking.id, revision: booking.revision, actor: input.actor, requestId: input.requestId };
  const settings = deps.settings();
  const slot = await followSlot(deps, booking);
  const desired = desiredEffects({
    booking,
    trainer,
    settings,
    hasSlot: slot.conflict === undefined,
    horizonMs: deps.lark?.meetings.horizonMs ?? 0,
    now: deps.now(),
  });
  const effectsBefore = await recallEffects(deps.db, snapshot, deps.now());
  const { run, reason } = await runIfPossible(deps, context, desired, effectsBefore, settings);
  const outcome = outcomeOf({
    desired,
    run,
    waits: reason,
    conflict: slot.conflict,
    isLastAttempt: input.isLastAttempt,
  });
  const results = resultsOf(booking, run.effects, outcome, settings);
  await noteChanges(deps, context, booking, { results, outcome, run });
  const writeBackError = await tryWriteBack(deps, {
    ...snapshot,
    results,
    effects: run.effects,
    effectsBefore,
    desired,
  });
  for (const trainerId of slot.released) await deps.wakeConflicts(trainerId);
  return {
    booking: withResults(booking, results),
    effects: run.effects,
    isSaved: writeBackError === undefined,
    retry: writeBackError ?? (outcome.kind === 'retry' ? retryOf(run.temporary, outcome.reason) : undefined),
  };
}

async function followSlot(deps: PassDeps, booking: StoredBooking) {
  const holdsTime = (booking.status === 'Confirmed' || booking.status === 'Requested') && booking.end > deps.now();
  if (holdsTime) return checkSlot(deps, booking.id, booking);
  const released = await releaseHoldOf(deps.db, booking.id);
  return { conflict: undefined, released: released === undefined ? [] : [released] };
}

async function forgetSlot(deps: ReconcileDeps, bookingId: string): Promise<void> {
  const trainerId = await releaseHoldOf(deps.db, bookingId);
  deps.log.info({ bookingId }, 'booking does not exist any more');
  if (trainerId !== undefined) await deps.wakeConflicts(trainerId);
}

async function runIfPossible(
  deps: PassDeps,
  context: PassContext,
  desired: DesiredEffects,
  effects: readonly Effect[],
  settings: BookingSettings,
): Promise<{ run: EffectsRun; reason: string | undefined }> {
  if (deps.lark && !settings.mockLarkBooking) {
    return {
      run: await runEffects({ ...deps, lark: deps.lark }, context, { desired, effects, settings }),
      reason: undefined,
    };
  }
  const run = { effects, ...noFailures };
  if (desired.leaveAlone) return { run, reason: undefined };
  const reason = settings.mockLarkBooking
    ? 'Calls to Lark are switched off (MOCK_LARK_BOOKING). The link is made when they are on again.'
    : 'Lark is not set up on this server.';
  return { run, reason: desired.wantsEvent || effects.some(({ state }) => state === 'done') ? reason : undefined };
}

function outcomeOf(given: {
  desired: DesiredEffects;
  run: EffectsRun;
  waits: string | undefined;
  conflict: string | undefined;
  isLastAttempt: boolean | undefined;
}): PassOutcome {
  const { run } = given;
  if (given.desired.leaveAlone) return { kind: 'left-alone' };
  if (run.temporary) {
    return { kind: given.isLastAttempt === true ? 'failed' : 'retry', reason: run.temporary.message };
  }
  if (given.conflict !== undefined) return { kind: 'conflict', reason: given.conflict };
  if (given.waits !== undefined) return { kind: 'waits', reason: given.waits };
  if (run.permanent) return { kind: 'failed', reason: run.permanent.message };
  if (run.setup) return { kind: 'setup', reason: run.setup.message };
  if (run.leftOver) return { kind: 'left-over', reason: `Still to be removed by its owner: ${run.leftOver.message}` };
  return { kind: 'done' };
}

/** Lines of the timeline about the booking as a whole, and the invitation of a trainer who has to connect. */
async function noteChanges(
  deps: PassDeps,
  context: PassContext,
  booking: StoredBooking,
  { results, outcome, run }: { results: SyncResults; outcome: PassOutcome; run: EffectsRun },
): Promise<void> {
  const isFirstPass = booking.syncedRevision !== booking.revision;
  if (outcome.kind === 'conflict' && (isFirstPass || booking.syncError !== outcome.reason)) {
    await addTimelineEntry(deps, context, { step: 'Slot', outcome: 'conflict', message: outcome.reason });
  }
  if (outcome.kind === 'waits' && isFirstPass) {
    await addTimelineEntry(deps, context, {
      step: 'Meeting',
      outcome: 'skipped',
      message: outcome.reason,
      provider: 'lark',
    });
  }
  if (run.setup && isFirstPass) {
    await addTimelineEntry(deps, context, {
      step: 'Meeting',
      outcome: 'skipped',
      message: `Waits for the trainer: ${run.setup.message}`,
      provider: 'lark',
    });
    await deps.inviteTrainer(booking.trainerId);
  }
  if (results.meetingLink !== booking.meetingLink) {
    await addTimelineEntry(deps, context, {
      step: 'Meeting link',
      outcome: 'changed',
      message: linkChangeText(booking.meetingLink, results.meetingLink),
      oldLink: booking.meetingLink,
      newLink: results.meetingLink,
    });
  }
}

function linkChangeText(before: string | undefined, after: string | undefined): string {
  if (after === undefined) return 'The booking has no meeting link any more.';
  return before === undefined ? 'The meeting link is ready.' : 'The meeting link has changed.';
}

/** The error that makes the queue come back, if Salesforce did not take the results. */
async function tryWriteBack(deps: PassDeps, results: Parameters<typeof writeBack>[1]): Promise<AppError | undefined> {
  try {
    await deps.keepLease();
    await writeBack(deps, results);
    return undefined;
  } catch (error) {
    if (!(error instanceof SalesforceError)) throw error;
    const { id: bookingId } = results.booking;
    if (!error.retryable) {
      deps.log.error({ err: error, bookingId, fields: error.fields }, 'Salesforce refused results of a booking');
      return new AppError('salesforce_refused', `Salesforce refused the results: ${error.message}`, { cause: error });
    }
    deps.log.warn({ err: error, bookingId }, 'results of a booking are not in Salesforce yet');
    return new AppError('salesforce_unavailable', 'Salesforce does not answer at the moment.', {
      cause: error,
      retryable: true,
    });
  }
}

function retryOf(failure: Failure | undefined, reason: string): AppError {
  return new AppError('provider_unavailable', reason, {
    retryable: true,
    ...(failure?.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs }),
  });
}

function withResults(booking: StoredBooking, { isDone, ...results }: SyncResults): StoredBooking {
  return { ...booking, ...results, syncedRevision: isDone ? booking.revision : booking.syncedRevision };
}
