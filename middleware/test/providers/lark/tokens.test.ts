import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printed } from '../printed.ts';
import { APP_SECRET, larkAnswering, NOW, providerErrorOf } from './lark-under-test.ts';

const tokens = {
  code: 0,
  access_token: 'eyJ-access',
  expires_in: 7200,
  refresh_token: 'eyJ-refresh',
  refresh_token_expires_in: 604_800,
  token_type: 'Bearer',
  scope: 'offline_access vc:reserve',
};
const refresh = { refreshToken: 'spent-refresh-token' };
const code = { code: 'the-code', codeVerifier: 'v'.repeat(43) };

test('The authorize address asks for every scope with an S256 challenge', async () => {
  await using world = await larkAnswering(() => 'drop');
  const url = new URL(world.lark.oauth.authorizeUrl({ state: 'st&te', codeChallenge: 'challenge' }));
  assert.equal(url.origin + url.pathname, 'https://accounts.example.test/open-apis/authen/v1/authorize');
  assert.deepEqual(Object.fromEntries(url.searchParams), {
    client_id: 'cli_0123456789abcdef',
    redirect_uri: 'https://connect.example.test/callback',
    response_type: 'code',
    scope: world.lark.oauth.scopes.join(' '),
    state: 'st&te',
    code_challenge: 'challenge',
    code_challenge_method: 'S256',
  });
  assert.ok(!url.search.includes('+'));
  assert.ok(world.lark.oauth.scopes.includes('offline_access'));
});

test('A code is exchanged in Lark’s JSON dialect and gives tokens with their ends', async () => {
  await using world = await larkAnswering(() => ({ json: tokens }));
  const set = await world.lark.oauth.exchangeCode(code);
  assert.deepEqual(set, {
    accessToken: 'eyJ-access',
    accessExpiresAt: new Date(NOW.getTime() + 7_200_000),
    refreshToken: 'eyJ-refresh',
    refreshExpiresAt: new Date(NOW.getTime() + 604_800_000),
    scopes: ['offline_access', 'vc:reserve'],
  });
  const [request] = world.server.requests;
  assert.equal(request?.headers['content-type'], 'application/json; charset=utf-8');
  assert.equal(request.headers.authorization, undefined);
  assert.deepEqual(request.json(), {
    grant_type: 'authorization_code',
    client_id: 'cli_0123456789abcdef',
    client_secret: APP_SECRET,
    code: 'the-code',
    redirect_uri: 'https://connect.example.test/callback',
    code_verifier: 'v'.repeat(43),
  });
});

test('A refresh token is exchanged once', async () => {
  await using world = await larkAnswering(() => ({ json: tokens }));
  await world.lark.oauth.refresh(refresh);
  assert.equal(world.server.requests.length, 1);
  assert.deepEqual(world.server.requests[0]?.json(), {
    grant_type: 'refresh_token',
    client_id: 'cli_0123456789abcdef',
    client_secret: APP_SECRET,
    refresh_token: 'spent-refresh-token',
  });
});

for (const [what, answer] of [
  ['a numeric string as code', { ...tokens, code: '0' }],
  ['no code', { ...tokens, code: undefined }],
  ['numeric strings as lifetimes', { ...tokens, expires_in: '7200', refresh_token_expires_in: '604800' }],
] as const) {
  test(`A token answer with ${what} is a success`, async () => {
    await using world = await larkAnswering(() => ({ json: answer }));
    const set = await world.lark.oauth.refresh(refresh);
    assert.equal(set.refreshToken, 'eyJ-refresh');
    assert.deepEqual(set.accessExpiresAt, new Date(NOW.getTime() + 7_200_000));
  });
}

test('Without offline_access there is no refresh token and no error', async () => {
  await using world = await larkAnswering(() => ({ json: { code: 0, access_token: 'a', expires_in: 60, scope: 'x' } }));
  const set = await world.lark.oauth.exchangeCode(code);
  assert.equal(set.refreshToken, undefined);
  assert.equal(set.refreshExpiresAt, undefined);
});

test('A refresh that brings no new refresh token is the end of the grant: the old one is spent', async () => {
  await using world = await larkAnswering(() => ({ json: { ...tokens, refresh_token: undefined } }));
  assert.equal((await providerErrorOf(world.lark.oauth.refresh(refresh))).failure, 'grant-dead');
});

const failures = {
  temporary: [20050, 20072],
  'grant-consumed': [20064, 20073],
  'grant-dead': [20026, 20037, 20008, 20066],
  configuration: [
    20001, 20002, 20009, 20010, 20024, 20036, 20048, 20063, 20067, 20068, 20069, 20070, 20071, 20074, 99991543,
  ],
  refused: [20003, 20004, 20065, 20049, 21000, 21001],
  'rate-limited': [99991400],
};
for (const [failure, vendorCodes] of Object.entries(failures)) {
  for (const vendorCode of vendorCodes) {
    test(`Token code ${vendorCode} is ${failure}`, async () => {
      await using world = await larkAnswering(() => ({
        // A code as text must mean the same.
        json: {
          code: vendorCode % 2 ? vendorCode : String(vendorCode),
          error: 'invalid_grant',
          error_description: 'x',
        },
        status: vendorCode === 20072 ? 503 : vendorCode === 20050 ? 500 : 400,
        headers: { 'x-tt-logid': 'log-1' },
      }));
      const error = await providerErrorOf(world.lark.oauth.refresh(refresh));
      assert.equal(error.failure, failure);
      assert.equal(error.vendorCode, vendorCode);
      assert.equal(error.providerRequestId, 'log-1');
      assert.equal(world.server.requests.length, 1);
    });
  }
}

