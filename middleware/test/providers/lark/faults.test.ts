import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FaultRequest } from '../../../../standins/kit/faults.ts';
import { providerErrorOf } from './lark-under-test.ts';
import { startLarkWorld } from './lark-world.ts';

const HOUR = 3_600_000;
const RESERVE = { method: 'POST', path: '/vc/v1/reserves/apply$' };

test('A refresh whose answer is lost is unknown-outcome, and the old token is spent', async () => {
  await using world = await startLarkWorld();
  const { refreshToken = '' } = await world.connect();
  world.vendor.faults.add({ kind: 'effect-then-drop', path: '/oauth/token$' });
  assert.equal((await providerErrorOf(world.lark.oauth.refresh({ refreshToken }))).failure, 'unknown-outcome');
  assert.equal((await providerErrorOf(world.lark.oauth.refresh({ refreshToken }))).failure, 'grant-consumed');
});

test('A refresh that never reached Lark is unknown too, and the old token still works', async () => {
  await using world = await startLarkWorld();
  const { refreshToken = '' } = await world.connect();
  world.vendor.faults.add({ kind: 'drop', path: '/oauth/token$' });
  assert.equal((await providerErrorOf(world.lark.oauth.refresh({ refreshToken }))).failure, 'unknown-outcome');
  assert.ok((await world.lark.oauth.refresh({ refreshToken })).refreshToken);
});

test('A refresh that Lark calls temporary keeps its token', async () => {
  await using world = await startLarkWorld();
  const { refreshToken = '' } = await world.connect();
  const body = { code: 20050, error: 'server_error', error_description: 'Please retry your request.' };
  world.vendor.faults.add({ kind: 'status', status: 500, body, path: '/oauth/token$' });
  assert.equal((await providerErrorOf(world.lark.oauth.refresh({ refreshToken }))).failure, 'temporary');
  assert.ok((await world.lark.oauth.refresh({ refreshToken })).refreshToken);
});

const onReserve: readonly [string, FaultRequest, string][] = [
  ['drop', { kind: 'drop' }, 'unknown-outcome'],
  ['effect-then-drop', { kind: 'effect-then-drop' }, 'unknown-outcome'],
  ['withhold', { kind: 'withhold' }, 'unknown-outcome'],
  ['latency beyond the timeout', { kind: 'latency', milliseconds: 900 }, 'unknown-outcome'],
  ['status 502 without a body', { kind: 'status', status: 502 }, 'unknown-outcome'],
  ['status 500 with 121001', { kind: 'status', status: 500, body: { code: 121001, msg: 'x' } }, 'temporary'],
  ['status 429', { kind: 'status', status: 429, headers: { 'x-ogw-ratelimit-reset': '3' } }, 'rate-limited'],
];
for (const [name, fault, failure] of onReserve) {
  test(`A reservation that meets ${name} is ${failure} and was asked for once`, async () => {
    await using world = await startLarkWorld({ timeoutMs: 400 });
    const { accessToken } = await world.connect();
    world.vendor.faults.add({ ...RESERVE, ...fault });
    const mark = world.vendor.journal.mark();
    const endsAt = new Date(world.clock.now().getTime() + HOUR);
    const error = await providerErrorOf(world.lark.meetings.reserve(accessToken, { topic: 'T', endsAt }));
    assert.equal(error.failure, failure);
    assert.equal(error.retryAfterMs, failure === 'rate-limited' ? 3_000 : undefined);
    assert.equal(world.vendor.journal.entries({ since: mark }).length, 1);
  });
}

test('A free-busy question that meets an outage is temporary, never free', async () => {
  await using world = await startLarkWorld();
  const { accessToken } = await world.connect();
  world.vendor.faults.add({ kind: 'status', status: 503, path: '/freebusy/list$' });
  const from = world.clock.now();
  const question = { subjectId: 'ou_1', from, to: new Date(from.getTime() + HOUR) };
  assert.equal((await providerErrorOf(world.lark.freeBusy.busy(accessToken, question))).failure, 'temporary');
});

test('An event whose answer is lost exists once when the call is made again with its key', async () => {
  await using world = await startLarkWorld();
  const { accessToken } = await world.connect();
  const start = new Date(Math.floor(world.clock.now().getTime() / 1000) * 1000 + 24 * HOUR);
  const event = {
    title: 'T',
    description: '',
    start,
    end: new Date(start.getTime() + HOUR),
    timeZone: 'UTC',
    meeting: { kind: 'none' },
    location: undefined,
  } as const;
  const request = { idempotencyKey: 'k'.repeat(40), event };
  world.vendor.faults.add({ kind: 'effect-then-drop', method: 'POST', path: '/events$' });
  const lost = await providerErrorOf(world.lark.calendar.createEvent(accessToken, request));
  assert.equal(lost.failure, 'unknown-outcome');
  const created = await world.lark.calendar.createEvent(accessToken, request);
  assert.equal(await world.lark.calendar.deleteEvent(accessToken, created), 'deleted');
  const { subjectId } = await world.lark.oauth.account(accessToken);
  assert.deepEqual(await world.lark.freeBusy.busy(accessToken, { subjectId, from: start, to: event.end }), []);
});
