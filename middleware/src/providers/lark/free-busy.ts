import { z } from 'zod';
import { mergeIntervals, type Interval } from '../../core/interval.ts';
import type { FreeBusy } from '../ports/free-busy.ts';
import type { CallLark } from './business-call.ts';
import { toRfc3339 } from './time.ts';

const DAY = 24 * 60 * 60 * 1000;
/** Lark answers for at most 90 days at once. */
const WINDOW_MS = 90 * DAY;

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const span = z
  .object({ start_time: instant, end_time: instant })
  // Time that ends before it starts takes nothing away: it must not read as "free".
  .refine(({ start_time, end_time }) => start_time <= end_time);
const busyData = z.object({
  // Required: an answer without the list must not read as "free".
  freebusy_list: z.array(span),
});

/** When somebody is busy, from their main Lark calendar and the outside calendars they bound to it. */
export function createFreeBusy({ callLark }: { callLark: CallLark }): FreeBusy {
  return {
    async busy(accessToken, { subjectId, from, to }) {
      const answers: Interval[] = [];
      for (const window of windowsOf(from, to)) {
        const { freebusy_list: list } = await callLark({
          method: 'POST',
          route: '/calendar/v4/freebusy/list',
          query: { user_id_type: 'open_id' },
          body: {
            time_min: toRfc3339(window.start),
            time_max: toRfc3339(window.end),
            user_id: subjectId,
            include_external_calendar: true,
            only_busy: true,
          },
          token: accessToken,
          effect: 'read',
          data: busyData,
        });
        answers.push(...list.map(({ start_time, end_time }) => ({ start: start_time, end: end_time })));
      }
      return mergeIntervals(answers);
    },
  };
}

/** Whole seconds, widened outwards, in pieces that Lark accepts. */
function* windowsOf(from: Date, to: Date): Generator<Interval> {
  const end = Math.ceil(to.getTime() / 1000) * 1000;
  let start = Math.floor(from.getTime() / 1000) * 1000;
  while (start < end) {
    const next = Math.min(start + WINDOW_MS, end);
    yield { start: new Date(start), end: new Date(next) };
    start = next;
  }
}
