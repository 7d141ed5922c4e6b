import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Interval } from '../../../src/core/interval.ts';
import { createBusyCache, KEPT_MS, tokensThatForget } from '../../../src/features/availability/busy-cache.ts';
import type { BusySource } from '../../../src/providers/ports/free-busy.ts';

const span = (start: string, end: string): Interval => ({
  start: new Date(`2026-11-${start}:00Z`),
  end: new Date(`2026-11-${end}:00Z`),
});
const week = span('23T00:00', '28T00:00');
const tuesday = span('24T00:00', '25T00:00');

/** A calendar whose answers the test gives one by one. */
function calendar(id = 'mei', account = 'ou_1') {
  const reads: { interval: Interval; answer: (busy: Interval[]) => void; fail: (error: Error) => void }[] = [];
  const source: BusySource = {
    provider: 'lark',
    connectionId: `lark:${id}`,
    account,
    read: (interval) =>
      new Promise((resolve, reject) => {
        reads.push({ interval, answer: resolve, fail: reject });
      }),
  };
  return { source, reads };
}

function fixture(limits?: Parameters<typeof createBusyCache>[1]) {
  let now = Date.parse('2026-11-21T00:00:00Z');
  const cache = createBusyCache({ now: () => new Date(now) }, limits);
  return { cache, wait: (milliseconds: number) => (now += milliseconds) };
}

test('An answer is remembered for half a minute, also for a part of its span', async () => {
  const { cache, wait } = fixture();
  const { source, reads } = calendar();
  const first = cache.read(source, week);
  reads[0]?.answer([tuesday]);
  assert.deepEqual(await first, [tuesday]);
  wait(KEPT_MS - 1);
  assert.deepEqual(await cache.read(source, week), [tuesday]);
  assert.deepEqual(await cache.read(source, tuesday), [tuesday]);
  assert.equal(reads.length, 1);
  wait(1);
  void cache.read(source, week);
  assert.equal(reads.length, 2);
});

test('The half minute begins when the calendar is asked, not when it has answered', async () => {
  const { cache, wait } = fixture();
  const { source, reads } = calendar();
  const first = cache.read(source, week);
  wait(KEPT_MS);
  reads[0]?.answer([]);
  await first;
  void cache.read(source, week);
  assert.equal(reads.length, 2);
});

test('A longer span, another calendar and another account are asked for themselves', () => {
  const { cache } = fixture();
  const [mei, raj, meiElsewhere] = [calendar(), calendar('raj'), calendar('mei', 'ou_2')];
  void cache.read(mei.source, tuesday);
  void cache.read(mei.source, week);
  void cache.read(raj.source, tuesday);
  void cache.read(meiElsewhere.source, tuesday);
  assert.deepEqual([mei.reads.length, raj.reads.length, meiElsewhere.reads.length], [2, 1, 1]);
});

test('Equal questions at the same time are one, and all hear of its failure, which is not remembered', async () => {
  const { cache } = fixture();
  const { source, reads } = calendar();
  const asked = Array.from({ length: 20 }, () => cache.read(source, week));
  assert.equal(reads.length, 1);
  reads[0]?.fail(new Error('down'));
  const settled = await Promise.allSettled(asked);
  assert.ok(settled.every(({ status }) => status === 'rejected'));
  void cache.read(source, week);
  assert.equal(reads.length, 2);
});

test('What was asked before the calendar changed is forgotten, also while the answer is on its way', async () => {
  const { cache } = fixture();
  const { source, reads } = calendar();
  const first = cache.read(source, week);
  cache.forget(source.connectionId);
  const second = cache.read(source, week);
  assert.equal(reads.length, 2);
  reads[1]?.answer([tuesday]);
  await second;
  reads[0]?.answer([]);
  assert.deepEqual(await first, []);
  assert.deepEqual(await cache.read(source, week), [tuesday]);
  assert.equal(reads.length, 2);
});

test('Memory has a limit, in answers and in what they hold; the oldest go first', async () => {
  const { cache } = fixture({ answers: 3, intervals: 4 });
  const calendars = ['a', 'b', 'c', 'd'].map((id) => calendar(id));
  for (const { source, reads } of calendars) {
    const read = cache.read(source, week);
    reads[0]?.answer([tuesday]);
    await read;
  }
  const asksAgain = (index: number) => {
    const { source, reads } = calendars[index] ?? assert.fail();
    const before = reads.length;
    void cache.read(source, week);
    return reads.length > before;
  };
  assert.deepEqual([asksAgain(3), asksAgain(2), asksAgain(0)], [false, false, true]);

  const big = calendar('big');
  const read = cache.read(big.source, week);
  big.reads[0]?.answer(Array.from({ length: 5 }, () => tuesday));
  await read;
  void cache.read(big.source, week);
  assert.equal(big.reads.length, 2, 'an answer that is too big is not kept');
});

test('Whoever writes to a calendar makes it asked anew, whether that went well or not', async () => {
  const forgotten: string[] = [];
  const tokens = tokensThatForget(
    { withAccessToken: (_id, call) => call('token') },
    { forget: (connectionId) => forgotten.push(connectionId) },
  );
  assert.equal(await tokens.withAccessToken('lark:mei', () => Promise.resolve(forgotten.length)), 0);
  await assert.rejects(tokens.withAccessToken('lark:raj', () => Promise.reject(new Error('no answer'))));
  assert.deepEqual(forgotten, ['lark:mei', 'lark:raj']);
});
