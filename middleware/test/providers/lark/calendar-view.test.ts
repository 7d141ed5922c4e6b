import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ScriptedAnswer } from '../scripted-server.ts';
import { larkAnswering, providerErrorOf, success } from './lark-under-test.ts';
import { startLarkWorld } from './lark-world.ts';

const HOUR = 3_600_000;
const span = (start: string, end: string) => ({ start: new Date(start), end: new Date(end) });
const seconds = (instant: string) => String(Date.parse(instant) / 1000);
const event = (start: string, end: string, more: object = {}) => ({
  event_id: 'e_0',
  status: 'confirmed',
  free_busy_status: 'busy',
  start_time: { timestamp: seconds(start), timezone: 'Asia/Singapore' },
  end_time: { timestamp: seconds(end), timezone: 'Asia/Singapore' },
  ...more,
});
const inHours = (now: Date, hours: number) => new Date(Math.floor(now.getTime() / 1000) * 1000 + hours * HOUR);
const wholeDays = (start: string, end: string) =>
  event('2026-03-02T00:00:00Z', '2026-03-02T00:00:00Z', {
    start_time: { date: start, timezone: 'UTC' },
    end_time: { date: end, timezone: 'UTC' },
  });

/** Busy time of Tuesday 3 March, in the given zone, when the other calendar says this and the main one nothing. */
async function busyWhen(answer: ScriptedAnswer, { start, end } = tuesday, timeZone = 'Asia/Singapore') {
  await using world = await larkAnswering(({ path }) =>
    path.endsWith('/freebusy/list') ? success({ freebusy_list: [] }) : answer,
  );
  const other = { calendarId: 'cal@x', timeZone };
  const busy = await world.lark.freeBusy.busy('user-token', { subjectId: 'ou_1', from: start, to: end, other });
  const view = world.server.requests.find(({ method }) => method === 'GET');
  return { busy, asked: `${view?.path}?${view?.query.toString()}` };
}
const tuesday = span('2026-03-02T16:00:00Z', '2026-03-03T16:00:00Z');

test('Events of the other calendar take time, but for those that are cancelled or shown as free', async () => {
  const items = [
    event('2026-03-03T05:00:00Z', '2026-03-03T06:00:00Z'),
    event('2026-03-03T02:00:00Z', '2026-03-03T03:00:00Z', { recurring_event_id: 'e_0', is_exception: false }),
    event('2026-03-03T03:00:00Z', '2026-03-03T04:00:00Z', { status: 'cancelled' }),
    event('2026-03-03T07:00:00Z', '2026-03-03T08:00:00Z', { free_busy_status: 'free' }),
    { event_id: 'e_1', status: 'cancelled' },
  ];
  const { busy, asked } = await busyWhen(success({ items }));
  assert.deepEqual(busy, [
    span('2026-03-03T02:00:00Z', '2026-03-03T03:00:00Z'),
    span('2026-03-03T05:00:00Z', '2026-03-03T06:00:00Z'),
  ]);
  // The span and the days in UTC that it touches anywhere.
  const query = `start_time=${seconds('2026-03-02T02:00:00Z')}&end_time=${seconds('2026-03-04T06:00:00Z')}`;
  assert.equal(asked, `/open-apis/calendar/v4/calendars/cal%40x/events/instance_view?${query}&user_id_type=open_id`);
});

test('A whole day is a day on the clock of the trainer, the last one included; other days take nothing', async () => {
  const { busy } = await busyWhen(success({ items: [wholeDays('2026-03-03', '2026-03-04')] }));
  assert.deepEqual(busy, [span('2026-03-02T16:00:00Z', '2026-03-04T16:00:00Z')]);
  const auckland = span('2026-03-02T20:00:00Z', '2026-03-02T23:00:00Z');
  const there = await busyWhen(
    success({ items: [wholeDays('2026-03-03', '2026-03-03')] }),
    auckland,
    'Pacific/Auckland',
  );
  assert.deepEqual(there.busy, [span('2026-03-02T11:00:00Z', '2026-03-03T11:00:00Z')]);
  const other = await busyWhen(success({ items: [wholeDays('2026-03-02', '2026-03-02')] }));
  assert.deepEqual(other.busy, []);
});

