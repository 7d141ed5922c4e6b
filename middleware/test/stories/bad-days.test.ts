import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { FaultRequest } from '../../../standins/kit/faults.ts';
import { atLark, book, bookingOf, bookingRow, timelineOf } from '../kit/bookings.ts';
import { keys, startWorld, until, type SampleTrainer, type World } from '../kit/world.ts';

let world: World;
let trainer: SampleTrainer;
before(async () => {
  world = await startWorld();
  trainer = await world.trainer(0);
  await world.connect(trainer.Email__c);
});
after(() => world.close());

const RESERVE = '/vc/v1/reserves/apply$';
const CREATE_EVENT = '/calendars/[^/]+/events$';
let day = 3;

/** Whatever happened: in the end one event, one link, and Salesforce knows it. */
async function repaired(bookingId: string, merchantName: string) {
  const row = await until(async () => {
    const found = await bookingRow(world, bookingId);
    return found.Meeting_Link_Status__c === 'Ready' && found.Sync_Status__c === 'Synced' && found;
  }, 'the repair');
  const events = atLark(world, trainer).events.filter(({ summary }) => summary.includes(merchantName));
  assert.equal(events.length, 1, 'exactly one event');
  const shown = JSON.stringify(events[0]);
  assert.ok(shown.includes(row.Remote_Training_Meeting_Link__c ?? '?'), 'the event shows the link of the booking');
  return row;
}

const larkAnswers: [what: string, faults: FaultRequest[], firstAnswer: RegExp][] = [
  [
    'Lark answers 503 to everything',
    [
      { kind: 'status', status: 503, path: RESERVE },
      { kind: 'status', status: 503, path: CREATE_EVENT },
    ],
    /Pending/,
  ],
  [
    'Lark answers 429 and says when to come back',
    [
      {
        kind: 'status',
        status: 429,
        path: RESERVE,
        headers: { 'x-ogw-ratelimit-reset': '1' },
        body: { code: 99991400, msg: 'request trigger frequency limit' },
      },
      {
        kind: 'status',
        status: 429,
        path: CREATE_EVENT,
        headers: { 'x-ogw-ratelimit-reset': '1' },
        body: { code: 99991400, msg: 'request trigger frequency limit' },
      },
    ],
    /Pending/,
  ],
  [
    'the calendar is over its own limit (190004)',
    [{ kind: 'status', status: 429, path: CREATE_EVENT, body: { code: 190004, msg: 'method rate limited' } }],
    /Pending|Ready/,
  ],
  [
    'the connection drops after the event was made',
    [{ kind: 'effect-then-drop', path: CREATE_EVENT }],
    /Pending|Ready/,
  ],
  [
    'the connection drops after the meeting was reserved',
    [{ kind: 'effect-then-drop', path: RESERVE }],
    /Pending|Ready/,
  ],
  [
    'the connection drops before anything happened',
    [
      { kind: 'drop', path: RESERVE },
      { kind: 'drop', path: CREATE_EVENT },
    ],
    /Pending/,
  ],
  [
    'both answers are lost after their effects',
    [
      { kind: 'effect-then-drop', path: RESERVE },
      { kind: 'effect-then-drop', path: CREATE_EVENT },
    ],
    /Pending/,
  ],
];

for (const [what, faults, firstAnswer] of larkAnswers) {
  test(`${what}: the booking stands and is repaired by itself, with one event and one link`, async () => {
    for (const fault of faults) world.standins.lark.faults.add(fault);
    const request = bookingOf(world, trainer, ++day, { merchantName: `Bad Day ${day}` });
    const { status, body } = await book(world, request);
    world.standins.lark.faults.release();
    assert.equal(status, 201);
    assert.match(body.meetingLinkStatus, firstAnswer);
    await repaired(body.bookingId, `Bad Day ${day}`);
  });
}

