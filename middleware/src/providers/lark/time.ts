import type { Interval } from '../../core/interval.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Lark's calendar and meeting instants: a string of whole seconds since the epoch. */
export function toUnixSeconds(instant: Date): string {
  return String(Math.floor(instant.getTime() / 1000));
}

/** RFC 3339 with whole seconds and a numeric offset, as the free-busy API documents it. */
export function toRfc3339(instant: Date): string {
  return `${instant.toISOString().slice(0, 19)}+00:00`;
}

/** Whole seconds, widened outwards, in pieces that Lark accepts. */
export function* windowsOf(from: Date, to: Date, mostDays: number): Generator<Interval> {
  const end = Math.ceil(to.getTime() / 1000) * 1000;
  let start = Math.floor(from.getTime() / 1000) * 1000;
  while (start < end) {
    const next = Math.min(start + mostDays * DAY_MS, end);
    yield { start: new Date(start), end: new Date(next) };
    start = next;
  }
}
