import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printed } from '../printed.ts';
import type { ProviderFailure } from '../../../src/core/provider-error.ts';
import type { Lark } from '../../../src/providers/lark/index.ts';
import type { ScriptedAnswer } from '../scripted-server.ts';
import { larkAnswering, NOW, providerErrorOf } from './lark-under-test.ts';

const window = { subjectId: 'ou_1', from: NOW, to: new Date(NOW.getTime() + 3_600_000) };
const calls = {
  read: (lark: Lark) => lark.freeBusy.busy('user-token', window),
  repeatable: (lark: Lark) => lark.meetings.extend('user-token', { reserveId: '1', topic: 'T', endsAt: NOW }),
  once: (lark: Lark) => lark.meetings.reserve('user-token', { topic: 'T', endsAt: NOW }),
};

const byCode: Record<string, readonly number[]> = {
  'token-invalid': [99991663, 99991668, 99991677, 20005],
  'scope-missing': [99991676, 99991679],
  'rate-limited': [99991400, 190004, 190005, 190010],
  configuration: [99991672, 99991661, 99991662, 99991673, 99991401, 99991543, 10015, 190007],
  'not-found': [121004, 193001, 193003],
  refused: [
    121005, 193002, 121002, 121003, 190002, 191000, 191001, 194000, 194001, 194002, 194003, 194004, 195100, 99992361,
    99992364,
  ],
  temporary: [121001, 190003, 1500, 5000, 2200, 10101],
  unrecognized: [424242],
};
for (const [failure, codes] of Object.entries(byCode)) {
  for (const code of codes) {
    for (const status of [200, 400]) {
      test(`Code ${code} with HTTP ${status} is ${failure}`, async () => {
        await using world = await larkAnswering(() => ({ json: { code, msg: 'x' }, status }));
        const error = await providerErrorOf(calls.once(world.lark));
        assert.equal(error.failure, failure);
        assert.equal(error.vendorCode, code);
      });
    }
  }
}

const byAnswer: readonly [string, ScriptedAnswer, Record<keyof typeof calls, ProviderFailure>][] = [
  ['a dropped connection', 'drop', all('unknown-outcome')],
  ['half an answer', 'cut', all('unknown-outcome')],
  ['a plain-text 404', { text: '404 page not found', status: 404 }, all('configuration')],
  ['a plain-text 405', { text: 'method not allowed', status: 405 }, all('configuration')],
  ['a gateway page with 502', { text: '<html>', status: 502 }, lost()],
  ['JSON without a code and with 503', { json: { oops: 1 }, status: 503 }, lost()],
  ['a broken JSON text', { text: '{"code":', headers: { 'content-type': 'application/json' } }, lost()],
  ['JSON sent as text', { text: '{"code":0,"data":{}}', headers: { 'content-type': 'text/html' } }, lost()],
  ['an unknown code with 500', { json: { code: 424242 }, status: 500 }, { ...all('temporary'), once: 'unrecognized' }],
  ['a known temporary code with 500', { json: { code: 121001 }, status: 500 }, all('temporary')],
  ['1500 of the gateway with 500', { json: { code: 1500 }, status: 500 }, lost()],
  ['10101 of the gateway with 504', { json: { code: 10101 }, status: 504 }, lost()],
  ['429 without a body', { text: '', status: 429 }, all('rate-limited')],
  ['a 400 without a code', { json: {}, status: 400 }, all('unrecognized')],
];
for (const [what, answer, expected] of byAnswer) {
  for (const kind of ['read', 'repeatable', 'once'] as const) {
    test(`After ${what} a ${kind} call is ${expected[kind]} and is not repeated`, async () => {
      await using world = await larkAnswering(() => answer);
      assert.equal((await providerErrorOf(calls[kind](world.lark))).failure, expected[kind]);
      assert.equal(world.server.requests.length, 1);
    });
  }
}

function all(failure: ProviderFailure): Record<keyof typeof calls, ProviderFailure> {
  return { read: failure, repeatable: failure, once: failure };
}

/** Lark itself said nothing. */
function lost(): Record<keyof typeof calls, ProviderFailure> {
  return { read: 'temporary', repeatable: 'temporary', once: 'unknown-outcome' };
}

for (const data of [undefined, null, {}, { freebusy_list: null }, { freebusy_list: [{ start_time: 'soon' }] }]) {
  test(`A free-busy success with data ${JSON.stringify(data)} is unrecognized, never "free"`, async () => {
    await using world = await larkAnswering(() => ({ json: { code: 0, data } }));
    assert.equal((await providerErrorOf(calls.read(world.lark))).failure, 'unrecognized');
  });
}

test('A reservation success without a link is unknown-outcome, because a meeting may exist', async () => {
  await using world = await larkAnswering(() => ({ json: { code: 0, data: { reserve: { id: '1' } } } }));
  assert.equal((await providerErrorOf(calls.once(world.lark))).failure, 'unknown-outcome');
});

test('A missing scope is named, and nothing else of the answer is quoted', async () => {
  await using world = await larkAnswering(() => ({
    json: {
      code: 99991679,
      msg: 'Unauthorized user-token',
      error: {
        permission_violations: [{ type: 'action_scope_required', subject: 'vc:reserve' }, { subject: 'user token!' }],
      },
    },
    status: 400,
    headers: { 'x-tt-logid': '2026-log' },
  }));
  const error = await providerErrorOf(calls.once(world.lark));
  assert.match(error.message, /Missing: vc:reserve\.$/);
  assert.equal(error.providerRequestId, '2026-log');
  assert.ok(!printed(error).includes('user-token'));
});

test('A rate limit with a reset header says when to try again', async () => {
  await using world = await larkAnswering(() => ({
    json: { code: 99991400 },
    status: 400,
    headers: { 'x-ogw-ratelimit-reset': '52' },
  }));
  assert.equal((await providerErrorOf(calls.read(world.lark))).retryAfterMs, 52_000);
});
