import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { listDeadLetters, noteBooking, retryDeadLetter } from '../../src/features/admin/dead-letters.ts';
import { enqueueRetry, reconcileJob, type ReconcileJobData } from '../../src/features/bookings/reconcile-job.ts';
import { createPgBossQueue } from '../../src/queue/pg-boss-queue.ts';
import type { JobDefinition } from '../../src/queue/queue.ts';
import type { OpenDatabase } from '../../src/storage/open-database.ts';
import { book, bookingOf, bookingRow } from '../kit/bookings.ts';
import { openTestDatabases } from '../kit/databases.ts';
import { keys, startWorld, until, type SampleTrainer, type World } from '../kit/world.ts';

interface List {
  jobs: {
    id: string;
    kind: string;
    concerns: Record<string, string>;
    message: string;
    advice: string;
    attempts: number | null;
    failedAt: string;
  }[];
  nextCursor: string | null;
  error?: { code: string };
}

let world: World;
let trainer: SampleTrainer;
let databases: OpenDatabase[];
before(async () => {
  world = await startWorld();
  trainer = await world.trainer(0);
  await world.connect(trainer.Email__c);
  databases = await openTestDatabases();
});
after(async () => {
  await world.close();
  await Promise.all(databases.map(({ close }) => close()));
});

const log = { debug() {}, info() {}, warn() {}, error() {} };
const now = () => world.clock.now();
const list = (query = '', key = keys.operator) => world.call<List>('GET', `/api/admin/dead-letters${query}`, { key });
const retry = (id: string, key = keys.operator) =>
  world.call<List>('POST', `/api/admin/dead-letters/${id}/retry`, { key });

test('a booking that failed for good is listed with its reason; tried again it gets its link and is off the list', async () => {
  for (const path of ['/reserves/apply$', '/events$']) {
    const body = { code: 190002, msg: 'invalid parameters in request' };
    world.standins.lark.faults.add({ kind: 'status', status: 400, path, times: 0, body });
  }
  const { body } = await book(world, bookingOf(world, trainer, 4));
  world.standins.lark.faults.release();
  const id = body.bookingId;
  assert.equal((await bookingRow(world, id)).Sync_Status__c, 'Failed');
  const { status, body: listed, text } = await list();
  assert.equal(status, 200);
  const [job, ...others] = listed.jobs;
  assert.deepEqual(others, []);
  assert.deepEqual([job?.id, job?.kind, job?.concerns], [id, 'booking', { bookingId: id }]);
  assert.equal(job?.message, (await bookingRow(world, id)).Sync_Error__c);
  assert.match(job?.advice ?? '', /retry/);
  assert.doesNotMatch(text, /stack|token/i);

  assert.equal((await retry(id)).status, 202);
  assert.equal((await retry(id)).status, 404, 'it is not run twice');
  await until(async () => (await bookingRow(world, id)).Meeting_Link_Status__c === 'Ready', 'the link');
  assert.deepEqual((await list()).body, { jobs: [], nextCursor: null });
});

test('only those who may see it do, and what does not exist is 404', async () => {
  assert.equal((await list('', keys.portal)).status, 403);
  assert.equal((await list('', keys.salesforce)).status, 200);
  assert.equal((await retry('x', keys.portal)).status, 403);
  for (const id of ['nonsense', '00000000-0000-4000-8000-000000000000', 'a00000000000001AAA', "' or true --"]) {
    const answer = await retry(encodeURIComponent(id));
    assert.deepEqual([answer.status, answer.body.error?.code], [404, 'not_found'], id);
  }
  for (const query of ['?limit=0', '?cursor=x', '?cursor=WyIiXQ', '?all=1'])
    assert.equal((await list(query)).status, 400);
});

const fragile: JobDefinition<{ trainerId: string; secret: string }> = {
  name: 'fragile',
  schema: z.strictObject({ trainerId: z.string(), secret: z.string() }),
  retry: { limit: 0, delaySeconds: 1, maxDelaySeconds: 1 },
  expireInSeconds: 30,
  concurrency: 5,
};

