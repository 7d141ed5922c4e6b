import type { Interval } from '../../core/interval.ts';
import type { Trainer } from '../../core/trainer.ts';
import { dateIn, dayAfter, firstMomentAt, weekdayOf } from '../../core/zoned-time.ts';

export type WorkingTime = Pick<Trainer, 'timeZone' | 'workDayStart' | 'workDayEnd' | 'workDays'>;

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

/** Why the working hours of the record cannot be used, in words; undefined: they can. */
export function workingHoursProblem({ workDayStart, workDayEnd }: WorkingTime): string | undefined {
  const hours = `The working hours in Salesforce, ${workDayStart} to ${workDayEnd},`;
  if (!TIME.test(workDayStart) || !TIME.test(workDayEnd)) return `${hours} are not times such as 09:00.`;
  if (workDayStart >= workDayEnd) {
    return `${hours} end before they begin. What is blank there counts as 09:00 or 17:00.`;
  }
  return undefined;
}

/**
 * The trainer's working hours that touch `span`, one interval a working day, read on the clock of the trainer's zone: a
 * day with a clock change inside them is longer or shorter. A start or end that the change skips is the moment of the
 * change, one that happens twice is the first. Hours that cannot be used are none.
 */
export function workingHours(trainer: WorkingTime, span: Interval): Interval[] {
  if (workingHoursProblem(trainer) !== undefined) return [];
  const { timeZone: zone, workDayStart, workDayEnd } = trainer;
  const hours: Interval[] = [];
  const last = dateIn(zone, span.end);
  for (let date = dateIn(zone, span.start); date <= last; date = dayAfter(date)) {
    if (!trainer.workDays.includes(weekdayOf(date))) continue;
    const start = firstMomentAt({ date, time: workDayStart, zone });
    const end = firstMomentAt({ date, time: workDayEnd, zone });
    if (start < end && end > span.start && start < span.end) hours.push({ start, end });
  }
  return hours;
}
