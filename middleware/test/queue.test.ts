import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { createPgBossQueue } from '../src/queue/pg-boss-queue.ts';
import type { JobDefinition } from '../src/queue/queue.ts';
import { openTestDatabases } from './kit/databases.ts';

const databases = await openTestDatabases();
after(() => Promise.all(databases.map(({ close }) => close())));

const log = { debug() {}, info() {}, warn() {}, error() {} };

function job(name: string): JobDefinition<{ n: number }> {
  return {
    name,
    schema: z.strictObject({ n: z.number() }),
    retry: { limit: 2, delaySeconds: 1, maxDelaySeconds: 1 },
    expireInSeconds: 30,
    concurrency: 2,
  };
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!condition()) {
    assert.ok(performance.now() < deadline, 'the condition was not met in time');
    await sleep(20);
  }
}

for (const database of databases) {
  test(`${database.kind}: jobs of one key coalesce while they wait, a failed one is retried, one commits with its transaction`, async () => {
    const queue = createPgBossQueue({ database, log });
    const [coalesced, flaky, transactional] = [job('coalesced'), job('flaky'), job('transactional')];
    const seen: string[] = [];
    let failures = 1;
    queue.work(coalesced, ({ n }) => Promise.resolve(void seen.push(`coalesced ${n}`)));
    queue.work(flaky, ({ n }, { attempt }) => {
      seen.push(`flaky ${n} attempt ${attempt}`);
      return failures-- > 0 ? Promise.reject(new Error('not yet')) : Promise.resolve();
    });
    queue.work(transactional, ({ n }) => Promise.resolve(void seen.push(`transactional ${n}`)));
    await queue.start();
    try {
      await queue.enqueue(coalesced, { n: 1 }, { key: 'same', startAfterSeconds: 1 });
      await queue.enqueue(coalesced, { n: 2 }, { key: 'same' });
      await queue.enqueueMany(coalesced, [
        { data: { n: 3 }, key: 'same' },
        { data: { n: 4 }, key: 'other' },
      ]);
      await queue.enqueue(flaky, { n: 5 });
      await database.db.transaction().execute((trx) => queue.enqueue(transactional, { n: 6 }, { trx }));
      await assert.rejects(
        database.db.transaction().execute(async (trx) => {
          await queue.enqueue(transactional, { n: 7 }, { trx });
          throw new Error('rolled back');
        }),
        /rolled back/,
      );
      await until(() => seen.length >= 5);
      assert.deepEqual(seen.toSorted(), [
        'coalesced 1',
        'coalesced 4',
        'flaky 5 attempt 1',
        'flaky 5 attempt 2',
        'transactional 6',
      ]);
    } finally {
      await queue.stop(2_000);
    }
  });
}

for (const database of databases) {
  test(`${database.kind}: the keys of jobs that wait, run or wait to be repeated are told, those of finished jobs are not`, async () => {
    const queue = createPgBossQueue({ database, log });
    const kind = job('keys');
    const whileRunning = Promise.withResolvers<ReadonlySet<string>>();
    let isFinished = false;
    queue.work({ ...kind, retry: { limit: 2, delaySeconds: 60, maxDelaySeconds: 60 } }, async ({ n }) => {
      if (n === 1) isFinished = true;
      if (n === 2) throw new Error('again, in a minute');
      if (n === 3) whileRunning.resolve(await queue.waitingKeys(kind));
    });
    await queue.start();
    try {
      await queue.enqueue(kind, { n: 1 }, { key: 'finished' });
      await queue.enqueue(kind, { n: 2 }, { key: 'repeated' });
      await queue.enqueue(kind, { n: 4 }, { key: 'later', startAfterSeconds: 600 });
      await queue.enqueue(kind, { n: 3 }, { key: 'running' });
      assert.ok((await whileRunning.promise).has('running'));
      await until(() => isFinished);
      const deadline = performance.now() + 20_000;
      let keys: string[];
      do {
        assert.ok(performance.now() < deadline, 'the keys did not become those of the waiting jobs in time');
        await sleep(20);
        keys = [...(await queue.waitingKeys(kind))].toSorted();
      } while (keys.length > 2);
      assert.deepEqual(keys, ['later', 'repeated']);
    } finally {
      await queue.stop(2_000);
    }
  });
}

test('a job whose data do not fit its schema is refused when it is enqueued', async () => {
  const [database] = databases;
  assert.ok(database);
  const queue = createPgBossQueue({ database, log });
  await assert.rejects(queue.enqueue(job('strict'), { n: 'x' } as never));
});
