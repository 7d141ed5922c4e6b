import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { FaultRequest } from '../../../standins/kit/faults.ts';
import {
  askAvailability,
  busyReads,
  editTrainer,
  forgetAnswers,
  forgetTrainers,
  tuesdayAhead,
} from '../kit/availability.ts';
import { atLark, book, bookingOf } from '../kit/bookings.ts';
import { keys, startWorld, until, type SampleTrainer, type World } from '../kit/world.ts';

const HOUR = 3_600_000;

let world: World;
let trainer: SampleTrainer;
let unconnected: SampleTrainer;
let weeks = 1;

before(async () => {
  world = await startWorld();
  [trainer, unconnected] = [await world.trainer(0), await world.trainer(1)];
  await world.connect(trainer.Email__c);
});
after(() => world.close());

const mark = () => world.standins.lark.journal.mark();
/** A working day of its own for each test. */
const aDay = () => tuesdayAhead(world, ++weeks);
const ask = async (date: string, trainerId = trainer.Id) => (await askAvailability(world, { trainerId, date })).body;

test('a connected trainer: working hours of the day, an hour each, in the shape that is promised', async () => {
  const { status, body } = await askAvailability(world, { trainerId: trainer.Id, date: aDay() });
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(body), ['trainer', 'timeZone', 'from', 'to', 'busy', 'slots', 'unknown', 'notes']);
  assert.deepEqual(body.trainer, { id: trainer.Id, name: trainer.Name, larkConnected: true });
  assert.equal(body.timeZone, trainer.Time_Zone__c);
  assert.ok(body.slots.length > 8);
  assert.ok(body.slots.every(({ start, end }) => Date.parse(end) - Date.parse(start) === HOUR));
  assert.deepEqual([body.busy, body.unknown, body.notes], [[], [], []]);
  const byName = await askAvailability(world, { trainerName: trainer.Name, date: body.from.slice(0, 10) });
  const byEmail = await askAvailability(world, { email: trainer.Email__c, date: body.from.slice(0, 10) });
  assert.deepEqual([byName.body.trainer.id, byEmail.body.trainer.id], [trainer.Id, trainer.Id]);
});

const busyAnswer = (list: unknown): FaultRequest => ({
  kind: 'status',
  status: 200,
  body: { code: 0, msg: 'success', data: list },
});

for (const [trouble, fault, reason] of [
  ['answers 500', { kind: 'status', status: 500 }, /unavailable at the moment/],
  ['answers 502 with a page', { kind: 'status', status: 502, body: '<html>Bad gateway</html>' }, /unavailable/],
  ['has a passing problem', { kind: 'status', status: 500, body: { code: 190003, msg: '' } }, /passing problem/],
  ['closes the connection', { kind: 'drop' }, /gave no usable answer|could not be reached/],
  ['answers and closes the connection', { kind: 'effect-then-drop' }, /gave no usable answer/],
  ['does not answer in time', { kind: 'withhold' }, /has not answered in time. Please try again/],
  ['misses a scope', { kind: 'status', status: 400, body: { code: 99991679, msg: '' } }, /did not grant a scope/],
  ['asks for fewer requests', { kind: 'status', status: 429, body: { code: 99991400, msg: '' } }, /fewer requests/],
  ['stopped the app', { kind: 'status', status: 400, body: { code: 99991662, msg: '' } }, /app is stopped/],
  ['answers an unknown code', { kind: 'status', status: 400, body: { code: 424242, msg: '' } }, /does not know/],
  ['answers an unknown code with 200', { kind: 'status', status: 200, body: { code: 424242 } }, /does not know/],
  ['answers without the list', busyAnswer({}), /form that this version does not know/],
  ['answers null for the list', busyAnswer({ freebusy_list: null }), /form that this version does not know/],
  [
    'answers time that ends before it starts',
    busyAnswer({
      freebusy_list: [{ start_time: '2027-01-01T10:00:00+08:00', end_time: '2027-01-01T09:00:00+08:00' }],
    }),
    /form that this version does not know/,
  ],
  [
    'answers dates that are none',
    busyAnswer({ freebusy_list: [{ start_time: 'tomorrow', end_time: 'later' }] }),
    /form that this version does not know/,
  ],
  ['answers something that is not JSON', { kind: 'status', status: 200, body: 'ok' }, /unavailable|does not know/],
] satisfies [string, FaultRequest, RegExp][]) {
  test(`a calendar that ${trouble} never yields a free slot; its time is unknown, with the reason`, async () => {
    const date = aDay();
    world.standins.lark.faults.add({ ...fault, path: 'freebusy' });
    const broken = await ask(date);
    world.standins.lark.faults.release();
    assert.deepEqual(broken.slots, []);
    assert.deepEqual(
      broken.unknown.map(({ start, end }) => [start, end]),
      [[broken.from, broken.to]],
    );
    assert.match(broken.unknown[0]?.reason ?? '', /^The Lark calendar could not be read: /);
    assert.match(broken.unknown[0]?.reason ?? '', reason);
    assert.match(broken.notes.join(), /could not be read: no time is offered/);
    // A failure is not remembered.
    const healed = await ask(date);
    assert.ok(healed.slots.length > 0);
    assert.deepEqual([healed.unknown, healed.notes], [[], []]);
  });
}

