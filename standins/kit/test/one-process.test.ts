import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { oneProcessAtATime } from '../one-process.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'trainer-connect-locks-'));
after(() => rmSync(directory, { recursive: true, force: true }));

test('work under one lock never overlaps, and a failure gives the lock back', async () => {
  const lock = path.join(directory, 'overlap');
  let running = 0;
  const results = await Promise.allSettled(
    [1, 2, 3].map((number) =>
      oneProcessAtATime(lock, { atMostMs: 60_000 }, async () => {
        assert.equal(++running, 1);
        await wait(20);
        running--;
        if (number === 1) throw new Error('broken');
        return number;
      }),
    ),
  );
  assert.deepEqual(
    results.map((result) => (result.status === 'fulfilled' ? result.value : String(result.reason))),
    ['Error: broken', 2, 3],
  );
  assert.equal(existsSync(lock), false);
});

test('a lock that a killed process left behind is taken over; one that is young is waited for', async () => {
  const lock = path.join(directory, 'left');
  mkdirSync(lock);
  const aborted = oneProcessAtATime(lock, { atMostMs: 60_000, signal: AbortSignal.timeout(150) }, () =>
    Promise.resolve('taken'),
  );
  await assert.rejects(aborted, { name: 'AbortError' });
  const old = new Date(Date.now() - 61_000);
  utimesSync(lock, old, old);
  assert.equal(await oneProcessAtATime(lock, { atMostMs: 60_000 }, () => Promise.resolve('taken')), 'taken');
});
