import { isUnknownOutcome, soql, SalesforceError, type Row, type SalesforceRecords } from '../../salesforce/records.ts';
import { whereFree, type GuardedSlot } from './bookings-in-the-way.ts';
import { bookingFields, toBooking, type StoredBooking } from './booking-row.ts';
import { rowsOf } from './read-booking.ts';

export interface SaveBookingDeps {
  records: Pick<SalesforceRecords, 'query' | 'composite' | 'queryPath'>;
}

/**
 * Saves a change of a booking and reads the row back in the same call: with the revision that the change got. When no
 * answer comes, the row tells whether it was saved. Throws `SalesforceError`; with `unknown-outcome` it may be saved.
 * @param fields API names; instants as ISO 8601
 * @param slot saves only where nothing is in the way there: the error is then one of which `isNotFree` knows
 */
export async function saveBooking(
  deps: SaveBookingDeps,
  bookingId: string,
  fields: Row,
  slot?: GuardedSlot,
): Promise<StoredBooking> {
  const guard = slot && whereFree(deps.records, slot);
  const body = { ...fields, ...guard?.fields };
  const query = soql`SELECT ${bookingFields} FROM Training_Booking__c WHERE Id = ${bookingId}`;
  try {
    const answers = await deps.records.composite([
      ...(guard ? [guard.request] : []),
      { method: 'PATCH', path: `/sobjects/Training_Booking__c/${bookingId}`, referenceId: 'booking', body },
      { method: 'GET', path: deps.records.queryPath(query), referenceId: 'row' },
    ]);
    const [row] = rowsOf(answers.at(-1)?.body);
    if (!row) throw new SalesforceError('unknown-outcome', 'Salesforce did not show the booking that it saved.');
    return toBooking(row);
  } catch (error) {
    if (!isUnknownOutcome(error)) throw error;
    const [row] = await deps.records.query(query).catch(() => []);
    if (!row || !shows(row, fields)) throw error;
    return toBooking(row);
  }
}

function shows(row: Row, fields: Row): boolean {
  return Object.entries(fields).every(([name, value]) => {
    const shown = row[name] ?? null;
    if (shown === value) return true;
    return typeof shown === 'string' && typeof value === 'string' && isSameInstant(shown, value);
  });
}

function isSameInstant(one: string, other: string): boolean {
  const instants = [Date.parse(one), Date.parse(other)];
  return !Number.isNaN(instants[0]) && instants[0] === instants[1];
}
