import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { AppError } from '../../../src/core/errors.ts';
import { ProviderError } from '../../../src/core/provider-error.ts';
import type { Trainer } from '../../../src/core/trainer.ts';
import { listCalendar } from '../../../src/features/orphans/list-calendar.ts';
import { readKnownOf, sweepCalendar, type SweepCalendarDeps } from '../../../src/features/orphans/sweep-calendar.ts';
import { sweepLedger } from '../../../src/features/orphans/sweep-ledger.ts';
import type { SeenEvent } from '../../../src/providers/ports/event-reader.ts';
import { SalesforceError, type Row } from '../../../src/salesforce/records.ts';

const NOW = new Date('2026-11-21T04:00:00Z');
const hours = (count: number) => new Date(NOW.getTime() + count * 3_600_000);
const MEI = 'a0TTC00000000012AA';
const BOOKING = 'a0BTC00000000012AA';
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const unreachable = new SalesforceError('unreachable', 'Salesforce does not answer.');

let rows: Row[];
let events: SeenEvent[];
let deleted: string[];
let noted: string[];
let asked: (string | undefined)[];
let mei: Trainer;
let deps: SweepCalendarDeps;

beforeEach(() => {
  const [start, end] = [hours(48), hours(49)];
  rows = [
    {
      Id: BOOKING,
      Name: 'TB-00001',
      IsDeleted: false,
      Status__c: 'Cancelled',
      Trainer__c: MEI,
      End__c: end.toISOString(),
      Revision__c: 2,
      Synced_Revision__c: 2,
      Sync_Status__c: 'Synced',
    },
  ];
  events = ['event-1', 'event-2'].map((eventId) => ({
    eventId,
    calendarId: 'calendar-of-mei',
    start,
    end,
    timeZone: 'Asia/Singapore',
    meetingUrl: undefined,
    createdAt: hours(-2),
    organizerId: 'ou_mei',
    mark: { bookingId: BOOKING, start, end },
  }));
  [deleted, noted, asked] = [[], [], []];
  mei = { id: MEI, name: 'Mei', lark: {} } as Trainer;
  deps = {
    records: { queryAll: <T extends Row>() => Promise.resolve(rows as T[]) },
    now: () => NOW,
    log: silent,
    tokens: { withAccessToken: (connectionId, call) => call(`token of ${connectionId}`) },
    connections: { stateOf: () => Promise.resolve({ subjectId: 'ou_mei' } as never) },
    lark: {
      events: {
        readEvent: () => Promise.resolve('gone'),
        listMarked: (_token, { calendarId }) => {
          asked.push(calendarId);
          return Promise.resolve(events);
        },
      },
      calendar: {
        deleteEvent: (token, { eventId }) => {
          deleted.push(`${eventId} by ${token}`);
          return Promise.resolve('deleted');
        },
      },
    },
    effectsOf: () => Promise.resolve([]),
    asTheOnlyOne: (_bookingId, work) => work(),
    noteRemoved: ({ eventId }) => Promise.resolve(void noted.push(eventId)),
  };
});

async function sweep() {
  const calendar = await listCalendar(deps, mei);
  return sweepCalendar(deps, calendar, await readKnownOf(deps, [calendar]));
}

test('Leftovers are removed by the token of their owner and noted, each by itself', async () => {
  assert.deepEqual(await sweep(), { removed: 2, reported: [] });
  assert.deepEqual(deleted, [`event-1 by token of lark:${MEI}`, `event-2 by token of lark:${MEI}`]);
  assert.deepEqual(noted, ['event-1', 'event-2']);
  assert.deepEqual(asked, [undefined]);
});

test("The calendar of the trainer's settings is looked through as well, each event once", async () => {
  const settings = { syncEnabled: true, autoUpdate: true, calendarId: 'side-calendar' };
  mei.lark.settings = settings as Trainer['lark']['settings'];
  assert.equal((await sweep()).removed, 2);
  assert.deepEqual(asked, [undefined, 'side-calendar']);
});

test('When Salesforce cannot be read nothing is removed', async () => {
  deps.records.queryAll = () => Promise.reject(unreachable);
  await assert.rejects(sweep(), unreachable);
  assert.deepEqual(deleted, []);
});

test('When Salesforce knows no such booking nothing is removed; a person is told', async () => {
  rows = [];
  const { removed, reported } = await sweep();
  assert.equal(removed, 0);
  assert.deepEqual(
    reported.map(({ eventId }) => eventId),
    ['event-1', 'event-2'],
  );
  assert.match(reported[0]?.message ?? '', /In the calendar of Mei an event of booking a0BTC00000000012AA/);
  assert.deepEqual(deleted, []);
});

