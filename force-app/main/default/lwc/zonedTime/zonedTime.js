/**
 * The calendar day that people in a zone have at an instant.
 * @param {string | undefined} timeZone IANA name
 * @param {Date} [at] now, if not given
 * @returns {string} YYYY-MM-DD
 */
export function dayIn(timeZone, at = new Date()) {
  const { year, month, day } = partsIn(timeZone, at);
  return `${year}-${month}-${day}`;
}

/**
 * What the clocks of a zone show at an instant.
 * @param {string} instant ISO 8601
 * @param {string} timeZone IANA name
 * @returns {string} HH:mm
 */
export function wallTime(instant, timeZone) {
  const { hour, minute } = partsIn(timeZone, new Date(instant));
  return `${hour}:${minute}`;
}

/**
 * A span as people in a zone read it; days are named where it leaves the day.
 * @param {{ start: string, end: string }} span ISO 8601
 * @param {{ timeZone: string, locale: string, day?: string }} reader `day` (YYYY-MM-DD) is known from the context
 * @returns {string} "9:00 – 10:00 AM"
 */
export function formatSpan({ start, end }, { timeZone, locale, day }) {
  const [from, to] = [new Date(start), new Date(end)];
  const isKnownDay = day !== undefined && dayIn(timeZone, from) === day;
  const days = isKnownDay ? {} : { weekday: 'short', month: 'short', day: 'numeric' };
  const options = /** @type {Intl.DateTimeFormatOptions} */ ({ timeZone, hour: 'numeric', minute: '2-digit', ...days });
  return new Intl.DateTimeFormat(locale, options).formatRange(from, to);
}

/**
 * An instant as people in a zone read it; the weekday is named unless the day is known.
 * @param {string} instant ISO 8601
 * @param {{ timeZone: string, locale: string, day?: string }} reader `day` (YYYY-MM-DD) is known from the context
 * @returns {string} "9:00 AM" or "Tue 9:00 AM"
 */
export function formatTime(instant, { timeZone, locale, day }) {
  const at = new Date(instant);
  /** @type {Intl.DateTimeFormatOptions} */
  const weekday = dayIn(timeZone, at) === day ? {} : { weekday: 'short' };
  return new Intl.DateTimeFormat(locale, { timeZone, hour: 'numeric', minute: '2-digit', ...weekday }).format(at);
}

/**
 * @param {string} timeZone IANA name
 * @param {string} locale
 * @param {string} [instant] ISO 8601: summer and winter time have different names
 * @returns {string} "Singapore Standard Time"
 */
export function zoneName(timeZone, locale, instant) {
  const format = new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: 'long' });
  const parts = format.formatToParts(instant === undefined ? new Date() : new Date(instant));
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? timeZone;
}

/**
 * @param {string | null | undefined} timeZone as somebody entered it
 * @param {string} otherwise for a zone that is missing or unknown
 */
export function knownZone(timeZone, otherwise) {
  if (!timeZone) {
    return otherwise;
  }
  try {
    Intl.DateTimeFormat('en-US', { timeZone });
    return timeZone;
  } catch {
    return otherwise;
  }
}

/**
 * Whether clocks of two zones show the same at an instant, whatever the zones are called.
 * @param {string} instant ISO 8601
 * @param {string} one IANA name
 * @param {string} other IANA name
 */
export function showSameTime(instant, one, other) {
  const at = new Date(instant);
  return dayIn(one, at) === dayIn(other, at) && wallTime(instant, one) === wallTime(instant, other);
}

/**
 * Whether day, start and end as clocks of the zone show them mean this span and no other: it begins and ends on one day,
 * and neither at a time that the clocks, put back, show again.
 * @param {{ start: string, end: string }} span ISO 8601
 * @param {string} timeZone IANA name
 */
export function isPlainIn({ start, end }, timeZone) {
  return (
    dayIn(timeZone, new Date(start)) === dayIn(timeZone, new Date(end)) &&
    ![start, end].some((instant) => isSecond(instant, timeZone))
  );
}

/** Clocks are put back by an hour, or by half of one. */
const BACK_MS = [1_800_000, 3_600_000];

function isSecond(instant, timeZone) {
  const at = new Date(instant).getTime();
  return BACK_MS.some((ms) => wallTime(new Date(at - ms).toISOString(), timeZone) === wallTime(instant, timeZone));
}

/**
 * @param {string | undefined} timeZone
 * @param {Date} at
 * @returns {Record<string, string>} numbers with leading zeros, hours 00 to 23
 */
function partsIn(timeZone, at) {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  return Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
}
