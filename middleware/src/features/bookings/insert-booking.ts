import type { Trainer } from '../../core/trainer.ts';
import {
  isUnknownOutcome,
  soql,
  SalesforceError,
  type Row,
  type SalesforceRecords,
  type Soql,
} from '../../salesforce/records.ts';
import { isNotFree, whereFree } from './bookings-in-the-way.ts';
import { ownFieldNames, toBooking } from './booking-row.ts';
import { serviceTypeOf, type BookTrainingBody, type RequestedTime } from './booking-request.ts';
import { needsMeeting, type BookingSettings } from './desired-effects.ts';
import { readBookingByKey, rowsOf, type BookingSnapshot } from './read-booking.ts';

export interface InsertBookingDeps {
  records: Pick<SalesforceRecords, 'composite' | 'queryPath'>;
  /** How trainers are read: the query of some, and a row of it as a trainer. */
  trainers: { queryWhere: (where: Soql) => Soql; fromRow: (row: Row) => Trainer };
  settings: () => BookingSettings;
}

export interface NewBooking {
  body: BookTrainingBody;
  trainer: Trainer;
  time: RequestedTime;
  /** `Idempotency_Key__c`: finds the row again, whatever happens to the answer. */
  keyHash: string;
}

/**
 * - `inserted`: with the trainer as Salesforce has them at that moment
 * - `exists`: a booking was made with this key before
 * - `not-free`: nothing was made, because something that Salesforce knows of is in the way
 */
export type Inserted =
  | { kind: 'inserted'; snapshot: BookingSnapshot; trainer: Trainer }
  | { kind: 'exists'; snapshot: BookingSnapshot }
  | { kind: 'not-free' };

/**
 * Makes the booking in one call, together with a fresh read of its trainer, unless Salesforce has something in the way.
 * When no answer comes, the row is looked for by its key and, the key being unique, the insert may be sent once more.
 * Throws `SalesforceError`; with `unknown-outcome` the row may exist.
 */
export async function insertBooking(deps: InsertBookingDeps, booking: NewBooking): Promise<Inserted> {
  try {
    return await insertOrFind(deps, booking);
  } catch (error) {
    if (!isUnknownOutcome(error)) throw error;
    const again = await lookAgain(deps, booking, error);
    if (again.kind !== 'exists') return again;
    // Whatever is there under this key was made by the first try.
    return { kind: 'inserted', snapshot: again.snapshot, trainer: booking.trainer };
  }
}

async function lookAgain(deps: InsertBookingDeps, booking: NewBooking, first: SalesforceError): Promise<Inserted> {
  try {
    const snapshot = await readBookingByKey(deps, booking.keyHash);
    return snapshot ? { kind: 'exists', snapshot } : await insertOrFind(deps, booking);
  } catch (error) {
    if (error instanceof SalesforceError && error.retryable) throw first;
    throw error;
  }
}

async function insertOrFind(deps: InsertBookingDeps, booking: NewBooking): Promise<Inserted> {
  try {
    return await insert(deps, booking);
  } catch (error) {
    if (isNotFree(error)) return { kind: 'not-free' };
    if (!(error instanceof SalesforceError) || error.code !== 'DUPLICATE_VALUE') throw error;
    const snapshot = await readBookingByKey(deps, booking.keyHash);
    if (!snapshot) throw error;
    return { kind: 'exists', snapshot };
  }
}

async function insert(deps: InsertBookingDeps, booking: NewBooking): Promise<Inserted> {
  const guard = whereFree(deps.records, { ...booking.time, trainerId: booking.trainer.id });
  const [, trainers, , row] = await deps.records.composite([
    guard.request,
    {
      method: 'GET',
      path: deps.records.queryPath(deps.trainers.queryWhere(soql`Id = ${booking.trainer.id}`)),
      referenceId: 'trainer',
    },
    {
      method: 'POST',
      path: '/sobjects/Training_Booking__c',
      referenceId: 'booking',
      body: { ...fieldsOf(booking, deps.settings()), ...guard.fields },
    },
    {
      method: 'GET',
      path: `/sobjects/Training_Booking__c/@{booking.id}?fields=${ownFieldNames.join(',')}`,
      referenceId: 'row',
    },
  ]);
  const [trainer] = rowsOf(trainers?.body);
  return {
    kind: 'inserted',
    snapshot: { booking: toBooking(row?.body as Row), eventRows: [] },
    trainer: trainer ? deps.trainers.fromRow(trainer) : { ...booking.trainer, active: false },
  };
}

function fieldsOf({ body, time, keyHash }: NewBooking, settings: BookingSettings): Row {
  const serviceType = serviceTypeOf(body);
  const withMeeting = needsMeeting({ serviceType, bookingType: body.bookingType }, settings);
  return {
    Merchant_Reference__c: body.merchantId,
    Merchant_Name__c: body.merchantName,
    Merchant_Contact_Name__c: body.contactName ?? null,
    Merchant_Contact_Email__c: body.contactEmail ?? null,
    Start__c: time.start.toISOString(),
    End__c: time.end.toISOString(),
    Time_Zone__c: time.timeZone,
    Service_Type__c: serviceType,
    Booking_Type__c: body.bookingType,
    Status__c: 'Confirmed',
    Store_Address__c: body.storeAddress ?? null,
    Notes__c: body.notes ?? null,
    Meeting_Link_Status__c: withMeeting ? 'Pending' : 'Not Needed',
    Idempotency_Key__c: keyHash,
  };
}
