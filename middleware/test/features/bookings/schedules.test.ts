import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completePastBookings } from '../../../src/features/bookings/complete-past-bookings.ts';
import { findLostTriggers, retryPendingFor, wakeConflicts } from '../../../src/features/bookings/find-lost-triggers.ts';
import { syncBookings, syncBookingsBody } from '../../../src/features/bookings/sync-bookings.ts';
import { parse } from '../../../src/http/validate.ts';
import type { Row, Soql } from '../../../src/salesforce/records.ts';
import { MEI } from './pass-kit.ts';

const B1 = 'a0B000000000001EAA';
const B2 = 'a0B000000000002EAA';

function fixture(rows: Row[], waiting: readonly string[] = []) {
  const queries: string[] = [];
  const keys: (string | undefined)[] = [];
  const errors: object[] = [];
  const log = { debug() {}, info() {}, warn() {}, error: (fields: object) => void errors.push(fields) };
  return {
    queries,
    keys,
    errors,
    deps: {
      now: () => new Date('2026-11-21T00:00:00Z'),
      log,
      queue: {
        enqueueMany: (_job: unknown, items: readonly { key?: string }[]) =>
          Promise.resolve(void keys.push(...items.map(({ key }) => key))),
        waitingKeys: () => Promise.resolve(new Set(waiting)),
      },
      records: {
        query: <T extends Row>(query: Soql) => {
          queries.push(query.text.replaceAll(/\s+/g, ' '));
          return Promise.resolve(rows as T[]);
        },
        update: (_object: string, updated: readonly Row[]) =>
          Promise.resolve(updated.map(({ Id }) => ({ id: String(Id), success: Id === B1, errors: [] }))),
      },
    },
  };
}

test('Lost triggers are found by their key, oldest first, and enqueued by booking', async () => {
  const { deps, queries, keys } = fixture([{ Id: B1 }, { Id: B2 }]);
  assert.equal(await findLostTriggers(deps), 2);
  assert.deepEqual(keys, [B1, B2]);
  assert.deepEqual(queries, [
    "SELECT Id, Sync_Key__c, LastModifiedDate FROM Training_Booking__c WHERE Sync_Key__c IN ('P', 'M') ORDER BY LastModifiedDate ASC",
  ]);
});

test('At start the unfinished are looked for as well; nothing found enqueues nothing', async () => {
  const { deps, queries, keys } = fixture([]);
  assert.equal(await findLostTriggers(deps, { alsoUnfinished: true }), 0);
  assert.match(queries[0] ?? '', /OR Sync_Status__c IN \('Pending', 'Failed'\)/);
  // Onsite trainings have no link status that waits: they are known by the event that is missing.
  assert.match(
    queries[0] ?? '',
    /OR \(\(Meeting_Link_Status__c = 'Pending Trainer Setup' OR Lark_Calendar_Event_ID__c = null\) AND Status__c = 'Confirmed'/,
  );
  assert.match(queries[0] ?? '', /OR \(Sync_Status__c = 'Conflict' AND End__c > /);
  assert.deepEqual(keys, []);
});

test('A booking whose repetition waits is left to it; one that waits for a new trigger only is not', async () => {
  const B3 = 'a0B000000000003EAA';
  const { deps, keys } = fixture([{ Id: B1 }, { Id: B2 }, { Id: B3 }], [`retry:${B1}`, B2, `rest:${B3}`]);
  assert.equal(await findLostTriggers(deps), 1);
  assert.deepEqual(keys, [B2]);
});

test('A booking that was just saved anew does not wait for its repetition: that trigger may be lost', async () => {
  const B3 = 'a0B000000000003EAA';
  const { deps, keys } = fixture(
    [
      { Id: B1, Sync_Key__c: 'P', LastModifiedDate: '2026-11-20T23:55:00.000+0000' },
      { Id: B2, Sync_Key__c: 'P', LastModifiedDate: '2026-11-20T23:54:59.000+0000' },
      { Id: B3, Sync_Key__c: 'M', LastModifiedDate: '2026-11-20T23:59:00.000+0000' },
    ],
    [B1, B2, B3].map((id) => `retry:${id}`),
  );
  assert.equal(await findLostTriggers(deps), 1);
  assert.deepEqual(keys, [B1]);
});

test('When Lark is back nobody waits for their repetition', async () => {
  const { deps, keys } = fixture([{ Id: B1 }], [`retry:${B1}`, `rest:${B1}`]);
  assert.equal(await findLostTriggers(deps, { alsoUnfinished: true }), 0);
  assert.equal(await findLostTriggers(deps, { alsoUnfinished: true, alsoInRetry: true }), 1);
  assert.deepEqual(keys, [B1]);
});

test('A trainer who connects, or whose time becomes free, wakes their own future bookings only', async () => {
  const { deps, queries } = fixture([{ Id: B1, Booking__c: B1 }]);
  await retryPendingFor(deps, MEI);
  await wakeConflicts(deps, MEI);
  const own = queries.filter((query) => query.includes('FROM Training_Booking__c'));
  assert.equal(own.length, 2);
  for (const query of own) {
    assert.match(query, new RegExp(`Trainer__c = '${MEI}' AND .*End__c > 2026-11-21T00:00:00.000Z`));
  }
});

test('A trainer who connects wakes bookings of others as well that left something with them, each once', async () => {
  const { deps, queries, keys } = fixture([
    { Id: B1, Booking__c: B1 },
    { Id: B1, Booking__c: B2 },
  ]);
  assert.equal(await retryPendingFor(deps, MEI), 2);
  assert.deepEqual(keys, [B1, B2]);
  // Bookings with a typed link have all they need but the trainer's own event.
  assert.match(queries[0] ?? '', /'Not Needed'\) OR Lark_Calendar_Event_ID__c = null OR Sync_Status__c IN/);
  assert.match(queries[1] ?? '', new RegExp(`Connection_ID__c = 'lark:${MEI}' .*Booking__r.Trainer__c != '${MEI}'`));
});

test('Past bookings are completed one by one: a refused one does not keep the others', async () => {
  const { deps, keys, errors } = fixture([{ Id: B1 }, { Id: B2 }]);
  assert.deepEqual(await completePastBookings(deps), { completed: 1, refused: 1 });
  assert.deepEqual(keys, [B1]);
  assert.equal(errors.length, 1);
});

test('Ids to sync are taken in both lengths, once each, and a wrong one is named', async () => {
  const { deps, keys } = fixture([]);
  const { bookingIds } = parse(syncBookingsBody, { bookingIds: [B1.slice(0, 15), B1, B2] });
  assert.deepEqual(await syncBookings(deps, { bookingIds, actor: 'a', requestId: 'r' }), { accepted: 2 });
  assert.deepEqual(keys, [B1, B2]);
  assert.throws(() => parse(syncBookingsBody, { bookingIds: [B1, 'nonsense'] }), /bookingIds\.1: "nonsense"/);
});
