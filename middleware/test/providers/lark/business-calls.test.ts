import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CalendarEvent } from '../../../src/providers/ports/calendar.ts';
import { larkAnswering, NOW, providerErrorOf, success } from './lark-under-test.ts';

const HOUR = 3_600_000;
const event: CalendarEvent = {
  title: 'Remote Training: Café',
  description: 'Bring the till.',
  start: NOW,
  end: new Date(NOW.getTime() + HOUR),
  timeZone: 'Asia/Singapore',
  meeting: { kind: 'none' },
  location: undefined,
};
const key = 'k'.repeat(32);
const times = {
  start_time: { timestamp: '1772438400', timezone: 'Asia/Singapore' },
  end_time: { timestamp: '1772442000', timezone: 'Asia/Singapore' },
};

test('A reservation is applied for with the owner’s token and gives link and number', async () => {
  await using world = await larkAnswering(() =>
    success({ reserve: { id: '69', meeting_no: '112000358', url: 'https://vc.example.test/j/1', password: '1' } }),
  );
  const reservation = await world.lark.meetings.reserve('user-token', { topic: 'Training', endsAt: event.end });
  assert.deepEqual(reservation, { reserveId: '69', meetingNumber: '112000358', url: 'https://vc.example.test/j/1' });
  const [request] = world.server.requests;
  assert.equal(`${request?.method} ${request?.path}`, 'POST /open-apis/vc/v1/reserves/apply');
  assert.equal(request?.query.toString(), 'user_id_type=open_id');
  assert.equal(request.headers.authorization, 'Bearer user-token');
  assert.equal(request.headers['content-type'], 'application/json; charset=utf-8');
  assert.deepEqual(request.json(), {
    end_time: '1772442000',
    meeting_settings: { topic: 'Training', meeting_initial_type: 1 },
  });
});

test('A reservation may end at most 30 days from now', async () => {
  await using world = await larkAnswering(() => 'drop');
  assert.equal(world.lark.meetings.horizonMs, 30 * 24 * HOUR);
});

test('Extending a reservation sends only topic and end', async () => {
  await using world = await larkAnswering(() => success({ reserve: {} }));
  await world.lark.meetings.extend('user-token', { reserveId: '6/9', topic: 'Training', endsAt: event.end });
  const [request] = world.server.requests;
  assert.equal(`${request?.method} ${request?.path}`, 'PUT /open-apis/vc/v1/reserves/6%2F9');
  assert.deepEqual(request?.json(), { end_time: '1772442000', meeting_settings: { topic: 'Training' } });
});

test('Releasing a reservation sends no body; one that is gone is gone', async () => {
  await using world = await larkAnswering((_, count) =>
    count === 1 ? success({}) : { json: { code: 121004, msg: 'not found' }, status: 404 },
  );
  assert.equal(await world.lark.meetings.release('user-token', '69'), 'released');
  assert.equal(await world.lark.meetings.release('user-token', '69'), 'gone');
  const [request] = world.server.requests;
  assert.equal(`${request?.method} ${request?.path}`, 'DELETE /open-apis/vc/v1/reserves/69');
  assert.equal(request?.text, '');
  assert.equal(request.headers['content-type'], undefined);
});

test('Somebody else’s reservation is not gone but refused', async () => {
  await using world = await larkAnswering(() => ({ json: { code: 121005 }, status: 403 }));
  assert.equal((await providerErrorOf(world.lark.meetings.release('user-token', '69'))).failure, 'refused');
});

test('An event with a link is created on the primary calendar under its key', async () => {
  await using world = await larkAnswering(() =>
    success({ event: { event_id: 'e_0', organizer_calendar_id: 'feishu.cn_x@group.calendar.feishu.cn' } }),
  );
  const created = await world.lark.calendar.createEvent('user-token', {
    idempotencyKey: key,
    event: { ...event, meeting: { kind: 'link', url: 'https://vc.example.test/j/1' } },
  });
  assert.deepEqual(created, {
    eventId: 'e_0',
    calendarId: 'feishu.cn_x@group.calendar.feishu.cn',
    meetingUrl: 'https://vc.example.test/j/1',
  });
  const [request] = world.server.requests;
  assert.equal(`${request?.method} ${request?.path}`, 'POST /open-apis/calendar/v4/calendars/primary/events');
  assert.deepEqual(Object.fromEntries(request?.query ?? []), { idempotency_key: key, user_id_type: 'open_id' });
  assert.deepEqual(request?.json(), {
    summary: 'Remote Training: Café',
    description: 'Bring the till.',
    need_notification: false,
    ...times,
    vchat: {
      vc_type: 'third_party',
      icon_type: 'vc',
      description: 'Join the training',
      meeting_url: 'https://vc.example.test/j/1',
    },
  });
});

