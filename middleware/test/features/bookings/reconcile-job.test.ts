import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { AppError } from '../../../src/core/errors.ts';
import {
  bookingsInRetry,
  enqueueReconcile,
  enqueueRetry,
  reconcileJob,
  runReconcileJob,
  type ReconcileJobData,
} from '../../../src/features/bookings/reconcile-job.ts';
import { createPgBossQueue } from '../../../src/queue/pg-boss-queue.ts';
import { SalesforceError } from '../../../src/salesforce/records.ts';
import type { OpenDatabase } from '../../../src/storage/open-database.ts';
import { openTestDatabases } from '../../kit/databases.ts';
import { createPassKit, type PassKit } from './pass-kit.ts';

let databases: OpenDatabase[];
let kit: PassKit;
before(async () => {
  databases = await openTestDatabases();
});
after(() => Promise.all(databases.map(({ close }) => close())));
beforeEach(async () => {
  kit = createPassKit((databases[0] ?? assert.fail('no database')).db);
  await kit.clear();
});

const HOUR_S = 3_600;
const cause = { actor: 'test', requestId: 'request' };
const firstAttempt = { attempt: 1, lastAttempt: false };

function waitAskedFor(seconds: number): AppError {
  return new AppError('provider_unavailable', 'Later.', { retryable: true, retryAfterMs: seconds * 1000 });
}

test('A new trigger runs at once although a repetition waits; of several repetitions the one that is due first stays', async () => {
  for (const database of databases) {
    const queue = createPgBossQueue({
      database,
      log: { debug() {}, info() {}, warn() {}, error: (fields) => assert.fail(JSON.stringify(fields)) },
    });
    const ran: ReconcileJobData[] = [];
    queue.work(reconcileJob, (job) => Promise.resolve(void ran.push(job)));
    await queue.start();
    try {
      await enqueueRetry(queue, { bookingId: 'b1', ...cause, attempt: 4 }, waitAskedFor(600));
      await enqueueRetry(queue, { bookingId: 'b1', ...cause }, waitAskedFor(300));
      await enqueueRetry(queue, { bookingId: 'b1', ...cause, attempt: 5 }, waitAskedFor(900));
      await enqueueReconcile(queue, ['b1', 'b2'], cause);
      const deadline = performance.now() + 20_000;
      while (ran.length < 2) {
        assert.ok(performance.now() < deadline, `${database.kind}: the new trigger did not run`);
        await sleep(20);
      }
      assert.deepEqual(
        ran.toSorted((one, other) => one.bookingId.localeCompare(other.bookingId)),
        [
          { bookingId: 'b1', ...cause },
          { bookingId: 'b2', ...cause },
        ],
        database.kind,
      );
      assert.deepEqual([...(await bookingsInRetry(queue, ['b1', 'b2']))], ['b1'], database.kind);
      const { rows } = await sql<{ attempt: string }>`
        select data->>'attempt' as attempt from pgboss.job where singleton_key = 'retry:b1' and state = 'created'
      `.execute(database.db);
      assert.deepEqual(rows, [{ attempt: '2' }], 'a chain that has grown slow does not slow a new one down');
    } finally {
      await queue.stop(2_000);
    }
  }
});

test('The delay doubles, is scattered, waits as long as the provider asks, and at most a quarter of an hour for it', async () => {
  const delayAfter = async (attempt: number, error: unknown, random = 0) => {
    kit.enqueued.length = 0;
    await enqueueRetry(kit.deps.queue, { bookingId: 'b1', ...cause, attempt }, error, () => random);
    return kit.enqueued[0]?.options?.startAfterSeconds;
  };
  const plain = new Error('no answer');
  assert.deepEqual(
    [await delayAfter(1, plain), await delayAfter(2, plain), await delayAfter(6, plain), await delayAfter(13, plain)],
    [2, 4, 64, HOUR_S],
  );
  assert.equal(await delayAfter(6, plain, 1), 80);
  assert.equal(await delayAfter(1, waitAskedFor(300)), 300);
  assert.equal(await delayAfter(6, waitAskedFor(1)), 64);
  assert.equal(await delayAfter(1, waitAskedFor(24 * HOUR_S)), 900);
});

/** Runs a job and whatever it enqueues for later, until nothing follows or `most` jobs have run. */
async function runChain(bookingId: string, most: number) {
  const chain: { key: string | undefined; attempt: number | undefined }[] = [];
  let next: ReconcileJobData | undefined = { bookingId, ...cause };
  while (next && chain.length < most) {
    kit.enqueued.length = 0;
    await runReconcileJob(kit.deps, next, firstAttempt);
    const [follower] = kit.enqueued;
    next = follower?.data as ReconcileJobData | undefined;
    if (follower) chain.push({ key: follower.options?.key, attempt: next?.attempt });
  }
  return chain;
}

test('A booking whose provider is down for long is tried 14 times, then it is failed and nothing is left waiting', async () => {
  kit.settings.larkMeeting = 'calendar';
  kit.lark.fail('createEvent', 'temporary', { times: 99 });
  const id = kit.addBooking();
  const chain = await runChain(id, 50);
  assert.deepEqual(
    chain.map(({ attempt }) => attempt),
    [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14],
  );
  assert.deepEqual([...new Set(chain.map(({ key }) => key))], [`retry:${id}`]);
  assert.equal(kit.lark.calls.length, 14);
  assert.deepEqual([kit.row(id).Sync_Status__c, kit.row(id).Sync_Key__c], ['Failed', null]);
});

test('Results that Salesforce refuses are tried 14 times, then once a day', async () => {
  const id = kit.addBooking();
  for (let count = 0; count < 20; count++) {
    kit.salesforce.failNext(
      'booking',
      new SalesforceError('refused', 'A rule of the org.', {
        code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
        referenceId: 'booking',
      }),
    );
  }
  const chain = await runChain(id, 16);
  assert.deepEqual(
    chain.slice(12).map(({ key, attempt }) => [key, attempt]),
    [
      [`retry:${id}`, 14],
      [`rest:${id}`, 14],
      [`rest:${id}`, 14],
      [`rest:${id}`, 14],
    ],
  );
  assert.equal(kit.enqueued[0]?.options?.startAfterSeconds, 24 * HOUR_S);
  assert.deepEqual(kit.lark.calls, ['reserve', 'createEvent']);
});

test('An attempt in which the process died counts', async () => {
  kit.settings.larkMeeting = 'calendar';
  kit.lark.fail('createEvent', 'temporary');
  const job = { bookingId: kit.addBooking(), ...cause, attempt: 5 };
  await runReconcileJob(kit.deps, job, { attempt: 3, lastAttempt: false });
  assert.equal((kit.enqueued[0]?.data as ReconcileJobData).attempt, 8);
});

test('A pass that cannot even begin is repeated as well', async () => {
  const bookingId = kit.addBooking();
  kit.salesforce.failNext('bookings', new SalesforceError('unreachable', 'Salesforce is down.'));
  await runReconcileJob(kit.deps, { bookingId, ...cause }, firstAttempt);
  assert.equal(kit.enqueued[0]?.options?.key, `retry:${bookingId}`);
});
