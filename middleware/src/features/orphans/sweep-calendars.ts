import { connectionIdOf } from '../../core/connection.ts';
import { messageOf } from '../../core/errors.ts';
import type { Trainer } from '../../core/trainer.ts';
import { listCalendar } from './list-calendar.ts';
import { CALENDAR, forgetReport, type ReportsDeps } from './reports.ts';
import { isForLater, readKnownOf, sweepCalendar, type SweepCalendarDeps, type Swept } from './sweep-calendar.ts';

const AT_ONCE = 4;

/**
 * Looks through the calendars of some connected trainers. What stands in the way of one is told and keeps none of the
 * others waiting. Throws `SalesforceError` while Salesforce cannot be asked.
 */
export async function sweepCalendars(
  deps: SweepCalendarDeps & ReportsDeps,
  trainers: readonly Trainer[],
): Promise<Swept> {
  const all: Swept = { removed: 0, reported: [] };
  const each = async <T, R>(items: readonly T[], trainerOf: (item: T) => Trainer, work: (item: T) => Promise<R>) => {
    const worked: R[] = [];
    for (let first = 0; first < items.length; first += AT_ONCE) {
      const some = items.slice(first, first + AT_ONCE).map(async (item) => {
        try {
          worked.push(await work(item));
        } catch (error) {
          if (isForLater(error)) throw error;
          all.reported.push(unread(deps, trainerOf(item), error));
        }
      });
      await Promise.all(some);
    }
    return worked;
  };

  const calendars = await each(
    trainers,
    (trainer) => trainer,
    (trainer) => listCalendar(deps, trainer),
  );
  const known = await readKnownOf(deps, calendars).catch((error: unknown) => {
    if (isForLater(error)) throw error;
    // What one of the calendars shows may be why: each is asked for by itself.
    return undefined;
  });
  await each(
    calendars,
    ({ trainer }) => trainer,
    async (calendar) => {
      const { removed, reported } = await sweepCalendar(deps, calendar, known ?? (await readKnownOf(deps, [calendar])));
      all.removed += removed;
      all.reported.push(...reported);
      await forgetReport(deps, { connectionId: calendar.connectionId, eventId: CALENDAR });
    },
  );
  return all;
}

function unread({ log }: SweepCalendarDeps, { id, name }: Trainer, error: unknown) {
  const connectionId = connectionIdOf('lark', id);
  log.warn({ err: error, connectionId }, 'a calendar could not be looked through for leftovers');
  const message = `The calendar of ${name} could not be looked through: ${messageOf(error)}`;
  return { connectionId, eventId: CALENDAR, message };
}
