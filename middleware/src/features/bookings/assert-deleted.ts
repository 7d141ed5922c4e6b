import { AppError } from '../../core/errors.ts';
import { areBookingsShown, soql, type SalesforceRecords } from '../../salesforce/records.ts';

/**
 * Salesforce shows nothing of a booking, and something is to be given up because of that. To a user who has lost the
 * permission every booking looks deleted: it is believed if another one is shown, or this one in the recycle bin.
 * Throws `salesforce_unavailable` (retryable).
 */
export async function assertDeleted(
  records: Pick<SalesforceRecords, 'query' | 'queryAll'>,
  bookingId: string,
): Promise<void> {
  if (await areBookingsShown(records)) return;
  const inRecycleBin = await records.queryAll(
    soql`SELECT Id FROM Training_Booking__c WHERE Id = ${bookingId} AND IsDeleted = true`,
  );
  if (inRecycleBin.length > 0) return;
  throw new AppError('salesforce_unavailable', 'Salesforce shows no booking at all.', { retryable: true });
}
