import assert from 'node:assert/strict';
import { test } from 'node:test';
import { approve, ConsentRefused } from '../index.ts';
import { ALL_SCOPES } from '../scopes.ts';
import {
  ANNA,
  authorizeUrl,
  BEN,
  connect,
  larkFor,
  newPkce,
  openIdOf,
  OUTSIDER,
  REDIRECT_URI,
  redeem,
  send,
} from './helpers.ts';

const { challenge } = newPkce();
const manyScopes = Array.from({ length: 51 }, (_, index) => `scope:${index}`).join(' ');

const refusals: { rule: string; code: number; change: Record<string, string | undefined> }[] = [
  { rule: '2.1 no client_id', code: 20001, change: { client_id: undefined } },
  { rule: '2.1 no redirect_uri', code: 20001, change: { redirect_uri: undefined } },
  { rule: '2.4 an unknown app', code: 20048, change: { client_id: 'cli_0ff11e00000000ff' } },
  { rule: '2.1 a redirect_uri that is not in the list', code: 20029, change: { redirect_uri: `${REDIRECT_URI}/x` } },
  { rule: '2.1 a redirect_uri in other case', code: 20029, change: { redirect_uri: REDIRECT_URI.toUpperCase() } },
  { rule: '2.1 a scope that was not applied for', code: 20027, change: { scope: 'drive:drive' } },
  { rule: '2.1 a scope in other case', code: 20027, change: { scope: 'VC:reserve' } },
  { rule: '2.4 a scope twice', code: 20067, change: { scope: 'vc:reserve vc:reserve' } },
  { rule: '2.1 more than 50 scopes', code: 20063, change: { scope: manyScopes } },
  { rule: '2.1 another response_type', code: 20063, change: { response_type: 'token' } },
  { rule: '2.1 an unknown parameter', code: 20063, change: { prompt: 'consent' } },
  { rule: '2.1 the old app_id beside client_id', code: 20063, change: { app_id: 'cli_0ff11e0000000001' } },
  {
    rule: '2.1 an unknown PKCE method',
    code: 20063,
    change: { code_challenge: challenge, code_challenge_method: 'S512' },
  },
  { rule: '2.1 a method without challenge', code: 20001, change: { code_challenge_method: 'S256' } },
  { rule: '2.1 a malformed challenge', code: 20063, change: { code_challenge: 'x', code_challenge_method: 'S256' } },
];

for (const { rule, code, change } of refusals) {
  test(`Authorize page, rule ${rule}: an error page with ${code}, no redirect`, async (context) => {
    const lark = await larkFor(context);
    const { status, headers, body } = await send(lark, 'GET', authorizeUrl(lark, change));
    assert.equal(status, 400);
    assert.match(String(body['text']), new RegExp(`Error code: <code>${code}</code>`));
    assert.equal(headers.get('location'), null);
    assert.equal(lark.journal.entries().at(-1)?.errorCode, code);
  });
}

test('The form cannot ask for more than the page may: the POST is checked like the GET (rule 2.1)', async (context) => {
  const lark = await larkFor(context);
  const form = { client_id: lark.app.id, redirect_uri: 'https://evil.example/', account: openIdOf(lark, ANNA) };
  const { status, headers } = await send(lark, 'POST', '/open-apis/authen/v1/authorize', {
    body: new URLSearchParams({ ...form, decision: 'allow' }).toString(),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  });
  assert.equal(status, 400);
  assert.equal(headers.get('location'), null);
});

test('A disabled app, rule 2.4: an error page with 20069', async (context) => {
  const lark = await larkFor(context);
  lark.changeApp({ appDisabled: true });
  await assert.rejects(approve(authorizeUrl(lark), { email: ANNA }), { name: 'Error', code: 20069 });
});

test('The consent page says who asks and for what, in words, and works without scripts', async (context) => {
  const lark = await larkFor(context);
  const { status, headers, body } = await send(lark, 'GET', authorizeUrl(lark, { scope: ALL_SCOPES.join(' ') }));
  const html = String(body['text']);
  assert.equal(status, 200);
  assert.match(String(headers.get('content-type')), /^text\/html; charset=utf-8$/);
  assert.match(html, /<html lang="en">/);
  assert.match(html, /<title>Allow Trainer Connect\? – Lark<\/title>/);
  assert.equal(html.match(/<h1>/g)?.length, 1);
  assert.match(html, /<main>/);
  assert.match(html, /<legend>Choose your account<\/legend>/);
  assert.match(html, /Reserve video meetings for you/);
  assert.ok(!html.includes('<script'), 'no scripts');
  assert.ok(!/vc:reserve</.test(html), 'no raw scope names');
  const radios = html.match(/<label class="account">\s*<input\s[^>]*type="radio"/g);
  assert.equal(radios?.length, 3, 'each account is a labelled radio button');
  assert.equal(html.match(/<button type="submit"/g)?.length, 2);
});

