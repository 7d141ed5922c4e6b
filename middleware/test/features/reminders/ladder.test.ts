import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRemindedToday, isRungDue, remindedBefore } from '../../../src/features/reminders/ladder.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const since = new Date('2027-03-01T09:00:00Z');
const onDay = (day: number, hours = 0) => new Date(since.getTime() + day * DAY_MS + hours * HOUR_MS);

/** The days of 30 on which somebody is reminded who is looked at once a day, some minutes later each day. */
function daysOf(byHand: readonly number[] = []): number[] {
  const days: number[] = [];
  let reminders = 0;
  let lastReminderAt: Date | undefined;
  for (let day = 0; day <= 30; day++) {
    const now = onDay(day, day / 10);
    if (!byHand.includes(day) && !isRungDue({ unconnectedSince: since, reminders, lastReminderAt }, now)) continue;
    if (!byHand.includes(day)) days.push(day);
    reminders++;
    lastReminderAt = now;
  }
  return days;
}

test('on days 1, 3, 7 and 14, and never again', () => {
  assert.deepEqual(daysOf(), [1, 3, 7, 14]);
});

test('a reminder by hand is one of the four, and moves the later ones', () => {
  assert.deepEqual(daysOf([0]), [3, 7, 14]);
  assert.deepEqual(daysOf([6]), [1, 3, 14]);
});

test('a day that was missed is made up on the next one', () => {
  assert.equal(isRungDue({ unconnectedSince: since, reminders: 0, lastReminderAt: undefined }, onDay(2)), true);
  assert.equal(isRungDue({ unconnectedSince: since, reminders: 1, lastReminderAt: onDay(2) }, onDay(3)), false);
  assert.equal(isRungDue({ unconnectedSince: since, reminders: 1, lastReminderAt: onDay(2) }, onDay(4)), true);
});

test('a day is a day of UTC, and at least twenty hours', () => {
  const at = (time: string) => new Date(`2027-03-01T${time}:00Z`);
  const next = (time: string) => new Date(`2027-03-02T${time}:00Z`);
  assert.equal(isRemindedToday(undefined, at('12:00')), false);
  assert.equal(isRemindedToday(at('00:01'), at('23:59')), true);
  assert.equal(isRemindedToday(at('23:50'), next('00:10')), true);
  assert.equal(isRemindedToday(at('06:20'), next('06:19')), false);
});

test('after a lost database the last four reminders may be the whole ladder, unless they connected since', () => {
  const lastReminderAt = onDay(0);
  const lost = { lastReminderAt, connectedAt: undefined, isPastKnown: false };
  assert.deepEqual(
    [0, 2, 4, 6].map((reminders) => remindedBefore({ ...lost, reminders })),
    [0, 0, 0, 2],
  );
  assert.equal(remindedBefore({ ...lost, reminders: 6, connectedAt: onDay(1) }), 6);
  assert.equal(remindedBefore({ ...lost, reminders: 6, isPastKnown: true }), 6);
});
