import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { covers, overlaps, type Interval } from '../../../src/core/interval.ts';
import { dayAfter, startOfDay } from '../../../src/core/zoned-time.ts';
import { clip, findSlots, widen } from '../../../src/features/availability/find-slots.ts';
import { workingHours } from '../../../src/features/availability/working-hours.ts';
import { holds } from './seeded.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const span = (start: string, end: string): Interval => ({ start: new Date(start), end: new Date(end) });
const iso = (intervals: readonly Interval[]) =>
  intervals.map(({ start, end }) => `${start.toISOString().slice(0, 16)}/${end.toISOString().slice(0, 16)}`);

test('Slots keep their distance from busy time and start on the steps of the day', () => {
  const slots = findSlots({
    span: span('2026-11-23T09:10:00Z', '2026-11-23T13:00:00Z'),
    workingHours: [span('2026-11-23T09:00:00Z', '2026-11-23T17:00:00Z')],
    busy: [span('2026-11-23T11:00:00Z', '2026-11-23T11:30:00Z')],
    unknown: [],
    rules: { slotMs: HOUR, stepMs: 30 * MINUTE, bufferMs: 15 * MINUTE },
  });
  assert.deepEqual(iso(slots), ['2026-11-23T09:30/2026-11-23T10:30', '2026-11-23T12:00/2026-11-23T13:00']);
});

test('Time about which nothing is known is never offered', () => {
  const slots = findSlots({
    span: span('2026-11-23T09:00:00Z', '2026-11-23T12:00:00Z'),
    workingHours: [span('2026-11-23T09:00:00Z', '2026-11-23T17:00:00Z')],
    busy: [],
    unknown: [span('2026-11-23T09:00:00Z', '2026-11-23T11:00:00Z')],
    rules: { slotMs: HOUR, stepMs: HOUR, bufferMs: 0 },
  });
  assert.deepEqual(iso(slots), ['2026-11-23T11:00/2026-11-23T12:00']);
});

test('On the days of a clock change slots are real instants, an hour long, on the step from the start of the day', () => {
  const rules = { slotMs: HOUR, stepMs: HOUR, bufferMs: 0 };
  for (const [timeZone, date, count] of [
    ['Europe/Paris', '2026-03-29', 5],
    ['Europe/Paris', '2026-10-25', 7],
    ['America/New_York', '2026-03-08', 5],
    ['America/New_York', '2026-11-01', 7],
    // Half an hour more or less: whole slots that fit.
    ['Australia/Lord_Howe', '2026-10-04', 5],
    ['Australia/Lord_Howe', '2026-04-05', 6],
    ['Asia/Singapore', '2026-03-29', 6],
  ] as const) {
    const day = { start: startOfDay(date, timeZone), end: startOfDay(dayAfter(date), timeZone) };
    const hours = workingHours({ workDayStart: '00:00', workDayEnd: '06:00', workDays: [7], timeZone }, day);
    const slots = findSlots({ span: day, workingHours: hours, busy: [], unknown: [], rules });
    assert.equal(slots.length, count, `${timeZone} ${date}`);
    slots.forEach(({ start, end }, index) => {
      assert.equal(start.getTime(), day.start.getTime() + index * HOUR);
      assert.equal(end.getTime() - start.getTime(), HOUR);
    });
  }
});

/** Around each clock change of the year somewhere, and in the middle of nothing. */
const bases = ['2026-03-06', '2026-03-27', '2026-04-03', '2026-06-10', '2026-10-02', '2026-10-23', '2026-10-30'];
const interval = (base: number) =>
  fc.tuple(fc.integer({ min: 0, max: 5 * 24 * 12 }), fc.integer({ min: 0, max: 60 })).map(([from, length]) => ({
    start: new Date(base + from * 5 * MINUTE),
    end: new Date(base + (from + length) * 5 * MINUTE),
  }));
const situation = fc.constantFrom(...bases).chain((day) => {
  const base = Date.parse(`${day}T00:00:00Z`);
  return fc.record({
    base: fc.constant(base),
    busy: fc.array(interval(base), { maxLength: 10 }),
    unknown: fc.array(interval(base), { maxLength: 3 }),
    timeZone: fc.constantFrom('Europe/Paris', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Singapore', 'UTC'),
    workDay: fc.constantFrom(['09:00', '17:00'], ['00:00', '06:00'], ['02:30', '11:15'], ['00:00', '23:59']),
    workDays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 3 }),
    slot: fc.constantFrom(15, 30, 60, 90, 45),
    step: fc.constantFrom(5, 15, 30, 60),
    buffer: fc.constantFrom(0, 10, 30),
    offset: fc.integer({ min: 0, max: 24 * 60 }),
  });
});

test('Slots are exactly as long as asked, touch nothing that is taken, and every free start on the grid is one', (context) => {
  const property = fc.property(situation, (given) => {
    const asked = { start: new Date(given.base + given.offset * MINUTE), end: new Date(given.base + 4 * 24 * HOUR) };
    const [workDayStart = '', workDayEnd = ''] = given.workDay;
    const hours = workingHours({ ...given, workDayStart, workDayEnd }, asked);
    const rules = { slotMs: given.slot * MINUTE, stepMs: given.step * MINUTE, bufferMs: given.buffer * MINUTE };
    const { busy, unknown } = given;
    const slots = findSlots({ span: asked, workingHours: hours, busy, unknown, rules });
    const isTaken = (slot: Interval) =>
      busy.some((taken) => overlaps(widen(taken, rules.bufferMs), slot)) ||
      unknown.some((taken) => overlaps(taken, slot));
    for (const found of slots) {
      assert.equal(found.end.getTime() - found.start.getTime(), rules.slotMs);
      assert.ok(covers(asked, found), 'inside what is asked');
      assert.ok(
        hours.some((day) => covers(day, found)),
        'inside working hours',
      );
      assert.ok(!isTaken(found), 'touches nothing that is taken');
    }
    // Nothing free is kept back.
    const free = hours.flatMap((day) => {
      const starts: number[] = [];
      for (let start = day.start.getTime(); start + rules.slotMs <= day.end.getTime(); start += rules.stepMs) {
        const candidate = { start: new Date(start), end: new Date(start + rules.slotMs) };
        if (covers(asked, candidate) && !isTaken(candidate)) starts.push(start);
      }
      return starts;
    });
    assert.deepEqual(
      slots.map(({ start }) => start.getTime()),
      free,
    );
  });
  holds(context, property);
});

test('Clipped intervals are sorted, disjoint and inside', (context) => {
  const base = Date.parse(`${bases[0]}T00:00:00Z`);
  holds(
    context,
    fc.property(fc.array(interval(base), { maxLength: 10 }), (intervals) => {
      const asked = { start: new Date(base + 24 * HOUR), end: new Date(base + 72 * HOUR) };
      const clipped = clip(intervals, asked);
      clipped.forEach((one, index) => {
        assert.ok(one.start >= asked.start && one.end <= asked.end && one.start <= one.end);
        const next = clipped[index + 1];
        assert.ok(!next || one.end < next.start);
      });
    }),
  );
});