test('An event without a meeting says so explicitly and shows its location', async () => {
  await using world = await larkAnswering(() => success({ event: { event_id: 'e_0' } }));
  const created = await world.lark.calendar.createEvent('user-token', {
    idempotencyKey: key,
    event: { ...event, location: '1 Main Street' },
  });
  assert.deepEqual(created, { eventId: 'e_0', calendarId: 'primary', meetingUrl: undefined });
  const body = world.server.requests[0]?.json() as Record<string, unknown>;
  assert.deepEqual(body['vchat'], { vc_type: 'no_meeting' });
  assert.deepEqual(body['location'], { name: '1 Main Street' });
});

test('An event with its own meeting takes the link from the answer', async () => {
  await using world = await larkAnswering(() =>
    success({ event: { event_id: 'e_0', vchat: { vc_type: 'vc', meeting_url: 'https://vc.example.test/own' } } }),
  );
  const request = { idempotencyKey: key, event: { ...event, meeting: { kind: 'own' } as const } };
  assert.equal(
    (await world.lark.calendar.createEvent('user-token', request)).meetingUrl,
    'https://vc.example.test/own',
  );
  assert.deepEqual((world.server.requests[0]?.json() as Record<string, unknown>)['vchat'], { vc_type: 'vc' });
  assert.equal(world.server.requests.length, 1);
});

test('When the first answer lacks the link of the own meeting, the event is read once', async () => {
  await using world = await larkAnswering((request) =>
    success({
      event: {
        event_id: 'e_0',
        organizer_calendar_id: 'cal@x',
        vchat: request.method === 'GET' ? { meeting_url: 'https://vc.example.test/own' } : { vc_type: 'vc' },
      },
    }),
  );
  const created = await world.lark.calendar.createEvent('user-token', {
    idempotencyKey: key,
    event: { ...event, meeting: { kind: 'own' } },
  });
  assert.equal(created.meetingUrl, 'https://vc.example.test/own');
  assert.deepEqual(
    world.server.requests.map(({ method, path }) => `${method} ${path}`),
    ['POST /open-apis/calendar/v4/calendars/primary/events', 'GET /open-apis/calendar/v4/calendars/cal%40x/events/e_0'],
  );
});

test('When the event cannot be read for its link, it is known all the same; a bad token is thrown', async () => {
  let code = 190002;
  await using world = await larkAnswering((request) =>
    request.method === 'GET' ? { json: { code }, status: 400 } : success({ event: { event_id: 'e_0' } }),
  );
  const create = () =>
    world.lark.calendar.createEvent('user-token', {
      idempotencyKey: key,
      event: { ...event, meeting: { kind: 'own' } },
    });
  assert.deepEqual(await create(), { eventId: 'e_0', calendarId: 'primary', meetingUrl: undefined });
  code = 99991677;
  assert.equal((await providerErrorOf(create())).failure, 'token-invalid');
});

test('Too long texts are cut to what Lark takes, never inside a character', async () => {
  await using world = await larkAnswering(() => success({ event: { event_id: 'e_0' } }));
  await world.lark.calendar.createEvent('user-token', {
    idempotencyKey: key,
    event: { ...event, title: '😀'.repeat(600), description: 'd'.repeat(50_000), location: 'l'.repeat(600) },
  });
  const body = world.server.requests[0]?.json() as { summary: string; description: string; location: { name: string } };
  assert.ok(body.summary.length <= 1000 && body.summary.isWellFormed() && body.summary.endsWith('…'));
  assert.equal(body.description.length, 40_960);
  assert.equal(body.location.name.length, 512);
});

test('What merchants write is text in the description, never markup; titles are plain text already', async () => {
  await using world = await larkAnswering(() => success({ event: { event_id: 'e_0' } }));
  const written = { title: 'R&D <b>', description: 'Notes: <a href="https://evil.test">R&D</a>' };
  const cut = { description: '<'.repeat(40_000) };
  const place = { calendarId: 'cal@x', eventId: 'e_0' };
  await world.lark.calendar.createEvent('user-token', { idempotencyKey: key, event: { ...event, ...written } });
  await world.lark.calendar.updateEvent('user-token', { ...place, event: { ...event, ...cut } });
  const [created, changed] = world.server.requests.map(
    (request) => request.json() as { summary: string; description: string },
  );
  assert.equal(created?.summary, 'R&D <b>');
  assert.equal(created.description, 'Notes: &lt;a href="https://evil.test"&gt;R&amp;D&lt;/a&gt;');
  assert.ok((changed?.description.length ?? 0) <= 40_960);
  assert.match(changed?.description ?? '', /^(&lt;)+…$/);
});

