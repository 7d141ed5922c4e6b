import type { ProviderId } from '../../core/connection.ts';
import type { Interval } from '../../core/interval.ts';
import type { Trainer } from '../../core/trainer.ts';
import { dateIn, isTimeZone, timeIn, toInstant } from '../../core/zoned-time.ts';
import { clip, findSlots, widen, type SlotRules } from './find-slots.ts';
import { inParallel } from './in-parallel.ts';
import { readBookings, type ReadBookingsDeps } from './read-bookings.ts';
import { readCalendars, type CalendarReadings, type ReadCalendarsDeps } from './read-calendars.ts';
import { workingHours, workingHoursProblem } from './working-hours.ts';

/** Trainers whose calendars are asked at the same time; vendors limit the calls of a second (Lark: 50). */
const ASKED_AT_ONCE = 20;
/** A calendar that has not answered this long after the question is unknown: whoever asks gives up after 20 seconds. */
const PATIENCE_MS = 10_000;
/** When those before have taken this part of it, the rest is not asked any more. */
const TOO_LATE_TO_ASK = 0.8;

export interface AvailabilitySettings {
  /** Length of a slot. */
  minutes: number;
  stepMinutes: number;
  bufferMinutes: number;
  /** Lark's calendars are not asked. */
  mockLarkBusy: boolean;
}

export interface FindAvailabilityDeps extends ReadCalendarsDeps, ReadBookingsDeps {
  settings: () => AvailabilitySettings;
  /** How long calendars are waited for. Default 10 s. */
  patienceMs?: number;
}

export interface BusyTime extends Interval {
  source: 'booking' | ProviderId;
}

export interface UnknownTime extends Interval {
  /** For people. */
  reason: string;
}

export interface Availability {
  trainer: Trainer;
  span: Interval;
  /** By start; sorted and disjoint for each source. */
  busy: BusyTime[];
  /** Time about which nothing is known: never free. */
  unknown: UnknownTime[];
  slots: Interval[];
  notes: string[];
}

/**
 * When these trainers can be booked: working hours without bookings, without busy time of the connected calendars and
 * without time that a connected calendar would not tell about. The past is not offered. Bookings of all are read by one
 * query, calendars in parallel. Throws `SalesforceError`.
 * @param asked one entry a trainer; spans may differ, because days are read in each trainer's zone
 */
export async function findAvailability(
  deps: FindAvailabilityDeps,
  asked: readonly { trainer: Trainer; span: Interval }[],
): Promise<Availability[]> {
  const settings = deps.settings();
  const { bufferMs } = rulesOf(settings);
  const notAsked: ProviderId[] = settings.mockLarkBusy ? ['lark'] : [];
  const { patienceMs = PATIENCE_MS } = deps;
  const startedAt = deps.now().getTime();
  // What ends just before the span keeps its buffer inside.
  const [bookings, readings] = await Promise.all([
    readBookings(
      deps,
      asked.map(({ trainer }) => trainer.id),
      widen(hull(asked.map(({ span }) => span)), bufferMs),
    ),
    inParallel(asked, ASKED_AT_ONCE, async ({ trainer, span }) => {
      const passedMs = deps.now().getTime() - startedAt;
      if (passedMs > patienceMs * TOO_LATE_TO_ASK) return notReached;
      return readCalendars(deps, trainer, widen(span, bufferMs), { notAsked, patienceMs: patienceMs - passedMs });
    }),
  ]);
  return asked.map(({ trainer, span }, index) =>
    availabilityOf({
      trainer,
      span,
      bookings: bookings.get(trainer.id) ?? [],
      readings: readings[index] ?? notReached,
      now: deps.now(),
      rules: rulesOf(settings),
    }),
  );
}

const notReached: CalendarReadings = {
  busy: [],
  unknownBecause: ['The calendar was not asked, because other calendars took too long to answer. Please try again.'],
  notes: [],
};

function availabilityOf(given: {
  trainer: Trainer;
  span: Interval;
  bookings: readonly Interval[];
  readings: CalendarReadings;
  now: Date;
  rules: SlotRules;
}): Availability {
  const { trainer, span, bookings, readings, now } = given;
  const offered = { start: span.start > now ? span.start : now, end: span.end };
  const zoneProblem = isTimeZone(trainer.timeZone)
    ? []
    : [
        `"${trainer.timeZone}" in Salesforce is not a time zone we know; correct it to know when ${trainer.name} works.`,
      ];
  const unknown = [...readings.unknownBecause, ...zoneProblem].map((reason) => ({ ...span, reason }));
  const canWork = trainer.active && zoneProblem.length === 0;
  const slots = canWork
    ? findSlots({
        span: offered,
        workingHours: workingHours(trainer, offered),
        busy: [...bookings, ...readings.busy],
        unknown,
        rules: given.rules,
      }).filter((slot) => isBookable(slot, trainer.timeZone))
    : [];
  const hoursProblem = workingHoursProblem(trainer);
  const notes = [
    ...readings.notes,
    ...(trainer.active ? [] : [`${trainer.name} does not give trainings at the moment.`]),
    ...(hoursProblem === undefined ? [] : [`${trainer.name}: ${hoursProblem} No time is offered.`]),
  ];
  return { trainer, span, busy: busyTimes(bookings, readings, span), unknown, slots, notes };
}

/**
 * Bookings are asked for by local time, and where a clock change shows one twice the first is meant: a slot that begins
 * or ends at the second could not be asked for.
 */
function isBookable({ start, end }: Interval, zone: string): boolean {
  return [start, end].every((instant) => {
    const local = { date: dateIn(zone, instant), time: timeIn(zone, instant), zone };
    return toInstant(local).instant.getTime() === instant.getTime();
  });
}

function busyTimes(bookings: readonly Interval[], readings: CalendarReadings, span: Interval): BusyTime[] {
  const all: BusyTime[] = [
    ...bookings.map((booking) => ({ ...booking, source: 'booking' as const })),
    ...readings.busy,
  ];
  return [...Map.groupBy(all, ({ source }) => source)]
    .flatMap(([source, times]) => clip(times, span).map(({ start, end }) => ({ start, end, source })))
    .sort((a, b) => a.start.getTime() - b.start.getTime());
}

function rulesOf(settings: AvailabilitySettings): SlotRules {
  const minute = 60_000;
  return {
    slotMs: settings.minutes * minute,
    stepMs: settings.stepMinutes * minute,
    bufferMs: settings.bufferMinutes * minute,
  };
}

function hull(spans: readonly Interval[]): Interval {
  return {
    start: new Date(Math.min(...spans.map(({ start }) => start.getTime()))),
    end: new Date(Math.max(...spans.map(({ end }) => end.getTime()))),
  };
}