test("A company's access policy is told in words that help, without the address that came along", async () => {
  await using world = await larkAnswering(() => ({
    json: { code: 21000, error: 'access_denied', challenge_url: 'https://challenge.test/x' },
    status: 400,
  }));
  const { message } = await providerErrorOf(world.lark.oauth.refresh(refresh));
  assert.match(message, /access policy .* ask the Lark administrator/);
  assert.ok(!message.includes('challenge.test'));
});

test('An unknown token code without an OAuth error is unrecognized', async () => {
  await using world = await larkAnswering(() => ({ json: { code: 29999, msg: 'x' }, status: 400 }));
  assert.equal((await providerErrorOf(world.lark.oauth.refresh(refresh))).failure, 'unrecognized');
});

test('invalid_grant with a code that nobody knows is grant-consumed', async () => {
  await using world = await larkAnswering(() => ({ json: { code: 29999, error: 'invalid_grant' }, status: 400 }));
  assert.equal((await providerErrorOf(world.lark.oauth.refresh(refresh))).failure, 'grant-consumed');
});

test('invalid_grant without a code is grant-consumed for a refresh token and refused for a code', async () => {
  await using world = await larkAnswering(() => ({ json: { error: 'invalid_grant' }, status: 400 }));
  assert.equal((await providerErrorOf(world.lark.oauth.refresh(refresh))).failure, 'grant-consumed');
  assert.equal((await providerErrorOf(world.lark.oauth.exchangeCode(code))).failure, 'refused');
});

test('invalid_client without a code is our configuration', async () => {
  await using world = await larkAnswering(() => ({ json: { error: 'invalid_client' }, status: 401 }));
  assert.equal((await providerErrorOf(world.lark.oauth.refresh(refresh))).failure, 'configuration');
});

for (const [what, answer] of [
  ['a dropped connection', 'drop'],
  ['half an answer', 'cut'],
  ['a gateway page with 502', { text: '<html>', status: 502 }],
  ['JSON without a code and with 500', { json: {}, status: 500 }],
  ['a page with 200', { text: 'hello' }],
  ['a success without tokens', { json: { code: 0 } }],
] as const) {
  test(`After ${what} the outcome of a refresh is unknown: the old token may be spent`, async () => {
    await using world = await larkAnswering(() => answer);
    const error = await providerErrorOf(world.lark.oauth.refresh(refresh));
    assert.equal(error.failure, 'unknown-outcome');
    assert.equal(world.server.requests.length, 1);
  });
}

test('A token address that Lark does not know is told as a wrong setting; nothing was spent', async () => {
  await using world = await larkAnswering(() => ({ text: '404 page not found', status: 404 }));
  const error = await providerErrorOf(world.lark.oauth.refresh(refresh));
  assert.equal(error.failure, 'configuration');
  assert.match(error.message, /LARK_DOMAIN/);
});

test('A refresh without an answer is unknown-outcome after the timeout', async () => {
  await using world = await larkAnswering(() => 'silence', { timeoutMs: 60 });
  assert.equal((await providerErrorOf(world.lark.oauth.refresh(refresh))).failure, 'unknown-outcome');
  assert.equal(world.lark.oauth.timeoutMs, 60);
});

for (const [header, value, expected] of [
  ['retry-after', '7', 7_000],
  ['retry-after', new Date(NOW.getTime() + 9_000).toUTCString(), 9_000],
  ['x-ogw-ratelimit-reset', '52', 52_000],
  ['x-other', '1', undefined],
] as const) {
  test(`HTTP 429 with ${header}: ${value} says when to try again`, async () => {
    await using world = await larkAnswering(() => ({ text: '', status: 429, headers: { [header]: value } }));
    const error = await providerErrorOf(world.lark.oauth.refresh(refresh));
    assert.equal(error.failure, 'rate-limited');
    assert.equal(error.retryAfterMs, expected);
  });
}

test('No error and no log line holds a secret, even if Lark quotes them all', async () => {
  const secrets = [APP_SECRET, refresh.refreshToken, code.code, code.codeVerifier];
  for (const status of [200, 400, 500]) {
    await using world = await larkAnswering((request) => ({
      json: {
        code: status === 200 ? 0 : 20026,
        error: request.text,
        error_description: request.text,
        msg: request.text,
      },
      status,
    }));
    for (const attempt of [world.lark.oauth.refresh(refresh), world.lark.oauth.exchangeCode(code)]) {
      const text = printed(await providerErrorOf(attempt)) + world.log.lines.join();
      for (const secret of secrets) assert.ok(!text.includes(secret), text);
    }
  }
});

test('The account is read from the profile; what is not granted is absent', async () => {
  await using world = await larkAnswering((_, count) => ({
    json: {
      code: 0,
      msg: 'success',
      data:
        count === 1
          ? { open_id: 'ou_1', tenant_key: 't1', email: 'a@b.test', name: 'Ann', new_field: 1 }
          : { open_id: 'ou_1' },
    },
  }));
  assert.deepEqual(await world.lark.oauth.account('user-token'), {
    subjectId: 'ou_1',
    tenantId: 't1',
    email: 'a@b.test',
    name: 'Ann',
  });
  assert.deepEqual(await world.lark.oauth.account('user-token'), {
    subjectId: 'ou_1',
    tenantId: undefined,
    email: undefined,
    name: undefined,
  });
  assert.equal(world.server.requests[0]?.path, '/open-apis/authen/v1/user_info');
  assert.equal(world.server.requests[0].headers.authorization, 'Bearer user-token');
});

test('A profile answer with HTTP 200 and code 20005 is token-invalid', async () => {
  await using world = await larkAnswering(() => ({ json: { code: 20005, msg: 'invalid access token' } }));
  assert.equal((await providerErrorOf(world.lark.oauth.account('old'))).failure, 'token-invalid');
});
