import { AppError } from '../../core/errors.ts';
import type { Trainer } from '../../core/trainer.ts';
import { withBookingLease } from './booking-lease.ts';
import type { StoredBooking } from './booking-row.ts';
import { inTime, patienceOf, type FinishBookingDeps } from './finish-booking.ts';
import { recallEffects } from './ledger.ts';
import { followTypedLink } from './link-memory.ts';
import { presentBooking, type PresentedBooking } from './present-booking.ts';
import { requireBooking, type BookingSnapshot } from './read-booking.ts';
import { reconcileUnderLease, type Reconciled } from './reconcile-booking.ts';

export interface ChangeInput {
  /** 15 or 18 characters. */
  bookingId: string;
  /** The booking of another merchant is not found. */
  merchantId?: string | undefined;
  /** The acting Salesforce user, or the name of the caller. */
  actor: string;
  requestId: string;
}

/** What a change left behind, before its effects. */
export type Changed =
  | { isChanged: false }
  | { isChanged: true; booking: StoredBooking; trainer?: Trainer | undefined; notes?: readonly string[] };

/**
 * Changes a booking as the only one who works on it, then makes its effects follow, as far as there is time for it.
 * Throws `booking_not_found`, `request_in_progress`, what `change` throws, and `SalesforceError`.
 */
export async function changeUnderLease(
  deps: FinishBookingDeps,
  input: ChangeInput,
  change: (snapshot: BookingSnapshot) => Promise<Changed>,
): Promise<PresentedBooking> {
  // Also tells an id that is none before anything is locked.
  const { booking: known } = await requireBooking(deps, input.bookingId, input.merchantId);
  const job = { bookingId: known.id, actor: input.actor, requestId: input.requestId };
  const saved = Promise.withResolvers<{ snapshot: BookingSnapshot; changed: Changed }>();
  const work = withBookingLease(
    deps,
    known.id,
    async (keepLease): Promise<Reconciled | undefined> => {
      const snapshot = await requireBooking(deps, known.id, input.merchantId);
      await followTypedLink(deps, { ...job, revision: snapshot.booking.revision }, snapshot.booking);
      const changed = await change(snapshot);
      saved.resolve({ snapshot, changed });
      if (!changed.isChanged) return undefined;
      await deps.step('change.saved');
      const trainer = changed.trainer ?? (await deps.findTrainer({ trainerId: changed.booking.trainerId }));
      const fresh = { booking: changed.booking, eventRows: snapshot.eventRows, trainer };
      return reconcileUnderLease({ ...deps, keepLease }, { ...job, snapshot: fresh });
    },
    { waitMs: patienceOf(deps).equalRequestMs },
  );
  work.catch(saved.reject);
  const { snapshot, changed } = await saved.promise;
  if (!changed.isChanged) {
    return presentBooking(snapshot.booking, await recallEffects(deps.db, snapshot, deps.now()));
  }
  const reconciled = await inTime(deps, job, work);
  const { booking, effects, isSaved } = reconciled ?? { booking: changed.booking, effects: [], isSaved: true };
  return presentBooking(booking, effects, { notes: changed.notes ?? [], isSaved });
}

/** Throws `booking_cancelled` and `booking_completed`: nothing of such a booking can be changed here. */
export function requireOpen(booking: StoredBooking, now: Date): void {
  if (booking.status === 'Cancelled') {
    throw new AppError('booking_cancelled', `${booking.name} is cancelled. Please book a new training.`);
  }
  requireNotOver(booking, now);
}

/** Throws `booking_completed`. */
export function requireNotOver(booking: StoredBooking, now: Date): void {
  if (booking.status === 'Completed' || (booking.status !== 'Cancelled' && booking.end <= now)) {
    throw new AppError('booking_completed', `${booking.name} has taken place already and cannot be changed any more.`);
  }
}
