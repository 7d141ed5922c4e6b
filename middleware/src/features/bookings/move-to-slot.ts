import { AppError } from '../../core/errors.ts';
import type { Interval } from '../../core/interval.ts';
import type { Trainer } from '../../core/trainer.ts';
import type { SalesforceRecords } from '../../salesforce/records.ts';
import type { StoredBooking } from './booking-row.ts';
import { holderOf } from './check-slot.ts';
import { holdMove, releaseHoldOf } from './slot-hold.ts';
import { slotTaken, type TakeSlotDeps } from './take-slot.ts';

export type MoveToSlotDeps = Omit<TakeSlotDeps, 'records'> & { records: Pick<SalesforceRecords, 'query'> };

/** Others may come and go between two looks; more often than this is not by chance. */
const MOST_TRIES = 5;

/**
 * Holds the slot that a booking wants to move to, beside the one that it has. A hold whose booking has left the slot in
 * Salesforce is out of date and is given up. Throws `slot_taken` with the next free slots, and `request_in_progress`.
 */
export async function moveToSlot(
  deps: MoveToSlotDeps,
  { booking, trainer, time }: { booking: StoredBooking; trainer: Trainer; time: Interval & { timeZone: string } },
): Promise<void> {
  const slot = { trainerId: trainer.id, start: time.start, end: time.end };
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const held = await holdMove(deps, booking.id, slot);
    if (held === 'held') return;
    if (held === 'retry') continue;
    const { bookingId } = held;
    const holder =
      bookingId === undefined
        ? 'a request on its way'
        : await holderOf(deps, bookingId, { ...slot, merchantReference: undefined });
    if (holder !== undefined) throw await slotTaken(deps, { trainer, slot, timeZone: time.timeZone });
    if (bookingId !== undefined) await releaseHoldOf(deps.db, bookingId, slot);
  }
  throw new AppError('request_in_progress', 'This time is being booked at the moment. Please try again shortly.', {
    retryable: true,
    retryAfterMs: 1_000,
  });
}
