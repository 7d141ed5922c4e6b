import type { Interval } from '../../core/interval.ts';
import type { Trainer } from '../../core/trainer.ts';
import type { SalesforceRecords } from '../../salesforce/records.ts';
import type { StoredBooking } from './booking-row.ts';
import { holderOf } from './holder-of.ts';
import { holdMove, releaseHoldOf, whileHoldsChange } from './slot-hold.ts';
import { slotTaken, type TakeSlotDeps } from './take-slot.ts';

export type MoveToSlotDeps = Omit<TakeSlotDeps, 'records'> & { records: Pick<SalesforceRecords, 'query' | 'queryAll'> };

/**
 * Holds the slot that a booking wants to move to, beside the one that it has. A hold whose booking has left the slot in
 * Salesforce is out of date and is given up. Throws `slot_taken` with the next free slots, `request_in_progress`, and
 * `salesforce_unavailable`.
 */
export async function moveToSlot(
  deps: MoveToSlotDeps,
  { booking, trainer, time }: { booking: StoredBooking; trainer: Trainer; time: Interval & { timeZone: string } },
): Promise<void> {
  const slot = { trainerId: trainer.id, start: time.start, end: time.end };
  await whileHoldsChange(async (): Promise<'held' | undefined> => {
    const held = await holdMove(deps, booking.id, slot);
    if (held === 'held') return held;
    if (held === 'retry') return undefined;
    const { bookingId } = held;
    const holder = bookingId === undefined ? 'a request on its way' : await holderOf(deps, bookingId, slot);
    if (holder !== undefined) throw await slotTaken(deps, { trainer, slot, timeZone: time.timeZone });
    if (bookingId !== undefined) await releaseHoldOf(deps.db, bookingId, slot);
    return undefined;
  });
}
