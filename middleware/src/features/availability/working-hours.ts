import { DateTime } from 'luxon';
import type { Interval } from '../../core/interval.ts';
import type { Trainer } from '../../core/trainer.ts';

export type WorkingTime = Pick<Trainer, 'timeZone' | 'workDayStart' | 'workDayEnd' | 'workDays'>;

/**
 * The trainer's working hours that touch `span`, one interval a working day, read on the clock of the trainer's zone: a
 * day with a clock change is an hour longer or shorter. Days whose end is not after their start have none.
 */
export function workingHours(trainer: WorkingTime, span: Interval): Interval[] {
  const hours: Interval[] = [];
  const last = DateTime.fromJSDate(span.end, { zone: trainer.timeZone });
  let day = DateTime.fromJSDate(span.start, { zone: trainer.timeZone }).startOf('day');
  for (; day <= last; day = day.plus({ days: 1 }).startOf('day')) {
    if (!trainer.workDays.includes(day.weekday)) continue;
    const start = atTime(day, trainer.workDayStart);
    const end = atTime(day, trainer.workDayEnd);
    if (start < end && end > span.start && start < span.end) hours.push({ start, end });
  }
  return hours;
}

function atTime(day: DateTime, time: string): Date {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return day.set({ hour, minute, second: 0, millisecond: 0 }).toJSDate();
}
