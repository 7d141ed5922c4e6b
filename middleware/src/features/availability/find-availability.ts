import { AppError } from '../../core/errors.ts';
import type { Interval } from '../../core/interval.ts';
import type { Now } from '../../core/runtime.ts';
import type { Trainer } from '../../core/trainer.ts';
import { assertTimeZone } from '../../core/zoned-time.ts';
import type { SalesforceRecords } from '../../salesforce/records.ts';
import { clip, findSlots, widen, type SlotRules } from './find-slots.ts';
import { readBookings, readCalendar, type CalendarReading, type ReadCalendarDeps } from './read-busy.ts';
import { workingHours } from './working-hours.ts';

const DAY_MS = 24 * 3_600_000;

export interface AvailabilitySettings {
  /** Length of a slot. */
  minutes: number;
  stepMinutes: number;
  bufferMinutes: number;
  /** Calendars are not asked. */
  mockLarkBusy: boolean;
}

export interface FindAvailabilityDeps extends ReadCalendarDeps {
  records: Pick<SalesforceRecords, 'query'>;
  now: Now;
  settings: () => AvailabilitySettings;
}

export interface BusyTime extends Interval {
  source: 'booking' | 'lark';
}

export interface Availability {
  trainer: Trainer;
  span: Interval;
  busy: BusyTime[];
  /** Time about which nothing is known: never free. */
  unknown: (Interval & { reason: string })[];
  slots: Interval[];
  notes: string[];
}

/**
 * When these trainers can be booked: working hours without bookings, without busy time of the connected calendar and
 * without time that a connected calendar would not tell about. The past is not offered.
 * @param asked one entry a trainer; spans may differ, because days are read in each trainer's zone
 */
export async function findAvailability(
  deps: FindAvailabilityDeps,
  asked: readonly { trainer: Trainer; span: Interval }[],
): Promise<Availability[]> {
  for (const { trainer } of asked) assertTimeZone(trainer.timeZone);
  const trainerIds = asked.map(({ trainer }) => trainer.id);
  const { bufferMs } = rulesOf(deps.settings());
  // What ends just before the span keeps its buffer inside.
  const [bookings, readings] = await Promise.all([
    readBookings(deps, trainerIds, widen(hull(asked.map(({ span }) => span)), bufferMs)),
    Promise.all(asked.map(({ trainer, span }) => readIfWanted(deps, trainer, atMostReadable(widen(span, bufferMs))))),
  ]);
  return asked.map(({ trainer, span }, index) => {
    const reading = readings[index] ?? notAsked;
    return availabilityOf(deps, { trainer, span, bookings: bookings.get(trainer.id) ?? [], reading });
  });
}

const notAsked: CalendarReading = {
  busy: [],
  unknownBecause: undefined,
  note: 'Calendars are not asked at the moment (MOCK_LARK_BUSY); only bookings are known.',
};

async function readIfWanted(deps: FindAvailabilityDeps, trainer: Trainer, span: Interval): Promise<CalendarReading> {
  return deps.settings().mockLarkBusy ? notAsked : readCalendar(deps, trainer, span);
}

function availabilityOf(
  deps: FindAvailabilityDeps,
  given: { trainer: Trainer; span: Interval; bookings: readonly Interval[]; reading: CalendarReading },
): Availability {
  const { trainer, span, bookings, reading } = given;
  const now = deps.now();
  const offered = { start: span.start > now ? span.start : now, end: span.end };
  const unknown = reading.unknownBecause === undefined ? [] : [{ ...span, reason: reading.unknownBecause }];
  const busy = [
    ...clip(bookings, span).map((interval): BusyTime => ({ ...interval, source: 'booking' })),
    ...clip(reading.busy, span).map((interval): BusyTime => ({ ...interval, source: 'lark' })),
  ].sort((a, b) => a.start.getTime() - b.start.getTime());
  const slots = trainer.active
    ? findSlots({
        span: offered,
        workingHours: workingHours(trainer, offered),
        busy: [...bookings, ...reading.busy],
        unknown,
        rules: rulesOf(deps.settings()),
      })
    : [];
  const notes = [
    ...(reading.note === undefined ? [] : [reading.note]),
    ...(trainer.active ? [] : [`${trainer.name} does not give trainings at the moment.`]),
  ];
  return { trainer, span, busy, unknown, slots, notes };
}

function rulesOf(settings: AvailabilitySettings): SlotRules {
  const minute = 60_000;
  return {
    slotMs: settings.minutes * minute,
    stepMs: settings.stepMinutes * minute,
    bufferMs: settings.bufferMinutes * minute,
  };
}

/** Calendars tell about 90 days at once, and the end of such a long span matters least. */
function atMostReadable({ start, end }: Interval): Interval {
  return { start, end: new Date(Math.min(end.getTime(), start.getTime() + 90 * DAY_MS)) };
}

function hull(spans: readonly Interval[]): Interval {
  return {
    start: new Date(Math.min(...spans.map(({ start }) => start.getTime()))),
    end: new Date(Math.max(...spans.map(({ end }) => end.getTime()))),
  };
}

const LOOK_AHEAD_DAYS = 14;

/** The first free slots of a length after an instant, within two weeks: to offer instead of a taken one. */
export async function nextFreeSlots(
  deps: FindAvailabilityDeps,
  trainer: Trainer,
  after: Date,
  wanted: { durationMs: number; count: number },
): Promise<Interval[]> {
  const span = { start: after, end: new Date(after.getTime() + LOOK_AHEAD_DAYS * DAY_MS) };
  const settings = () => ({ ...deps.settings(), minutes: wanted.durationMs / 60_000 });
  const [found] = await findAvailability({ ...deps, settings }, [{ trainer, span }]);
  if (!found) throw new AppError('internal', 'No availability was found for the trainer.');
  const disjoint: Interval[] = [];
  for (const slot of found.slots) {
    if (disjoint.length === wanted.count) break;
    const last = disjoint.at(-1);
    if (!last || slot.start >= last.end) disjoint.push(slot);
  }
  return disjoint;
}
