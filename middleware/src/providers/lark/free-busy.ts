import { z } from 'zod';
import { mergeIntervals, type Interval } from '../../core/interval.ts';
import type { FreeBusy } from '../ports/free-busy.ts';
import type { CallLark } from './business-call.ts';
import { createCalendarView } from './calendar-view.ts';
import { toRfc3339, windowsOf } from './time.ts';

const PRIMARY = 'primary';
/** Lark answers for at most this many days at once. */
const WINDOW_DAYS = 90;

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const span = z
  .object({ start_time: instant, end_time: instant })
  // Time that ends before it starts takes nothing away: it must not read as "free".
  .refine(({ start_time, end_time }) => start_time <= end_time);
const busyData = z.object({
  // Required: an answer without the list must not read as "free".
  freebusy_list: z.array(span),
});

/**
 * When somebody is busy, from their main Lark calendar and the outside calendars they bound to it. Lark's free/busy
 * times are those of the main calendar only: another one is read event by event, at the same time.
 */
export function createFreeBusy({ callLark }: { callLark: CallLark }): FreeBusy {
  const busyInCalendar = createCalendarView({ callLark });
  return {
    async busy(accessToken, { subjectId, from, to, other }) {
      const answers = await Promise.all([
        busyInMain(accessToken, { subjectId, from, to }),
        other === undefined || other.calendarId === PRIMARY ? [] : busyInCalendar(accessToken, { ...other, from, to }),
      ]);
      return mergeIntervals(answers.flat());
    },
  };

  async function busyInMain(
    accessToken: string,
    { subjectId, from, to }: { subjectId: string; from: Date; to: Date },
  ): Promise<Interval[]> {
    const answers: Interval[] = [];
    for (const window of windowsOf(from, to, WINDOW_DAYS)) {
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
    return answers;
  }
}
