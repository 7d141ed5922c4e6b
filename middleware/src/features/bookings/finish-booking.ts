import { messageOf } from '../../core/errors.ts';
import type { Trainer } from '../../core/trainer.ts';
import type { Queue } from '../../queue/queue.ts';
import { waitForOthers } from './booking-lease.ts';
import { timeOf, type BookTrainingBody, type RequestedTime } from './booking-request.ts';
import { settleClaim, type Claim } from './idempotency.ts';
import { recallEffects } from './ledger.ts';
import { presentBooking, type PresentedBooking } from './present-booking.ts';
import { readBooking, type BookingSnapshot } from './read-booking.ts';
import { reconcileBooking, type Reconciled, type ReconcileDeps } from './reconcile-booking.ts';
import { enqueueRetry } from './reconcile-job.ts';
import { promoteHold } from './slot-hold.ts';
import { addTimelineEntry } from './timeline.ts';
import { within } from './wait-until.ts';

export interface FinishBookingDeps extends ReconcileDeps {
  queue: Pick<Queue, 'enqueue'>;
  /** Other waiting times than the usual ones. */
  patience?: Patience;
}

/** How long a request waits, in milliseconds: for an equal one, and for its own effects. */
export interface Patience {
  equalRequestMs: number;
  effectsMs: number;
}

const USUAL_PATIENCE: Patience = { equalRequestMs: 10_000, effectsMs: 8_000 };

export function patienceOf({ patience = USUAL_PATIENCE }: { patience?: Patience }): Patience {
  return patience;
}

export interface BookTrainingInput {
  body: BookTrainingBody;
  /** The caller's own key for this request. */
  idempotencyKey: string | undefined;
  callerName: string;
  /** The acting Salesforce user, or the name of the caller. */
  actor: string;
  requestId: string;
}

export interface Booked {
  /** False: the booking was there already. */
  isNew: boolean;
  booking: PresentedBooking;
}

/** The row exists: it gets its hold, its key, its effects, and the caller an answer. */
export async function finishBooking(
  deps: FinishBookingDeps,
  input: BookTrainingInput,
  made: {
    snapshot: BookingSnapshot;
    trainer?: Trainer;
    claim: Claim | undefined;
    holdId: string | undefined;
    time?: RequestedTime;
  },
): Promise<Booked> {
  const { booking } = made.snapshot;
  await deps.db.transaction().execute(async (trx) => {
    if (made.holdId !== undefined) await promoteHold(trx, { holdId: made.holdId, bookingId: booking.id });
    if (made.claim) await settleClaim(trx, made.claim, booking.id);
    const context = {
      bookingId: booking.id,
      revision: booking.revision,
      actor: input.actor,
      requestId: input.requestId,
    };
    const text = `${booking.bookingType} booked for ${booking.merchantName ?? 'the merchant'}.`;
    await addTimelineEntry({ db: trx, now: deps.now }, context, { step: 'Booking', outcome: 'created', message: text });
  });
  const trainer = made.trainer ?? (await deps.findTrainer({ trainerId: booking.trainerId }));
  const reconciled = await reconcileInTime(deps, input, { ...made.snapshot, trainer });
  const notes = made.time?.notes ?? notesOf(deps, input.body, trainer);
  return {
    isNew: true,
    booking: reconciled
      ? presentBooking(reconciled.booking, reconciled.effects, { notes, isSaved: reconciled.isSaved })
      : presentBooking(booking, [], { notes }),
  };
}

function reconcileInTime(
  deps: FinishBookingDeps,
  input: BookTrainingInput,
  snapshot: BookingSnapshot & { trainer: Trainer },
): Promise<Reconciled | undefined> {
  const job = { bookingId: snapshot.booking.id, actor: input.actor, requestId: input.requestId };
  return inTime(deps, job, reconcileBooking(deps, { ...job, snapshot }));
}

/**
 * Waits for the effects of a request while there is time; what is left goes on behind it, and what fails in the queue.
 * undefined: there is no result yet.
 */
export async function inTime(
  deps: Pick<FinishBookingDeps, 'queue' | 'log' | 'patience'>,
  job: { bookingId: string; actor: string; requestId: string },
  effects: Promise<Reconciled | undefined>,
): Promise<Reconciled | undefined> {
  const later = (error: unknown) =>
    enqueueRetry(deps.queue, job, error).catch((cause: unknown) => {
      deps.log.error(
        { err: cause, ...job },
        'retry of a booking not enqueued; the search for lost triggers will find it',
      );
    });
  const work = effects.then(
    async (reconciled) => {
      if (reconciled?.retry) await later(reconciled.retry);
      return reconciled;
    },
    async (error: unknown) => {
      deps.log.warn({ err: error, ...job }, 'effects of a booking go to the queue');
      await later(error);
      return undefined;
    },
  );
  const result = await within(patienceOf(deps).effectsMs, work);
  return result.ended ? result.value : undefined;
}

/** A request that was made before gets the same answer, so it waits for the first one's effects. */
export async function presentExisting(
  deps: FinishBookingDeps,
  input: BookTrainingInput,
  found: BookingSnapshot,
): Promise<Booked> {
  const snapshot = (await settled(deps, found)) ?? found;
  const effects = await recallEffects(deps.db, snapshot, deps.now());
  const notes = notesOf(deps, input.body, { timeZone: snapshot.booking.timeZone });
  return { isNew: false, booking: presentBooking(snapshot.booking, effects, { notes }) };
}

async function settled(deps: FinishBookingDeps, { booking }: BookingSnapshot): Promise<BookingSnapshot | undefined> {
  const isBehind = booking.syncedRevision !== booking.revision;
  const wasBusy = isBehind && (await waitForOthers(deps, booking.id, patienceOf(deps).effectsMs));
  return wasBusy ? readBooking(deps, booking.id) : undefined;
}

/** What was said about the times at first, said again. The booking may be in the past by now. */
function notesOf(deps: FinishBookingDeps, body: BookTrainingBody, trainer: Pick<Trainer, 'timeZone'>): string[] {
  try {
    return timeOf(body, trainer.timeZone, new Date(0)).notes;
  } catch (error) {
    deps.log.debug({ err: messageOf(error) }, 'no notes about the times');
    return [];
  }
}
