import assert from 'node:assert/strict';
import { test } from 'node:test';
import { APIS, type Api } from '../coverage.ts';
import type { Lark } from '../index.ts';
import { ALL_SCOPES } from '../scopes.ts';
import { ANNA, connect, larkFor, openIdOf, refresh, send, tenantToken, type Answer } from './helpers.ts';

const PRIMARY = '/open-apis/calendar/v4/calendars/primary';
const APPLY = '/open-apis/vc/v1/reserves/apply';
const USER_IDS = '/open-apis/contact/v3/users/batch_get_id';

interface Case {
  rule: string;
  code: number;
  status: number;
  ask: (lark: Lark) => Promise<Answer>;
}

const cases: Case[] = [
  { rule: 'no token', code: 99991661, status: 400, ask: (lark) => send(lark, 'POST', PRIMARY) },
  {
    rule: 'a token without "Bearer "',
    code: 99991661,
    status: 400,
    ask: async (lark) =>
      send(lark, 'POST', PRIMARY, { headers: { Authorization: (await connect(lark, ANNA)).access_token } }),
  },
  {
    rule: 'an unknown tenant token',
    code: 99991663,
    status: 400,
    ask: (lark) => send(lark, 'POST', PRIMARY, { token: 't-unknown' }),
  },
  {
    rule: 'a tenant token after two hours',
    code: 99991663,
    status: 400,
    ask: async (lark) => {
      const token = await tenantToken(lark);
      lark.clock.advance(7_200_000);
      return send(lark, 'POST', PRIMARY, { token });
    },
  },
  {
    rule: 'an app token',
    code: 99991664,
    status: 400,
    ask: (lark) => send(lark, 'POST', PRIMARY, { token: 'a-anything' }),
  },
  {
    rule: 'an unknown user token',
    code: 99991668,
    status: 401,
    ask: (lark) => send(lark, 'POST', PRIMARY, { token: 'eyJunknown' }),
  },
  {
    rule: 'a user token where only the tenant token is taken',
    code: 99991668,
    status: 401,
    ask: async (lark) =>
      send(lark, 'POST', USER_IDS, { token: (await connect(lark, ANNA)).access_token, body: { emails: [ANNA] } }),
  },
  {
    rule: 'a refresh token instead of an access token',
    code: 99991668,
    status: 401,
    ask: async (lark) => send(lark, 'POST', PRIMARY, { token: (await connect(lark, ANNA)).refresh_token }),
  },
  {
    rule: 'a token of no known form',
    code: 99991671,
    status: 400,
    ask: (lark) => send(lark, 'POST', PRIMARY, { token: 'whatever' }),
  },
  {
    rule: 'an expired user token',
    code: 99991677,
    status: 401,
    ask: async (lark) => {
      const { access_token } = await connect(lark, ANNA);
      lark.clock.advance(7_200_000);
      return send(lark, 'POST', PRIMARY, { token: access_token });
    },
  },
  {
    rule: 'a token of a user who has resigned',
    code: 99991668,
    status: 401,
    ask: async (lark) => {
      const { access_token } = await connect(lark, ANNA);
      lark.changeAccount(openIdOf(lark, ANNA), { resigned: true });
      return send(lark, 'POST', PRIMARY, { token: access_token });
    },
  },
  {
    rule: 'an app that is stopped',
    code: 99991662,
    status: 400,
    ask: async (lark) => {
      const { access_token } = await connect(lark, ANNA);
      lark.changeApp({ appDisabled: true });
      return send(lark, 'POST', PRIMARY, { token: access_token });
    },
  },
  {
    rule: 'an app that is not installed',
    code: 99991673,
    status: 400,
    ask: async (lark) => {
      const { access_token } = await connect(lark, ANNA);
      lark.changeApp({ appInstalled: false });
      return send(lark, 'POST', PRIMARY, { token: access_token });
    },
  },
  {
    rule: 'user_id without its scope',
    code: 99991679,
    status: 400,
    ask: async (lark) =>
      send(lark, 'POST', `${PRIMARY}?user_id_type=user_id`, {
        token: (await connect(lark, ANNA, ['calendar:calendar:read'])).access_token,
      }),
  },
  {
    rule: 'an unknown user_id_type',
    code: 99992402,
    status: 400,
    ask: async (lark) =>
      send(lark, 'POST', `${PRIMARY}?user_id_type=email`, { token: (await connect(lark, ANNA)).access_token }),
  },
  {
    rule: 'an unknown query parameter',
    code: 99992402,
    status: 400,
    ask: async (lark) => send(lark, 'POST', `${PRIMARY}?lang=en`, { token: (await connect(lark, ANNA)).access_token }),
  },
  {
    rule: 'a query parameter twice',
    code: 99992402,
    status: 400,
    ask: async (lark) =>
      send(lark, 'POST', `${PRIMARY}?user_id_type=open_id&user_id_type=open_id`, {
        token: (await connect(lark, ANNA)).access_token,
      }),
  },
  {
    rule: 'a body where there is none',
    code: 99992402,
    status: 400,
    ask: async (lark) =>
      send(lark, 'POST', PRIMARY, { token: (await connect(lark, ANNA)).access_token, body: { x: 1 } }),
  },
  ...['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=latin1'].map((type) => ({
    rule: `Content-Type ${type}`,
    code: 99992402,
    status: 400,
    ask: async (lark: Lark) =>
      send(lark, 'POST', APPLY, {
        token: (await connect(lark, ANNA)).access_token,
        body: 'meeting_settings=x',
        headers: { 'Content-Type': type },
      }),
  })),
  {
    rule: 'a body that is no JSON',
    code: 99992402,
    status: 400,
    ask: async (lark) => send(lark, 'POST', APPLY, { token: (await connect(lark, ANNA)).access_token, body: '{' }),
  },
];

