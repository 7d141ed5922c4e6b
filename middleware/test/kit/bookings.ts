import assert from 'node:assert/strict';
import { dayAhead, keys, type CallOptions, type SampleTrainer, type World } from './world.ts';

export interface BookedAnswer {
  bookingId: string;
  bookingName: string;
  status: string;
  meetingLink: string | null;
  meetingLinkStatus: string;
  message: string;
  calendarEvents: { provider: string; eventId: string }[];
  error?: { code: string; message: string; details?: unknown };
}

export interface BookingRow {
  Id: string;
  Name: string;
  Status__c: string;
  Remote_Training_Meeting_Link__c: string | null;
  Meeting_Link_Status__c: string;
  Meeting_Link_Source__c: string | null;
  Sync_Status__c: string;
  Sync_Error__c: string | null;
  Sync_Key__c: string | null;
  Revision__c: number;
  Synced_Revision__c: number | null;
  Lark_Reserve_ID__c: string | null;
  Lark_Calendar_Event_ID__c: string | null;
}

let merchants = 0;

/** A request that books `trainer`, `days` ahead at 10:00 in the trainer's zone, for a merchant of its own. */
export function bookingOf(
  world: World,
  trainer: SampleTrainer,
  days: number,
  change: object = {},
): Record<string, unknown> {
  const number = ++merchants;
  return {
    merchantId: `M-${5000 + number}`,
    merchantName: `Merchant ${number}`,
    trainerId: trainer.Id,
    date: dayAhead(world.clock, days),
    startTime: '10:00',
    endTime: '11:00',
    bookingType: 'Training',
    ...change,
  };
}

export function book(world: Pick<World, 'call'>, body: unknown, options: CallOptions = {}) {
  return world.call<BookedAnswer>('POST', '/api/lark/book-training', { key: keys.portal, ...options, body });
}

export async function bookingRow(world: World, id: string): Promise<BookingRow> {
  const [row] = await world.soql<BookingRow>(
    `SELECT Id, Name, Status__c, Remote_Training_Meeting_Link__c, Meeting_Link_Status__c, Meeting_Link_Source__c,
      Sync_Status__c, Sync_Error__c, Sync_Key__c, Revision__c, Synced_Revision__c, Lark_Reserve_ID__c,
      Lark_Calendar_Event_ID__c FROM Training_Booking__c WHERE Id = '${id}'`,
  );
  return row ?? assert.fail(`no booking ${id}`);
}

export async function timelineOf(world: World, id: string) {
  return world.soql<{ Step__c: string; Outcome__c: string; Message__c: string; Actor__c: string }>(
    `SELECT Step__c, Outcome__c, Message__c, Actor__c FROM Booking_Timeline__c WHERE Booking__c = '${id}' ORDER BY Occurred_At__c`,
  );
}

/** What exists at Lark for a trainer: live events and live reservations. */
export function atLark(world: World, trainer: SampleTrainer) {
  const { lark } = world.standins;
  const openId = lark.accounts.find(({ email }) => email === trainer.Email__c)?.openId ?? assert.fail('no account');
  return {
    openId,
    events: lark.events(openId).filter(({ deleted }) => !deleted),
    reservations: lark.reservations(openId).filter(({ live }) => live),
  };
}

/** A person makes a confirmed remote training in Salesforce. @returns its id */
export async function makeInSalesforce(world: World, fields: object): Promise<string> {
  const { salesforce } = world.standins;
  const response = await fetch(`${salesforce.url}/services/data/v65.0/sobjects/Training_Booking__c`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${salesforce.sessionFor('admin@trainer-connect.example')}`,
      'Content-Type': 'application/json',
    },
    body: JSON.stringify({
      Merchant_Name__c: 'Made by Staff',
      Time_Zone__c: 'UTC',
      Service_Type__c: 'Remote',
      Booking_Type__c: 'Training',
      Status__c: 'Confirmed',
      ...fields,
    }),
  });
  const text = await response.text();
  assert.equal(response.status, 201, text);
  return (JSON.parse(text) as { id: string }).id;
}

/** A person changes a record in Salesforce, as one of its users. */
export async function editInSalesforce(
  world: World,
  id: string,
  change: object,
  as = 'admin@trainer-connect.example',
): Promise<void> {
  const { salesforce } = world.standins;
  const response = await fetch(`${salesforce.url}/services/data/v65.0/sobjects/Training_Booking__c/${id}`, {
    method: 'PATCH',
    headers: { Authorization: `Bearer ${salesforce.sessionFor(as)}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(change),
  });
  assert.equal(response.status, 204, await response.text());
}

/** An administrator of the org deletes a booking: no shipped set lets anybody else. */
export async function deleteInSalesforce(world: World, id: string): Promise<void> {
  const { salesforce } = world.standins;
  const response = await fetch(`${salesforce.url}/services/data/v65.0/sobjects/Training_Booking__c/${id}`, {
    method: 'DELETE',
    headers: { Authorization: `Bearer ${salesforce.sessionFor('setup@trainer-connect.example')}` },
  });
  assert.equal(response.status, 204, await response.text());
}
