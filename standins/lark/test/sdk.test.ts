import { Client, LoggerLevel, withUserAccessToken, type Cache } from '@larksuiteoapi/node-sdk';
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { APIS } from '../coverage.ts';
import type { Lark } from '../index.ts';
import { ANNA, BEN, connect, inMinutes, larkFor, openIdOf, OUTSIDER } from './helpers.ts';

/** The SDK logs app secrets and bearer tokens when a call fails: nothing of it may be printed. */
const silent = { error() {}, warn() {}, info() {}, debug() {}, trace() {} };

interface Setup {
  lark: Lark;
  client: Client;
  asAnna: ReturnType<typeof withUserAccessToken>;
  anna: string;
  ben: string;
}

/** Every call that the SDK made and this stand-in served. */
const driven: string[] = [];

async function setUp(context: TestContext): Promise<Setup> {
  const lark = await larkFor(context);
  context.after(() => {
    for (const { method, path, errorCode } of lark.journal.entries()) {
      if (errorCode === undefined) driven.push(`${method} ${path}`);
    }
  });
  const client = new Client({
    appId: lark.app.id,
    appSecret: lark.app.secret,
    domain: lark.url,
    logger: silent,
    loggerLevel: LoggerLevel.fatal,
    cache: ownCache(),
  });
  const { access_token } = await connect(lark, ANNA);
  return {
    lark,
    client,
    asAnna: withUserAccessToken(access_token),
    anna: openIdOf(lark, ANNA),
    ben: openIdOf(lark, BEN),
  };
}

/** The SDK's own cache is shared by all clients of a process, whatever their domain. */
function ownCache(): Cache {
  const values = new Map<unknown, unknown>();
  return {
    get: (key) => Promise.resolve(values.get(key)),
    set: (key, value) => Promise.resolve(values.set(key, value).size > 0),
  };
}

/** What the SDK throws on HTTP 400 and more carries the vendor's body. */
async function codeOf(call: Promise<unknown>): Promise<number | undefined> {
  try {
    await call;
    return 0;
  } catch (error) {
    return (error as { response?: { data?: { code?: number } } }).response?.data?.code;
  }
}

test('The official SDK reserves, reads, moves and deletes a meeting with a user token', async (context) => {
  const { lark, client, asAnna, anna } = await setUp(context);
  const applied = await client.vc.reserve.apply(
    {
      data: { end_time: inMinutes(lark, 120), meeting_settings: { topic: 'Training', meeting_initial_type: 1 } },
      params: { user_id_type: 'open_id' },
    },
    asAnna,
  );
  const id = applied.data?.reserve?.id as string;
  assert.equal(applied.code, 0);
  assert.match(String(applied.data?.reserve?.url), /\/j\/\d{9}$/);

  const end = inMinutes(lark, 240);
  const moved = await client.vc.reserve.update({ path: { reserve_id: id }, data: { end_time: end } }, asAnna);
  assert.equal(moved.data?.reserve?.url, applied.data?.reserve?.url);

  const read = await client.vc.reserve.get({ path: { reserve_id: id }, params: { user_id_type: 'open_id' } }, asAnna);
  assert.equal(read.data?.reserve?.end_time, end);
  assert.equal(read.data?.reserve?.reserve_user_id, anna);

  const deleted = await client.vc.reserve.delete({ path: { reserve_id: id } }, asAnna);
  assert.deepEqual(deleted, { code: 0, msg: 'success', data: {} });
  assert.equal(await codeOf(client.vc.reserve.get({ path: { reserve_id: id } }, asAnna)), 121004);
});

test('The official SDK fetches a tenant token by itself and reserves for an owner', async (context) => {
  const { lark, client, anna } = await setUp(context);
  const data = { end_time: inMinutes(lark, 120), meeting_settings: { topic: 'Training' } };
  const { data: made } = await client.vc.reserve.apply({ data: { ...data, owner_id: anna } });
  assert.equal(lark.reservations(anna)[0]?.id, made?.reserve?.id);
  assert.equal(await codeOf(client.vc.reserve.apply({ data })), 121003);
});