test('When a calendar cannot be read to its end nothing is removed', async () => {
  const broken = new ProviderError('lark', 'temporary', 'Lark is unavailable at the moment.');
  deps.lark.events.listMarked = () => Promise.reject(broken);
  await assert.rejects(sweep(), broken);
  assert.deepEqual(deleted, []);
});

test('While a pass works on the booking its events are left alone', async () => {
  const busy = new AppError('request_in_progress', 'This booking is being worked on.', { retryable: true });
  deps.asTheOnlyOne = () => Promise.reject(busy);
  assert.deepEqual(await sweep(), { removed: 0, reported: [] });
  assert.deepEqual(deleted, []);
});

test('A booking that was opened again meanwhile keeps its event', async () => {
  deps.asTheOnlyOne = (_bookingId, work) => {
    rows = rows.map((row) => ({ ...row, Status__c: 'Confirmed', Revision__c: 3 }));
    return work();
  };
  assert.equal((await sweep()).removed, 0);
  assert.deepEqual(deleted, []);
});

test('What could not be deleted is not noted but told, and the others go all the same', async () => {
  const { deleteEvent } = deps.lark.calendar;
  deps.lark.calendar.deleteEvent = (token, place) =>
    place.eventId === 'event-1'
      ? Promise.reject(new ProviderError('lark', 'refused', 'No.'))
      : deleteEvent(token, place);
  const { removed, reported } = await sweep();
  assert.equal(removed, 1);
  assert.match(reported[0]?.message ?? '', /could not be removed: No\./);
  assert.deepEqual(noted, ['event-2']);
});

test('An event that the ledger knows of another record with the same account stays, and nobody is told', async () => {
  const RAJ = 'a0TTC00000000022AA';
  rows = rows.map((row) => ({ ...row, Status__c: 'Confirmed', Trainer__c: RAJ }));
  deps.effectsOf = () =>
    Promise.resolve([
      {
        ...{ bookingId: BOOKING, kind: 'event', connectionId: `lark:${RAJ}`, state: 'done' },
        ...{ externalId: 'event-1', updatedAt: hours(-2) },
      },
    ]);
  assert.deepEqual(await sweep(), { removed: 0, reported: [] });

  deps.connections.stateOf = (connectionId) =>
    Promise.resolve({ subjectId: connectionId === `lark:${MEI}` ? 'ou_mei' : 'ou_raj' } as never);
  const { removed, reported } = await sweep();
  assert.equal(removed, 0);
  assert.deepEqual(
    reported.map(({ eventId, message }) => [eventId, message.includes('belongs to another trainer')]),
    [['event-2', true]],
    'who has another account may be told to tidy up, of what nobody knows',
  );
  assert.deepEqual(deleted, []);
});

test('What Salesforce refuses for good is told, and the others go all the same', async () => {
  const { asTheOnlyOne } = deps;
  let first = true;
  deps.asTheOnlyOne = (bookingId, work) => {
    if (!first) return asTheOnlyOne(bookingId, work);
    first = false;
    return Promise.reject(new SalesforceError('refused', 'Salesforce refused the call.'));
  };
  const { removed, reported } = await sweep();
  assert.deepEqual([removed, reported.length], [1, 1]);
});

function ledger(options: { found?: Row[]; anyBooking?: boolean }) {
  const handedOver: string[] = [];
  const records = {
    queryAll: <T extends Row>() => Promise.resolve((options.found ?? []) as T[]),
    query: <T extends Row>() => Promise.resolve((options.anyBooking === false ? [] : [{ Id: 'x' }]) as Row[] as T[]),
  };
  return {
    handedOver,
    deps: {
      records,
      now: () => NOW,
      log: silent,
      nextEffects: (after: string) =>
        Promise.resolve(
          after === ''
            ? [
                {
                  bookingId: BOOKING,
                  kind: 'event' as const,
                  connectionId: `lark:${MEI}` as const,
                  state: 'done',
                  externalId: 'event-1',
                  updatedAt: hours(-5),
                },
              ]
            : [],
        ),
      bringInStep: (ids: readonly string[]) => Promise.resolve(void handedOver.push(...ids)),
    },
  };
}

test('The ledger: a booking that is gone goes to a pass, and the next page follows it', async () => {
  const { deps: given, handedOver } = ledger({});
  assert.deepEqual(await sweepLedger(given, ''), { last: BOOKING, handedOver: 1 });
  assert.deepEqual(await sweepLedger(given, BOOKING), { last: undefined, handedOver: 0 });
  assert.deepEqual(handedOver, [BOOKING]);
});

test('The ledger: a Salesforce that shows no booking at all proves nothing', async () => {
  const { deps: given, handedOver } = ledger({ anyBooking: false });
  assert.deepEqual(await sweepLedger(given, ''), { last: BOOKING, handedOver: 0 });
  assert.deepEqual(handedOver, []);
});
