import { z } from 'zod';
import { overlaps, type Interval } from '../../core/interval.ts';
import { dayAfter, startOfDay } from '../../core/zoned-time.ts';
import type { CallLark } from './business-call.ts';
import { toUnixSeconds, windowsOf } from './time.ts';

/** Lark shows less than 40 days at once. */
const WINDOW_DAYS = 39;
/** Lark's whole days are days in UTC; a day in another zone begins up to so much earlier or later. */
const MOST_OFFSET_MS = 14 * 3_600_000;

/** A moment, or a day for events that last whole days. */
const time = z.union([
  z
    .object({ timestamp: z.string().regex(/^\d+$/) })
    .transform(({ timestamp }) => ({ instant: new Date(Number(timestamp) * 1000) })),
  z.object({ date: z.iso.date() }),
]);
const span = z
  .object({ start_time: time, end_time: time })
  // Time that ends before it starts takes nothing away: it must not read as "free".
  .refine(({ start_time, end_time }) => momentIn('UTC', start_time) <= momentIn('UTC', end_time));
/** Whatever does not say that it takes no time, takes time, and must say when. */
const item = z.union([
  z.object({ status: z.literal('cancelled') }).transform(() => undefined),
  z.object({ free_busy_status: z.literal('free') }).transform(() => undefined),
  span,
]);
const view = z.object({
  // Lark leaves an empty list out, as it does elsewhere.
  items: z.array(item).nullish(),
  // Not documented: a part must not read as the whole.
  has_more: z.literal(false).nullish(),
});

export interface CalendarSpan {
  calendarId: string;
  from: Date;
  to: Date;
  /** Where whole days are days. */
  timeZone: string;
}

/** Reads when the events of one calendar take time, each occurrence of those that repeat. Throws `ProviderError`. */
export function createCalendarView({ callLark }: { callLark: CallLark }) {
  return async (accessToken: string, { calendarId, from, to, timeZone }: CalendarSpan): Promise<Interval[]> => {
    const busy: Interval[] = [];
    const [start, end] = [new Date(from.getTime() - MOST_OFFSET_MS), new Date(to.getTime() + MOST_OFFSET_MS)];
    for (const window of windowsOf(start, end, WINDOW_DAYS)) {
      const { items } = await callLark({
        method: 'GET',
        route: '/calendar/v4/calendars/:calendar_id/events/instance_view',
        path: { calendar_id: calendarId },
        query: {
          start_time: toUnixSeconds(window.start),
          end_time: toUnixSeconds(window.end),
          user_id_type: 'open_id',
        },
        token: accessToken,
        effect: 'read',
        data: view,
      });
      for (const found of items ?? []) if (found) busy.push(intervalOf(found, timeZone));
    }
    return busy.filter((interval) => overlaps(interval, { start: from, end: to }));
  };
}

/** The last of whole days belongs to the event. */
function intervalOf({ start_time, end_time }: z.output<typeof span>, zone: string): Interval {
  const end = 'date' in end_time ? { date: dayAfter(end_time.date) } : end_time;
  return { start: momentIn(zone, start_time), end: momentIn(zone, end) };
}

function momentIn(zone: string, given: z.output<typeof time>): Date {
  return 'date' in given ? startOfDay(given.date, zone) : given.instant;
}
