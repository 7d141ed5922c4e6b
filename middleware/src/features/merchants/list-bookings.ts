import { z } from 'zod';
import type { Booking } from '../../core/booking.ts';
import { isSameReference, toLongId } from '../../core/salesforce-id.ts';
import { soql, type Row, type SalesforceRecords, type Soql } from '../../salesforce/records.ts';

export interface MerchantBookingsDeps {
  records: Pick<SalesforceRecords, 'query'>;
  /** How a row of `Training_Booking__c` is asked for and read. */
  bookings: { fields: Soql; fromRow: (row: Row) => Booking };
  /** How a booking stands, in a sentence for the merchant. */
  messageFor: (booking: Booking) => string;
}

/** A booking as the portal shows it to the merchant. */
export interface MerchantBooking {
  bookingId: string;
  /** `TB-00042` */
  bookingName: string;
  status: Booking['status'];
  bookingType: Booking['bookingType'];
  serviceType: Booking['serviceType'];
  /** ISO 8601, UTC. */
  start: string;
  end: string;
  timeZone: string;
  storeAddress: string | null;
  meetingLink: string | null;
  meetingLinkStatus: Booking['meetingLinkStatus'] | null;
  /** For people. */
  message: string;
  trainer: { name: string; larkConnected: boolean; larkUserId: string | null };
}

export interface MerchantBookings {
  merchantId: string;
  bookings: MerchantBooking[];
  /** Give it as `cursor` for the next page; null on the last one. */
  nextCursor: string | null;
}

/** Where a page begins: after this booking. */
const cursorSchema = z.tuple([z.iso.datetime(), z.string().regex(/^[a-zA-Z0-9]{18}$/)]);

const cursor = z.string().transform((text, context) => {
  try {
    return cursorSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch {
    context.addIssue({ code: 'custom', message: 'is not a nextCursor of this list' });
    return z.NEVER;
  }
});

export const merchantParams = z.object({
  merchantId: z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(80, 'must have at most 80 characters')
    .refine((id) => !/\p{Cc}/u.test(id), 'must be plain text'),
});

export const merchantQuery = z.strictObject({
  limit: z.coerce
    .number('must be a whole number from 1 to 200')
    .int('must be a whole number from 1 to 200')
    .min(1, 'must be a whole number from 1 to 200')
    .max(200, 'must be a whole number from 1 to 200')
    .default(50),
  cursor: cursor.optional(),
});

/** All bookings of a merchant, upcoming and past, newest first; none for a merchant that nobody knows. */
export async function listBookings(
  deps: MerchantBookingsDeps,
  input: { merchantId: string } & z.output<typeof merchantQuery>,
): Promise<MerchantBookings> {
  const { merchantId, limit } = input;
  const rows = await deps.records.query(soql`
    SELECT ${deps.bookings.fields}, Trainer__r.Name, Trainer__r.Lark_Connected__c, Trainer__r.Lark_User_ID__c
    FROM Training_Booking__c WHERE Merchant_Reference__c IN ${formsOf(merchantId)} ${after(input.cursor)}
    ORDER BY Start__c DESC, Id DESC LIMIT ${limit + 1}`);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    merchantId,
    bookings: page.filter((row) => isOf(row, merchantId)).map((row) => present(deps, row)),
    nextCursor: last && rows.length > limit ? cursorAt(deps.bookings.fromRow(last)) : null,
  };
}

/** The id of a Salesforce record may have been noted in either of its lengths. */
function formsOf(merchantId: string): string[] {
  const long = toLongId(merchantId);
  return long === undefined ? [merchantId] : [...new Set([merchantId, long, long.slice(0, 15)])];
}

/** SOQL does not tell capitals from small letters, but ids that differ in nothing else are different merchants. */
function isOf(row: Row, merchantId: string): boolean {
  return isSameReference(String(row.Merchant_Reference__c), merchantId);
}

function after(position: z.output<typeof cursor> | undefined): Soql {
  if (!position) return soql``;
  const start = new Date(position[0]);
  return soql`AND (Start__c < ${start} OR (Start__c = ${start} AND Id < ${position[1]}))`;
}

function cursorAt({ start, id }: Booking): string {
  return Buffer.from(JSON.stringify([start.toISOString(), id])).toString('base64url');
}

function present(deps: MerchantBookingsDeps, row: Row): MerchantBooking {
  const booking = deps.bookings.fromRow(row);
  const trainer = (row.Trainer__r ?? {}) as Row;
  return {
    bookingId: booking.id,
    bookingName: booking.name,
    status: booking.status,
    bookingType: booking.bookingType,
    serviceType: booking.serviceType,
    start: booking.start.toISOString(),
    end: booking.end.toISOString(),
    timeZone: booking.timeZone,
    storeAddress: booking.storeAddress ?? null,
    meetingLink: booking.meetingLink ?? null,
    meetingLinkStatus: booking.meetingLinkStatus ?? null,
    message: deps.messageFor(booking),
    trainer: {
      name: typeof trainer.Name === 'string' ? trainer.Name : '',
      larkConnected: trainer.Lark_Connected__c === true,
      larkUserId: typeof trainer.Lark_User_ID__c === 'string' ? trainer.Lark_User_ID__c : null,
    },
  };
}
