import type { FindTrainer, Trainer } from '../../core/trainer.ts';
import { AppError } from '../../core/errors.ts';
import type { Log, Now, Step } from '../../core/runtime.ts';
import type { Calendar } from '../../providers/ports/calendar.ts';
import type { Directory } from '../../providers/ports/directory.ts';
import type { Invitations } from '../../providers/ports/invitations.ts';
import type { Meetings } from '../../providers/ports/meetings.ts';
import { SalesforceError, type SalesforceRecords } from '../../salesforce/records.ts';
import type { Database, Transaction } from '../../storage/database.ts';
import type { Tokens } from '../../tokens/port.ts';
import { withBookingLease } from './booking-lease.ts';
import type { StoredBooking } from './booking-row.ts';
import { checkSlot } from './check-slot.ts';
import { desiredEffects, type BookingSettings } from './desired-effects.ts';
import type { Effect } from './effect.ts';
import { recallEffects } from './ledger.ts';
import { followLink, settleLink } from './link-memory.ts';
import { noteChanges } from './note-changes.ts';
import { isFulfilled, outcomeOf, retryAfter } from './pass-outcome.ts';
import { removeDeleted } from './remove-deleted.ts';
import { readBooking, type BookingSnapshot } from './read-booking.ts';
import { noFailures, runEffects, type EffectsRun } from './run-effects.ts';
import { freeHoldOf } from './slot-hold.ts';
import { resultsOf, type SyncResults } from './sync-results.ts';
import type { PassContext } from './timeline.ts';
import { writeBack } from './write-back.ts';

export interface ReconcileDeps {
  records: Pick<SalesforceRecords, 'query' | 'queryAll' | 'composite' | 'queryPath' | 'upsert'>;
  db: Database;
  now: Now;
  log: Log;
  step: Step;
  tokens: Pick<Tokens, 'withAccessToken'>;
  /** Absent: Lark is not set up. */
  lark: Lark | undefined;
  findTrainer: FindTrainer;
  settings: () => BookingSettings;
  /** Told how the booking stands before its results are saved and after; what is told before outlives a crash in between. */
  announce?: (booking: StoredBooking, saved: { isSaved: boolean }) => Promise<void>;
  /** Told of a booking that was deleted: the merchant's record must not show it any more. */
  announceDeleted?: (booking: Pick<StoredBooking, 'id' | 'merchantReference'>) => Promise<void>;
  /** Asks the trainer, by mail, to connect. */
  inviteTrainer: (trainerId: string) => Promise<void>;
  /** Time of this trainer became free: bookings that were in conflict may have their slot now. */
  freed: (trx: Transaction, trainerId: string) => Promise<void>;
}

/** What Lark can do for bookings. Without the last two nobody is invited who is not connected. */
export interface Lark {
  meetings: Meetings;
  calendar: Calendar;
  invitations?: Invitations;
  directory?: Directory;
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
  /** False: Salesforce could not be reached and the results wait in the ledger, or a newer pass brings its own. */
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
  return withBookingLease(deps, input.bookingId, (keepLease) => reconcileUnderLease({ ...deps, keepLease }, input));
}

/** `reconcileBooking` for somebody who works on the booking already. */
export async function reconcileUnderLease(deps: PassDeps, input: ReconcileInput): Promise<Reconciled | undefined> {
  const snapshot = input.snapshot ?? (await readBooking(deps, input.bookingId));
  if (!snapshot) {
    // First: it stops when Salesforce shows no bookings at all, and then nothing may be given away.
    await removeDeleted(deps, input);
    await freeHoldOf(deps, input.bookingId);
    deps.log.info({ bookingId: input.bookingId }, 'booking does not exist any more');
    return undefined;
  }
  const trainer = input.snapshot?.trainer ?? (await deps.findTrainer({ trainerId: snapshot.booking.trainerId }));
  return pass(deps, input, snapshot, trainer);
}

export type PassDeps = ReconcileDeps & { keepLease: () => Promise<void> };

