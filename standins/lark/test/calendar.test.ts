import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Lark } from '../index.ts';
import { CALENDARS, EVENTS, hourFrom, madeEvent, postEvent } from './calendar-helpers.ts';
import { ANNA, BEN, connect, inMinutes, larkFor, openIdOf, send, tenantToken } from './helpers.ts';

async function annas(lark: Lark): Promise<string> {
  return (await connect(lark, ANNA)).access_token;
}

function addAttendees(lark: Lark, token: string, eventId: string, attendees: object[]) {
  return send(lark, 'POST', `${EVENTS}/${eventId}/attendees`, { token, body: { attendees } });
}

test('The primary calendar and the list are the same calendar, and its id works like "primary" (rule 5)', async (context) => {
  const lark = await larkFor(context);
  const token = await annas(lark);
  const [primary] = (await send(lark, 'POST', `${CALENDARS}/primary`, { token })).body['data'].calendars;
  assert.ok(primary);
  assert.match(primary.calendar.calendar_id, /^feishu\.cn_\w+@group\.calendar\.feishu\.cn$/);
  assert.equal(primary.user_id, openIdOf(lark, ANNA));
  const list = (await send(lark, 'GET', CALENDARS, { token })).body['data'];
  assert.deepEqual(list.calendar_list, [primary.calendar]);
  const again = await send(lark, 'GET', `${CALENDARS}?sync_token=${list.sync_token}`, { token });
  assert.deepEqual(again.body['data'].calendar_list, []);
  const { event_id } = await madeEvent(lark, token);
  const path = `${CALENDARS}/${primary.calendar.calendar_id}/events/${event_id}`;
  assert.equal((await send(lark, 'GET', path, { token })).body['code'], 0);
});

test('An event is answered as it was sent; the zone is Asia/Shanghai when it was left out (rule 5)', async (context) => {
  const lark = await larkFor(context);
  const token = await annas(lark);
  const start = { timestamp: inMinutes(lark, 60) };
  const { body } = await postEvent(lark, token, { start_time: start, location: { address: 'Store 1' } });
  const { event } = body['data'];
  assert.match(event.event_id, /_0$/);
  assert.deepEqual(event.start_time, { ...start, timezone: 'Asia/Shanghai' });
  assert.deepEqual(event.end_time, hourFrom(lark).end_time);
  assert.deepEqual(event.location, { address: 'Store 1' });
  assert.deepEqual(event.event_organizer, { user_id: openIdOf(lark, ANNA), display_name: 'Anna Trainer' });
  assert.equal(event.status, 'confirmed');
  assert.equal(typeof event.create_time, 'string');
  assert.ok(!('need_notification' in event));
});

test('vchat, rule 5: vc makes a link and keeps it, third_party shows one, no_meeting has none', async (context) => {
  const lark = await larkFor(context);
  const token = await annas(lark);
  const { event_id, vchat } = await madeEvent(lark, token, {
    vchat: { vc_type: 'vc', meeting_url: 'https://ignored.example' },
  });
  assert.match(String(vchat?.meeting_url), /^https:\/\/vc\.larksuite\.com\/j\/\d{9}$/);
  const patch = async (body: object) =>
    (await send(lark, 'PATCH', `${EVENTS}/${event_id}`, { token, body })).body['data'].event.vchat;
  assert.deepEqual(await patch({ summary: 'moved', ...hourFrom(lark, 600) }), vchat);
  assert.deepEqual(await patch({ vchat: { vc_type: 'vc' } }), vchat);
  const shown = await patch({ vchat: { vc_type: 'third_party', meeting_url: 'https://x.example/1', icon_type: 'vc' } });
  assert.deepEqual(shown, {
    vc_type: 'third_party',
    icon_type: 'vc',
    description: '',
    meeting_url: 'https://x.example/1',
  });
  assert.deepEqual(await patch({ vchat: { vc_type: 'no_meeting' } }), { vc_type: 'no_meeting' });
});

test('vchat left out, rule 5: a Lark meeting comes with the first attendee, unless no_meeting was said', async (context) => {
  const lark = await larkFor(context);
  const token = await annas(lark);
  const guest = [{ type: 'third_party', third_party_email: 'guest@example.com' }];
  const silent = await madeEvent(lark, token);
  assert.equal(silent.vchat, undefined);
  await addAttendees(lark, token, silent.event_id, guest);
  const after = (await send(lark, 'GET', `${EVENTS}/${silent.event_id}`, { token })).body['data'].event;
  assert.equal(after.vchat?.vc_type, 'vc');
  assert.ok(after.vchat?.meeting_url);

  const none = await madeEvent(lark, token, { vchat: { vc_type: 'no_meeting' } });
  await addAttendees(lark, token, none.event_id, guest);
  const still = (await send(lark, 'GET', `${EVENTS}/${none.event_id}`, { token })).body['data'].event;
  assert.deepEqual(still.vchat, { vc_type: 'no_meeting' });
});