test('failed jobs of the queue, chains that came to their end and bookings are one list, in pages, each run again once', async () => {
  for (const database of databases) {
    const { db, kind } = database;
    const queue = createPgBossQueue({ database, log });
    let isMended = false;
    const ran: string[] = [];
    const passes: ReconcileJobData[] = [];
    queue.work(fragile, ({ trainerId }) => {
      if (!isMended) throw new Error(`The trainer ${trainerId} could not be reached.`);
      return Promise.resolve(void ran.push(trainerId));
    });
    queue.work(reconcileJob, (job) => Promise.resolve(void passes.push(job)));
    await queue.start();
    const deps = {
      db,
      queue,
      now,
      reconcile: (_trx: unknown, bookingId: string) => Promise.resolve(void ran.push(`booking ${bookingId}`)),
    };
    try {
      for (const trainerId of ['one', 'two', 'three']) {
        await queue.enqueue(fragile, { trainerId, secret: 'hidden' }, { key: trainerId });
      }
      const job = { bookingId: 'a0B000000000001EAA', actor: 'somebody', requestId: 'request', attempt: 14 };
      await enqueueRetry(queue, job, new Error('Salesforce refused.'));
      await enqueueRetry(queue, { ...job, bookingId: 'a0B000000000002EAA', attempt: 3 }, new Error('not yet'));
      await noteBooking(deps, { id: 'a0B000000000003EAA', syncStatus: 'Failed', syncError: 'Lark refused.' });
      await noteBooking(deps, { id: 'a0B000000000004EAA', syncStatus: 'Failed', syncError: 'Lark refused.' });
      await noteBooking(deps, { id: 'a0B000000000004EAA', syncStatus: 'Synced', syncError: undefined });
      const all = await until(async () => {
        const { jobs } = await listDeadLetters(deps, { limit: 50 });
        return jobs.length >= 5 && jobs;
      }, `${kind}: the dead letters`);
      assert.deepEqual(
        all.map(({ kind, concerns }) => `${kind} ${Object.values(concerns).join()}`).toSorted(),
        [
          'booking a0B000000000003EAA',
          'fragile one',
          'fragile three',
          'fragile two',
          'reconcile-booking a0B000000000001EAA',
        ],
        kind,
      );
      assert.ok(!JSON.stringify(all).includes('hidden'), kind);
      const two = all.find(({ concerns }) => concerns['trainerId'] === 'two') ?? assert.fail();
      assert.deepEqual([two.message, two.attempts], ['The trainer two could not be reached.', 1], kind);
      const resting = all.find(({ kind }) => kind === 'reconcile-booking') ?? assert.fail();
      assert.equal(resting.attempts, 14, kind);
      assert.match(resting.advice, /once a day/);

      const paged: string[] = [];
      let cursor: string | null = null;
      do {
        const before: { failedAt: Date; id: string } | undefined = cursor === null ? undefined : decode(cursor);
        const page = await listDeadLetters(deps, { limit: 2, ...(before === undefined ? {} : { cursor: before }) });
        paged.push(...page.jobs.map(({ id }) => id));
        cursor = page.nextCursor;
      } while (cursor !== null);
      assert.deepEqual(
        paged,
        all.map(({ id }) => id),
        kind,
      );

      isMended = true;
      const by = { actor: 'admin', requestId: 'r' };
      const tries = await Promise.allSettled([1, 2, 3, 4].map(() => retryDeadLetter(deps, { id: two.id, ...by })));
      assert.equal(tries.filter(({ status }) => status === 'fulfilled').length, 1, kind);
      await retryDeadLetter(deps, { id: resting.id, ...by });
      await retryDeadLetter(deps, { id: 'a0B000000000003EAA', ...by });
      await until(() => ran.length >= 2 && passes.length >= 1, `${kind}: the second runs`);
      await sleep(1_500);
      assert.deepEqual(ran.toSorted(), ['booking a0B000000000003EAA', 'two'], kind);
      const { attempt: _anew, ...firstAttempt } = job;
      assert.deepEqual(passes[0], firstAttempt, `${kind}: the chain begins anew`);
      assert.equal((await listDeadLetters(deps, { limit: 50 })).jobs.length, 2, kind);
    } finally {
      await queue.stop(2_000);
    }
  }
});

function decode(cursor: string): { failedAt: Date; id: string } {
  const [failedAt, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [string, string];
  return { failedAt: new Date(failedAt), id };
}
