import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { enqueueMissed, enqueueOncePerSlot, latestSlot } from '../src/schedules.ts';
import type { Queue } from '../src/queue/queue.ts';
import { openTestDatabases } from './kit/databases.ts';

const databases = await openTestDatabases();
after(() => Promise.all(databases.map(({ close }) => close())));

test('The latest slot of a schedule is the last time at which it was due', () => {
  const at = (expression: Parameters<typeof latestSlot>[0], now: string) =>
    latestSlot(expression, new Date(now)).toISOString();
  assert.equal(at('40 * * * *', '2026-11-21T10:40:00Z'), '2026-11-21T10:40:00.000Z');
  assert.equal(at('40 * * * *', '2026-11-21T10:39:59Z'), '2026-11-21T09:40:00.000Z');
  assert.equal(at('45 3 * * *', '2026-11-21T08:00:00Z'), '2026-11-21T03:45:00.000Z');
  assert.equal(at('45 3 * * *', '2026-11-21T03:44:59Z'), '2026-11-20T03:45:00.000Z');
});

test('What no server did at night is done by the first that starts, once; what was done is not repeated', async () => {
  for (const { db, kind } of databases) {
    const enqueued: unknown[] = [];
    const queue = {
      enqueue: (job: { name: string }, data: unknown, options: { startAfterSeconds?: number } = {}) =>
        Promise.resolve(void enqueued.push([job.name, data, options.startAfterSeconds])),
    } as unknown as Queue;
    const deps = { db, queue, now: () => new Date('2026-11-21T08:00:00Z') };
    assert.equal(await enqueueMissed(deps, 'find-orphans', { startAfterSeconds: 600 }), true, kind);
    assert.equal(await enqueueMissed(deps, 'find-orphans'), false, kind);
    assert.deepEqual(enqueued, [['find-orphans', { slot: '2026-11-21T03:45:00.000Z' }, 600]], kind);
    assert.equal(await enqueueOncePerSlot(deps, 'refresh-due', new Date('2026-11-21T07:40:00Z')), true, kind);
    assert.equal(await enqueueMissed(deps, 'refresh-due'), false, kind);
  }
});
