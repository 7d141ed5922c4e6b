import type { ConnectionId } from '../../core/connection.ts';
import { toLongId } from '../../core/salesforce-id.ts';
import { soql, type Row, type SalesforceRecords } from '../../salesforce/records.ts';

/** What Salesforce says of a booking, as far as leftovers are concerned. */
export interface KnownBooking {
  id: string;
  name: string;
  /** In the recycle bin. */
  isDeleted: boolean;
  status: string;
  trainerId: string;
  end: Date;
  revision: number;
  /** No pass is due and none of its results is missing. */
  isInStep: boolean;
}

/** What the ledger says of something that was made for a booking. */
export interface KnownEffect {
  bookingId: string;
  kind: 'reservation' | 'event' | 'invitation';
  connectionId: ConnectionId;
  state: string;
  externalId: string | undefined;
  updatedAt: Date;
}

const IDS_PER_QUERY = 200;

/** The bookings with these ids, also those in the recycle bin; what is not among them does not exist. Throws `SalesforceError`. */
export async function readKnownBookings(
  records: Pick<SalesforceRecords, 'queryAll'>,
  ids: readonly string[],
): Promise<Map<string, KnownBooking>> {
  const known = new Map<string, KnownBooking>();
  for (let first = 0; first < ids.length; first += IDS_PER_QUERY) {
    const rows = await records.queryAll(
      soql`SELECT Id, Name, IsDeleted, Status__c, Trainer__c, End__c, Revision__c, Synced_Revision__c, Sync_Status__c
        FROM Training_Booking__c WHERE Id IN ${ids.slice(first, first + IDS_PER_QUERY)}`,
    );
    for (const row of rows) {
      const booking = toKnown(row);
      known.set(booking.id, booking);
    }
  }
  return known;
}

function toKnown(row: Row): KnownBooking {
  return {
    id: longId(row.Id),
    name: String(row.Name),
    isDeleted: row.IsDeleted === true,
    status: String(row.Status__c),
    trainerId: longId(row.Trainer__c),
    end: new Date(String(row.End__c)),
    revision: Number(row.Revision__c ?? 0),
    isInStep: row.Sync_Status__c === 'Synced' && row.Synced_Revision__c === row.Revision__c,
  };
}

function longId(value: unknown): string {
  return toLongId(String(value)) ?? String(value);
}
