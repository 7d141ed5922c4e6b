import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { noteFailedBooking } from '../../../src/features/metrics/note-failed-booking.ts';
import { recordMetrics, type RecordMetricsDeps } from '../../../src/features/metrics/record-metrics.ts';
import type { CompositeRequest, Row } from '../../../src/salesforce/records.ts';
import type { Database } from '../../../src/storage/database.ts';
import type { OpenDatabase } from '../../../src/storage/open-database.ts';
import { openTestDatabases } from '../../kit/databases.ts';

const DAY = '2026-11-21';
const NOW = new Date(`${DAY}T10:00:00Z`);
const BOOKING = 'a0B000000000001EAA';

let databases: OpenDatabase[];
before(async () => {
  databases = await openTestDatabases();
});
after(() => Promise.all(databases.map(({ close }) => close())));

/** Settles an exchange as the token journal does. */
async function exchange(
  db: Database,
  connectionId: string,
  states: ('received' | 'failed' | 'unknown' | 'superseded')[],
) {
  const { id } = await db
    .insertInto('token_exchange')
    .values({
      connection_id: connectionId,
      epoch: 1,
      generation: 1,
      parent_hash: '',
      state: 'intent',
      created_at: NOW,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  for (const state of states) {
    await db.updateTable('token_exchange').set({ state, settled_at: NOW }).where('id', '=', id).execute();
  }
}

/** A Salesforce that answers the five queries with these rows and keeps what is written. */
function fakeRecords(groups: { connections?: Row[]; events?: Row[]; bookings?: Row[]; metrics?: Row[] }, refuses = '') {
  const written: Row[] = [];
  const requests: string[] = [];
  const trainers = [
    { status: 'Connected', total: 3 },
    { status: null, total: 1 },
  ];
  const { connections = [], bookings = [], events = [], metrics = [] } = groups;
  return {
    written,
    requests,
    records: {
      queryPath: ({ text }) => text.replaceAll(/\s+/g, ' '),
      composite: (sent: readonly CompositeRequest[]) => {
        requests.push(...sent.map(({ path }) => path));
        const answers = [trainers, connections, bookings, events, metrics];
        return Promise.resolve(
          answers.map((records, index) => ({ referenceId: `query${index}`, status: 200, body: { records } })),
        );
      },
      upsert: (_object, _key, rows) => {
        written.push(...rows);
        return Promise.resolve(rows.map((row) => ({ id: undefined, success: row['Key__c'] !== refuses, errors: [] })));
      },
    } satisfies RecordMetricsDeps['records'],
  };
}

function deps(db: Database, records: RecordMetricsDeps['records'], change: Partial<RecordMetricsDeps> = {}) {
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  return {
    db,
    records,
    now: () => NOW,
    log,
    isProviderOn: () => true,
    makesMeetings: (provider: string) => provider === 'lark',
    meetingBookingTypes: ['Training'],
    ...change,
  };
}

test('a provider that is switched on joins by itself: its connections, its calendar events, its exchanges', async () => {
  for (const { db } of databases) {
    const { records, written, requests } = fakeRecords({
      connections: [
        { provider: 'google', status: 'Connected', total: 2 },
        { provider: 'google', status: 'Needs Reconnect', total: 1 },
      ],
      events: [{ day: DAY, provider: 'google', total: 5 }],
      bookings: [
        { day: DAY, service: 'Remote', type: 'Training', status: 'Confirmed', link: 'Ready', total: 4 },
        { day: DAY, service: 'Remote', type: 'Training', status: 'Confirmed', link: 'Manual', total: 2 },
        { day: DAY, service: 'Remote', type: 'Training', status: 'Requested', link: 'Pending', total: 1 },
        { day: DAY, service: 'Remote', type: 'Go Live', status: 'Confirmed', link: 'Not Needed', total: 1 },
        { day: DAY, service: 'Remote', type: 'Training', status: 'Completed', link: 'Failed', total: 1 },
      ],
    });
    await exchange(db, 'google:a0A000000000001AAA', ['received']);
    await recordMetrics(
      deps(db, records, { isProviderOn: (provider) => provider === 'google' || provider === 'lark' }),
    );
    assert.equal(requests.length, 5, 'a composite takes no more queries than five');
    const [lark, google, ...others] = written.filter(({ Day__c }) => Day__c === DAY);
    assert.deepEqual(others, []);
    assert.deepEqual(google, {
      Key__c: `${DAY}:google`,
      Day__c: DAY,
      Provider__c: 'google',
      Trainers__c: 4,
      Connected__c: 2,
      Needs_Reconnect__c: 1,
      Exchanges_OK__c: 1,
      Exchanges_Failed__c: 0,
      Bookings__c: 5,
      Meetings_Wanted__c: 0,
      Meetings_Made__c: 0,
      Errors__c: 0,
    });
    assert.deepEqual(
      [lark?.['Bookings__c'], lark?.['Meetings_Wanted__c'], lark?.['Meetings_Made__c'], lark?.['Connected__c']],
      [9, 5, 4, 3],
    );
  }
});

test('an exchange is counted once, by how it ended; one that was never sent is not', async () => {
  for (const { db } of databases) {
    await exchange(db, 'outlook:a0A000000000001AAA', ['superseded']);
    await exchange(db, 'outlook:a0A000000000001AAA', ['failed', 'failed']);
    await exchange(db, 'outlook:a0A000000000001AAA', ['unknown']);
    await exchange(db, 'outlook:a0A000000000001AAA', ['received', 'received']);
    await Promise.all(Array.from({ length: 20 }, () => exchange(db, 'outlook:a0A000000000001AAA', ['received'])));
    const counts = await db
      .selectFrom('metric_count')
      .selectAll()
      .where('provider', '=', 'outlook')
      .orderBy('name')
      .execute();
    assert.deepEqual(counts, [
      { day: DAY, provider: 'outlook', name: 'exchanges-failed', total: 2 },
      { day: DAY, provider: 'outlook', name: 'exchanges-ok', total: 21 },
    ]);
  }
});

test('a booking that fails again and again is one failure of the day, of the providers that failed', async () => {
  for (const { db } of databases) {
    const effect = (kind: 'event' | 'reservation', provider: string, state: 'failed' | 'done') => ({
      booking_id: BOOKING,
      kind,
      generation: 1,
      connection_id: `${provider}:a0A000000000001AAA`,
      provider_key: `${provider}-${kind}`,
      state,
      created_at: NOW,
      updated_at: NOW,
    });
    await db
      .insertInto('effect')
      .values([effect('reservation', 'lark', 'done'), effect('event', 'outlook', 'failed')])
      .execute();
    const note = (id: string, syncStatus: string) =>
      noteFailedBooking({ db, now: () => NOW, meetingProvider: 'lark' }, { id, syncStatus });
    await note(BOOKING, 'Failed');
    await note(BOOKING, 'Failed');
    await note(BOOKING, 'Synced');
    await note('a0B000000000002EAA', 'Failed');
    const failures = await db.selectFrom('metric_failed_booking').selectAll().orderBy('booking_id').execute();
    assert.deepEqual(failures, [
      { day: DAY, provider: 'outlook', booking_id: BOOKING },
      { day: DAY, provider: 'lark', booking_id: 'a0B000000000002EAA' },
    ]);
  }
});

test('larger numbers that Salesforce has already are kept; a row that it refuses stays to be recorded', async () => {
  for (const { db } of databases) {
    const { records, written } = fakeRecords(
      { metrics: [{ Key__c: `${DAY}:LARK`, Exchanges_OK__c: 90, Exchanges_Failed__c: 4, Errors__c: 9 }] },
      `${DAY}:lark`,
    );
    const later = new Date(NOW.getTime() + 30 * 3_600_000);
    await recordMetrics(deps(db, records, { now: () => later, isProviderOn: (provider) => provider === 'lark' }));
    const row = written.find(({ Key__c }) => Key__c === `${DAY}:lark`);
    assert.deepEqual([row?.['Exchanges_OK__c'], row?.['Exchanges_Failed__c'], row?.['Errors__c']], [90, 4, 9]);
    assert.ok(
      row !== undefined && !('Trainers__c' in row),
      'the day is over: how trainers stood then is not known now',
    );
    const marked = await db
      .selectFrom('metric_day')
      .select(['provider', 'recorded_at'])
      .where('day', '=', DAY)
      .where('recorded_at', '=', later)
      .execute();
    assert.ok(!marked.some(({ provider }) => provider === 'lark'));
  }
});
