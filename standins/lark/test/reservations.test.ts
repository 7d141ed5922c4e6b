import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Lark } from '../index.ts';
import {
  ANNA,
  BEN,
  connect,
  inMinutes,
  larkFor,
  openIdOf,
  OUTSIDER,
  send,
  tenantToken,
  type Answer,
} from './helpers.ts';

const RESERVES = '/open-apis/vc/v1/reserves';
const DAYS = 24 * 60;

interface Setup {
  lark: Lark;
  token: string;
  app: string;
}

function apply({ lark, token }: Pick<Setup, 'lark' | 'token'>, change: object = {}, query = ''): Promise<Answer> {
  const body = { end_time: inMinutes(lark, 120), meeting_settings: { topic: 'Remote Training' }, ...change };
  return send(lark, 'POST', `${RESERVES}/apply${query}`, { token, body });
}

async function made(setup: Pick<Setup, 'lark' | 'token'>, change: object = {}): Promise<Record<string, string>> {
  const { body } = await apply(setup, change);
  assert.equal(body['code'], 0, JSON.stringify(body));
  return body['data'].reserve as Record<string, string>;
}

const hosts = (count: number) => Array.from({ length: count }, () => ({ user_type: 1, id: 'ou_nobody' }));
const settings = (more: object) => ({ meeting_settings: { topic: 'x', ...more } });

const refusals: { rule: string; code: number; status: number; ask: (setup: Setup) => Promise<Answer> }[] = [
  ...(
    [
      ['end_time as a number', { end_time: 1_798_761_600 }],
      ['an unknown field', { start_time: '1' }],
      ['an unknown setting', settings({ title: 'x' })],
      ['no meeting_settings', { meeting_settings: undefined }],
      ['auto_record as text', settings({ auto_record: 'false' })],
      ['a permission as text', settings({ action_permissions: [{ permission: '1', permission_checkers: [] }] })],
      ['a permission out of range', settings({ action_permissions: [{ permission: 4, permission_checkers: [] }] })],
      ['an initial type out of range', settings({ meeting_initial_type: 3 })],
    ] as [string, object][]
  ).map(([what, change]) => ({
    rule: `4 and 10, ${what}`,
    code: 99992402,
    status: 400,
    ask: (setup: Setup) => apply(setup, change),
  })),
  { rule: '4, no end_time', code: 121003, status: 400, ask: (setup) => apply(setup, { end_time: undefined }) },
  {
    rule: '4 and 11, end_time in milliseconds',
    code: 121003,
    status: 400,
    ask: (setup) => apply(setup, { end_time: `${inMinutes(setup.lark, 60)}000` }),
  },
  {
    rule: '4, more than 30 days ahead',
    code: 121003,
    status: 400,
    ask: (setup) => apply(setup, { end_time: inMinutes(setup.lark, 30 * DAYS + 1) }),
  },
  {
    rule: '4, in the past',
    code: 121003,
    status: 400,
    ask: (setup) => apply(setup, { end_time: inMinutes(setup.lark, -1) }),
  },
  {
    rule: '4, call_setting of a multi-party meeting',
    code: 121003,
    status: 400,
    ask: (setup) => apply(setup, settings({ call_setting: { callee: { user_type: 6 } } })),
  },
  {
    rule: '4, one-to-one without call_setting',
    code: 121003,
    status: 400,
    ask: (setup) => apply(setup, settings({ meeting_initial_type: 2 })),
  },
  {
    rule: '4, more than 10 hosts',
    code: 123003,
    status: 400,
    ask: (setup) => apply(setup, settings({ assign_host_list: hosts(11) })),
  },
  {
    rule: '4, a host without id',
    code: 123004,
    status: 400,
    ask: (setup) => apply(setup, settings({ assign_host_list: [{ user_type: 1 }] })),
  },
  {
    rule: '4, tenant token without owner_id',
    code: 121003,
    status: 400,
    ask: ({ lark, app }) => apply({ lark, token: app }),
  },
  {
    rule: '10, owner_id unknown',
    code: 99992351,
    status: 400,
    ask: ({ lark, app }) => apply({ lark, token: app }, { owner_id: 'ou_nobody' }),
  },
  {
    rule: '4 and 10, owner_id of another tenant',
    code: 99992364,
    status: 400,
    ask: ({ lark, app }) => apply({ lark, token: app }, { owner_id: openIdOf(lark, OUTSIDER) }),
  },
  {
    rule: '4, an unknown reservation',
    code: 121004,
    status: 404,
    ask: ({ lark, token }) => send(lark, 'GET', `${RESERVES}/6911188411934973028`, { token }),
  },
  {
    rule: "4, somebody else's",
    code: 121005,
    status: 403,
    ask: async ({ lark, token }) => {
      const { id } = await made({ lark, token });
      return send(lark, 'DELETE', `${RESERVES}/${id}`, { token: (await connect(lark, BEN)).access_token });
    },
  },
  {
    rule: '4, tenant token on what a user reserved',
    code: 121005,
    status: 403,
    ask: async ({ lark, token, app }) => {
      const { id } = await made({ lark, token });
      return send(lark, 'GET', `${RESERVES}/${id}`, { token: app });
    },
  },
  {
    rule: '4, deleted before',
    code: 121004,
    status: 404,
    ask: async ({ lark, token }) => {
      const { id } = await made({ lark, token });
      await send(lark, 'DELETE', `${RESERVES}/${id}`, { token });
      return send(lark, 'DELETE', `${RESERVES}/${id}`, { token });
    },
  },
  {
    rule: '4, PUT with owner_id',
    code: 99992402,
    status: 400,
    ask: async ({ lark, token }) => {
      const { id } = await made({ lark, token });
      return send(lark, 'PUT', `${RESERVES}/${id}`, { token, body: { owner_id: 'x' } });
    },
  },
  {
    rule: '4, PUT more than 30 days ahead',
    code: 121003,
    status: 400,
    ask: async ({ lark, token }) => {
      const { id } = await made({ lark, token });
      return send(lark, 'PUT', `${RESERVES}/${id}`, { token, body: { end_time: inMinutes(lark, 31 * DAYS) } });
    },
  },
  {
    rule: '4, PUT after its end, when the number has been released',
    code: 121004,
    status: 404,
    ask: async ({ lark, token }) => {
      const { id } = await made({ lark, token }, { end_time: inMinutes(lark, 60) });
      lark.clock.advance(61 * 60_000);
      return send(lark, 'PUT', `${RESERVES}/${id}`, { token, body: { end_time: inMinutes(lark, 60) } });
    },
  },
];

