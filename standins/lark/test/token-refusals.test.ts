import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ANNA,
  codeFor,
  connect,
  larkFor,
  newPkce,
  openIdOf,
  OTHER_APP,
  REDIRECT_URI,
  redeem,
  refresh,
  requestToken,
  send,
  type Answer,
} from './helpers.ts';
import type { Lark } from '../index.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

interface Case {
  rule: string;
  code: number;
  status?: number;
  ask: (lark: Lark) => Promise<Answer>;
}

const cases: Case[] = [
  { rule: '2.4 no grant_type', code: 20001, ask: (lark) => requestToken(lark, {}) },
  {
    rule: '2.4 no code',
    code: 20001,
    ask: (lark) => requestToken(lark, { grant_type: 'authorization_code', redirect_uri: REDIRECT_URI }),
  },
  { rule: '2.3 no redirect_uri', code: 20001, ask: (lark) => redeem(lark, 'x', { redirect_uri: undefined }) },
  { rule: '2.3 no client_secret', code: 20001, ask: (lark) => refresh(lark, 'x', { client_secret: undefined }) },
  { rule: '2.3 an empty refresh token', code: 20001, ask: (lark) => refresh(lark, '') },
  { rule: '2.3 a number where strings are required', code: 20063, ask: (lark) => refresh(lark, 'x', { scope: 7 }) },
  { rule: '2.3 an unknown field', code: 20063, ask: (lark) => refresh(lark, 'x', { app_id: lark.app.id }) },
  { rule: '2.3 a field of the other grant', code: 20063, ask: (lark) => refresh(lark, 'x', { code: 'y' }) },
  {
    rule: '2.3 a body that is neither JSON nor form',
    code: 20063,
    ask: (lark) => requestToken(lark, { grant_type: 'refresh_token' }, { 'Content-Type': 'text/plain' }),
  },
  {
    rule: '2.3 a body that is no JSON',
    code: 20063,
    ask: (lark) => send(lark, 'POST', '/open-apis/authen/v2/oauth/token', { body: '{' }),
  },
  {
    rule: '2.3 an unknown content type',
    code: 20063,
    ask: (lark) => requestToken(lark, {}, { 'Content-Type': 'application/json; charset=latin1' }),
  },
  {
    rule: '2.3 a code_verifier shorter than 43',
    code: 20063,
    ask: (lark) => redeem(lark, 'x', { code_verifier: 'short' }),
  },
  { rule: '2.4 a wrong secret', code: 20002, ask: (lark) => refresh(lark, 'x', { client_secret: 'wrong' }) },
  { rule: '2.4 an unknown code', code: 20003, ask: (lark) => redeem(lark, 'unknown') },
  {
    rule: '2.1 a code after 5 minutes',
    code: 20004,
    ask: async (lark) => {
      const code = await codeFor(lark, ANNA);
      lark.clock.advance(5 * MINUTE);
      return redeem(lark, code);
    },
  },
  {
    rule: '2.1 a code for the second time',
    code: 20065,
    ask: async (lark) => {
      const code = await codeFor(lark, ANNA);
      assert.equal((await redeem(lark, code)).body['code'], 0);
      return redeem(lark, code);
    },
  },
  {
    rule: '2.4 a code of another app',
    code: 20024,
    ask: async (lark) => redeem(lark, await codeFor(lark, ANNA), asOtherApp),
  },
  {
    rule: '2.4 a refresh token of another app',
    code: 20024,
    ask: async (lark) => refresh(lark, (await connect(lark, ANNA)).refresh_token, asOtherApp),
  },
  { rule: '2.4 an unknown refresh token', code: 20026, ask: (lark) => refresh(lark, 'eyJunknown') },
  { rule: '2.3 a refresh token of v1', code: 20026, ask: (lark) => refresh(lark, 'ur-0123456789') },
  {
    rule: '2.4 an unknown grant',
    code: 20036,
    ask: (lark) => requestToken(lark, { grant_type: 'client_credentials' }),
  },
  {
    rule: '2.3 a refresh token after 7 days',
    code: 20037,
    ask: async (lark) => {
      const { refresh_token } = await connect(lark, ANNA);
      lark.clock.advance(7 * DAY);
      return refresh(lark, refresh_token);
    },
  },
  {
    rule: '2.4 an unknown app',
    code: 20048,
    ask: (lark) => refresh(lark, 'x', { client_id: 'cli_0ff11e00000000ff' }),
  },
  {
    rule: '2.3 PKCE with another verifier',
    code: 20049,
    ask: async (lark) => redeem(lark, await pkceCode(lark), { code_verifier: newPkce().verifier }),
  },
  { rule: '2.3 PKCE without verifier', code: 20049, ask: async (lark) => redeem(lark, await pkceCode(lark)) },
  {
    rule: '2.3 a verifier without PKCE',
    code: 20049,
    ask: async (lark) => redeem(lark, await codeFor(lark, ANNA), { code_verifier: newPkce().verifier }),
  },
  {
    rule: '2.4 after access was withdrawn',
    code: 20064,
    ask: async (lark) => {
      const { refresh_token } = await connect(lark, ANNA);
      lark.revoke(openIdOf(lark, ANNA));
      return refresh(lark, refresh_token);
    },
  },
  {
    rule: '2.4 a user who has resigned',
    code: 20066,
    ask: async (lark) => {
      const { refresh_token } = await connect(lark, ANNA);
      lark.changeAccount(openIdOf(lark, ANNA), { resigned: true });
      return refresh(lark, refresh_token);
    },
  },
  {
    rule: '2.4 a duplicate scope',
    code: 20067,
    ask: async (lark) => refresh(lark, (await connect(lark, ANNA)).refresh_token, { scope: 'vc:reserve vc:reserve' }),
  },
  {
    rule: '2.4 a scope outside the grant',
    code: 20068,
    ask: async (lark) =>
      refresh(lark, (await connect(lark, ANNA, ['offline_access'])).refresh_token, { scope: 'vc:reserve' }),
  },
  {
    rule: '2.4 a disabled app',
    code: 20069,
    ask: async (lark) => {
      const { refresh_token } = await connect(lark, ANNA);
      lark.changeApp({ appDisabled: true });
      return refresh(lark, refresh_token);
    },
  },
  {
    rule: '2.4 an app that is not installed',
    code: 20009,
    ask: (lark) => {
      lark.changeApp({ appInstalled: false });
      return refresh(lark, 'x');
    },
  },
  {
    rule: '2.3 Basic beside the body',
    code: 20070,
    ask: (lark) =>
      requestToken(lark, { grant_type: 'refresh_token', refresh_token: 'x' }, { Authorization: 'Basic eDp5' }),
  },
  {
    rule: '2.3 another redirect_uri than at the authorize call',
    code: 20071,
    ask: async (lark) => redeem(lark, await codeFor(lark, ANNA), { redirect_uri: `${REDIRECT_URI}/` }),
  },
  {
    rule: '2.3 a refresh token for the second time',
    code: 20073,
    ask: async (lark) => {
      const { refresh_token } = await connect(lark, ANNA);
      assert.equal((await refresh(lark, refresh_token)).body['code'], 0);
      return refresh(lark, refresh_token);
    },
  },
  {
    rule: '2.3 the console switch is off',
    code: 20074,
    ask: async (lark) => {
      const { refresh_token } = await connect(lark, ANNA);
      lark.changeApp({ refreshSwitch: false });
      return refresh(lark, refresh_token);
    },
  },
];

