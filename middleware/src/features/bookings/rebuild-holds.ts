import type { Now } from '../../core/runtime.ts';
import { toLongId } from '../../core/salesforce-id.ts';
import { soql, type SalesforceRecords } from '../../salesforce/records.ts';
import type { Database } from '../../storage/database.ts';

export interface RebuildHoldsDeps {
  records: Pick<SalesforceRecords, 'query'>;
  db: Database;
  now: Now;
}

const ROWS_PER_STATEMENT = 200;

/**
 * Gives every future booking its hold, if it has none: at start, before requests are taken. Where two overlap in
 * Salesforce the earlier created one gets the slot. Safe to repeat. @returns how many holds were made
 */
export async function rebuildHolds(deps: RebuildHoldsDeps): Promise<number> {
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
