import type { Now } from '../../core/runtime.ts';
import { toLongId } from '../../core/salesforce-id.ts';
import { soql, type SalesforceRecords } from '../../salesforce/records.ts';
import type { Database } from '../../storage/database.ts';
import { followHold, releaseHoldOf } from './slot-hold.ts';

export interface RebuildHoldsDeps {
  records: Pick<SalesforceRecords, 'query'>;
  db: Database;
  now: Now;
}

const ROWS_PER_STATEMENT = 200;

/**
 * Gives every future booking its hold, if it has none, and lets older holds follow bookings that were moved, cancelled or
 * deleted meanwhile: at start, before requests are taken. Where two overlap in Salesforce the earlier created one gets
 * the slot. Safe to repeat. @returns how many holds were made
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
    soql`SELECT Id, Trainer__c, Start__c, End__c, Merchant_Reference__c FROM Training_Booking__c
      WHERE Status__c IN ('Requested', 'Confirmed') AND End__c > ${deps.now()} ORDER BY CreatedDate ASC, Name ASC`,
  );
  const holds = rows.map((row) => ({
    trainer_id: toLongId(String(row.Trainer__c)) ?? String(row.Trainer__c),
    starts_at: new Date(String(row.Start__c)),
    ends_at: new Date(String(row.End__c)),
    state: 'booked' as const,
    expires_at: null,
    booking_id: toLongId(String(row.Id)) ?? String(row.Id),
    merchant_reference: typeof row.Merchant_Reference__c === 'string' ? row.Merchant_Reference__c : null,
  }));
  await followMoved(deps, before, holds);
  let made = 0;
  for (let first = 0; first < holds.length; first += ROWS_PER_STATEMENT) {
    const inserted = await deps.db
      .insertInto('slot_hold')
      .values(holds.slice(first, first + ROWS_PER_STATEMENT))
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .execute();
    made += inserted.length;
  }
  return made;
}

interface KnownHold {
  trainer_id: string;
  starts_at: Date;
  ends_at: Date;
  booking_id: string | null;
  merchant_reference: string | null;
}

/** What was changed while nobody looked: the others' slots are free first, then those that moved take theirs. */
async function followMoved(deps: RebuildHoldsDeps, before: readonly KnownHold[], now: readonly KnownHold[]) {
  const current = new Map(now.map((hold) => [hold.booking_id, hold]));
  const gone = before.filter(({ booking_id }) => !current.has(booking_id));
  for (const { booking_id, trainer_id, starts_at, ends_at } of gone) {
    await releaseHoldOf(deps.db, String(booking_id), { trainerId: trainer_id, start: starts_at, end: ends_at });
  }
  const moved = before.flatMap((hold) => {
    const wanted = current.get(hold.booking_id);
    return wanted && !isSamePlace(hold, wanted) ? [wanted] : [];
  });
  for (const { booking_id, trainer_id, starts_at, ends_at, merchant_reference } of moved) {
    await followHold(deps, String(booking_id), {
      trainerId: trainer_id,
      start: starts_at,
      end: ends_at,
      merchantReference: merchant_reference ?? undefined,
    });
  }
}

function isSamePlace(one: KnownHold, other: KnownHold): boolean {
  return (
    one.trainer_id === other.trainer_id &&
    one.starts_at.getTime() === other.starts_at.getTime() &&
    one.ends_at.getTime() === other.ends_at.getTime()
  );
}