test('The same idempotency_key, rule 5: the first event again; another calendar or key: another event', async (context) => {
  const lark = await larkFor(context);
  const token = await annas(lark);
  const key = `?idempotency_key=${'k'.repeat(32)}`;
  const first = await madeEvent(lark, token, { summary: 'first' }, key);
  const again = await madeEvent(lark, token, { summary: 'second' }, key);
  assert.deepEqual(again, first);
  assert.equal(lark.events(openIdOf(lark, ANNA)).length, 1);
  const other = await madeEvent(lark, token, {}, `?idempotency_key=${'l'.repeat(32)}`);
  const bens = await madeEvent(lark, (await connect(lark, BEN)).access_token, {}, key);
  assert.equal(new Set([first.event_id, other.event_id, bens.event_id]).size, 3);
});

test('The key of a deleted event, our choice for rule 5: 193003, so that reuse is seen', async (context) => {
  const lark = await larkFor(context);
  const token = await annas(lark);
  const key = `?idempotency_key=${'k'.repeat(128)}`;
  const { event_id } = await madeEvent(lark, token, {}, key);
  await send(lark, 'DELETE', `${EVENTS}/${event_id}?need_notification=false`, { token });
  const { status, body } = await postEvent(lark, token, {}, key);
  assert.deepEqual([status, body['code']], [403, 193003]);
});

test('A creation whose answer was lost, sent again with its key, leaves one event (rule 5)', async (context) => {
  const lark = await larkFor(context);
  const token = await annas(lark);
  const key = `?idempotency_key=${'k'.repeat(40)}`;
  lark.faults.add({ kind: 'effect-then-drop', method: 'POST', path: 'events$' });
  await assert.rejects(postEvent(lark, token, {}, key));
  await madeEvent(lark, token, {}, key);
  assert.equal(lark.events(openIdOf(lark, ANNA)).length, 1);
});

test('PATCH, rule 5: absent means unchanged', async (context) => {
  const lark = await larkFor(context);
  const token = await annas(lark);
  const { event_id } = await madeEvent(lark, token, { description: 'Bring a laptop' });
  const times = hourFrom(lark, 300);
  const { event } = (await send(lark, 'PATCH', `${EVENTS}/${event_id}`, { token, body: times })).body['data'];
  assert.equal(event.summary, 'Training');
  assert.equal(event.description, 'Bring a laptop');
  assert.deepEqual(event.start_time, times.start_time);
});

test('Attendees, rule 5: users and guests, each once; the event shows on the users’ calendars', async (context) => {
  const lark = await larkFor(context);
  const token = await annas(lark);
  const ben = openIdOf(lark, BEN);
  const { event_id } = await madeEvent(lark, token);
  const both = [
    { type: 'user', user_id: ben },
    { type: 'third_party', third_party_email: 'guest@example.com', is_optional: true },
  ];
  const { body } = await addAttendees(lark, token, event_id, both);
  const [user, guest] = body['data'].attendees;
  assert.deepEqual(
    [user?.['user_id'], user?.['rsvp_status'], user?.['display_name']],
    [ben, 'needs_action', 'Ben Trainer'],
  );
  assert.deepEqual([guest?.['third_party_email'], guest?.['is_external']], ['guest@example.com', true]);
  await addAttendees(lark, token, event_id, both);
  assert.deepEqual(lark.events(ben)[0]?.attendees, [{ openId: ben }, { email: 'guest@example.com' }]);
  const seen = await send(lark, 'GET', `${EVENTS}/${event_id}`, { token: (await connect(lark, BEN)).access_token });
  assert.equal(seen.body['data'].event.event_organizer.user_id, openIdOf(lark, ANNA));
});

test('More than 3000 attendees, rule 5: 194000 and nothing changes', async (context) => {
  const lark = await larkFor(context);
  const token = await annas(lark);
  const { event_id } = await madeEvent(lark, token);
  const batch = (from: number, count: number) =>
    Array.from({ length: count }, (_, n) => ({ type: 'third_party', third_party_email: `p${from + n}@example.com` }));
  for (const from of [0, 1000, 2000]) await addAttendees(lark, token, event_id, batch(from, 1000));
  assert.equal((await addAttendees(lark, token, event_id, batch(3000, 1))).body['code'], 194000);
  assert.equal(lark.events(openIdOf(lark, ANNA))[0]?.attendees.length, 3000);
});

