import type { Interval } from '../../core/interval.ts';
import { toLongId } from '../../core/salesforce-id.ts';
import {
  reference,
  soql,
  SalesforceError,
  type CompositeRequest,
  type Row,
  type SalesforceRecords,
  type Soql,
} from '../../salesforce/records.ts';
import type { BookedSlot } from './slot-hold.ts';

/** Time of a trainer; what the booking `of` has of it already is not in its own way. */
export interface GuardedSlot extends Interval {
  trainerId: string;
  of?: string;
}

/** What `asBookedSlot` reads. */
export const slotFields = soql`Id, Trainer__c, Start__c, End__c, Merchant_Reference__c`;

export function asBookedSlot(row: Row): BookedSlot {
  return {
    bookingId: toLongId(String(row.Id)) ?? String(row.Id),
    trainerId: toLongId(String(row.Trainer__c)) ?? String(row.Trainer__c),
    start: new Date(String(row.Start__c)),
    end: new Date(String(row.End__c)),
    merchantReference: typeof row.Merchant_Reference__c === 'string' ? row.Merchant_Reference__c : undefined,
  };
}

/** Bookings of which no pass has said that another one has their time. */
function inTheWay({ trainerId, start, end, of }: GuardedSlot): Soql {
  const others = of === undefined ? soql`` : soql` AND Id != ${of}`;
  return soql`Trainer__c = ${trainerId} AND Start__c < ${end} AND End__c > ${start}
    AND Status__c IN ('Requested', 'Confirmed') AND Sync_Status__c != 'Conflict'${others}`;
}

/**
 * The part of a composite that lets a booking be written only where Salesforce has nothing in the way, also what nobody
 * has told us of yet: holds order the requests that come through us, and this is asked in the same transaction as the
 * write. It finds the trainer if they are free; the write takes `Trainer__c` from there and fails where nothing was found.
 */
export function whereFree(
  records: Pick<SalesforceRecords, 'queryPath'>,
  slot: GuardedSlot,
): { request: CompositeRequest; fields: Row } {
  const query = soql`SELECT Id FROM Onboarding_Trainer__c WHERE Id = ${slot.trainerId}
    AND Id NOT IN (SELECT Trainer__c FROM Training_Booking__c WHERE ${inTheWay(slot)})`;
  return {
    request: { method: 'GET', path: records.queryPath(query), referenceId: 'free' },
    fields: { Trainer__c: reference('free.records[0].Id') },
  };
}

/** Whether a composite was undone because of `whereFree`. */
export function isNotFree(error: unknown): boolean {
  return error instanceof SalesforceError && error.code === 'PROCESSING_HALTED';
}

/** Who has the time, the earlier made first, with the key of the request that made it. */
export async function findInTheWay(
  records: Pick<SalesforceRecords, 'query'>,
  slot: GuardedSlot,
): Promise<(BookedSlot & { keyHash: unknown })[]> {
  const rows = await records.query(
    soql`SELECT ${slotFields}, Idempotency_Key__c FROM Training_Booking__c
      WHERE ${inTheWay(slot)} ORDER BY CreatedDate ASC, Name ASC`,
  );
  return rows.map((row) => ({ ...asBookedSlot(row), keyHash: row.Idempotency_Key__c }));
}