const asOtherApp = { client_id: OTHER_APP.id, client_secret: OTHER_APP.secret };

function pkceCode(lark: Lark): Promise<string> {
  return codeFor(lark, ANNA, { code_challenge: newPkce().challenge, code_challenge_method: 'S256' });
}

for (const { rule, code, ask } of cases) {
  test(`Token endpoint, rule ${rule}: refused with ${code}`, async (context) => {
    const lark = await larkFor(context);
    const { status, body, headers } = await ask(lark);
    assert.equal(body['code'], code, JSON.stringify(body));
    assert.equal(status, 400);
    assert.deepEqual(Object.keys(body), ['code', 'error', 'error_description'], 'flat, as RFC 6749 has it');
    assert.ok(headers.get('x-tt-logid'));
    assert.equal(lark.journal.entries().at(-1)?.errorCode, code);
  });
}

test('A code whose PKCE check failed, rule 2.4: it is spent, even for the right verifier', async (context) => {
  const lark = await larkFor(context);
  const pkce = newPkce();
  const code = await codeFor(lark, ANNA, { code_challenge: pkce.challenge, code_challenge_method: 'S256' });
  assert.equal((await redeem(lark, code, { code_verifier: newPkce().verifier })).body['code'], 20049);
  assert.equal((await redeem(lark, code, { code_verifier: pkce.verifier })).body['code'], 20065);
});

test('Transient errors, rule 2.4: 20050 and 20072 come by fault and leave the refresh token good', async (context) => {
  const lark = await larkFor(context);
  const { refresh_token } = await connect(lark, ANNA);
  for (const [status, code] of [
    [500, 20050],
    [503, 20072],
  ] as const) {
    lark.faults.add({ kind: 'status', path: 'oauth/token$', status, body: { code, error: 'server_error' } });
    const answer = await refresh(lark, refresh_token);
    assert.deepEqual([answer.status, answer.body['code']], [status, code]);
  }
  assert.equal((await refresh(lark, refresh_token)).body['code'], 0);
});

test('More calls than the limit, rule 2.3: 99991400 with the seconds to wait', async (context) => {
  const lark = await larkFor(context, { limits: { perSecond: 2, perMinute: 1000 } });
  lark.clock.set(new Date('2026-03-02T09:00:00.100Z'));
  await refresh(lark, 'x');
  await refresh(lark, 'x');
  const { status, body, headers } = await refresh(lark, 'x');
  assert.deepEqual([status, body['code']], [429, 99991400]);
  assert.equal(headers.get('x-ogw-ratelimit-limit'), '2');
  assert.equal(headers.get('x-ogw-ratelimit-reset'), '1');
  lark.clock.advance(1000);
  assert.equal((await refresh(lark, 'x')).body['code'], 20026);
});
