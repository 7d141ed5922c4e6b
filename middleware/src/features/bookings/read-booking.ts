import { AppError } from '../../core/errors.ts';
import { isSameReference, toLongId } from '../../core/salesforce-id.ts';
import { soql, type Row, type SalesforceRecords, type Soql } from '../../salesforce/records.ts';
import {
  bookingFields,
  eventRowsWhere,
  toBooking,
  toEventRow,
  type EventRow,
  type StoredBooking,
} from './booking-row.ts';

export interface ReadBookingDeps {
  records: Pick<SalesforceRecords, 'composite' | 'queryPath'>;
}

/** What Salesforce says about one booking. */
export interface BookingSnapshot {
  booking: StoredBooking;
  eventRows: readonly EventRow[];
}

/** Reads a booking with its event rows in one call; undefined if it does not exist (any more). */
export async function readBooking(deps: ReadBookingDeps, bookingId: string): Promise<BookingSnapshot | undefined> {
  return readOne(deps, soql`Id = ${bookingId}`, soql`Booking__c = ${bookingId}`);
}

/** The booking of a request with this key, if one was made. */
export async function readBookingByKey(deps: ReadBookingDeps, key: string): Promise<BookingSnapshot | undefined> {
  return readOne(deps, soql`Idempotency_Key__c = ${key}`, soql`Booking__r.Idempotency_Key__c = ${key}`);
}

/**
 * As `readBooking`, for an id that came from outside. Throws `booking_not_found`.
 * @param merchantId if given, the booking of another merchant is not found: ids of records can be guessed
 */
export async function requireBooking(deps: ReadBookingDeps, id: string, merchantId?: string): Promise<BookingSnapshot> {
  const bookingId = toLongId(id);
  const snapshot = bookingId === undefined ? undefined : await readBooking(deps, bookingId);
  const isOther = merchantId !== undefined && !isSameReference(snapshot?.booking.merchantReference ?? '', merchantId);
  if (!snapshot || isOther) throw new AppError('booking_not_found', `There is no booking with the id ${id}.`);
  return snapshot;
}

async function readOne(deps: ReadBookingDeps, booking: Soql, events: Soql): Promise<BookingSnapshot | undefined> {
  const [bookings, eventRows] = await deps.records.composite([
    {
      method: 'GET',
      path: deps.records.queryPath(soql`SELECT ${bookingFields} FROM Training_Booking__c WHERE ${booking}`),
      referenceId: 'bookings',
    },
    { method: 'GET', path: deps.records.queryPath(eventRowsWhere(events)), referenceId: 'events' },
  ]);
  const [row] = rowsOf(bookings?.body);
  return row && { booking: toBooking(row), eventRows: rowsOf(eventRows?.body).map(toEventRow) };
}

/** The rows in the answer of a query. */
export function rowsOf(body: unknown): Row[] {
  const records = (body as { records?: unknown } | undefined)?.records;
  return Array.isArray(records) ? (records as Row[]) : [];
}