test('Lark wants to be left alone for an hour: a sync that a person asks for a minute later runs nevertheless', async () => {
  const headers = { 'x-ogw-ratelimit-reset': '3600' };
  for (const path of [RESERVE, CREATE_EVENT]) {
    const body = { code: 99991400, msg: 'request trigger frequency limit' };
    world.standins.lark.faults.add({ kind: 'status', status: 429, path, headers, body });
  }
  const { body } = await book(world, bookingOf(world, trainer, ++day, { merchantName: `Waiting ${day}` }));
  world.standins.lark.faults.release();
  assert.equal(body.meetingLinkStatus, 'Pending');
  // Lark counts by the minute: after one, other calls may go again.
  world.clock.advance(61_000);
  const accepted = await world.call('POST', '/api/bookings/sync', { body: { bookingIds: [body.bookingId] } });
  assert.deepEqual(accepted.body, { accepted: 1 });
  await repaired(body.bookingId, `Waiting ${day}`);
});

test('a reservation whose answer was lost is never made again; the timeline says uncertain', async () => {
  const mark = world.standins.lark.journal.mark();
  world.standins.lark.faults.add({ kind: 'effect-then-drop', path: RESERVE });
  const { body } = await book(world, bookingOf(world, trainer, ++day, { merchantName: `Uncertain ${day}` }));
  world.standins.lark.faults.release();
  await repaired(body.bookingId, `Uncertain ${day}`);
  assert.equal(world.standins.lark.journal.entries({ since: mark, path: /reserves\/apply$/ }).length, 1);
  const { reservations } = atLark(world, trainer);
  assert.equal(
    reservations.filter(({ topic, published }) => topic.includes(`Uncertain ${day}`) && published).length,
    0,
  );
  const outcomes = (await timelineOf(world, body.bookingId)).map(({ Outcome__c }) => Outcome__c);
  assert.ok(outcomes.includes('uncertain'), outcomes.join());
});

test('Salesforce is down: 503, nothing made anywhere, and the slot is free for the next request', async () => {
  const request = bookingOf(world, trainer, ++day, { merchantName: `Closed ${day}` });
  await world.call('GET', `/api/lark/availability?trainerId=${trainer.Id}&date=${String(request['date'])}`, {
    key: keys.portal,
  });
  const fault = world.standins.salesforce.faults.add({
    kind: 'status',
    status: 503,
    times: 0,
    body: [{ errorCode: 'SERVER_UNAVAILABLE', message: 'down' }],
  });
  const mark = world.standins.lark.journal.mark();
  const refused = await book(world, request);
  world.standins.salesforce.faults.release(fault.id);
  assert.deepEqual([refused.status, refused.body.error?.code], [503, 'salesforce_unavailable']);
  assert.equal(world.standins.lark.journal.entries({ since: mark }).length, 0);
  const rows = await world.soql(`SELECT Id FROM Training_Booking__c WHERE Merchant_Name__c = 'Closed ${day}'`);
  assert.equal(rows.length, 0);
  assert.equal((await book(world, { ...request, merchantId: 'M-other' })).status, 201);
});

test('Salesforce goes down after the meeting was made: the answer has the link, and it is written later', async () => {
  const fault = world.standins.salesforce.faults.add({
    kind: 'status',
    status: 503,
    path: '/composite$',
    skip: 1,
    times: 0,
    body: [{ errorCode: 'SERVER_UNAVAILABLE', message: 'down' }],
  });
  const { status, body } = await book(world, bookingOf(world, trainer, ++day, { merchantName: `Late ${day}` }));
  assert.equal(status, 201);
  assert.match(body.meetingLink ?? '', /^https:/);
  assert.equal((await bookingRow(world, body.bookingId)).Remote_Training_Meeting_Link__c, null);
  world.standins.salesforce.faults.release(fault.id);
  const row = await repaired(body.bookingId, `Late ${day}`);
  assert.equal(row.Remote_Training_Meeting_Link__c, body.meetingLink);
});

test('Salesforce makes the booking and its answer is lost: the booking is found again, there is one', async () => {
  world.standins.salesforce.faults.add({ kind: 'effect-then-drop', path: '/composite$' });
  const { status, body } = await book(world, bookingOf(world, trainer, ++day, { merchantName: `Lost ${day}` }));
  world.standins.salesforce.faults.release();
  assert.equal(status, 201);
  const rows = await world.soql(`SELECT Id FROM Training_Booking__c WHERE Merchant_Name__c = 'Lost ${day}'`);
  assert.equal(rows.length, 1);
  await repaired(body.bookingId, `Lost ${day}`);
});