test('The official SDK walks an event through its life with a user token', async (context) => {
  const { lark, client, asAnna, anna, ben } = await setUp(context);
  const primary = await client.calendar.calendar.primary({}, asAnna);
  const calendar_id = primary.data?.calendars?.[0]?.calendar?.calendar_id as string;
  assert.equal(primary.data?.calendars?.[0]?.user_id, anna);
  const calendars = await client.calendar.calendar.list({ params: { page_size: 50 } }, asAnna);
  assert.equal(calendars.data?.calendar_list?.[0]?.calendar_id, calendar_id);

  const at = (minutes: number) => ({ timestamp: inMinutes(lark, minutes), timezone: 'Europe/Berlin' });
  const created = await client.calendar.calendarEvent.create(
    {
      path: { calendar_id },
      params: { idempotency_key: 'k'.repeat(40), user_id_type: 'open_id' },
      data: { summary: 'Training', start_time: at(60), end_time: at(120), vchat: { vc_type: 'vc' } },
    },
    asAnna,
  );
  const event_id = created.data?.event?.event_id as string;
  assert.ok(created.data?.event?.vchat?.meeting_url);

  const invited = await client.calendar.calendarEventAttendee.create(
    {
      path: { calendar_id, event_id },
      params: { user_id_type: 'open_id' },
      data: { attendees: [{ type: 'user', user_id: ben }], need_notification: false },
    },
    asAnna,
  );
  assert.equal(invited.data?.attendees?.[0]?.user_id, ben);

  const patched = await client.calendar.calendarEvent.patch(
    { path: { calendar_id, event_id }, data: { start_time: at(180), end_time: at(240) } },
    asAnna,
  );
  assert.deepEqual(patched.data?.event?.start_time, at(180));
  const read = await client.calendar.calendarEvent.get({ path: { calendar_id, event_id } }, asAnna);
  assert.equal(read.data?.event?.summary, 'Training');
  const listed = await client.calendar.calendarEvent.list({ path: { calendar_id }, params: { page_size: 50 } }, asAnna);
  assert.deepEqual(
    listed.data?.items?.map((item) => item.event_id),
    [event_id],
  );

  const viewed = await client.calendar.calendarEvent.instanceView(
    { path: { calendar_id }, params: { start_time: inMinutes(lark, 0), end_time: inMinutes(lark, 300) } },
    asAnna,
  );
  assert.deepEqual(viewed.data?.items?.[0]?.start_time, at(180));

  const deleted = await client.calendar.calendarEvent.delete(
    { path: { calendar_id, event_id }, params: { need_notification: 'false' } },
    asAnna,
  );
  assert.deepEqual(deleted.data, {});
  assert.equal(await codeOf(client.calendar.calendarEvent.get({ path: { calendar_id, event_id } }, asAnna)), 193003);
});

test('The official SDK asks for busy times with a user token and with the app’s', async (context) => {
  const { lark, client, asAnna, anna, ben } = await setUp(context);
  const start = new Date('2026-03-02T09:00:00Z');
  lark.addEvent(ben, { start, end: new Date('2026-03-02T10:00:00Z'), summary: 'Dentist' });
  const window = { time_min: '2026-03-02T00:00:00+01:00', time_max: '2026-03-03T00:00:00+01:00' };
  const one = await client.calendar.freebusy.list({ data: { ...window, user_id: ben, only_busy: true } }, asAnna);
  const busy = [{ start_time: '2026-03-02T10:00:00+01:00', end_time: '2026-03-02T11:00:00+01:00' }];
  assert.deepEqual(one.data?.freebusy_list, busy);
  const both = await client.calendar.freebusy.batch({ data: { ...window, user_ids: [anna, ben] } });
  assert.deepEqual(both.data?.freebusy_lists, [
    { user_id: anna, freebusy_items: [] },
    { user_id: ben, freebusy_items: busy },
  ]);
});

test('The official SDK looks people up and reads the profile', async (context) => {
  const { client, asAnna, anna } = await setUp(context);
  const found = await client.contact.user.batchGetId({
    data: { emails: [ANNA, OUTSIDER], include_resigned: false },
    params: { user_id_type: 'open_id' },
  });
  assert.deepEqual(
    found.data?.user_list?.map(({ email, user_id }) => [email, user_id]),
    [
      [ANNA, anna],
      [OUTSIDER, undefined],
    ],
  );
  const profile = await client.authen.userInfo.get({}, asAnna);
  assert.deepEqual([profile.code, profile.data?.open_id, profile.data?.email], [0, anna, ANNA]);
});

test('The tests above have driven every call behind the gateway', () => {
  const left = Object.entries(APIS).filter(([, { method, path }]) => {
    const form = new RegExp(`^${method} ${path.replace(/:\w+/g, '[^/]+')}$`);
    return !driven.some((call) => form.test(call));
  });
  assert.deepEqual(
    left.map(([name]) => name),
    [],
  );
});