for (const { rule, code, status, ask } of refusals) {
  test(`Reservation, rule ${rule}: ${code}`, async (context) => {
    const lark = await larkFor(context);
    const token = (await connect(lark, ANNA)).access_token;
    const { status: answered, body } = await ask({ lark, token, app: await tenantToken(lark) });
    assert.deepEqual([answered, body['code']], [status, code], JSON.stringify(body));
  });
}

test('apply with a user token, rule 4: the user owns it, owner_id is ignored, no event is made', async (context) => {
  const lark = await larkFor(context);
  const token = (await connect(lark, ANNA)).access_token;
  const reserve = await made({ lark, token }, { owner_id: openIdOf(lark, BEN) });
  assert.match(String(reserve['id']), /^69\d{17}$/);
  assert.match(String(reserve['meeting_no']), /^\d{9}$/);
  assert.equal(reserve['url'], `https://vc.larksuite.com/j/${reserve['meeting_no']}`);
  assert.equal(typeof reserve['end_time'], 'string');
  assert.equal(typeof reserve['password'], 'string');
  assert.equal(lark.reservations()[0]?.owner, openIdOf(lark, ANNA));
  assert.deepEqual(lark.events(openIdOf(lark, ANNA)), []);
});

test('apply repeated, rule 4: there is no idempotency, each call makes one', async (context) => {
  const lark = await larkFor(context);
  const token = (await connect(lark, ANNA)).access_token;
  lark.faults.add({ kind: 'effect-then-drop', path: 'apply$' });
  await assert.rejects(apply({ lark, token }));
  await made({ lark, token });
  assert.equal(lark.reservations().length, 2);
});

