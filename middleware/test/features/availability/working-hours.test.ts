import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import type { Interval } from '../../../src/core/interval.ts';
import { workingHours, workingHoursProblem } from '../../../src/features/availability/working-hours.ts';
import { holds } from './seeded.ts';

const HOUR = 3_600_000;
const weekdays = { workDayStart: '09:00', workDayEnd: '17:00', workDays: [1, 2, 3, 4, 5] };
const everyDay = { ...weekdays, workDays: [1, 2, 3, 4, 5, 6, 7] };
const span = (start: string, end: string): Interval => ({ start: new Date(start), end: new Date(end) });
const iso = (intervals: readonly Interval[]) =>
  intervals.map(({ start, end }) => `${start.toISOString().slice(0, 16)}/${end.toISOString().slice(0, 16)}`);

/** The hours of one day in a zone. */
function onDay(date: string, timeZone: string, start: string, end: string): string[] {
  const day = DateTime.fromISO(date, { zone: timeZone });
  const asked = { start: day.startOf('day').toJSDate(), end: day.plus({ days: 1 }).startOf('day').toJSDate() };
  return iso(workingHours({ ...everyDay, workDayStart: start, workDayEnd: end, timeZone }, asked));
}

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

// From 00:00 to 06:00 on the clock of the wall, in Europe, America and on Lord Howe Island (half an hour), and in a
// place that never changes its clocks.
for (const [day, zone, expected, hours] of [
  ['2026-03-29', 'Europe/Paris', '2026-03-28T23:00/2026-03-29T04:00', 5],
  ['2026-10-25', 'Europe/Paris', '2026-10-24T22:00/2026-10-25T05:00', 7],
  ['2026-03-08', 'America/New_York', '2026-03-08T05:00/2026-03-08T10:00', 5],
  ['2026-11-01', 'America/New_York', '2026-11-01T04:00/2026-11-01T11:00', 7],
  ['2026-10-04', 'Australia/Lord_Howe', '2026-10-03T13:30/2026-10-03T19:00', 5.5],
  ['2026-04-05', 'Australia/Lord_Howe', '2026-04-04T13:00/2026-04-04T19:30', 6.5],
  ['2026-03-29', 'Asia/Singapore', '2026-03-28T16:00/2026-03-28T22:00', 6],
] as const) {
  test(`A working day from 0 to 6 in ${zone} on ${day} is ${hours} real hours long`, () => {
    assert.deepEqual(onDay(day, zone, '00:00', '06:00'), [expected]);
    const [start = '', end = ''] = expected.split('/').map((text) => `${text}Z`);
    assert.equal(Date.parse(end) - Date.parse(start), hours * HOUR);
  });
}

test('A working day that starts or ends in a skipped hour does so when the clocks change', () => {
  // 02:00 to 03:00 do not exist in Paris; the clocks change at 01:00 UTC.
  assert.deepEqual(onDay('2026-03-29', 'Europe/Paris', '02:30', '06:00'), ['2026-03-29T01:00/2026-03-29T04:00']);
  assert.deepEqual(onDay('2026-03-29', 'Europe/Paris', '00:00', '02:30'), ['2026-03-28T23:00/2026-03-29T01:00']);
  assert.deepEqual(onDay('2026-03-29', 'Europe/Paris', '02:10', '02:50'), []);
  assert.deepEqual(onDay('2026-10-04', 'Australia/Lord_Howe', '02:15', '06:00'), ['2026-10-03T15:30/2026-10-03T19:00']);
});

test('A working day that starts or ends in an hour that happens twice takes the first', () => {
  assert.deepEqual(onDay('2026-10-25', 'Europe/Paris', '02:30', '06:00'), ['2026-10-25T00:30/2026-10-25T05:00']);
  assert.deepEqual(onDay('2026-10-25', 'Europe/Paris', '00:00', '02:30'), ['2026-10-24T22:00/2026-10-25T00:30']);
  assert.deepEqual(onDay('2026-04-05', 'Australia/Lord_Howe', '01:45', '06:00'), ['2026-04-04T14:45/2026-04-04T19:30']);
});

test('Hours that are no times, or end before they begin, are none, and somebody can be told', () => {
  const asked = span('2026-11-20T00:00:00Z', '2026-11-24T00:00:00Z');
  for (const [workDayStart, workDayEnd, problem] of [
    ['17:00', '09:00', /end before they begin/],
    ['09:00', '09:00', /end before they begin/],
    ['9 am', '17:00', /9 am to 17:00, are not times/],
    ['09:00', '24:00', /are not times/],
  ] as const) {
    const trainer = { ...everyDay, workDayStart, workDayEnd, timeZone: 'UTC' };
    assert.deepEqual(workingHours(trainer, asked), []);
    assert.match(workingHoursProblem(trainer) ?? '', problem);
  }
  assert.equal(workingHoursProblem({ ...everyDay, timeZone: 'UTC' }), undefined);
});

test('Any instant inside working hours shows a working day and a time of the working day on the wall', (context) => {
  const zones = ['Europe/Paris', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Singapore', 'America/Santiago'];
  const time = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom('00', '15', '30', '45'))
    .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${minute}`);
  holds(
    context,
    fc.property(
      fc.constantFrom(...zones),
      time,
      time,
      fc.integer({ min: 0, max: 365 }),
      fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
      (timeZone, one, other, day, workDays) => {
        const [workDayStart = '', workDayEnd = ''] = [one, other].sort();
        fc.pre(workDayStart < workDayEnd);
        const start = new Date(Date.UTC(2026, 0, 1 + day));
        const asked = { start, end: new Date(start.getTime() + 3 * 24 * HOUR) };
        const hours = workingHours({ timeZone, workDayStart, workDayEnd, workDays }, asked);
        const isIn = (at: number) => hours.some((day) => day.start.getTime() <= at && at < day.end.getTime());
        for (let at = asked.start.getTime(); at < asked.end.getTime(); at += 15 * 60_000) {
          const wall = DateTime.fromMillis(at, { zone: timeZone });
          const shown = wall.toFormat('HH:mm');
          const isWorkingTime = workDays.includes(wall.weekday) && workDayStart <= shown && shown < workDayEnd;
          // In the hours around a clock change the wall shows times twice: those are spelled out above.
          const isChanging = wall.minus({ hours: 3 }).offset !== wall.plus({ hours: 3 }).offset;
          if (!isChanging) assert.equal(isIn(at), isWorkingTime, `${wall.toISO()}`);
        }
      },
    ),
    150,
  );
});
