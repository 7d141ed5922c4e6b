import { overlaps, type Interval } from '../../core/interval.ts';
import { toLongId } from '../../core/salesforce-id.ts';
import { soql, type SalesforceRecords } from '../../salesforce/records.ts';
import { assertDeleted } from './assert-deleted.ts';

/**
 * The name of the booking if it really has time of the slot, as Salesforce says. Throws `salesforce_unavailable`
 * (retryable) when Salesforce shows no bookings at all.
 */
export async function holderOf(
  { records }: { records: Pick<SalesforceRecords, 'query' | 'queryAll'> },
  bookingId: string,
  slot: Interval & { trainerId: string },
): Promise<string | undefined> {
  const [row] = await records.query(
    soql`SELECT Name, Status__c, Trainer__c, Start__c, End__c FROM Training_Booking__c WHERE Id = ${bookingId}`,
  );
  if (!row) {
    await assertDeleted(records, bookingId);
    return undefined;
  }
  if (row.Status__c === 'Cancelled' || toLongId(String(row.Trainer__c)) !== slot.trainerId) return undefined;
  const taken = { start: new Date(String(row.Start__c)), end: new Date(String(row.End__c)) };
  return overlaps(taken, slot) ? String(row.Name) : undefined;
}
