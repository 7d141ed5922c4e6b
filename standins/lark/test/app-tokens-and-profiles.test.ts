import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Lark } from '../index.ts';
import { ANNA, BEN, connect, larkFor, openIdOf, OUTSIDER, send, tenantToken, type Answer } from './helpers.ts';

const USER_INFO = '/open-apis/authen/v1/user_info';
const USER_IDS = '/open-apis/contact/v3/users/batch_get_id';
const APP_TOKENS = ['tenant', 'app'].map((kind) => [kind, `/open-apis/auth/v3/${kind}_access_token/internal`] as const);

for (const [kind, path] of APP_TOKENS) {
  const ask = (lark: Lark, change: Record<string, unknown> = {}) =>
    send(lark, 'POST', path, { body: { app_id: lark.app.id, app_secret: lark.app.secret, ...change } });

  test(`${kind} token, rule 3: top-level reply, the same value until less than 30 minutes remain`, async (context) => {
    const lark = await larkFor(context);
    const first = (await ask(lark)).body;
    const lifetime = kind === 'tenant' ? 7200 : 7140;
    assert.deepEqual(Object.keys(first), ['code', 'msg', `${kind}_access_token`, 'expire']);
    assert.deepEqual([first['code'], first['msg'], first['expire']], [0, 'ok', lifetime]);
    lark.clock.advance((lifetime - 1810) * 1000);
    const again = (await ask(lark)).body;
    assert.equal(again[`${kind}_access_token`], first[`${kind}_access_token`]);
    assert.ok(Number(again['expire']) <= 1810 && Number(again['expire']) >= 1800);
    lark.clock.advance(20_000);
    const second = (await ask(lark)).body;
    assert.notEqual(second[`${kind}_access_token`], first[`${kind}_access_token`]);
    assert.equal(second['expire'], lifetime);
  });

  const refusals: [string, number, (lark: Lark) => Promise<Answer>][] = [
    ['a missing secret', 10003, (lark) => ask(lark, { app_secret: undefined })],
    ['an unknown field', 10003, (lark) => ask(lark, { scope: 'x' })],
    ['an unknown app', 99991543, (lark) => ask(lark, { app_id: 'cli_0ff11e00000000ff' })],
    ['a wrong secret', 10015, (lark) => ask(lark, { app_secret: 'wrong' })],
    [
      'a disabled app',
      10014,
      (lark) => {
        lark.changeApp({ appDisabled: true });
        return ask(lark);
      },
    ],
  ];
  for (const [situation, code, act] of refusals) {
    test(`${kind} token, rule 3, ${situation}: HTTP 200 with ${code}`, async (context) => {
      const { status, body } = await act(await larkFor(context));
      assert.deepEqual([status, body['code']], [200, code]);
    });
  }
}

test('Both tenant tokens are valid while they overlap (rule 3)', async (context) => {
  const lark = await larkFor(context);
  const old = await tenantToken(lark);
  lark.clock.advance(5_401_000);
  const fresh = await tenantToken(lark);
  assert.notEqual(fresh, old);
  for (const token of [old, fresh]) {
    const { body } = await send(lark, 'POST', USER_IDS, { token, body: { emails: [ANNA] } });
    assert.equal(body['code'], 0);
  }
});

test('An old API over its limit answers HTTP 400 (rule 10)', async (context) => {
  const lark = await larkFor(context, { limits: { perSecond: 1, perMinute: 1 } });
  await tenantToken(lark);
  const { status, body } = await send(lark, 'POST', '/open-apis/auth/v3/tenant_access_token/internal', {
    body: { app_id: lark.app.id, app_secret: lark.app.secret },
  });
  assert.deepEqual([status, body['code']], [400, 99991400]);
});