test('Salesforce makes the booking and then nothing answers: nobody says that it was not made; the same request finds it', async () => {
  const request = bookingOf(world, trainer, ++day, { merchantName: `Open ${day}`, idempotencyKey: `open-${day}` });
  world.standins.salesforce.faults.add({ kind: 'effect-then-drop', path: '/composite$' });
  world.standins.salesforce.faults.add({ kind: 'drop', times: 0 });
  const open = await book(world, request);
  world.standins.salesforce.faults.release();
  assert.deepEqual([open.status, open.body.error?.code], [503, 'outcome_unknown']);
  // The slot of the first try is kept for two minutes.
  world.clock.advance(121_000);
  const { status, body } = await book(world, request);
  assert.equal(status, 201);
  const rows = await world.soql(`SELECT Id FROM Training_Booking__c WHERE Merchant_Name__c = 'Open ${day}'`);
  assert.deepEqual(
    rows.map(({ Id }) => Id),
    [body.bookingId],
  );
  await repaired(body.bookingId, `Open ${day}`);
});

test('Salesforce ends the session in the middle: one login, the booking is made', async () => {
  world.clock.advance(3 * 3_600_000);
  const mark = world.standins.salesforce.journal.mark();
  const answers = await Promise.all([++day, ++day, ++day].map((days) => book(world, bookingOf(world, trainer, days))));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [201, 201, 201],
  );
  assert.equal(world.standins.salesforce.journal.entries({ since: mark, path: /oauth2\/token$/ }).length, 1);
});

interface Slots {
  slots: { start: string }[];
  unknown: { reason: string }[];
  busy: { source: string }[];
}

test('a calendar that cannot be read never gives away a slot: its time is unknown, with the reason', async () => {
  const date = String(bookingOf(world, trainer, ++day)['date']);
  const ask = async () =>
    (
      await world.call<Slots>('GET', `/api/lark/availability?trainerId=${trainer.Id}&date=${date}`, {
        key: keys.portal,
      })
    ).body;
  const normal = await ask();
  // What the calendar said is remembered for half a minute.
  world.clock.advance(31_000);
  for (const fault of [
    { kind: 'status', status: 500 },
    { kind: 'drop' },
    { kind: 'status', status: 400, body: { code: 99991679, msg: 'no scope' } },
  ] satisfies FaultRequest[]) {
    world.standins.lark.faults.add({ ...fault, path: 'freebusy' });
    const { slots, unknown } = await ask();
    world.standins.lark.faults.release();
    assert.deepEqual(slots, []);
    if (normal.slots.length > 0) assert.ok((unknown[0]?.reason ?? '').length > 10);
  }
});

test("a trainer's own appointment in Lark is busy time", async () => {
  const isWorkday = (date: Date) => date.getUTCDay() >= 1 && date.getUTCDay() <= 4;
  let at = new Date(world.clock.now().getTime() + 50 * 86_400_000);
  while (!isWorkday(at)) at = new Date(at.getTime() + 86_400_000);
  const date = at.toISOString().slice(0, 10);
  const ask = async () =>
    (
      await world.call<Slots>('GET', `/api/lark/availability?trainerId=${trainer.Id}&date=${date}`, {
        key: keys.portal,
      })
    ).body;
  const before = await ask();
  const [slot] = before.slots;
  assert.ok(slot, 'there are slots on a workday');
  const start = new Date(slot.start);
  world.standins.lark.addEvent(atLark(world, trainer).openId, {
    start,
    end: new Date(start.getTime() + 3_600_000),
    summary: 'Dentist',
  });
  world.clock.advance(31_000);
  const afterwards = await ask();
  assert.ok(!afterwards.slots.some((free) => free.start === slot.start));
  assert.ok(afterwards.busy.some(({ source }) => source === 'lark'));
});
