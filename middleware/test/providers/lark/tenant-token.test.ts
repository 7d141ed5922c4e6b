import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printed } from '../printed.ts';
import type { ReceivedRequest, ScriptedAnswer } from '../scripted-server.ts';
import { APP_SECRET, larkAnswering, NOW, providerErrorOf, success } from './lark-under-test.ts';

const TOKEN_PATH = '/open-apis/auth/v3/tenant_access_token/internal';
const MINUTE = 60_000;

/** Hands out t-1, t-2, … and answers look-ups with `lookUp`. */
function tenantServer(lookUp: (request: ReceivedRequest) => ScriptedAnswer) {
  let issued = 0;
  return (request: ReceivedRequest): ScriptedAnswer => {
    if (request.path !== TOKEN_PATH) return lookUp(request);
    issued += 1;
    return { json: { code: 0, msg: 'ok', tenant_access_token: `t-${issued}`, expire: 7200 } };
  };
}

const users = (list: object[]) => success({ user_list: list });
const tokenFetches = (requests: readonly ReceivedRequest[]) =>
  requests.filter(({ path }) => path === TOKEN_PATH).length;

test('A person is found by e-mail with the app’s token, whatever the case', async () => {
  await using world = await larkAnswering(
    tenantServer(() =>
      users([
        { email: 'other@x.test', user_id: 'ou_0' },
        { email: 'ann@x.test', user_id: 'ou_1' },
      ]),
    ),
  );
  assert.equal(await world.lark.directory.findSubjectByEmail('Ann@X.test'), 'ou_1');
  const [fetched, asked] = world.server.requests;
  assert.deepEqual(fetched?.json(), { app_id: 'cli_0123456789abcdef', app_secret: APP_SECRET });
  assert.equal(`${asked?.method} ${asked?.path}`, 'POST /open-apis/contact/v3/users/batch_get_id');
  assert.equal(asked?.query.toString(), 'user_id_type=open_id');
  assert.equal(asked.headers.authorization, 'Bearer t-1');
  assert.deepEqual(asked.json(), { emails: ['Ann@X.test'], include_resigned: false });
});

test('An entry without user_id, or no entry at all, means that nobody is known', async () => {
  await using world = await larkAnswering(tenantServer(() => users([{ email: 'ann@x.test' }])));
  assert.equal(await world.lark.directory.findSubjectByEmail('ann@x.test'), undefined);
});

test('Five look-ups at the same time share one token fetch', async () => {
  await using world = await larkAnswering(tenantServer(() => users([])));
  await Promise.all(Array.from({ length: 5 }, () => world.lark.directory.findSubjectByEmail('a@x.test')));
  assert.equal(tokenFetches(world.server.requests), 1);
});

test('The token is fetched anew three minutes before its end', async () => {
  await using world = await larkAnswering(tenantServer(() => users([])));
  await world.lark.tenantCheck();
  world.clock.now = new Date(NOW.getTime() + 117 * MINUTE - 1);
  await world.lark.tenantCheck();
  assert.equal(tokenFetches(world.server.requests), 1);
  world.clock.now = new Date(NOW.getTime() + 117 * MINUTE);
  await world.lark.tenantCheck();
  assert.equal(tokenFetches(world.server.requests), 2);
});

test('A token that Lark no longer knows is dropped and fetched once more', async () => {
  await using world = await larkAnswering(
    tenantServer((request) =>
      request.headers.authorization === 'Bearer t-1'
        ? { json: { code: 99991663, msg: 'invalid' }, status: 400 }
        : users([{ email: 'a@x.test', user_id: 'ou_1' }]),
    ),
  );
  assert.equal(await world.lark.directory.findSubjectByEmail('a@x.test'), 'ou_1');
  assert.equal(tokenFetches(world.server.requests), 2);
});

test('When the new token is refused too, the failure comes out', async () => {
  await using world = await larkAnswering(tenantServer(() => ({ json: { code: 99991663, msg: 'invalid' } })));
  assert.equal((await providerErrorOf(world.lark.directory.findSubjectByEmail('a@x.test'))).failure, 'token-invalid');
  assert.equal(tokenFetches(world.server.requests), 2);
});

for (const code of [10003, 10014, 10015, 99991543]) {
  test(`The health check fails with our configuration on code ${code}, which comes with HTTP 200`, async () => {
    await using world = await larkAnswering(({ text }) => ({ json: { code, msg: `bad ${text}` } }));
    const error = await providerErrorOf(world.lark.tenantCheck());
    assert.equal(error.failure, 'configuration');
    assert.ok(!printed(error).includes(APP_SECRET));
  });
}

test('After a failed fetch the next check tries again', async () => {
  await using world = await larkAnswering((_, count) =>
    count === 1 ? { text: 'down', status: 502 } : { json: { code: 0, tenant_access_token: 't-1', expire: 7200 } },
  );
  assert.equal((await providerErrorOf(world.lark.tenantCheck())).failure, 'temporary');
  await world.lark.tenantCheck();
  assert.equal(world.server.requests.length, 2);
});

test('An address that Lark does not know is told as a wrong setting', async () => {
  await using world = await larkAnswering(() => ({ text: '404 page not found', status: 404 }));
  assert.equal((await providerErrorOf(world.lark.tenantCheck())).failure, 'configuration');
});
