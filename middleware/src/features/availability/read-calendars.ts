import type { ProviderId } from '../../core/connection.ts';
import { AppError } from '../../core/errors.ts';
import type { Interval } from '../../core/interval.ts';
import { ProviderError } from '../../core/provider-error.ts';
import type { Log } from '../../core/runtime.ts';
import type { Trainer } from '../../core/trainer.ts';
import type { CalendarKind } from '../../providers/ports/free-busy.ts';
import type { BusyCache } from './busy-cache.ts';
import { providerNames } from './connected-calendar.ts';
import { withDeadline } from './with-deadline.ts';

export interface ReadCalendarsDeps {
  calendars: readonly CalendarKind[];
  busyCache: Pick<BusyCache, 'read'>;
  log: Log;
}

/** What the calendars of one trainer said about a span. */
export interface CalendarReadings {
  busy: (Interval & { source: ProviderId })[];
  /** For each calendar that exists and could not be read: why, for people. */
  unknownBecause: string[];
  /** What people should know about where the answer comes from. */
  notes: string[];
}

type Reading = { provider: ProviderId } & (
  { kind: 'read'; busy: readonly Interval[] } | { kind: 'none' } | { kind: 'unknown'; reason: string }
);

/**
 * Asks all calendars of a trainer at once. Never throws for trouble with one: then the time is unknown, never free.
 * @param options.notAsked calendars that are switched off: their busy time is left out, and a note says so
 * @param options.patienceMs a calendar that has not answered by then is unknown; whoever asks next finds what it says
 */
export async function readCalendars(
  deps: ReadCalendarsDeps,
  trainer: Trainer,
  span: Interval,
  options: { notAsked: readonly ProviderId[]; patienceMs: number },
): Promise<CalendarReadings> {
  const asked = deps.calendars.filter(({ provider }) => !options.notAsked.includes(provider));
  const readings = await Promise.all(asked.map((kind) => readCalendar(deps, kind, trainer, span, options.patienceMs)));
  const connected = readings.filter(({ kind }) => kind !== 'none');
  const broken = readings.filter((reading) => reading.kind === 'unknown');
  return {
    busy: readings.flatMap((reading) =>
      reading.kind === 'read' ? reading.busy.map((interval) => ({ ...interval, source: reading.provider })) : [],
    ),
    unknownBecause: broken.map(({ reason }) => reason),
    notes: [
      ...options.notAsked.map((provider) => switchedOff(provider, connected.length === 0)),
      ...(connected.length === 0 && options.notAsked.length === 0
        ? [`${trainer.name} has no calendar connected; only bookings are known.`]
        : []),
      ...broken.map(
        ({ provider }) =>
          `The ${providerNames[provider]} calendar of ${trainer.name} could not be read: no time is offered that it should tell about.`,
      ),
    ],
  };
}

function switchedOff(provider: ProviderId, isOnlyOne: boolean): string {
  const name = providerNames[provider];
  const effect = isOnlyOne ? 'only bookings are known' : `busy time in ${name} is not known`;
  return `${name} is not asked at the moment (MOCK_${name.toUpperCase()}_BUSY); ${effect}.`;
}

async function readCalendar(
  deps: ReadCalendarsDeps,
  kind: CalendarKind,
  trainer: Trainer,
  span: Interval,
  patienceMs: number,
): Promise<Reading> {
  const { provider } = kind;
  const read = async (): Promise<Reading> => {
    const source = await kind.sourceOf(trainer);
    if (!source) return { provider, kind: 'none' };
    return { provider, kind: 'read', busy: await deps.busyCache.read(source, span) };
  };
  try {
    return await withDeadline(read(), patienceMs, () => tooSlow(provider));
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_connected') return { provider, kind: 'none' };
    deps.log.warn({ err: error, trainerId: trainer.id, provider }, 'a connected calendar could not be read');
    const reason = `The ${providerNames[provider]} calendar could not be read: ${inWords(error)}`;
    return { provider, kind: 'unknown', reason };
  }
}

/** The calendar itself may be slow, or the access to it is just being renewed. */
function tooSlow(provider: ProviderId): ProviderError {
  return new ProviderError(provider, 'temporary', 'It has not answered in time. Please try again in a moment.');
}

/** Only texts that were written for people. */
function inWords(error: unknown): string {
  const isForPeople = error instanceof AppError || error instanceof ProviderError;
  return isForPeople ? error.message : 'Something went wrong on our side; it is in the log of the server.';
}
