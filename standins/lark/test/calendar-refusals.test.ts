import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Lark } from '../index.ts';
import { CALENDARS, EVENTS, hourFrom, madeEvent, postEvent } from './calendar-helpers.ts';
import { ANNA, BEN, connect, inMinutes, larkFor, openIdOf, OUTSIDER, send, type Answer } from './helpers.ts';

interface Setup {
  lark: Lark;
  token: string;
}

interface Case {
  rule: string;
  code: number;
  status?: number;
  ask: (setup: Setup) => Promise<Answer>;
}

const field = (what: string, change: object): Case => ({
  rule: `10, ${what}`,
  code: 99992402,
  ask: ({ lark, token }) => postEvent(lark, token, change),
});
const parameter = (what: string, change: (lark: Lark) => object): Case => ({
  rule: `5, ${what}`,
  code: 190002,
  ask: ({ lark, token }) => postEvent(lark, token, change(lark)),
});
const patch = (what: string, code: number, change: (lark: Lark) => object): Case => ({
  rule: `5, PATCH ${what}`,
  code,
  ask: async ({ lark, token }) => {
    const { event_id } = await madeEvent(lark, token);
    return send(lark, 'PATCH', `${EVENTS}/${event_id}`, { token, body: change(lark) });
  },
});
const list = (what: string, code: number, query: string): Case => ({
  rule: `5, list with ${what}`,
  code,
  ask: ({ lark, token }) => send(lark, 'GET', `${EVENTS}?${query}`, { token }),
});
const view = (what: string, code: number, query: string): Case => ({
  rule: `5, instance_view with ${what}`,
  code,
  ask: ({ lark, token }) => send(lark, 'GET', `${EVENTS}/instance_view?${query}`, { token }),
});
const attendees = (what: string, code: number, body: (lark: Lark) => object): Case => ({
  rule: `5, attendees, ${what}`,
  code,
  ask: async ({ lark, token }) => {
    const { event_id } = await madeEvent(lark, token);
    return send(lark, 'POST', `${EVENTS}/${event_id}/attendees`, { token, body: body(lark) });
  },
});
const freeBusy = (what: string, code: number, change: (lark: Lark) => object): Case => ({
  rule: `5, free/busy, ${what}`,
  code,
  ask: ({ lark, token }) =>
    send(lark, 'POST', '/open-apis/calendar/v4/freebusy/list', {
      token,
      body: {
        time_min: '2026-03-02T00:00:00+01:00',
        time_max: '2026-03-03T00:00:00+01:00',
        user_id: openIdOf(lark, ANNA),
        ...change(lark),
      },
    }),
});
const bensEvent = async ({ lark }: Setup) => madeEvent(lark, (await connect(lark, BEN)).access_token);