test('An event of the app itself, with an attendee, makes the attendee busy (rule 5)', async (context) => {
  const lark = await larkFor(context);
  lark.clock.set(new Date('2026-03-02T08:00:00Z'));
  const app = await tenantToken(lark);
  const { event_id, organizer_calendar_id } = await madeEvent(lark, app);
  const anna = openIdOf(lark, ANNA);
  await addAttendees(lark, app, event_id, [{ type: 'user', user_id: anna }]);
  const token = await annas(lark);
  assert.equal((await send(lark, 'GET', `${EVENTS}/${event_id}`, { token })).body['code'], 0);
  const { body } = await send(lark, 'POST', '/open-apis/calendar/v4/freebusy/list', {
    token,
    body: { time_min: '2026-03-02T00:00:00Z', time_max: '2026-03-03T00:00:00Z', user_id: anna },
  });
  assert.deepEqual(body['data'].freebusy_list, [
    { start_time: '2026-03-02T09:00:00+00:00', end_time: '2026-03-02T10:00:00+00:00' },
  ]);
  assert.equal(lark.events()[0]?.organizerCalendarId, organizer_calendar_id);
  assert.equal(lark.events()[0]?.organizer, undefined);
});

test('Free/busy, rule 5: merged, without free and deleted ones, in the offset of the question', async (context) => {
  const lark = await larkFor(context);
  lark.clock.set(new Date('2026-03-01T00:00:00Z'));
  const anna = openIdOf(lark, ANNA);
  const at = (time: string) => new Date(`2026-03-02T${time}:00Z`);
  lark.addEvent(anna, { start: at('09:00'), end: at('10:00'), summary: 'one' });
  lark.addEvent(anna, { start: at('09:30'), end: at('11:00'), summary: 'overlaps' });
  lark.addEvent(anna, { start: at('13:00'), end: at('14:00'), summary: 'tentative', free: true });
  lark.addEvent(anna, { start: at('20:00'), end: new Date('2026-03-03T01:00:00Z'), summary: 'over the edge' });
  const token = await annas(lark);
  const gone = await madeEvent(lark, token, {
    start_time: { timestamp: String(at('15:00').getTime() / 1000) },
    end_time: { timestamp: String(at('16:00').getTime() / 1000) },
  });
  await send(lark, 'DELETE', `${EVENTS}/${gone.event_id}`, { token });
  const window = { time_min: '2026-03-02T00:00:00+08:00', time_max: '2026-03-03T08:00:00+08:00' };
  const ask = async (path: string, body: object) =>
    (await send(lark, 'POST', `/open-apis/calendar/v4/freebusy/${path}`, { token, body: { ...window, ...body } })).body[
      'data'
    ];
  const busy = [
    { start_time: '2026-03-02T17:00:00+08:00', end_time: '2026-03-02T19:00:00+08:00' },
    { start_time: '2026-03-03T04:00:00+08:00', end_time: '2026-03-03T09:00:00+08:00' },
  ];
  assert.deepEqual((await ask('list', { user_id: anna })).freebusy_list, busy);
  const everything = await ask('list', { user_id: anna, only_busy: false, need_rsvp_status: true });
  assert.equal(everything.freebusy_list.length, 4);
  assert.equal(everything.freebusy_list[0]?.rsvp_status, 'accept');
  const ben = openIdOf(lark, BEN);
  assert.deepEqual((await ask('batch', { user_ids: [anna, ben] })).freebusy_lists, [
    { user_id: anna, freebusy_items: busy },
    { user_id: ben, freebusy_items: [] },
  ]);
});

test('An all-day event is busy from midnight to midnight UTC (rule 11)', async (context) => {
  const lark = await larkFor(context);
  const token = await annas(lark);
  await madeEvent(lark, token, { start_time: { date: '2026-03-02' }, end_time: { date: '2026-03-02' } });
  const { body } = await send(lark, 'POST', '/open-apis/calendar/v4/freebusy/list', {
    token,
    body: { time_min: '2026-03-01T00:00:00Z', time_max: '2026-03-05T00:00:00Z', user_id: openIdOf(lark, ANNA) },
  });
  assert.deepEqual(body['data'].freebusy_list, [
    { start_time: '2026-03-02T00:00:00+00:00', end_time: '2026-03-03T00:00:00+00:00' },
  ]);
});