test('apply with the tenant token for an owner, rule 4: owner and app may both use it', async (context) => {
  const lark = await larkFor(context);
  const app = await tenantToken(lark);
  const { id } = await made({ lark, token: app }, { owner_id: openIdOf(lark, ANNA) });
  for (const token of [app, (await connect(lark, ANNA)).access_token]) {
    const { body } = await send(lark, 'GET', `${RESERVES}/${id}`, { token });
    assert.equal(body['data'].reserve.reserve_user_id, openIdOf(lark, ANNA));
  }
});

test('Invalid hosts, rule 4: they do not fail the call and are listed', async (context) => {
  const lark = await larkFor(context);
  const token = (await connect(lark, ANNA)).access_token;
  const list = [openIdOf(lark, BEN), openIdOf(lark, OUTSIDER), 'ou_nobody'].map((id) => ({ user_type: 1, id }));
  const { body } = await apply({ lark, token }, settings({ assign_host_list: list }));
  assert.deepEqual(body['data'].reserve_correction_check_info.invalid_host_id_list, [
    openIdOf(lark, OUTSIDER),
    'ou_nobody',
  ]);
});

test('PUT, rule 4: what is left out stays, what is sent empty is cleared, the link stays', async (context) => {
  const lark = await larkFor(context);
  const token = (await connect(lark, ANNA)).access_token;
  const reserve = await made({ lark, token }, settings({ auto_record: true, password: '971024' }));
  const end = inMinutes(lark, 300);
  const path = `${RESERVES}/${reserve['id']}`;
  const put = await send(lark, 'PUT', path, { token, body: { end_time: end, meeting_settings: { topic: '' } } });
  assert.equal(put.body['data'].reserve.url, reserve['url']);
  assert.equal(put.body['data'].reserve.expire_status, 1);
  const { body } = await send(lark, 'GET', path, { token });
  assert.equal(body['data'].reserve.end_time, end);
  assert.equal(body['data'].reserve.password, '971024');
  assert.deepEqual(body['data'].reserve.meeting_settings, { topic: '', auto_record: true });
});

test('GET after the end, rule 4: expire_status 2', async (context) => {
  const lark = await larkFor(context);
  const token = (await connect(lark, ANNA)).access_token;
  const { id } = await made({ lark, token }, { end_time: inMinutes(lark, 10) });
  lark.clock.advance(11 * 60_000);
  const { body } = await send(lark, 'GET', `${RESERVES}/${id}`, { token });
  assert.equal(body['data'].reserve.expire_status, 2);
  assert.equal(lark.reservations()[0]?.live, false);
});

test('DELETE, rule 4: answers an empty object', async (context) => {
  const lark = await larkFor(context);
  const token = (await connect(lark, ANNA)).access_token;
  const { id } = await made({ lark, token });
  const { body } = await send(lark, 'DELETE', `${RESERVES}/${id}`, { token });
  assert.deepEqual(body, { code: 0, msg: 'success', data: {} });
});

test('A one-to-one call, rule 4: needs no end', async (context) => {
  const lark = await larkFor(context);
  const token = (await connect(lark, ANNA)).access_token;
  const callee = { user_type: 6, pstn_sip_info: { nickname: 'x', main_address: '+86-02100000000' } };
  const change = settings({ meeting_initial_type: 2, call_setting: { callee } });
  assert.equal((await made({ lark, token }, { end_time: undefined, ...change }))['end_time'], undefined);
});

test('A reservation counts as published once an event shows its link', async (context) => {
  const lark = await larkFor(context);
  const anna = openIdOf(lark, ANNA);
  const token = (await connect(lark, ANNA)).access_token;
  const { url } = await made({ lark, token });
  assert.equal(lark.reservations(anna)[0]?.published, false);
  const time = (minutes: number) => ({ timestamp: inMinutes(lark, minutes), timezone: 'Europe/Berlin' });
  await send(lark, 'POST', '/open-apis/calendar/v4/calendars/primary/events', {
    token,
    body: { start_time: time(10), end_time: time(70), vchat: { vc_type: 'third_party', meeting_url: url } },
  });
  assert.equal(lark.reservations(anna)[0]?.published, true);
});
