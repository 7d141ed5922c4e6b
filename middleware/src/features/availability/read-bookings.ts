import type { Interval } from '../../core/interval.ts';
import type { Now } from '../../core/runtime.ts';
import { toLongId } from '../../core/salesforce-id.ts';
import { soql, type SalesforceRecords } from '../../salesforce/records.ts';
import type { Database } from '../../storage/database.ts';

export interface ReadBookingsDeps {
  records: Pick<SalesforceRecords, 'query'>;
  db: Database;
  now: Now;
}

/**
 * The time of these trainers that bookings take: those in Salesforce that are not cancelled, and those that are just
 * being made. One query each, whatever the number of trainers; never from a cache. Throws `SalesforceError`.
 */
export async function readBookings(
  deps: ReadBookingsDeps,
  trainerIds: readonly string[],
  span: Interval,
): Promise<Map<string, Interval[]>> {
  const byTrainer = new Map<string, Interval[]>(trainerIds.map((id) => [id, []]));
  // In this order: a booking that is made between the two reads is found by the second.
  for (const hold of await readBookingsOnTheirWay(deps, trainerIds, span)) {
    byTrainer.get(hold.trainer_id)?.push({ start: hold.starts_at, end: hold.ends_at });
  }
  const rows = await deps.records.query(
    soql`SELECT Trainer__c, Start__c, End__c FROM Training_Booking__c
      WHERE Trainer__c IN ${trainerIds} AND Status__c != 'Cancelled' AND Start__c < ${span.end} AND End__c > ${span.start}`,
  );
  for (const row of rows) {
    const trainerId = toLongId(String(row.Trainer__c)) ?? '';
    byTrainer.get(trainerId)?.push({ start: new Date(String(row.Start__c)), end: new Date(String(row.End__c)) });
  }
  return byTrainer;
}

function readBookingsOnTheirWay(deps: ReadBookingsDeps, trainerIds: readonly string[], span: Interval) {
  return deps.db
    .selectFrom('slot_hold')
    .select(['trainer_id', 'starts_at', 'ends_at'])
    .where('trainer_id', 'in', trainerIds)
    .where('state', '=', 'tentative')
    .where('expires_at', '>', deps.now())
    .where('starts_at', '<', span.end)
    .where('ends_at', '>', span.start)
    .execute();
}
