import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { askAvailability, busyReads, tuesdayAhead } from '../kit/availability.ts';
import { atLark, book, bookingOf } from '../kit/bookings.ts';
import { startWorld, type SampleTrainer, type World } from '../kit/world.ts';

const MINUTE = 60_000;

let world: World;
let trainer: SampleTrainer;

before(async () => {
  world = await startWorld({
    environment: { SLOT_MINUTES: '45', SLOT_STEP_MINUTES: '15', BUFFER_MINUTES: '20', MOCK_LARK_BUSY: 'true' },
  });
  trainer = await world.trainer(0);
  await world.connect(trainer.Email__c);
});
after(() => world.close());

test('with MOCK_LARK_BUSY Lark is not asked: slots come from bookings, and the answer says so', async () => {
  const date = tuesdayAhead(world, 1);
  const since = world.standins.lark.journal.mark();
  const { body: first } = await askAvailability(world, { trainerId: trainer.Id, date });
  const start = new Date(first.slots[0]?.start ?? '');
  const end = new Date(start.getTime() + 8 * 60 * MINUTE);
  world.standins.lark.addEvent(atLark(world, trainer).openId, { start, end, summary: 'A long day' });
  const { body } = await askAvailability(world, { trainerId: trainer.Id, date });
  assert.deepEqual(body.slots, first.slots);
  assert.deepEqual(body.notes, ['Lark is not asked at the moment (MOCK_LARK_BUSY); only bookings are known.']);
  assert.deepEqual(body.unknown, []);
  assert.equal(busyReads(world, since).length, 0);
});

test('length, step and buffer of slots are settings', async () => {
  const date = tuesdayAhead(world, 2);
  const booked = await book(world, bookingOf(world, trainer, 0, { date, startTime: '12:00', endTime: '13:00' }));
  assert.equal(booked.status, 201, booked.text);
  const { body } = await askAvailability(world, { trainerId: trainer.Id, date });
  const [busy] = body.busy;
  assert.equal(body.busy.length, 1);
  const free = { until: Date.parse(busy?.start ?? '') - 20 * MINUTE, from: Date.parse(busy?.end ?? '') + 20 * MINUTE };
  const times = body.slots.map(({ start, end }) => ({ start: Date.parse(start), end: Date.parse(end) }));
  assert.ok(times.every(({ start, end }) => end - start === 45 * MINUTE));
  assert.ok(times.every(({ start, end }) => end <= free.until || start >= free.from));
  // From 9 to 12 with 20 minutes before noon: the last of the morning starts at 10:45; after lunch the first at 13:30.
  const onWall = times.map(({ start }) =>
    new Date(start).toLocaleTimeString('en-GB', { timeZone: trainer.Time_Zone__c, timeStyle: 'short' }),
  );
  assert.deepEqual(onWall.slice(0, 10), [
    ...['09:00', '09:15', '09:30', '09:45', '10:00', '10:15', '10:30', '10:45'],
    ...['13:30', '13:45'],
  ]);
});