test('Nothing in the other calendar is nothing, also where Lark leaves the empty list out', async () => {
  for (const data of [{ items: [] }, { items: null }, {}]) assert.deepEqual((await busyWhen(success(data))).busy, []);
});

for (const [what, answer] of [
  ['no data', success(undefined)],
  ['a part of the list', success({ items: [], has_more: true })],
  ['an event without times', success({ items: [{ event_id: 'e_0', free_busy_status: 'busy' }] })],
  ['an event that ends before it starts', success({ items: [event('2026-03-03T06:00:00Z', '2026-03-03T05:00:00Z')] })],
  [
    'a time that is none',
    success({ items: [{ start_time: { timestamp: 'soon' }, end_time: { timestamp: 'later' } }] }),
  ],
  ['a calendar that is unknown', { json: { code: 191000 }, status: 404 }],
  ["somebody else's calendar", { json: { code: 191002 }, status: 403 }],
  ['trouble', { json: { code: 190003 }, status: 500 }],
] as const) {
  test(`An answer of the other calendar with ${what} is an error, never "free"`, async () => {
    await providerErrorOf(busyWhen(answer));
  });
}

test('A failing main calendar is an error, whatever the other one says', async () => {
  await using world = await larkAnswering(({ path }) =>
    path.endsWith('/freebusy/list') ? { json: { code: 190003 }, status: 500 } : success({ items: [] }),
  );
  const request = { subjectId: 'ou_1', from: tuesday.start, to: tuesday.end };
  const other = { calendarId: 'cal@x', timeZone: 'UTC' };
  assert.equal(
    (await providerErrorOf(world.lark.freeBusy.busy('user-token', { ...request, other }))).failure,
    'temporary',
  );
});

test('A month is one question to each calendar; half a year of the other one is asked in pieces', async () => {
  await using world = await larkAnswering(({ path }) =>
    success(path.endsWith('/freebusy/list') ? { freebusy_list: [] } : { items: [] }),
  );
  const other = { calendarId: 'cal@x', timeZone: 'Asia/Singapore' };
  const askDays = async (days: number) => {
    const to = new Date(tuesday.start.getTime() + days * 24 * HOUR);
    const before = world.server.requests.length;
    await world.lark.freeBusy.busy('user-token', { subjectId: 'ou_1', from: tuesday.start, to, other });
    return world.server.requests
      .slice(before)
      .map(({ method }) => method)
      .sort();
  };
  assert.deepEqual(await askDays(31), ['GET', 'POST']);
  assert.deepEqual(await askDays(90), ['GET', 'GET', 'GET', 'POST']);
});

test('The main calendar, named as the other one, is asked once', async () => {
  await using world = await larkAnswering(() => success({ freebusy_list: [] }));
  const other = { calendarId: 'primary', timeZone: 'UTC' };
  await world.lark.freeBusy.busy('user-token', { subjectId: 'ou_1', from: tuesday.start, to: tuesday.end, other });
  assert.equal(world.server.requests.length, 1);
});

test('An appointment in another calendar is busy time, with what the main one has', async () => {
  await using world = await startLarkWorld();
  const { accessToken } = await world.connect();
  const { subjectId } = await world.lark.oauth.account(accessToken);
  const from = world.clock.now();
  const calendarId = world.vendor.addCalendar(subjectId, 'Trainings');
  world.vendor.addEvent(subjectId, { start: inHours(from, 1), end: inHours(from, 2), summary: 'Lunch' });
  world.vendor.addEvent(subjectId, { start: inHours(from, 3), end: inHours(from, 4), summary: 'Dentist', calendarId });
  const other = { calendarId, timeZone: 'UTC' };
  const busy = await world.lark.freeBusy.busy(accessToken, { subjectId, from, to: inHours(from, 24), other });
  assert.deepEqual(busy, [
    { start: inHours(from, 1), end: inHours(from, 2) },
    { start: inHours(from, 3), end: inHours(from, 4) },
  ]);
});
