import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Lark } from '../index.ts';
import { digest } from '../../kit/journal.ts';
import { ALL_SCOPES } from '../scopes.ts';
import {
  ANNA,
  authorizeUrl,
  codeFor,
  connect,
  larkFor,
  newPkce,
  openIdOf,
  REDIRECT_URI,
  redeem,
  refresh,
  send,
  type TokenSet,
} from './helpers.ts';
import { approve } from '../index.ts';

const DAY = 24 * 3_600_000;

async function rotate(lark: Lark, refreshToken: string): Promise<TokenSet> {
  const { body } = await refresh(lark, refreshToken);
  assert.equal(body['code'], 0, JSON.stringify(body));
  return body as unknown as TokenSet;
}

/** The code that the gateway gives a call with this access token; 0 is served. */
async function useToken(lark: Lark, token: string): Promise<number> {
  const { body } = await send(lark, 'POST', '/open-apis/calendar/v4/calendars/primary', { token });
  return Number(body['code']);
}

test('A code with PKCE, exchanged as JSON, gives the flat pair of rule 2.3', async (context) => {
  const lark = await larkFor(context);
  const pkce = newPkce();
  const code = await codeFor(lark, ANNA, { code_challenge: pkce.challenge, code_challenge_method: 'S256' });
  const { status, body, headers } = await redeem(lark, code, { code_verifier: pkce.verifier });
  assert.equal(status, 200);
  const { access_token, refresh_token, ...rest } = body;
  assert.deepEqual(rest, {
    code: 0,
    expires_in: 7200,
    refresh_token_expires_in: 604800,
    token_type: 'Bearer',
    scope: 'offline_access vc:reserve',
  });
  for (const token of [access_token, refresh_token] as string[]) {
    assert.match(token, /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/);
    assert.ok(token.length >= 1500 && token.length <= 2048, `${token.length} characters`);
  }
  assert.equal(headers.get('cache-control'), 'no-store');
});

test('A plain challenge, which is what a missing method means, is compared as it is (rule 2.1)', async (context) => {
  const lark = await larkFor(context);
  const { verifier } = newPkce();
  const code = await codeFor(lark, ANNA, { code_challenge: verifier });
  assert.equal((await redeem(lark, code, { code_verifier: verifier })).body['code'], 0);
});

test('Form data, as the official CLI sends it, is taken like JSON (rule 2.3)', async (context) => {
  const lark = await larkFor(context);
  const code = await codeFor(lark, ANNA);
  const form = { grant_type: 'authorization_code', client_id: lark.app.id, client_secret: lark.app.secret };
  const response = await fetch(lark.tokenUrl, {
    method: 'POST',
    body: new URLSearchParams({ ...form, code, redirect_uri: REDIRECT_URI }),
  });
  assert.equal(((await response.json()) as { code: number }).code, 0);
});

test('Tokens grow with the scopes (rule 2.3)', async (context) => {
  const lark = await larkFor(context);
  const small = await connect(lark, ANNA, ['offline_access']);
  const large = await connect(lark, ANNA, ALL_SCOPES);
  assert.ok(large.refresh_token.length > small.refresh_token.length + 100);
});

test('A refresh kills the old refresh token at once and leaves its access token one minute (rule 2.3)', async (context) => {
  const lark = await larkFor(context);
  const first = await connect(lark, ANNA);
  const second = await rotate(lark, first.refresh_token);
  assert.notEqual(second.refresh_token, first.refresh_token);
  assert.equal((await refresh(lark, first.refresh_token)).body['code'], 20073);
  lark.clock.advance(59_000);
  assert.equal(await useToken(lark, first.access_token), 0);
  lark.clock.advance(1_000);
  assert.equal(await useToken(lark, first.access_token), 99991668);
  assert.equal(await useToken(lark, second.access_token), 0);
});

test('A replay says 20073 while its successor is the newest, then 20064, and harms nobody (rule 2.4)', async (context) => {
  const lark = await larkFor(context);
  const first = await connect(lark, ANNA);
  const second = await rotate(lark, first.refresh_token);
  assert.equal((await refresh(lark, first.refresh_token)).body['code'], 20073);
  const third = await rotate(lark, second.refresh_token);
  assert.equal((await refresh(lark, first.refresh_token)).body['code'], 20064);
  assert.equal((await refresh(lark, second.refresh_token)).body['code'], 20073);
  await rotate(lark, third.refresh_token);
});

test('Twenty refreshes at the same time with one token: exactly one wins (rule 2.3)', async (context) => {
  const lark = await larkFor(context);
  const { refresh_token } = await connect(lark, ANNA);
  const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(lark, refresh_token)));
  const codes = answers.map(({ body }) => Number(body['code'])).sort();
  assert.deepEqual(codes, [0, ...Array.from({ length: 19 }, () => 20073)]);
});

