import { DateTime, IANAZone } from 'luxon';
import { AppError } from './errors.ts';
import type { Interval } from './interval.ts';

/** `Area/Location` names of the IANA database, and the two plain ones that Salesforce knows. */
const ZONE_NAME = /^(?:UTC|GMT|[A-Z][A-Za-z]+(?:\/[A-Z][A-Za-z0-9_+-]*)+)$/;

/**
 * Refuses everything that is not the name of an IANA time zone: offsets (`+02:00`, `UTC+2`) know no daylight saving and
 * abbreviations (`CST`) mean several zones. Throws `unknown_time_zone`.
 */
export function assertTimeZone(zone: string): void {
  if (ZONE_NAME.test(zone) && IANAZone.isValidZone(zone)) return;
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

/** Midnight at the start of a day in `zone`, or the first moment of it where a clock change skips midnight. */
export function startOfDay(date: string, zone: string): Date {
  assertTimeZone(zone);
  return DateTime.fromISO(date, { zone }).startOf('day').toJSDate();
}

/** The day of the calendar (`YYYY-MM-DD`) that it is in `zone` at `instant`. */
export function dateIn(zone: string, instant: Date): string {
  return DateTime.fromJSDate(instant, { zone }).toFormat('yyyy-MM-dd');
}

/** For people: `Mon 24 Nov 2026, 10:00–11:00 (Asia/Singapore)`. */
export function describeInterval({ start, end }: Interval, zone: string): string {
  const from = DateTime.fromJSDate(start, { zone }).setLocale('en-GB');
  const to = DateTime.fromJSDate(end, { zone }).setLocale('en-GB');
  const until = from.hasSame(to, 'day') ? to.toFormat('HH:mm') : to.toFormat('ccc d LLL yyyy, HH:mm');
  return `${from.toFormat('ccc d LLL yyyy, HH:mm')}–${until} (${zone})`;
}
