import { DateTime, IANAZone } from 'luxon';
import { AppError } from './errors.ts';
import type { Interval } from './interval.ts';

/** `Area/Location` names of the IANA database, and the two plain ones that Salesforce knows. */
const ZONE_NAME = /^(?:UTC|GMT|[A-Z][A-Za-z]+(?:\/[A-Z][A-Za-z0-9_+-]*)+)$/;

export function isTimeZone(zone: string): boolean {
  return ZONE_NAME.test(zone) && IANAZone.isValidZone(zone);
}

/**
 * Refuses everything that is not the name of an IANA time zone: offsets (`+02:00`, `UTC+2`) know no daylight saving and
 * abbreviations (`CST`) mean several zones. Throws `unknown_time_zone`.
 */
export function assertTimeZone(zone: string): void {
  if (isTimeZone(zone)) return;
  throw new AppError(
    'unknown_time_zone',
    `"${zone}" is not a time zone we know. Use an IANA name such as Asia/Singapore or Europe/Paris.`,
    { details: { timeZone: zone } },
  );
}

/**
 * The instant that a clock on the wall in `zone` shows as `date` and `time`.
 *
 * A time that a clock change skips throws `skipped_local_time`; one that happens twice is the first, and `ambiguous`
 * says so. Throws `unknown_time_zone`, and `invalid_input` for a date that is not in the calendar.
 * @param local.date `YYYY-MM-DD`
 * @param local.time `HH:mm`
 */
export function toInstant(local: { date: string; time: string; zone: string }): { instant: Date; ambiguous: boolean } {
  assertTimeZone(local.zone);
  const read = DateTime.fromISO(`${local.date}T${local.time}`, { zone: local.zone });
  if (!read.isValid) {
    throw new AppError('invalid_input', `${local.date} ${local.time} is not a date and time of the calendar.`, {
      details: { fields: [{ field: 'date', problem: 'is not in the calendar' }] },
    });
  }
  // Luxon moves a skipped time forward, so it no longer shows what was asked for.
  if (read.toFormat('yyyy-MM-dd HH:mm') !== `${local.date} ${local.time}`) {
    throw new AppError(
      'skipped_local_time',
      `${local.date} ${local.time} does not exist in ${local.zone}: the clocks are put forward over it. Choose another time.`,
      { details: { date: local.date, time: local.time, timeZone: local.zone } },
    );
  }
  const candidates = read.getPossibleOffsets().map((candidate) => candidate.toMillis());
  return { instant: new Date(Math.min(...candidates)), ambiguous: candidates.length > 1 };
}

const GAP_LIMIT_MS = 25 * 3_600_000;

/**
 * The first instant of a day at which a clock on the wall in `zone` shows `time` or later. Unlike `toInstant` it takes
 * every time: one that a clock change skips is the moment of the change, one that happens twice is the first.
 * Throws `unknown_time_zone`.
 * @param local.date `YYYY-MM-DD`
 * @param local.time `HH:mm`
 */
export function firstMomentAt(local: { date: string; time: string; zone: string }): Date {
  assertTimeZone(local.zone);
  const read = DateTime.fromISO(`${local.date}T${local.time}`, { zone: local.zone });
  if (read.toFormat('yyyy-MM-dd HH:mm') === `${local.date} ${local.time}`) {
    return new Date(Math.min(...read.getPossibleOffsets().map((candidate) => candidate.toMillis())));
  }
  // Luxon moves a skipped time to the other side of the gap: the gap ends where that side's offset begins.
  let after = read.toMillis();
  let before = after - GAP_LIMIT_MS;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (DateTime.fromMillis(middle, { zone: local.zone }).offset === read.offset) after = middle;
    else before = middle;
  }
  return new Date(after);
}

/** The same time on the clock of `zone`, that many days later. */
export function plusDays(instant: Date, days: number, zone: string): Date {
  return DateTime.fromJSDate(instant, { zone }).plus({ days }).toJSDate();
}

/** The day of the calendar after `date`; both `YYYY-MM-DD`. */
export function dayAfter(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + 24 * 3_600_000).toISOString().slice(0, 10);
}

/** 1 = Monday … 7 = Sunday; `date` is `YYYY-MM-DD`. */
export function weekdayOf(date: string): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay() || 7;
}

/**
 * Midnight at the start of a day in `zone`: the first of two, or the first moment of the day where a clock change skips
 * midnight. Throws `unknown_time_zone`.
 */
export function startOfDay(date: string, zone: string): Date {
  return firstMomentAt({ date, time: '00:00', zone });
}

/** The day of the calendar (`YYYY-MM-DD`) that it is in `zone` at `instant`. */
export function dateIn(zone: string, instant: Date): string {
  return DateTime.fromJSDate(instant, { zone }).toFormat('yyyy-MM-dd');
}

/** What a clock on the wall in `zone` shows at `instant`: `HH:mm`. */
export function timeIn(zone: string, instant: Date): string {
  return DateTime.fromJSDate(instant, { zone }).toFormat('HH:mm');
}

/** For people: `Mon 24 Nov 2026, 10:00–11:00 (Asia/Singapore)`; in UTC where `given` is no time zone. */
export function describeInterval({ start, end }: Interval, given: string): string {
  const zone = isTimeZone(given) ? given : 'UTC';
  const from = DateTime.fromJSDate(start, { zone }).setLocale('en-GB');
  const to = DateTime.fromJSDate(end, { zone }).setLocale('en-GB');
  const until = from.hasSame(to, 'day') ? to.toFormat('HH:mm') : to.toFormat('ccc d LLL yyyy, HH:mm');
  return `${from.toFormat('ccc d LLL yyyy, HH:mm')}–${until} (${zone})`;
}