const cases: Case[] = [
  field('an unknown field', { title: 'x' }),
  field('a summary beyond 1000', { summary: 'x'.repeat(1001) }),
  field('a description beyond 40960', { description: 'x'.repeat(40_961) }),
  field('a meeting description beyond 500', {
    vchat: { vc_type: 'third_party', meeting_url: 'https://x.example', description: 'x'.repeat(501) },
  }),
  field('a meeting_url beyond 2000', { vchat: { vc_type: 'third_party', meeting_url: 'x'.repeat(2001) } }),
  field('a location name beyond 512', { location: { name: 'x'.repeat(513) } }),
  field('an address beyond 255', { location: { address: 'x'.repeat(256) } }),
  field('an unknown visibility', { visibility: 'secret' }),
  field('a need_notification as text', { need_notification: 'false' }),
  field('an unknown vc_type', { vchat: { vc_type: 'zoom' } }),
  field('a vchat without vc_type', { vchat: { meeting_url: 'https://x.example' } }),
  field('more than 10 assigned hosts', {
    vchat: { vc_type: 'vc', meeting_settings: { assign_hosts: Array(11).fill('ou_x') } },
  }),
  field('a timestamp as number', { start_time: { timestamp: 1_602_504_000 } }),
  field('no end_time', { end_time: undefined }),
  parameter('a timestamp in milliseconds', (lark) => ({ start_time: { timestamp: `${inMinutes(lark, 1)}000` } })),
  parameter('a zone that is an offset', (lark) => ({
    start_time: { timestamp: inMinutes(lark, 60), timezone: '+08:00' },
  })),
  parameter('an unknown zone', (lark) => ({
    start_time: { timestamp: inMinutes(lark, 60), timezone: 'Europe/Nowhere' },
  })),
  parameter('an end before the start', (lark) => ({ end_time: { timestamp: inMinutes(lark, 1) } })),
  parameter('neither timestamp nor date', () => ({ start_time: { timezone: 'Europe/Berlin' } })),
  parameter('a date beside a timestamp', () => ({ start_time: { date: '2026-03-02' } })),
  parameter('an all-day event in a zone', () => ({
    start_time: { date: '2026-03-02', timezone: 'Europe/Berlin' },
    end_time: { date: '2026-03-02' },
  })),
  parameter('third_party without meeting_url', () => ({ vchat: { vc_type: 'third_party' } })),
  parameter('the read-only lark_live', () => ({ vchat: { vc_type: 'lark_live' } })),
  parameter('a recurrence, which this stand-in does not play', () => ({ recurrence: 'FREQ=DAILY' })),
  {
    rule: '5, an unknown meeting owner',
    code: 193101,
    ask: ({ lark, token }) =>
      postEvent(lark, token, { vchat: { vc_type: 'vc', meeting_settings: { owner_id: 'ou_nobody' } } }),
  },
  {
    rule: '5, an unknown host',
    code: 193102,
    ask: ({ lark, token }) =>
      postEvent(lark, token, { vchat: { vc_type: 'vc', meeting_settings: { assign_hosts: ['ou_nobody'] } } }),
  },
  ...[31, 129].map((length) => ({
    rule: `5, an idempotency_key of ${length}`,
    code: 99992402,
    ask: ({ lark, token }: Setup) => postEvent(lark, token, {}, `?idempotency_key=${'k'.repeat(length)}`),
  })),
  {
    rule: '5, the idempotency_key in the body',
    code: 99992402,
    ask: ({ lark, token }) => postEvent(lark, token, { idempotency_key: 'k'.repeat(40) }),
  },
  patch('start without end', 190002, (lark) => ({ start_time: hourFrom(lark).start_time })),
  patch('an unknown field', 99992402, () => ({ status: 'cancelled' })),
  {
    rule: '5, DELETE with a need_notification that is no "true" or "false"',
    code: 99992402,
    ask: async ({ lark, token }) => {
      const { event_id } = await madeEvent(lark, token);
      return send(lark, 'DELETE', `${EVENTS}/${event_id}?need_notification=1`, { token });
    },
  },
  {
    rule: '5, a malformed calendar_id',
    code: 191001,
    ask: ({ lark, token }) => send(lark, 'GET', `${CALENDARS}/anna@primary/events`, { token }),
  },
  {
    rule: '5, an unknown calendar',
    code: 191000,
    status: 404,
    ask: ({ lark, token }) =>
      send(lark, 'GET', `${CALENDARS}/feishu.cn_xxxx@group.calendar.feishu.cn/events`, { token }),
  },
  {
    rule: "5, somebody else's calendar",
    code: 191002,
    status: 403,
    ask: async (setup) =>
      send(setup.lark, 'GET', `${CALENDARS}/${(await bensEvent(setup)).organizer_calendar_id}/events`, setup),
  },
  {
    rule: '5, an unknown event',
    code: 193001,
    status: 404,
    ask: ({ lark, token }) => send(lark, 'GET', `${EVENTS}/00592a0e_0`, { token }),
  },
  {
    rule: "5, somebody else's event",
    code: 193001,
    status: 404,
    ask: async (setup) => send(setup.lark, 'GET', `${EVENTS}/${(await bensEvent(setup)).event_id}`, setup),
  },
  ...(['PATCH', 'DELETE'] as const).map((method) => ({
    rule: `5, ${method} by an attendee`,
    code: 193002,
    status: 403,
    ask: async (setup: Setup) => {
      const { lark, token } = setup;
      const ben = (await connect(lark, BEN)).access_token;
      const { event_id } = await madeEvent(lark, ben);
      const body = { attendees: [{ type: 'user', user_id: openIdOf(lark, ANNA) }] };
      await send(lark, 'POST', `${EVENTS}/${event_id}/attendees`, { token: ben, body });
      const change = method === 'PATCH' ? { body: { summary: 'mine' } } : {};
      return send(lark, method, `${EVENTS}/${event_id}`, { token, ...change });
    },
  })),
  ...(['GET', 'PATCH', 'DELETE'] as const).map((method) => ({
    rule: `5, ${method} of a deleted event`,
    code: 193003,
    status: 403,
    ask: async ({ lark, token }: Setup) => {
      const { event_id } = await madeEvent(lark, token);
      await send(lark, 'DELETE', `${EVENTS}/${event_id}`, { token });
      const change = method === 'PATCH' ? { body: { summary: 'back' } } : {};
      return send(lark, method, `${EVENTS}/${event_id}`, { token, ...change });
    },
  })),
  list('page_size 49', 99992402, 'page_size=49'),
  list('page_size 1001', 99992402, 'page_size=1001'),
  list('milliseconds', 99992402, 'anchor_time=1602504000000'),
  list('start_time alone', 190002, 'start_time=1602504000'),
  list('a window and anchor_time', 190002, 'start_time=1602504000&end_time=1602507600&anchor_time=1602504000'),
  list('a window and sync_token', 190002, 'start_time=1602504000&end_time=1602507600&sync_token=x'),
  list('an invented sync_token', 190002, 'sync_token=x'),
  list('an invented page_token', 190002, 'page_token=x'),
  view('40 days', 190002, `start_time=1602504000&end_time=${1602504000 + 40 * 86_400}`),
  view('an end before the start', 190002, 'start_time=1602504000&end_time=1602503999'),
  view('no end', 99992402, 'start_time=1602504000'),
  view('milliseconds', 99992402, 'start_time=1602504000000&end_time=1602507600000'),
  view('a page_size', 99992402, 'start_time=1602504000&end_time=1602507600&page_size=50'),
  {
    rule: "5, somebody else's other calendar",
    code: 191002,
    status: 403,
    ask: async ({ lark, token }) => {
      const calendarId = lark.addCalendar(openIdOf(lark, BEN), 'Trainings');
      return send(lark, 'GET', `${CALENDARS}/${calendarId}/events`, { token });
    },
  },
  attendees('nobody', 99992402, () => ({ attendees: [] })),
  attendees('1001 in one call', 99992402, () => ({
    attendees: Array.from({ length: 1001 }, (_, n) => ({ type: 'third_party', third_party_email: `p${n}@x.example` })),
  })),
  attendees('an unknown field', 99992402, (lark) => ({
    attendees: [{ type: 'user', user_id: openIdOf(lark, BEN), email: BEN }],
  })),
  attendees('an unknown type', 99992402, () => ({ attendees: [{ type: 'guest' }] })),
  attendees('a malformed e-mail', 99992402, () => ({ attendees: [{ type: 'third_party', third_party_email: 'x' }] })),
  attendees('a user without user_id', 190002, () => ({ attendees: [{ type: 'user' }] })),
  attendees('a guest with user_id', 190002, (lark) => ({
    attendees: [{ type: 'third_party', user_id: openIdOf(lark, BEN) }],
  })),
  attendees('a user of another tenant', 99992364, (lark) => ({
    attendees: [{ type: 'user', user_id: openIdOf(lark, OUTSIDER) }],
  })),
  attendees('an unknown user', 99992351, () => ({ attendees: [{ type: 'user', user_id: 'ou_nobody' }] })),
  attendees('a group', 194000, () => ({ attendees: [{ type: 'chat' }] })),
  freeBusy('a window beyond 90 days', 190002, () => ({ time_max: '2026-06-01T00:00:00+02:00' })),
  freeBusy('a time without offset', 190002, () => ({ time_min: '2026-03-02T00:00:00' })),
  freeBusy('unix seconds', 190002, () => ({ time_min: '1602504000' })),
  freeBusy('an end before the start', 190002, () => ({ time_max: '2026-03-01T00:00:00+01:00' })),
  freeBusy('nobody', 190002, () => ({ user_id: undefined })),
  freeBusy('a room beside a user', 190002, () => ({ room_id: 'omm_x' })),
  freeBusy('an unknown field', 99992402, () => ({ timezone: 'UTC' })),
  freeBusy('an unknown user', 99992351, () => ({ user_id: 'ou_nobody' })),
  freeBusy('a user of another tenant', 99992364, (lark) => ({ user_id: openIdOf(lark, OUTSIDER) })),
  freeBusy('somebody who is gone', 195100, (lark) => {
    lark.changeAccount(openIdOf(lark, BEN), { resigned: true });
    return { user_id: openIdOf(lark, BEN) };
  }),
];

for (const { rule, code, status = 400, ask } of cases) {
  test(`Calendar, rule ${rule}: ${code}`, async (context) => {
    const lark = await larkFor(context);
    const { status: answered, body } = await ask({ lark, token: (await connect(lark, ANNA)).access_token });
    assert.deepEqual([answered, body['code']], [status, code], JSON.stringify(body));
  });
}

test('An open id of another app, rule 0 and 10: 99992361', async (context) => {
  const lark = await larkFor(context);
  const other = await larkFor(context, {
    app: { id: 'cli_0ff11e0000000002', secret: 's', redirectUris: [] },
    otherApps: [],
  });
  const { access_token: token } = await connect(lark, ANNA);
  const body = {
    time_min: '2026-03-02T00:00:00Z',
    time_max: '2026-03-03T00:00:00Z',
    user_ids: [openIdOf(other, ANNA)],
  };
  const answer = await send(lark, 'POST', '/open-apis/calendar/v4/freebusy/batch', { token, body });
  assert.equal(answer.body['code'], 99992361);
});
