import { dayIn, formatSpan, formatTime } from 'c/zonedTime';

const DAY_MS = 24 * 3_600_000;
/** The middleware takes no more trainers in one call. */
export const MOST_TRAINERS = 20;

/**
 * A free time with the trainers who have it.
 * @typedef {SlotDto & { trainerIds: string[] }} FreeSlot
 */

/**
 * The calendar day so many days later.
 * @param {string} day YYYY-MM-DD
 * @param {number} count
 */
export function addDays(day, count) {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * DAY_MS).toISOString().slice(0, 10);
}

/**
 * A calendar day in words; a day is the same in every zone.
 * @param {string} day YYYY-MM-DD
 * @param {string} locale
 * @param {Intl.DateTimeFormatOptions} options
 */
export function formatDay(day, locale, options) {
  return new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`));
}

/**
 * The one or many answers in what the middleware says about one or many trainers.
 * @param {AvailabilityAnswer} answer
 * @returns {readonly AvailabilityDto[]}
 */
export function answersIn(answer) {
  return 'trainers' in answer ? answer.trainers : [answer];
}

/**
 * Every free time once, by start.
 * @param {readonly AvailabilityDto[]} answers
 * @returns {FreeSlot[]}
 */
export function mergeSlots(answers) {
  /** @type {Map<string, FreeSlot>} */
  const merged = new Map();
  for (const { trainer, slots } of answers) {
    for (const { start, end } of slots) {
      const key = `${start} ${end}`;
      const slot = merged.get(key) ?? { start, end, trainerIds: [] };
      slot.trainerIds.push(trainer.id);
      merged.set(key, slot);
    }
  }
  return [...merged.values()].sort((one, other) => Date.parse(one.start) - Date.parse(other.start));
}

const STEP_MS = 30 * 60_000;

/**
 * Free times for a booking that moves: its own time is free for it, if nothing else is in the way there.
 * @param {Pick<AvailabilityDto, 'slots' | 'busy' | 'unknown'>} answer about its trainer
 * @param {SlotDto} own where the booking is now; not offered
 * @returns {SlotDto[]} as long as the booking, by start
 */
export function slotsForMoving({ slots, busy, unknown }, own) {
  const [ownStart, ownEnd] = [Date.parse(own.start), Date.parse(own.end)];
  const isBlocked = [...withoutOwn(busy, own), ...unknown].some((span) => overlaps(span, own));
  const durationMs = ownEnd - ownStart;
  const free = isBlocked ? slots : [...slots, own];
  const starts = new Set(slots.map(({ start }) => Date.parse(start)));
  for (let start = ownStart - durationMs + STEP_MS; start < ownEnd; start += STEP_MS) {
    starts.add(start);
  }
  starts.delete(ownStart);
  return [...starts]
    .sort((one, other) => one - other)
    .map((start) => ({ start: new Date(start).toISOString(), end: new Date(start + durationMs).toISOString() }))
    .filter((wanted) => isCovered(free, wanted));
}

/**
 * What is in the way of a booking that moves. Time in the way comes as one span with what it touches: the booking's own
 * is taken out of the span that it lies in. A span with only a part of it is something else's.
 * @template {SlotDto} T
 * @param {readonly T[]} busy
 * @param {SlotDto} own
 * @returns {T[]}
 */
export function withoutOwn(busy, own) {
  return busy.flatMap((span) => {
    if (Date.parse(own.start) < Date.parse(span.start) || Date.parse(span.end) < Date.parse(own.end)) {
      return [span];
    }
    const around = [
      { ...span, end: own.start },
      { ...span, start: own.end },
    ];
    return around.filter(({ start, end }) => Date.parse(start) < Date.parse(end));
  });
}

/**
 * Whether every minute of a span is free.
 * @param {readonly SlotDto[]} slots
 * @param {SlotDto} span
 */
export function isCovered(slots, span) {
  const sorted = [...slots].sort((one, other) => Date.parse(one.start) - Date.parse(other.start));
  let until = Date.parse(span.start);
  for (const { start, end } of sorted) {
    if (Date.parse(start) <= until) {
      until = Math.max(until, Date.parse(end));
    }
  }
  return until >= Date.parse(span.end);
}

/**
 * @param {SlotDto} one
 * @param {SlotDto} other
 */
export function overlaps(one, other) {
  return Date.parse(one.start) < Date.parse(other.end) && Date.parse(other.start) < Date.parse(one.end);
}

/**
 * Overlapping and touching spans as one, by start.
 * @param {readonly SlotDto[]} spans
 * @returns {SlotDto[]}
 */
export function mergeSpans(spans) {
  /** @type {SlotDto[]} */
  const merged = [];
  for (const { start, end } of [...spans].sort((one, other) => Date.parse(one.start) - Date.parse(other.start))) {
    const last = merged.at(-1);
    if (last && Date.parse(start) <= Date.parse(last.end)) {
      merged[merged.length - 1] = { start: last.start, end: Date.parse(end) > Date.parse(last.end) ? end : last.end };
    } else {
      merged.push({ start, end });
    }
  }
  return merged;
}

/**
 * Whether a span has a part of a day.
 * @param {SlotDto} span
 * @param {string} day YYYY-MM-DD
 * @param {string} timeZone
 */
export function touchesDay({ start, end }, day, timeZone) {
  const last = dayIn(timeZone, new Date(Date.parse(end) - 1));
  return dayIn(timeZone, new Date(start)) <= day && day <= last;
}

/**
 * The part of a span that a day has, in words.
 * @param {SlotDto} span touches the day
 * @param {{ day: string, timeZone: string, locale: string }} reader
 * @returns {{ kind: 'all' | 'from' | 'until' | 'between', words: string }} `words` is empty for all day
 */
export function partOfDay({ start, end }, { day, timeZone, locale }) {
  const beginsBefore = dayIn(timeZone, new Date(start)) < day || isMidnight(start, timeZone);
  const endsAfter = dayIn(timeZone, new Date(end)) > day;
  const time = (/** @type {string} */ instant) => formatTime(instant, { timeZone, locale, day });
  if (beginsBefore && endsAfter) {
    return { kind: 'all', words: '' };
  }
  if (beginsBefore) {
    return { kind: 'until', words: time(end) };
  }
  if (endsAfter) {
    return { kind: 'from', words: time(start) };
  }
  return { kind: 'between', words: formatSpan({ start, end }, { timeZone, locale, day }) };
}

/** Whether the day begins at an instant: a moment before, it was another day. */
function isMidnight(instant, timeZone) {
  return dayIn(timeZone, new Date(Date.parse(instant) - 1)) < dayIn(timeZone, new Date(instant));
}