test('Listing, rule 5: pages, then what changed since the sync token, deletions as cancelled', async (context) => {
  const lark = await larkFor(context);
  const token = await annas(lark);
  const ids: string[] = [];
  for (let n = 0; n < 60; n++) ids.push((await madeEvent(lark, token)).event_id);
  const list = async (query: string) => (await send(lark, 'GET', `${EVENTS}?${query}`, { token })).body['data'];

  const first = await list('page_size=50');
  assert.deepEqual([first.items.length, first.has_more, first.sync_token], [50, true, '']);
  const second = await list(`page_size=50&page_token=${first.page_token}`);
  assert.deepEqual([second.items.length, second.has_more, second.page_token], [10, false, '']);
  const seen = [...first.items, ...second.items].map(({ event_id }: { event_id: string }) => event_id);
  assert.deepEqual(seen.sort(), ids.sort());

  await send(lark, 'DELETE', `${EVENTS}/${ids[0]}`, { token });
  await send(lark, 'PATCH', `${EVENTS}/${ids[1]}`, { token, body: { summary: 'new' } });
  const changes = await list(`sync_token=${second.sync_token}`);
  const statuses = changes.items.map((item: { event_id: string; status: string }) => [item.event_id, item.status]);
  assert.deepEqual(statuses, [
    [ids[0], 'cancelled'],
    [ids[1], 'confirmed'],
  ]);
  assert.equal((await list(`sync_token=${changes.sync_token}`)).items.length, 0);
});

test('Listing a window, rule 5: what touches it, unpaged and cut; anchor_time leaves out what has ended', async (context) => {
  const lark = await larkFor(context);
  const token = await annas(lark);
  for (const minutes of [0, 600]) await madeEvent(lark, token, hourFrom(lark, minutes));
  const list = async (query: string) => (await send(lark, 'GET', `${EVENTS}?${query}`, { token })).body['data'];
  const inside = await list(`start_time=${inMinutes(lark, 30)}&end_time=${inMinutes(lark, 90)}`);
  assert.deepEqual([inside.items.length, inside.has_more, inside.page_token], [1, false, '']);
  assert.equal((await list(`anchor_time=${inMinutes(lark, 120)}`)).items.length, 1);
  for (let n = 0; n < 60; n++) await madeEvent(lark, token, hourFrom(lark, 6000));
  const cut = await list(`start_time=${inMinutes(lark, 5000)}&end_time=${inMinutes(lark, 7000)}&page_size=50`);
  assert.deepEqual([cut.items.length, cut.has_more], [50, false]);
});

test('A calendar beside the primary one, rule 5: listed, viewed by its owner, and unknown to free/busy', async (context) => {
  const lark = await larkFor(context);
  const token = await annas(lark);
  const anna = openIdOf(lark, ANNA);
  const primary = (await send(lark, 'GET', CALENDARS, { token })).body['data'];
  const calendarId = lark.addCalendar(anna, 'Trainings');
  const listed = (await send(lark, 'GET', `${CALENDARS}?sync_token=${primary.sync_token}`, { token })).body['data'];
  assert.deepEqual(
    listed.calendar_list.map(({ calendar_id, type }) => [calendar_id, type]),
    [[calendarId, 'shared']],
  );
  const [start, end] = [new Date('2026-03-02T09:00:00Z'), new Date('2026-03-02T10:00:00Z')];
  const eventId = lark.addEvent(anna, { start, end, summary: 'Dentist', calendarId });
  const view = async (calendar: string, from: string, to: string) => {
    const span = `start_time=${Date.parse(from) / 1000}&end_time=${Date.parse(to) / 1000}`;
    const { body } = await send(lark, 'GET', `${CALENDARS}/${calendar}/events/instance_view?${span}`, { token });
    return body['data'].items.map(({ event_id }) => event_id);
  };
  assert.deepEqual(await view(calendarId, '2026-03-02T09:59:00Z', '2026-03-02T11:00:00Z'), [eventId]);
  assert.deepEqual(await view(calendarId, '2026-03-02T10:00:00Z', '2026-03-02T11:00:00Z'), []);
  assert.deepEqual(await view('primary', '2026-03-02T09:00:00Z', '2026-03-02T11:00:00Z'), []);
  const { body } = await send(lark, 'POST', '/open-apis/calendar/v4/freebusy/list', {
    token,
    body: { time_min: '2026-03-02T00:00:00Z', time_max: '2026-03-03T00:00:00Z', user_id: anna },
  });
  assert.deepEqual(body['data'].freebusy_list, []);
});