test('Changing an event sends start and end together and leaves its own meeting alone', async () => {
  await using world = await larkAnswering(() => success({ event: { event_id: 'e_0' } }));
  const place = { calendarId: 'cal@x', eventId: 'e_0' };
  await world.lark.calendar.updateEvent('user-token', { ...place, event: { ...event, meeting: { kind: 'own' } } });
  const [request] = world.server.requests;
  assert.equal(`${request?.method} ${request?.path}`, 'PATCH /open-apis/calendar/v4/calendars/cal%40x/events/e_0');
  assert.deepEqual(request?.json(), {
    summary: 'Remote Training: Café',
    description: 'Bring the till.',
    need_notification: false,
    ...times,
    location: { name: 'Online' },
  });
});

test('An event that moves online no longer shows the address of the shop', async () => {
  await using world = await larkAnswering(() => success({ event: { event_id: 'e_0' } }));
  const place = { calendarId: 'primary', eventId: 'e_0' };
  const meeting = { kind: 'link', url: 'https://vc.example.test/j/1' } as const;
  await world.lark.calendar.updateEvent('user-token', { ...place, event: { ...event, meeting } });
  await world.lark.calendar.updateEvent('user-token', { ...place, event });
  const locations = world.server.requests.map((request) => (request.json() as { location: object }).location);
  assert.deepEqual(locations, [{ name: 'Online' }, { name: '-' }]);
});

test('Deleting an event asks for no notification; a deleted or unknown one is gone', async () => {
  await using world = await larkAnswering((_, count) =>
    count === 1 ? success({}) : { json: { code: count === 2 ? 193003 : 193001 }, status: count === 2 ? 403 : 404 },
  );
  const place = { calendarId: 'primary', eventId: 'e_0' };
  assert.equal(await world.lark.calendar.deleteEvent('user-token', place), 'deleted');
  assert.equal(await world.lark.calendar.deleteEvent('user-token', place), 'gone');
  assert.equal(await world.lark.calendar.deleteEvent('user-token', place), 'gone');
  assert.equal(world.server.requests[0]?.query.toString(), 'need_notification=false');
});

test('Free-busy asks about the open id and gives sorted, disjoint spans', async () => {
  await using world = await larkAnswering(() =>
    success({
      freebusy_list: [
        { start_time: '2026-03-02T20:00:00+08:00', end_time: '2026-03-02T21:00:00+08:00' },
        { start_time: '2026-03-02T09:00:00Z', end_time: '2026-03-02T10:00:00Z', rsvp_status: 'accept' },
        { start_time: '2026-03-02T09:30:00Z', end_time: '2026-03-02T10:30:00Z' },
      ],
    }),
  );
  const busy = await world.lark.freeBusy.busy('user-token', { subjectId: 'ou_1', from: event.start, to: event.end });
  assert.deepEqual(busy, [
    { start: new Date('2026-03-02T09:00:00Z'), end: new Date('2026-03-02T10:30:00Z') },
    { start: new Date('2026-03-02T12:00:00Z'), end: new Date('2026-03-02T13:00:00Z') },
  ]);
  const [request] = world.server.requests;
  assert.equal(
    `${request?.path}?${request?.query.toString()}`,
    '/open-apis/calendar/v4/freebusy/list?user_id_type=open_id',
  );
  assert.deepEqual(request?.json(), {
    time_min: '2026-03-02T08:00:00+00:00',
    time_max: '2026-03-02T09:00:00+00:00',
    user_id: 'ou_1',
    include_external_calendar: true,
    only_busy: true,
  });
});

test('Free-busy over more than 90 days is asked in pieces without a gap', async () => {
  await using world = await larkAnswering(() => success({ freebusy_list: [] }));
  const to = new Date(NOW.getTime() + 200 * 24 * HOUR);
  assert.deepEqual(await world.lark.freeBusy.busy('user-token', { subjectId: 'ou_1', from: NOW, to }), []);
  const windows = world.server.requests.map((request) => request.json() as { time_min: string; time_max: string });
  assert.equal(windows.length, 3);
  assert.equal(windows[0]?.time_max, windows[1]?.time_min);
  assert.equal(windows[1]?.time_max, windows[2]?.time_min);
  assert.equal(Date.parse(windows[2]?.time_max ?? ''), to.getTime());
});
