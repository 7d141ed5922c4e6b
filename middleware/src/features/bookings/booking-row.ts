import type { Booking } from '../../core/booking.ts';
import { toLongId } from '../../core/salesforce-id.ts';
import { isTimeZone } from '../../core/zoned-time.ts';
import { soql, type Row, type Soql } from '../../salesforce/records.ts';

const ownFields = soql`Id, Name, Trainer__c, Merchant_Reference__c, Merchant_Name__c, Merchant_Contact_Name__c,
  Merchant_Contact_Email__c, Start__c, End__c, Time_Zone__c, Service_Type__c, Booking_Type__c, Status__c,
  Store_Address__c, Notes__c, Remote_Training_Meeting_Link__c, Meeting_Link_Status__c, Meeting_Link_Source__c,
  Lark_Reserve_ID__c, Lark_Meeting_Number__c, Lark_Calendar_Event_ID__c, Sync_Status__c, Sync_Error__c, Sync_Key__c,
  Revision__c, Synced_Revision__c`;

/** For reading one row by its id, where no relationship can be followed. */
export const ownFieldNames = ownFields.text.split(/,\s*/);

/** For queries: with the trainer's zone, in which a booking without one of its own is read. */
export const bookingFields = soql`${ownFields}, Trainer__r.Time_Zone__c`;

/** A booking with what Salesforce knows of its meeting and calendar event. */
export interface StoredBooking extends Booking {
  larkReserveId: string | undefined;
  larkMeetingNumber: string | undefined;
  larkEventId: string | undefined;
  syncError: string | undefined;
}

/** Reads a row of `Training_Booking__c`. The picklists are restricted, so their values are taken as they are. */
export function toBooking(row: Row): StoredBooking {
  const trainer = row.Trainer__r as Row | null | undefined;
  return {
    id: longId(row.Id),
    name: String(row.Name),
    trainerId: longId(row.Trainer__c),
    merchantReference: text(row.Merchant_Reference__c),
    merchantName: text(row.Merchant_Name__c),
    contactName: text(row.Merchant_Contact_Name__c),
    contactEmail: text(row.Merchant_Contact_Email__c),
    start: new Date(String(row.Start__c)),
    end: new Date(String(row.End__c)),
    // People type it: `SGT` is no zone that a calendar could read.
    timeZone: [text(row.Time_Zone__c), text(trainer?.Time_Zone__c)].find(isZone) ?? 'UTC',
    serviceType: row.Service_Type__c as Booking['serviceType'],
    bookingType: row.Booking_Type__c as Booking['bookingType'],
    status: row.Status__c as Booking['status'],
    storeAddress: text(row.Store_Address__c),
    notes: text(row.Notes__c),
    meetingLink: text(row.Remote_Training_Meeting_Link__c),
    meetingLinkStatus: text(row.Meeting_Link_Status__c) as Booking['meetingLinkStatus'],
    meetingLinkSource: text(row.Meeting_Link_Source__c) as Booking['meetingLinkSource'],
    larkReserveId: text(row.Lark_Reserve_ID__c),
    larkMeetingNumber: text(row.Lark_Meeting_Number__c),
    larkEventId: text(row.Lark_Calendar_Event_ID__c),
    syncStatus: text(row.Sync_Status__c) as Booking['syncStatus'],
    syncError: text(row.Sync_Error__c),
    syncKey: text(row.Sync_Key__c),
    revision: number(row.Revision__c) ?? 0,
    syncedRevision: number(row.Synced_Revision__c),
  };
}

/** `Booking_Calendar_Event__c`: an event, or a meeting apart from any event, as Salesforce has it. */
export interface EventRow {
  key: string;
  kind: 'Event' | 'Invitation' | 'Meeting';
  status: string | undefined;
  connectionId: string | undefined;
  eventId: string | undefined;
  calendarId: string | undefined;
  generation: number;
}

/** The query of Lark rows; `where` says of which booking. */
export function eventRowsWhere(where: Soql): Soql {
  return soql`SELECT Key__c, Kind__c, Status__c, Connection_ID__c, External_Event_ID__c, Calendar_ID__c, Generation__c
    FROM Booking_Calendar_Event__c WHERE ${where} AND Provider__c = 'lark'`;
}

export function toEventRow(row: Row): EventRow {
  return {
    key: String(row.Key__c),
    kind: (text(row.Kind__c) ?? 'Event') as EventRow['kind'],
    status: text(row.Status__c),
    connectionId: text(row.Connection_ID__c),
    eventId: text(row.External_Event_ID__c),
    calendarId: text(row.Calendar_ID__c),
    generation: number(row.Generation__c) ?? 1,
  };
}

function longId(value: unknown): string {
  return toLongId(String(value)) ?? String(value);
}

function isZone(zone: string | undefined): zone is string {
  return zone !== undefined && isTimeZone(zone);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
