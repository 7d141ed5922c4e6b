import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CalendarEvent } from '../../../src/providers/ports/calendar.ts';
import { larkAnswering, NOW, providerErrorOf, success } from './lark-under-test.ts';

const HOUR = 3_600_000;
const BOOKING = 'a0BTC00000000012AA';
const ours = { installationId: '00DTC0000000001EAA' };
const MARK = `[trainer-connect ${ours.installationId} ${BOOKING} 1772438400-1772442000]`;
const event: CalendarEvent = {
  title: 'Remote Training: Café',
  description: 'Bring the till.',
  start: NOW,
  end: new Date(NOW.getTime() + HOUR),
  timeZone: 'Asia/Singapore',
  meeting: { kind: 'none' },
  location: undefined,
  bookingId: BOOKING,
};
const described = {
  event_id: 'e1',
  organizer_calendar_id: 'cal-1',
  description: `Bring the till.<br>${MARK}`,
  start_time: { timestamp: '1772438400', timezone: 'Asia/Singapore' },
  end_time: { timestamp: '1772442000', timezone: 'Asia/Singapore' },
  status: 'confirmed',
  create_time: '1772438000',
  event_organizer: { user_id: 'ou_1', display_name: 'Mei' },
  vchat: { vc_type: 'third_party', meeting_url: 'https://vc.example/1' },
};
const seen = {
  eventId: 'e1',
  calendarId: 'cal-1',
  start: event.start,
  end: event.end,
  timeZone: 'Asia/Singapore',
  meetingUrl: 'https://vc.example/1',
  createdAt: new Date(1_772_438_000_000),
  organizerId: 'ou_1',
  mark: { bookingId: BOOKING, start: event.start, end: event.end },
};
const place = { calendarId: 'cal-1', eventId: 'e1' };
const window = { from: new Date(NOW.getTime() - 24 * HOUR), to: new Date(NOW.getTime() + 24 * HOUR) };

test('An event that is made or changed ends with its mark, also where the text is cut', async () => {
  await using world = await larkAnswering(() => success({ event: { event_id: 'e1' } }), ours);
  const request = { idempotencyKey: 'k'.repeat(32), event };
  await world.lark.calendar.createEvent('token', request);
  await world.lark.calendar.updateEvent('token', { ...place, event: { ...event, description: '<'.repeat(50_000) } });
  const [made, changed] = world.server.requests.map((sent) => (sent.json() as { description: string }).description);
  assert.equal(made, `Bring the till.\n\n${MARK}`);
  assert.ok(changed?.endsWith(`…\n\n${MARK}`) === true && changed.length <= 40_960, `${changed?.length}`);
});

test('Without an installation or a booking there is no mark', async () => {
  await using nobodys = await larkAnswering(() => success({ event: { event_id: 'e1' } }));
  await nobodys.lark.calendar.createEvent('token', { idempotencyKey: 'k'.repeat(32), event });
  assert.equal((nobodys.server.requests[0]?.json() as { description: string }).description, 'Bring the till.');
  await using another = await larkAnswering(() => success({ event: described }), {
    installationId: '00DTC0000000002EAA',
  });
  const found = await another.lark.events.readEvent('token', place);
  assert.equal(found === 'gone' || found.mark, undefined);
});

test('One event is read with its mark, wherever people have put it; a deleted or cancelled one is gone', async () => {
  await using world = await larkAnswering((_, count) => {
    if (count === 1) return success({ event: described });
    if (count === 2) return success({ event: { ...described, status: 'cancelled' } });
    return { json: { code: count === 3 ? 193001 : 193003, msg: 'x' }, status: count === 3 ? 404 : 403 };
  }, ours);
  assert.deepEqual(await world.lark.events.readEvent('token', place), seen);
  for (let count = 2; count <= 4; count++) assert.equal(await world.lark.events.readEvent('token', place), 'gone');
  assert.equal(world.server.requests[0]?.path, '/open-apis/calendar/v4/calendars/cal-1/events/e1');
});