test('user_info, rule 2.5: fields without their scope are absent, not null', async (context) => {
  const lark = await larkFor(context);
  const bare = (await send(lark, 'GET', USER_INFO, { token: (await connect(lark, ANNA, [])).access_token })).body;
  const always = [
    'name',
    'en_name',
    'avatar_url',
    'avatar_thumb',
    'avatar_middle',
    'avatar_big',
    'open_id',
    'union_id',
  ];
  assert.deepEqual(Object.keys(bare['data'] as object), [...always, 'tenant_key']);

  const gates: [string, string[]][] = [
    ['contact:user.email:readonly', ['email']],
    ['contact:user.employee_id:readonly', ['user_id']],
    ['contact:user.employee:readonly', ['enterprise_email', 'employee_no']],
    ['contact:user.phone:readonly', ['mobile']],
  ];
  for (const [scope, fields] of gates) {
    lark.revoke(openIdOf(lark, ANNA));
    const { access_token } = await connect(lark, ANNA, [scope]);
    const { data } = (await send(lark, 'GET', USER_INFO, { token: access_token })).body as { data: object };
    const more = Object.keys(data).filter((name) => ![...always, 'tenant_key'].includes(name));
    assert.deepEqual(more.sort(), [...fields].sort(), scope);
  }
});

test('user_info, rule 2.5: failures are HTTP 200', async (context) => {
  const lark = await larkFor(context);
  const { access_token: token } = await connect(lark, ANNA);
  const ask = async (path: string, bearer: string) => {
    const { status, body } = await send(lark, 'GET', path, { token: bearer });
    return [status, body['code']];
  };
  assert.deepEqual(await ask(`${USER_INFO}?user_id_type=open_id`, token), [200, 20001]);
  assert.deepEqual(await ask(USER_INFO, 'eyJunknown'), [200, 20005]);
  assert.deepEqual(await ask(USER_INFO, await tenantToken(lark)), [200, 20005]);
  lark.changeAccount(openIdOf(lark, ANNA), { resigned: true });
  assert.deepEqual(await ask(USER_INFO, token), [200, 20021]);
  lark.changeAccount(openIdOf(lark, ANNA), { resigned: false });
  lark.clock.advance(7_200_000);
  assert.deepEqual(await ask(USER_INFO, token), [200, 20005]);
});

test('batch_get_id, rule 6: a miss is an entry without user_id', async (context) => {
  const lark = await larkFor(context);
  const token = await tenantToken(lark);
  lark.changeAccount(openIdOf(lark, BEN), { resigned: true });
  const idsOf = async (more: object = {}) => {
    const body = { emails: ['ANNA@example.com', BEN, OUTSIDER, 'nobody@example.com'], mobiles: ['+4915112345678'] };
    const { body: answer } = await send(lark, 'POST', USER_IDS, { token, body: { ...body, ...more } });
    return (answer['data'].user_list as { user_id?: string; email?: string }[]).map(({ user_id }) => user_id);
  };
  const anna = openIdOf(lark, ANNA);
  assert.deepEqual(await idsOf(), [anna, undefined, undefined, undefined, anna]);
  assert.deepEqual(await idsOf({ include_resigned: true }), [anna, openIdOf(lark, BEN), undefined, undefined, anna]);
  lark.changeAccount(anna, { inContactRange: false });
  assert.deepEqual(await idsOf(), [undefined, undefined, undefined, undefined, undefined]);
});

test('batch_get_id, rule 6: union and user ids on request', async (context) => {
  const lark = await larkFor(context);
  const token = await tenantToken(lark);
  for (const [type, id] of [
    ['union_id', lark.accounts[0]?.unionId],
    ['user_id', lark.accounts[0]?.userId],
  ]) {
    const { body } = await send(lark, 'POST', `${USER_IDS}?user_id_type=${type}`, { token, body: { emails: [ANNA] } });
    assert.equal(body['data'].user_list[0]?.user_id, id);
  }
});

const tooMany = Array.from({ length: 51 }, (_, index) => `p${index}@example.com`);
for (const [situation, body] of [
  ['51 e-mails', { emails: tooMany }],
  ['51 mobiles', { mobiles: tooMany }],
  ['nothing to look for', {}],
  ['an unknown field', { emails: [ANNA], department: 'x' }],
  ['a text instead of a list', { emails: ANNA }],
] as const) {
  test(`batch_get_id, rule 6 and 10, ${situation}: 99992402`, async (context) => {
    const lark = await larkFor(context);
    const { status, body: answer } = await send(lark, 'POST', USER_IDS, { token: await tenantToken(lark), body });
    assert.deepEqual([status, answer['code']], [400, 99992402]);
  });
}
