import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { overlaps, type Interval } from '../../../src/core/interval.ts';
import { clip, findSlots, widen } from '../../../src/features/availability/find-slots.ts';
import { workingHours } from '../../../src/features/availability/working-hours.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const weekdays = { workDayStart: '09:00', workDayEnd: '17:00', workDays: [1, 2, 3, 4, 5] };
const span = (start: string, end: string): Interval => ({ start: new Date(start), end: new Date(end) });
const iso = (intervals: readonly Interval[]) =>
  intervals.map(({ start, end }) => `${start.toISOString().slice(0, 16)}/${end.toISOString().slice(0, 16)}`);

test('Working hours over a week are those of the working days on the clock of the zone', () => {
  const hours = workingHours(
    { ...weekdays, timeZone: 'Asia/Singapore' },
    span('2026-11-20T00:00:00Z', '2026-11-24T00:00:00Z'),
  );
  // Friday, then Monday; Tuesday's 9 o'clock in Singapore is after the span's end.
  assert.deepEqual(iso(hours), ['2026-11-20T01:00/2026-11-20T09:00', '2026-11-23T01:00/2026-11-23T09:00']);
});

test('Working hours keep to the wall clock when the clocks change between two days', () => {
  const hours = workingHours(
    { ...weekdays, workDays: [6, 7], timeZone: 'Europe/Paris' },
    span('2026-10-24T00:00:00Z', '2026-10-26T00:00:00Z'),
  );
  assert.deepEqual(iso(hours), ['2026-10-24T07:00/2026-10-24T15:00', '2026-10-25T08:00/2026-10-25T16:00']);
});

test('A night shift over a changed clock is as long as it really is', () => {
  const night = { workDayStart: '00:00', workDayEnd: '06:00', workDays: [7], timeZone: 'Europe/Paris' };
  const [spring] = workingHours(night, span('2026-03-28T12:00:00Z', '2026-03-29T12:00:00Z'));
  const [autumn] = workingHours(night, span('2026-10-24T12:00:00Z', '2026-10-25T12:00:00Z'));
  assert.equal((spring?.end.getTime() ?? 0) - (spring?.start.getTime() ?? 0), 5 * HOUR);
  assert.equal((autumn?.end.getTime() ?? 0) - (autumn?.start.getTime() ?? 0), 7 * HOUR);
});

test('A working day that ends before it starts offers nothing', () => {
  const upsideDown = { workDayStart: '17:00', workDayEnd: '09:00', workDays: [1, 2, 3, 4, 5, 6, 7], timeZone: 'UTC' };
  assert.deepEqual(workingHours(upsideDown, span('2026-11-20T00:00:00Z', '2026-11-24T00:00:00Z')), []);
});

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

const base = Date.UTC(2026, 2, 27);
const interval = fc
  .tuple(fc.integer({ min: 0, max: 5 * 24 * 12 }), fc.integer({ min: 1, max: 60 }))
  .map(([from, length]) => ({
    start: new Date(base + from * 5 * MINUTE),
    end: new Date(base + (from + length) * 5 * MINUTE),
  }));

test('Any slot lies inside span and working hours and touches neither busy (with its buffer) nor unknown time', () => {
  fc.assert(
    fc.property(
      fc.array(interval, { maxLength: 8 }),
      fc.array(interval, { maxLength: 3 }),
      fc.constantFrom('Europe/Paris', 'America/New_York', 'Asia/Singapore', 'UTC'),
      fc.constantFrom(15, 30, 60, 90),
      fc.constantFrom(5, 15, 30),
      fc.constantFrom(0, 10, 30),
      fc.integer({ min: 0, max: 24 * 60 }),
      (busy, unknown, timeZone, slot, step, buffer, offset) => {
        const asked = { start: new Date(base + offset * MINUTE), end: new Date(base + 4 * 24 * HOUR) };
        const hours = workingHours({ ...weekdays, workDays: [1, 2, 3, 4, 5, 6, 7], timeZone }, asked);
        const rules = { slotMs: slot * MINUTE, stepMs: step * MINUTE, bufferMs: buffer * MINUTE };
        const slots = findSlots({ span: asked, workingHours: hours, busy, unknown, rules });
        const inside = (inner: Interval, outer: Interval) => inner.start >= outer.start && inner.end <= outer.end;
        for (const found of slots) {
          assert.equal(found.end.getTime() - found.start.getTime(), rules.slotMs);
          assert.ok(inside(found, asked));
          assert.ok(hours.some((day) => inside(found, day)));
          assert.ok(!busy.some((taken) => overlaps(widen(taken, rules.bufferMs), found)));
          assert.ok(!unknown.some((taken) => overlaps(taken, found)));
        }
        // Nothing free is kept back: every step that fits is a slot.
        const free = hours.flatMap((day) => {
          const starts: number[] = [];
          for (let start = day.start.getTime(); start + rules.slotMs <= day.end.getTime(); start += rules.stepMs) {
            const candidate = { start: new Date(start), end: new Date(start + rules.slotMs) };
            const isTaken = [...busy.map((taken) => widen(taken, rules.bufferMs)), ...unknown].some((taken) =>
              overlaps(taken, candidate),
            );
            if (!isTaken && inside(candidate, asked)) starts.push(start);
          }
          return starts;
        });
        assert.deepEqual(
          slots.map(({ start }) => start.getTime()),
          free,
        );
      },
    ),
  );
});

test('Clipped intervals are sorted, disjoint and inside', () => {
  fc.assert(
    fc.property(fc.array(interval, { maxLength: 10 }), (intervals) => {
      const asked = { start: new Date(base + 24 * HOUR), end: new Date(base + 72 * HOUR) };
      const clipped = clip(intervals, asked);
      clipped.forEach((one, index) => {
        assert.ok(one.start >= asked.start && one.end <= asked.end && one.start < one.end);
        const next = clipped[index + 1];
        assert.ok(!next || one.end < next.start);
      });
    }),
  );
});
