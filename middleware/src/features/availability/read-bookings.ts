import { AppError } from '../../core/errors.ts';
import type { Interval } from '../../core/interval.ts';
import type { Now } from '../../core/runtime.ts';
import { toLongId } from '../../core/salesforce-id.ts';
import { areBookingsShown, soql, type SalesforceRecords } from '../../salesforce/records.ts';
import type { Database } from '../../storage/database.ts';

export interface ReadBookingsDeps {
  records: Pick<SalesforceRecords, 'query'>;
  db: Database;
  now: Now;
}

/**
 * The time of these trainers that bookings take: those in Salesforce that are not cancelled, and those that are just
 * being made. One query each, whatever the number of trainers; never from a cache. Throws `SalesforceError`, and
 * `salesforce_unavailable` when we have lost the permission to see bookings: nobody is free because of that.
 */
export async function readBookings(
  deps: ReadBookingsDeps,
  trainerIds: readonly string[],
  span: Interval,
): Promise<Map<string, Interval[]>> {
  const byTrainer = new Map<string, Interval[]>(trainerIds.map((id) => [id, []]));
  // In this order: a booking that is made between the two reads is found by the second.
  const holds = await readHolds(deps, trainerIds, span);
  for (const hold of holds) {
    if (hold.state === 'tentative') byTrainer.get(hold.trainer_id)?.push({ start: hold.starts_at, end: hold.ends_at });
  }
  const rows = await deps.records.query(
    soql`SELECT Trainer__c, Start__c, End__c FROM Training_Booking__c
      WHERE Trainer__c IN ${trainerIds} AND Status__c != 'Cancelled' AND Start__c < ${span.end} AND End__c > ${span.start}`,
  );
  // What was booked there is not there (any more), or it is not shown to us.
  const isDoubtful = rows.length === 0 && holds.some(({ state }) => state === 'booked');
  if (isDoubtful && !(await areBookingsShown(deps.records))) {
    throw new AppError('salesforce_unavailable', 'Salesforce shows no booking at all.', { retryable: true });
  }
  for (const row of rows) {
    const trainerId = toLongId(String(row.Trainer__c)) ?? '';
    byTrainer.get(trainerId)?.push({ start: new Date(String(row.Start__c)), end: new Date(String(row.End__c)) });
  }
  return byTrainer;
}

/** What is booked, as far as we know, and what is on its way. */
function readHolds(deps: ReadBookingsDeps, trainerIds: readonly string[], span: Interval) {
  return deps.db
    .selectFrom('slot_hold')
    .select(['trainer_id', 'starts_at', 'ends_at', 'state'])
    .where('trainer_id', 'in', trainerIds)
    .where((where) => where.or([where('state', '=', 'booked'), where('expires_at', '>', deps.now())]))
    .where('starts_at', '<', span.end)
    .where('ends_at', '>', span.start)
    .execute();
}