for (const { rule, code, status, ask } of cases) {
  test(`Gateway, rule 10, ${rule}: ${code}`, async (context) => {
    const lark = await larkFor(context);
    const { status: answered, body, headers } = await ask(lark);
    assert.deepEqual([answered, body['code']], [status, code], JSON.stringify(body));
    assert.equal(body['error'].log_id, headers.get('x-tt-logid'));
    assert.equal(lark.journal.entries().at(-1)?.errorCode, code);
  });
}

const withIds = (path: string) =>
  path.replace(':calendar_id', 'primary').replace(':event_id', 'x_0').replace(':reserve_id', '1');

for (const [name, api] of Object.entries(APIS) as [string, Api][]) {
  const useless = ALL_SCOPES.filter((scope) => !api.scopes.includes(scope));

  if (api.callers.includes('user')) {
    test(`${name}, rule ${api.section}: a user who has not granted the scope gets 99991679 naming it`, async (context) => {
      const lark = await larkFor(context);
      const { access_token } = await connect(lark, ANNA, useless);
      const { body } = await send(lark, api.method, withIds(api.path), { token: access_token });
      assert.equal(body['code'], 99991679);
      const subjects = (body['error'].permission_violations as { subject: string }[]).map(({ subject }) => subject);
      assert.deepEqual(subjects, api.scopes);
    });

    for (const scope of api.scopes) {
      test(`${name}, rule ${api.section}: ${scope} alone is enough for a user`, async (context) => {
        const lark = await larkFor(context);
        const { access_token } = await connect(lark, ANNA, [scope]);
        const { body } = await send(lark, api.method, withIds(api.path), { token: access_token });
        assert.notEqual(body['code'], 99991679);
      });
    }
  }

  test(`${name}, rule ${api.section}: an app that lacks the scope gets 99991672`, async (context) => {
    const lark = await larkFor(context, {
      app: { id: 'cli_0ff11e0000000001', secret: 's', redirectUris: [], scopes: useless },
    });
    const { body } = await send(lark, api.method, withIds(api.path), { token: await tenantToken(lark) });
    assert.equal(body['code'], 99991672);
    assert.equal(body['error'].permission_violations[0]?.type, 'action_scope_required');
  });
}

test('The app identity without the bot capability, rule 5: 190007 in the calendar', async (context) => {
  const lark = await larkFor(context, {
    app: { id: 'cli_0ff11e0000000001', secret: 's', redirectUris: [], bot: false },
  });
  const { status, body } = await send(lark, 'POST', PRIMARY, { token: await tenantToken(lark) });
  assert.deepEqual([status, body['code']], [404, 190007]);
});

test('Unknown paths and methods, rule 0: plain-text 404', async (context) => {
  const lark = await larkFor(context);
  for (const [method, path] of [
    ['POST', '/open-apis/vc/v1/reserves'],
    ['GET', APPLY],
    ['POST', `${PRIMARY}/`],
    ['GET', '/Open-Apis/calendar/v4/calendars'],
  ] as const) {
    const { access_token } = await connect(lark, ANNA);
    const { status, headers } = await send(lark, method, path, { token: access_token });
    const expected = path === APPLY ? [404, 'application/json; charset=utf-8'] : [404, 'text/plain; charset=utf-8'];
    assert.deepEqual([status, headers.get('content-type')], expected, `${method} ${path}`);
    assert.ok(headers.get('x-tt-logid'));
  }
});

test('Limits are per API and both windows count, rules 5 and 10', async (context) => {
  const lark = await larkFor(context, { limits: { perSecond: 2, perMinute: 3 } });
  lark.clock.set(new Date('2026-03-02T09:00:00.100Z'));
  const { access_token: token, refresh_token } = await connect(lark, ANNA);
  const apply = () => send(lark, 'POST', APPLY, { token, body: {} });

  await apply();
  await apply();
  const inSecond = await apply();
  assert.deepEqual([inSecond.status, inSecond.body['code']], [429, 99991400]);
  assert.equal(inSecond.headers.get('x-ogw-ratelimit-reset'), '1');

  lark.clock.advance(2000);
  const inMinute = await apply();
  assert.equal(inMinute.headers.get('x-ogw-ratelimit-limit'), '3');
  assert.equal(inMinute.headers.get('x-ogw-ratelimit-reset'), '58');

  const calendar = () => send(lark, 'POST', PRIMARY, { token });
  await calendar();
  await calendar();
  const third = await calendar();
  assert.deepEqual([third.status, third.body['code']], [429, 190004], 'the calendar has its own words');
  assert.equal(third.headers.get('x-ogw-ratelimit-reset'), null);

  lark.clock.advance(58_000);
  assert.equal((await apply()).body['code'], 99992402);
  assert.equal((await refresh(lark, refresh_token)).body['code'], 0);
});