test('An answer that is lost on the way has rotated all the same (rule 2.3)', async (context) => {
  const lark = await larkFor(context);
  const { refresh_token } = await connect(lark, ANNA);
  lark.faults.add({ kind: 'effect-then-drop', path: 'oauth/token$' });
  await assert.rejects(refresh(lark, refresh_token));
  assert.equal((await refresh(lark, refresh_token)).body['code'], 20073);
});

test('An access token ends after 7200 seconds with 99991677 (rule 2.3, 10)', async (context) => {
  const lark = await larkFor(context);
  const { access_token } = await connect(lark, ANNA);
  lark.clock.advance(7_199_000);
  assert.equal(await useToken(lark, access_token), 0);
  lark.clock.advance(1_000);
  assert.equal(await useToken(lark, access_token), 99991677);
});

test('Refreshing every six days ends 365 days after the consent; a new consent starts again (rule 2.3)', async (context) => {
  const lark = await larkFor(context);
  let { refresh_token } = await connect(lark, ANNA);
  for (let day = 6; day < 365; day += 6) {
    lark.clock.advance(6 * DAY);
    ({ refresh_token } = await rotate(lark, refresh_token));
  }
  lark.clock.advance(5 * DAY);
  assert.equal((await refresh(lark, refresh_token)).body['code'], 20037);
  await rotate(lark, (await connect(lark, ANNA)).refresh_token);
});

test('Without offline_access there is no refresh token, and no word of it (rule 2.2)', async (context) => {
  const lark = await larkFor(context);
  const { body } = await redeem(lark, await codeFor(lark, ANNA, { scope: 'vc:reserve' }));
  assert.equal(body['code'], 0);
  assert.ok(!('refresh_token' in body) && !('refresh_token_expires_in' in body));
});

test('offline_access withheld by the user although it was asked for: no refresh token (rule 2.2)', async (context) => {
  const lark = await larkFor(context);
  lark.withholdScopes(['offline_access']);
  const { body } = await redeem(lark, await codeFor(lark, ANNA));
  assert.equal(body['scope'], 'vc:reserve');
  assert.ok(!('refresh_token' in body));
});

test('Grants accumulate: the newest token carries what was allowed before (rule 2.1)', async (context) => {
  const lark = await larkFor(context);
  await connect(lark, ANNA, ['vc:reserve', 'offline_access']);
  const { scope } = await connect(lark, ANNA, ['calendar:calendar:read']);
  assert.equal(scope, 'calendar:calendar:read offline_access vc:reserve');
  lark.revoke(openIdOf(lark, ANNA));
  assert.equal((await connect(lark, ANNA, ['vc:reserve'])).scope, 'vc:reserve');
});

test('The scope parameter shrinks, and without offline_access ends the chain (rule 2.3)', async (context) => {
  const lark = await larkFor(context);
  const { refresh_token } = await connect(lark, ANNA, ['offline_access', 'vc:reserve', 'calendar:calendar:read']);
  const smaller = await refresh(lark, refresh_token, { scope: 'offline_access vc:reserve' });
  assert.equal(smaller.body['scope'], 'offline_access vc:reserve');
  const last = await refresh(lark, String(smaller.body['refresh_token']), { scope: 'vc:reserve' });
  assert.equal(last.body['scope'], 'vc:reserve');
  assert.ok(!('refresh_token' in last.body));
});

test('Access tokens expired or withdrawn from outside: 99991677 and 99991668 (rule 10)', async (context) => {
  const lark = await larkFor(context);
  const tokens = await connect(lark, ANNA);
  lark.expireAccessTokens(openIdOf(lark, ANNA));
  assert.equal(await useToken(lark, tokens.access_token), 99991677);
  const fresh = await rotate(lark, tokens.refresh_token);
  lark.revoke(openIdOf(lark, ANNA));
  assert.equal(await useToken(lark, fresh.access_token), 99991668);
});

test('Every exchange is on record, with digests that the journal shows too', async (context) => {
  const lark = await larkFor(context);
  const location = await approve(authorizeUrl(lark), { openId: openIdOf(lark, ANNA) });
  const code = new URL(location).searchParams.get('code') as string;
  const first = (await redeem(lark, code)).body as unknown as TokenSet;
  await refresh(lark, first.refresh_token);
  await refresh(lark, first.refresh_token);
  const outcomes = lark.tokenExchanges().map(({ grantType, code: outcome, spent }) => [grantType, outcome, spent]);
  assert.deepEqual(outcomes, [
    ['authorization_code', 0, digest(code)],
    ['refresh_token', 0, digest(first.refresh_token)],
    ['refresh_token', 20073, digest(first.refresh_token)],
  ]);
  const journalled = lark.journal.entries({ path: /oauth\/token$/ }).at(-1)?.body as { refresh_token: string };
  assert.equal(journalled.refresh_token, digest(first.refresh_token));
});