test('a calendar whose consent was withdrawn is unknown until the trainer connects again, and known at once then', async () => {
  const date = aDay();
  const before = await ask(date);
  world.standins.lark.revoke(atLark(world, trainer).openId);
  forgetAnswers(world);
  for (const wanted of [date, date]) {
    const revoked = await ask(wanted);
    assert.deepEqual(revoked.slots, []);
    assert.match(revoked.unknown[0]?.reason ?? '', /connect again/);
  }
  await world.connect(trainer.Email__c);
  assert.deepEqual((await ask(date)).slots, before.slots);
});

test('the calendar that a trainer has chosen for trainings counts like the main one, and both are asked at once', async () => {
  const other = await world.trainer(5);
  await world.connect(other.Email__c);
  const date = aDay();
  const all = (await ask(date, other.Id)).slots;
  const { openId } = atLark(world, other);
  const { lark } = world.standins;
  const calendarId = lark.addCalendar(openId, 'Trainings');
  await chooseCalendar(other, calendarId);
  const at = (index: number) => {
    const { start = '', end = '' } = all[index] ?? {};
    return { start: new Date(start), end: new Date(end) };
  };
  lark.addEvent(openId, { ...at(0), summary: 'Dentist' });
  lark.addEvent(openId, { ...at(-1 + all.length), summary: 'School', calendarId });
  lark.addEvent(openId, { ...at(4), summary: 'Shown as free', calendarId, free: true });
  forgetTrainers(world);

  const since = mark();
  const views = () => lark.journal.entries({ since, path: /\/instance_view$/ });
  const held = ['freebusy', 'instance_view'].map((path) => lark.faults.add({ kind: 'withhold', path }));
  const asked = ask(date, other.Id);
  await until(() => busyReads(world, since).length === 1 && views().length === 1, 'asking both calendars at once');
  for (const { id } of held) lark.faults.release(id);
  const known = await asked;
  assert.deepEqual(known.unknown, []);
  assert.deepEqual(
    known.busy.map(({ start, source }) => [start, source]),
    [
      [all[0]?.start, 'lark'],
      [all.at(-1)?.start, 'lark'],
    ],
  );
  assert.deepEqual(
    known.slots,
    all.filter(({ start, end }) => start >= (all[0]?.end ?? '') && end <= (all.at(-1)?.start ?? '')),
  );

  forgetAnswers(world);
  lark.faults.add({ kind: 'status', status: 500, path: 'instance_view' });
  const broken = await ask(date, other.Id);
  assert.deepEqual(broken.slots, []);
  assert.match(broken.unknown[0]?.reason ?? '', /^The Lark calendar could not be read: /);
  await chooseCalendar(other, `feishu.cn_${'0'.repeat(20)}@group.calendar.feishu.cn`);
  forgetTrainers(world);
  const lost = await ask(date, other.Id);
  assert.deepEqual(lost.slots, []);
  assert.match(lost.unknown[0]?.reason ?? '', /check the calendar in the trainer's settings/);
});

async function chooseCalendar(chooser: SampleTrainer, calendarId: string): Promise<void> {
  const { salesforce } = world.standins;
  const row = `/services/data/v65.0/sobjects/Trainer_Connection__c/Key__c/lark:${chooser.Id}`;
  const response = await fetch(salesforce.url + row, {
    method: 'PATCH',
    headers: {
      Authorization: `Bearer ${salesforce.sessionFor('integration@trainer-connect.example')}`,
      'Content-Type': 'application/json',
    },
    body: JSON.stringify({ Trainer__c: chooser.Id, Provider__c: 'lark', Calendar_ID__c: calendarId }),
  });
  assert.ok(response.ok, await response.text());
}

test('a trainer without a calendar gets slots from bookings only, and the answer says so', async () => {
  const date = aDay();
  const before = await ask(date, unconnected.Id);
  assert.ok(before.slots.length > 0);
  assert.deepEqual(before.notes, [`${unconnected.Name} has no calendar connected; only bookings are known.`]);
  const { status } = await book(world, bookingOf(world, unconnected, 0, { date }));
  assert.equal(status, 201);
  const afterwards = await ask(date, unconnected.Id);
  assert.deepEqual(
    afterwards.busy.map(({ source }) => source),
    ['booking'],
  );
  assert.ok(afterwards.slots.length < before.slots.length);
});

test('equal questions at the same time ask Lark once; for half a minute nobody asks again, not even for a part', async () => {
  const date = aDay();
  const since = mark();
  const week = {
    trainerId: trainer.Id,
    from: date,
    to: new Date(Date.parse(date) + 4 * 24 * HOUR).toISOString().slice(0, 10),
  };
  const answers = await Promise.all(Array.from({ length: 30 }, () => askAvailability(world, week)));
  assert.ok(answers.every(({ status }) => status === 200));
  assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
  await ask(date);
  assert.equal(busyReads(world, since).length, 1);

  // What changes in Lark itself is seen half a minute later at the latest.
  const [slot] = (await ask(date)).slots;
  const start = new Date(slot?.start ?? '');
  const { openId } = atLark(world, trainer);
  world.standins.lark.addEvent(openId, { start, end: new Date(start.getTime() + HOUR), summary: 'Dentist' });
  forgetAnswers(world);
  const later = await ask(date);
  assert.equal(busyReads(world, since).length, 2);
  assert.deepEqual(
    later.busy.map(({ source }) => source),
    ['lark'],
  );
  assert.ok(later.slots.every(({ start: other }) => Date.parse(other) >= start.getTime() + HOUR));
});

test('a booking is seen at once by everybody, and its trainer is asked for anew', async () => {
  const date = aDay();
  const before = await ask(date);
  const since = mark();
  const booked = await book(world, bookingOf(world, trainer, 0, { date }));
  assert.equal(booked.status, 201, booked.text);
  const afterwards = await ask(date);
  assert.equal(busyReads(world, since).length, 1, 'the event that was written made the answer old');
  assert.deepEqual(new Set(afterwards.busy.map(({ source }) => source)), new Set(['booking', 'lark']));
  assert.ok(afterwards.slots.length < before.slots.length);
});

test('a booking made in Salesforce a moment ago takes its time, without anybody having told us', async () => {
  const date = aDay();
  const [slot] = (await ask(date)).slots;
  const { salesforce } = world.standins;
  const response = await fetch(`${salesforce.url}/services/data/v65.0/sobjects/Training_Booking__c`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${salesforce.sessionFor('admin@trainer-connect.example')}`,
      'Content-Type': 'application/json',
    },
    body: JSON.stringify({
      Trainer__c: trainer.Id,
      Merchant_Name__c: 'By hand',
      Start__c: slot?.start,
      End__c: slot?.end,
      Time_Zone__c: trainer.Time_Zone__c,
      Service_Type__c: 'Remote',
      Booking_Type__c: 'Training',
      Status__c: 'Confirmed',
    }),
  });
  assert.equal(response.status, 201, await response.text());
  const afterwards = await ask(date);
  assert.ok(afterwards.slots.every(({ start }) => start >= (slot?.end ?? '')));
});

test('a taken slot is answered with the next three that availability offers; with a broken calendar with none, and why', async () => {
  const date = aDay();
  const request = bookingOf(world, trainer, 0, { date });
  assert.equal((await book(world, request)).status, 201);
  const offered = async () => {
    const taken = await book(world, { ...request, merchantId: 'M-another' });
    assert.equal(taken.status, 409, taken.text);
    return taken.body.error?.details as { nextSlots: { start: string; end: string }[]; unknown: string[] };
  };
  const { nextSlots: offers, unknown } = await offered();
  assert.deepEqual([offers.length, unknown], [3, []]);
  const { slots } = await ask(date);
  for (const offer of offers)
    assert.ok(
      slots.some(({ start }) => start === offer.start),
      JSON.stringify(offer),
    );

  forgetAnswers(world);
  world.standins.lark.faults.add({ kind: 'status', status: 500, path: 'freebusy', times: 0 });
  const none = await offered();
  assert.deepEqual([none.nextSlots, none.unknown.length], [[], 1]);
  world.standins.lark.faults.release();
});

test('the past is never offered, neither today nor before', async () => {
  const from = new Date(world.clock.now().getTime() - 6 * 24 * HOUR).toISOString();
  const to = new Date(world.clock.now().getTime() + 4 * 24 * HOUR).toISOString();
  const { body } = await askAvailability(world, { trainerId: trainer.Id, from, to });
  assert.ok(body.slots.length > 0);
  assert.ok(body.slots.every(({ start }) => Date.parse(start) > world.clock.now().getTime() - 60_000));
});

test('working days over a clock change: real hours, five in spring and seven in autumn', async () => {
  const paris = await parisian();
  await editTrainer(world, paris, { Work_Days__c: 'Sun', Work_Day_Start__c: '00:00', Work_Day_End__c: '06:00' });
  forgetTrainers(world);
  const year = world.clock.now().getUTCFullYear() + 1;
  // An hour long, every half hour: 5 hours hold 9 slots and 7 hold 13. Those that begin or end at the second 02:00 or
  // 02:30 are left out: a booking asks by local time, and means the first.
  for (const [month, halfHours] of [
    [3, [0, 1, 2, 3, 4, 5, 6, 7, 8]],
    [10, [0, 1, 2, 3, 8, 9, 10, 11, 12]],
  ] as const) {
    const date = lastSunday(year, month);
    const { slots, from } = await ask(date, paris.Id);
    assert.deepEqual(
      slots.map(({ start }) => (Date.parse(start) - Date.parse(from)) / (HOUR / 2)),
      halfHours,
      date,
    );
    assert.ok(slots.every(({ start, end }) => Date.parse(end) - Date.parse(start) === HOUR));
  }
});

async function parisian(): Promise<SampleTrainer> {
  const [found] = await world.soql<SampleTrainer>(
    "SELECT Id, Name, Email__c, Time_Zone__c FROM Onboarding_Trainer__c WHERE Time_Zone__c = 'Europe/Paris' AND Active__c = true",
  );
  return found ?? assert.fail('nobody in Paris');
}

function lastSunday(year: number, month: number): string {
  const day = new Date(Date.UTC(year, month, 0));
  day.setUTCDate(day.getUTCDate() - day.getUTCDay());
  return day.toISOString().slice(0, 10);
}

test('a zone that nobody knows is unknown time, not an error and not free', async () => {
  const someone = await world.trainer(4);
  await editTrainer(world, someone, { Time_Zone__c: 'Mars/Olympus' });
  forgetTrainers(world);
  const { status, body } = await askAvailability(world, { trainerId: someone.Id, date: aDay() });
  assert.equal(status, 200);
  assert.deepEqual([body.timeZone, body.slots], ['UTC', []]);
  assert.match(body.unknown[0]?.reason ?? '', /Mars\/Olympus/);
});

test('questions that cannot be answered: 400 with the field, 404 with the trainer, 401 and 403', async () => {
  const date = aDay();
  const refused = async (query: string) => {
    const { status, body } = await askAvailability(world, query);
    const { fields } = (body.error?.details ?? {}) as { fields?: { field: string }[] };
    return [status, body.error?.code, fields?.[0]?.field];
  };
  const id = `trainerId=${trainer.Id}`;
  assert.deepEqual(await refused(`date=${date}`), [400, 'invalid_input', 'trainerId']);
  assert.deepEqual(await refused(id), [400, 'invalid_input', 'date']);
  assert.deepEqual(await refused(`${id}&date=2027-02-30`), [400, 'invalid_input', 'date']);
  assert.deepEqual(await refused(`${id}&date=0001-01-01`), [400, 'invalid_input', 'date']);
  assert.deepEqual(await refused(`${id}&from=2027-01-01&to=2027-02-01`), [400, 'invalid_input', 'to']);
  assert.deepEqual(await refused(`${id}&from=2027-01-02&to=2027-01-01`), [400, 'invalid_input', 'to']);
  assert.deepEqual(await refused(`${id}&from=yesterday&to=2027-01-01`), [400, 'invalid_input', 'from']);
  assert.deepEqual(await refused(`${id}&date=${date}&minutes=30`), [400, 'invalid_input', 'minutes']);
  assert.deepEqual(await refused(`email=nobody&date=${date}`), [400, 'invalid_input', 'email']);
  const tooMany = Array.from({ length: 51 }, () => id).join('&');
  assert.deepEqual(await refused(`${tooMany}&date=${date}`), [400, 'invalid_input', 'trainerId']);
  assert.deepEqual(await refused(`trainerName=Nobody&date=${date}`), [404, 'trainer_not_found', undefined]);
  assert.deepEqual(await refused(`trainerId=xyz&date=${date}`), [404, 'trainer_not_found', undefined]);
  const route = `/api/lark/availability?${id}&date=${date}`;
  assert.equal((await world.call('GET', route, { key: null })).status, 401);
  assert.equal((await world.call('GET', route, { key: keys.operator })).status, 403);
});

test('without Salesforce nobody knows what is booked: 503, and nothing is offered', async () => {
  const date = aDay();
  await ask(date);
  world.standins.salesforce.faults.add({
    kind: 'status',
    status: 503,
    body: [{ errorCode: 'SERVER_UNAVAILABLE', message: 'down' }],
    times: 0,
  });
  const { status, body } = await askAvailability(world, { trainerId: trainer.Id, date });
  world.standins.salesforce.faults.release();
  assert.deepEqual([status, body.error?.code, body.slots], [503, 'salesforce_unavailable', undefined]);
});