async function pass(
  deps: PassDeps,
  input: ReconcileInput,
  snapshot: BookingSnapshot,
  trainer: Trainer,
): Promise<Reconciled> {
  const { booking } = snapshot;
  const context = { bookingId: booking.id, revision: booking.revision, actor: input.actor, requestId: input.requestId };
  const settings = deps.settings();
  const conflict = await followSlot(deps, booking);
  const effectsBefore = await recallEffects(deps.db, snapshot, deps.now());
  const link = await followLink(deps, context, booking, effectsBefore);
  const desired = desiredEffects({
    booking,
    trainer,
    settings,
    hasSlot: conflict === undefined,
    horizonMs: deps.lark?.meetings.horizonMs ?? 0,
    now: deps.now(),
    link: link.memory,
  });
  const { run, reason } = await runIfPossible(deps, context, {
    desired,
    effects: effectsBefore,
    settings,
    findInvitee: () => inviteeOf(deps, trainer),
  });
  const outcome = outcomeOf({
    desired,
    run,
    waits: reason,
    conflict,
    isLastAttempt: input.isLastAttempt,
  });
  const isInvitationOpen = run.invitation?.kind === 'temporary' && input.isLastAttempt !== true;
  const found = resultsOf(booking, run.effects, outcome, settings, link.memory);
  // Salesforce counts it as open too: the repetition may be lost with this process.
  const results = { ...found, isDone: found.isDone && !isInvitationOpen };
  // Whoever works on the booking by now tells how it stands.
  await deps.keepLease();
  await noteChanges(deps, context, booking, { results, outcome, run, link });
  const after = withResults(booking, results);
  await deps.announce?.(after, { isSaved: false });
  const { error: writeBackError, isShown } = await tryWriteBack(deps, {
    ...snapshot,
    results,
    effects: run.effects,
    effectsBefore,
    desired,
    settle: () => settleLink(deps, booking.id, link.memory, results, isFulfilled(outcome)),
  });
  if (isShown) await deps.announce?.(after, { isSaved: true });
  return {
    booking: after,
    effects: run.effects,
    isSaved: isShown,
    retry: writeBackError ?? retryAfter(outcome, run, input.isLastAttempt === true),
  };
}

/** Who the trainer is in the company's Lark; undefined if they are not in it. Throws `ProviderError`. */
async function inviteeOf({ lark }: PassDeps, trainer: Trainer): Promise<string | undefined> {
  if (!lark?.invitations || !lark.directory) return undefined;
  return trainer.email === '' ? undefined : lark.directory.findSubjectByEmail(trainer.email);
}

/** @returns in words who has the booking's time instead */
async function followSlot(deps: PassDeps, booking: StoredBooking): Promise<string | undefined> {
  const holdsTime = (booking.status === 'Confirmed' || booking.status === 'Requested') && booking.end > deps.now();
  if (holdsTime) return checkSlot(deps, booking.id, booking);
  await freeHoldOf(deps, booking.id);
  return undefined;
}

async function runIfPossible(
  deps: PassDeps,
  context: PassContext,
  given: Parameters<typeof runEffects>[2] & { settings: BookingSettings },
): Promise<{ run: EffectsRun; reason: string | undefined }> {
  const { desired, effects, settings } = given;
  if (deps.lark && !settings.mockLarkBooking) {
    return { run: await runEffects({ ...deps, lark: deps.lark }, context, given), reason: undefined };
  }
  const run = { effects, ...noFailures };
  if (desired.leaveAlone) return { run, reason: undefined };
  const reason = settings.mockLarkBooking
    ? 'Calls to Lark are switched off (MOCK_LARK_BOOKING). The link is made when they are on again.'
    : 'Lark is not set up on this server.';
  const mayExist = effects.some(({ state }) => state === 'done' || state === 'intended');
  return { run, reason: desired.wantsEvent || mayExist ? reason : undefined };
}

/** With the error that makes the queue come back, if Salesforce did not take the results. */
async function tryWriteBack(
  deps: PassDeps,
  results: Parameters<typeof writeBack>[1],
): Promise<{ isShown: boolean; error?: AppError }> {
  try {
    await deps.keepLease();
    return { isShown: await writeBack(deps, results) };
  } catch (error) {
    if (!(error instanceof SalesforceError)) throw error;
    const { id: bookingId } = results.booking;
    if (!error.retryable) {
      deps.log.error({ err: error, bookingId, fields: error.fields }, 'Salesforce refused results of a booking');
      const message = `Salesforce refused the results: ${error.message}`;
      return { isShown: false, error: new AppError('salesforce_refused', message, { cause: error }) };
    }
    deps.log.warn({ err: error, bookingId }, 'results of a booking are not in Salesforce yet');
    const failure = { cause: error, retryable: true };
    return {
      isShown: false,
      error: new AppError('salesforce_unavailable', 'Salesforce does not answer at the moment.', failure),
    };
  }
}

function withResults(booking: StoredBooking, { isDone, ...results }: SyncResults): StoredBooking {
  return { ...booking, ...results, syncedRevision: isDone ? booking.revision : booking.syncedRevision };
}