test('The last mark of a text counts: notes may hold one', async () => {
  const other = MARK.replace(BOOKING, 'a0BTC00000000022AA');
  const description = `Like ${other}<br>${MARK}`;
  await using world = await larkAnswering(() => success({ event: { ...described, description } }), ours);
  assert.deepEqual(await world.lark.events.readEvent('token', place), seen);
});

test('A mark that names no record of Salesforce is none; one of 15 characters names the same record', async () => {
  for (const id of ['a0BTC00000000012AB', 'a0BTC00000000012', 'a0BTC00000000012A']) {
    const broken = { ...described, description: MARK.replace(BOOKING, id) };
    await using world = await larkAnswering(
      (_, count) => success(count === 1 ? { has_more: false, items: [broken, described] } : { event: broken }),
      ours,
    );
    assert.deepEqual(await world.lark.events.listMarked('token', window), [seen], id);
    const found = await world.lark.events.readEvent('token', place);
    assert.equal(found === 'gone' || found.mark, undefined, id);
  }
  const short = { ...described, description: MARK.replace(BOOKING, BOOKING.slice(0, 15)) };
  await using world = await larkAnswering(() => success({ event: short }), ours);
  assert.deepEqual(await world.lark.events.readEvent('token', place), seen);
});

test('A list is read to its last page, also over empty pages, and keeps only ours inside the time', async () => {
  const whole = { ...described, event_id: 'day', start_time: { date: '2026-03-02' }, end_time: { date: '2026-03-02' } };
  const pages = [
    { has_more: true, page_token: 'p2', items: [{ event_id: 'x', description: 'Dentist' }, { odd: true }, described] },
    { has_more: true, page_token: 'p3', items: [] },
    {
      has_more: false,
      page_token: '',
      items: [
        { ...described, event_id: 'e2', description: MARK.replace(ours.installationId, '00DTC0000000002EAA') },
        { ...described, event_id: 'e3', status: 'cancelled' },
        {
          ...described,
          event_id: 'e4',
          start_time: { timestamp: '1872438400' },
          end_time: { timestamp: '1872442000' },
        },
        whole,
      ],
    },
  ];
  await using world = await larkAnswering((_, count) => success(pages[count - 1]), ours);
  const found = await world.lark.events.listMarked('token', window);
  assert.deepEqual(
    found.map(({ eventId, timeZone }) => [eventId, timeZone]),
    [
      ['e1', 'Asia/Singapore'],
      ['day', undefined],
    ],
  );
  assert.deepEqual(
    world.server.requests.map(({ query }) => query.get('page_token')),
    [null, 'p2', 'p3'],
  );
  for (const { query, path } of world.server.requests) {
    assert.equal(path, '/open-apis/calendar/v4/calendars/primary/events');
    assert.equal(query.get('anchor_time'), String(window.from.getTime() / 1000));
    assert.equal(query.has('start_time'), false, 'a window would be cut off');
  }
});

const broken: [string, (count: number) => unknown][] = [
  [
    'fails in the middle',
    (count) => (count === 1 ? { has_more: true, page_token: 'p2', items: [described] } : undefined),
  ],
  ['goes on without saying where', () => ({ has_more: true, items: [described] })],
  ['goes round in circles', () => ({ has_more: true, page_token: 'same', items: [] })],
  ['shows one of ours in an unknown form', () => ({ has_more: false, items: [{ ...described, start_time: 'noon' }] })],
  ['does not say whether it ends', () => ({ items: [described] })],
];
for (const [what, page] of broken) {
  test(`A list that ${what} is an error, never a part of the truth`, async () => {
    await using world = await larkAnswering((_, count) => {
      const data = page(count);
      return data === undefined ? { json: { code: 190003, msg: 'internal' }, status: 500 } : success(data);
    }, ours);
    const error = await providerErrorOf(world.lark.events.listMarked('token', window));
    assert.ok(['temporary', 'unrecognized'].includes(error.failure), error.failure);
  });
}
