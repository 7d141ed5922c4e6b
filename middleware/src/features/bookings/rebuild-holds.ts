import type { Now } from '../../core/runtime.ts';
import { areBookingsShown, soql, type Row, type SalesforceRecords } from '../../salesforce/records.ts';
import type { Database } from '../../storage/database.ts';
import { asBookedSlot, slotFields } from './bookings-in-the-way.ts';
import { followHold, giveHolds, releaseHoldOf, type BookedSlot } from './slot-hold.ts';

export interface RebuildHoldsDeps {
  records: Pick<SalesforceRecords, 'query'>;
  db: Database;
  now: Now;
}

/**
 * Gives every future booking its hold, if it has none, and lets older holds follow bookings that were moved, cancelled or
 * deleted meanwhile: at start, before requests are taken. Where two overlap in Salesforce, the one that had the slot
 * when it was last looked at keeps it, otherwise the earlier created one gets it. Safe to repeat.
 * @returns how many holds were made
 */
export async function rebuildHolds(deps: RebuildHoldsDeps): Promise<number> {
  // Read before Salesforce is asked: whoever has a hold by now has a row there by then.
  const before = await deps.db
    .selectFrom('slot_hold')
    .selectAll()
    .where('state', '=', 'booked')
    .where('ends_at', '>', deps.now())
    .execute();
  const rows = await deps.records.query(
    soql`SELECT ${slotFields}, Sync_Status__c FROM Training_Booking__c
      WHERE Status__c IN ('Requested', 'Confirmed') AND End__c > ${deps.now()} ORDER BY CreatedDate ASC, Name ASC`,
  );
  const bookings = rows.toSorted((one, other) => rankOf(one) - rankOf(other)).map(asBookedSlot);
  await followMoved(deps, before, bookings);
  return giveHolds(deps, bookings);
}

/** A pass that ended says who has the slot; before it has, a booking may have been put onto another one's time. */
function rankOf({ Sync_Status__c }: Row): number {
  if (Sync_Status__c === 'Conflict') return 2;
  return Sync_Status__c === 'Pending' ? 1 : 0;
}

interface KnownHold {
  trainer_id: string;
  starts_at: Date;
  ends_at: Date;
  booking_id: string | null;
}

/** What was changed while nobody looked: the others' slots are free first, then those that moved take theirs. */
async function followMoved(deps: RebuildHoldsDeps, before: readonly KnownHold[], bookings: readonly BookedSlot[]) {
  const holds = new Map(before.map((hold) => [hold.booking_id, hold]));
  const open = new Set<string | null>(bookings.map(({ bookingId }) => bookingId));
  const gone = before.filter(({ booking_id }) => !open.has(booking_id));
  // Who has lost the permission to see bookings must not give all of their slots away.
  const isBlind = gone.length > 0 && bookings.length === 0 && !(await areBookingsShown(deps.records));
  for (const { booking_id, trainer_id, starts_at, ends_at } of isBlind ? [] : gone) {
    await releaseHoldOf(deps.db, String(booking_id), { trainerId: trainer_id, start: starts_at, end: ends_at });
  }
  for (const booking of bookings) {
    const hold = holds.get(booking.bookingId);
    if (hold && !isAt(hold, booking)) await followHold(deps, booking.bookingId, booking);
  }
}

function isAt(hold: KnownHold, { trainerId, start, end }: BookedSlot): boolean {
  return (
    hold.trainer_id === trainerId &&
    hold.starts_at.getTime() === start.getTime() &&
    hold.ends_at.getTime() === end.getTime()
  );
}