test('Allow: the code comes back with the state as it was sent (rule 2.1)', async (context) => {
  const lark = await larkFor(context);
  const state = 'a b&c=d/é"<>';
  const location = new URL(await approve(authorizeUrl(lark, { state, response_type: 'code' }), { email: ANNA }));
  assert.equal(location.origin + location.pathname, REDIRECT_URI);
  assert.deepEqual([...location.searchParams.keys()], ['code', 'state']);
  assert.equal(location.searchParams.get('state'), state);
  assert.match(String(location.searchParams.get('code')), /^[A-Za-z0-9_-]{64,}$/);
});

test('Without a state none comes back', async (context) => {
  const lark = await larkFor(context);
  const location = new URL(await approve(authorizeUrl(lark), { email: ANNA }));
  assert.deepEqual([...location.searchParams.keys()], ['code']);
});

test('Deny: access_denied and the state, whether an account was chosen or not (rule 2.1)', async (context) => {
  const lark = await larkFor(context);
  for (const email of [ANNA, undefined]) {
    const location = new URL(await approve(authorizeUrl(lark, { state: 's1' }), { email, deny: true }));
    assert.equal(location.search, '?error=access_denied&state=s1');
  }
});

test('A fragment of the redirect URI ends up after the query (rule 2.1)', async (context) => {
  const redirectUri = `${REDIRECT_URI}?keep=1#part`;
  const lark = await larkFor(context, {
    app: { id: 'cli_0ff11e0000000001', secret: 's', redirectUris: [redirectUri] },
  });
  const location = await approve(authorizeUrl(lark, { redirect_uri: redirectUri, state: 's' }), { email: ANNA });
  assert.match(location, /\?keep=1&code=[\w-]+&state=s#part$/);
});

test('The chosen account is the one the token speaks for, also of another tenant (rule 2.5)', async (context) => {
  const lark = await larkFor(context);
  for (const [email, tenant] of [
    [BEN, lark.app.tenantKey],
    [OUTSIDER, 'othertenant00001'],
  ] as const) {
    const { access_token } = await connect(lark, email);
    const { body } = await send(lark, 'GET', '/open-apis/authen/v1/user_info', { token: access_token });
    assert.equal(body['data'].open_id, openIdOf(lark, email));
    assert.equal(body['data'].tenant_key, tenant);
  }
});

test('Allow without an account asks again and says so', async (context) => {
  const lark = await larkFor(context);
  const { status, body } = await send(lark, 'POST', '/open-apis/authen/v1/authorize', {
    body: new URLSearchParams({
      client_id: lark.app.id,
      redirect_uri: REDIRECT_URI,
      decision: 'allow',
    }).toString(),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  });
  assert.equal(status, 400);
  assert.match(String(body['text']), /role="alert">Choose an account first/);
});

test('Somebody who has resigned is not offered', async (context) => {
  const lark = await larkFor(context);
  lark.changeAccount(openIdOf(lark, ANNA), { resigned: true });
  await assert.rejects(approve(authorizeUrl(lark), { email: ANNA }), /No such account/);
});

test('Names with markup stay text', async (context) => {
  const lark = await larkFor(context, {
    accounts: [{ email: 'x@example.com', name: '<img src=x onerror=alert(1)>' }],
  });
  const { body } = await send(lark, 'GET', authorizeUrl(lark));
  assert.ok(!String(body['text']).includes('<img'));
  assert.ok((await approve(authorizeUrl(lark), { email: 'X@example.com' })).includes('code='));
});

test('The helper throws what the error page says', async (context) => {
  const lark = await larkFor(context);
  await assert.rejects(approve(authorizeUrl(lark, { scope: 'drive:drive' }), { email: ANNA }), (error: unknown) => {
    assert.ok(error instanceof ConsentRefused);
    assert.equal(error.code, 20027);
    return true;
  });
});

test('A code is good for one exchange only, by the app it was made for', async (context) => {
  const lark = await larkFor(context);
  const code = new URL(await approve(authorizeUrl(lark), { email: ANNA })).searchParams.get('code') as string;
  assert.equal((await redeem(lark, code, { client_secret: 'wrong' })).body['code'], 20002);
  assert.equal((await redeem(lark, code)).body['code'], 0, 'a wrong secret has not spent it');
});
