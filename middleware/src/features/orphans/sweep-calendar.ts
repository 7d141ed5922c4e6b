import { connectionIdOf, type ConnectionId } from '../../core/connection.ts';
import { AppError, messageOf } from '../../core/errors.ts';
import type { Log } from '../../core/runtime.ts';
import { toLongId } from '../../core/salesforce-id.ts';
import type { Trainer } from '../../core/trainer.ts';
import type { Calendar } from '../../providers/ports/calendar.ts';
import { SalesforceError, type SalesforceRecords } from '../../salesforce/records.ts';
import { judgeEvent, type EventInQuestion } from './judge-event.ts';
import { readKnownBookings, type KnownBooking, type KnownEffect } from './known-booking.ts';
import type { ListCalendarDeps, ListedCalendar } from './list-calendar.ts';

export interface SweepCalendarDeps extends ListCalendarDeps {
  records: Pick<SalesforceRecords, 'queryAll'>;
  log: Log;
  lark: ListCalendarDeps['lark'] & { calendar: Pick<Calendar, 'deleteEvent'> };
  /** What the ledger knows of these bookings. */
  effectsOf: (bookingIds: readonly string[]) => Promise<KnownEffect[]>;
  /** Works on a booking as the only one. Throws `request_in_progress` while a pass does. */
  asTheOnlyOne: <T>(bookingId: string, work: () => Promise<T>) => Promise<T>;
  /** Tells ledger and timeline that an event was removed. */
  noteRemoved: (removed: {
    booking: KnownBooking;
    connectionId: ConnectionId;
    eventId: string;
    message: string;
  }) => Promise<void>;
}

/** An event that a person has to look at. */
export interface Reported {
  connectionId: ConnectionId;
  eventId: string;
  message: string;
}

export interface Swept {
  removed: number;
  reported: Reported[];
}

/** What Salesforce and the ledger say of the bookings that the marks of some calendars name. */
export interface KnownOfMarks {
  bookings: ReadonlyMap<string, KnownBooking>;
  effects: ReadonlyMap<string, readonly KnownEffect[]>;
}

/** One question to Salesforce for 200 bookings, in however many calendars they are. Throws `SalesforceError`. */
export async function readKnownOf(
  deps: Pick<SweepCalendarDeps, 'records' | 'effectsOf'>,
  calendars: readonly ListedCalendar[],
): Promise<KnownOfMarks> {
  const marks = calendars.flatMap(({ events }) => events.flatMap(({ mark }) => mark ?? []));
  const bookingIds = [...new Set(marks.map(({ bookingId }) => bookingId))];
  const bookings = await readKnownBookings(deps.records, bookingIds);
  return { bookings, effects: Map.groupBy(await deps.effectsOf(bookingIds), ({ bookingId }) => bookingId) };
}

/**
 * Looks through one connected trainer's calendars for events of ours that should not exist, and removes them by the
 * trainer's own token. Whatever is not certainly ours and certainly wrong stays.
 * Throws `AppError` and `SalesforceError` when a connection or Salesforce cannot be read.
 */
export async function sweepCalendar(
  deps: SweepCalendarDeps,
  { trainer, connectionId, subjectId, events }: ListedCalendar,
  known: KnownOfMarks,
): Promise<Swept> {
  const shown = new Set(events.map(({ eventId }) => eventId));
  const swept: Swept = { removed: 0, reported: [] };
  for (const event of events) {
    const bookingId = event.mark?.bookingId ?? '';
    const booking = known.bookings.get(bookingId);
    const question: EventInQuestion = {
      event,
      trainerId: trainer.id,
      subjectId,
      mayRemove: trainer.lark.settings === undefined || mayRemove(trainer.lark.settings),
      booking,
      isOfSameAccount: await isOfSameAccount(deps, { trainer, subjectId }, booking),
      effects: known.effects.get(bookingId) ?? [],
      shown,
    };
    const verdict = judgeEvent(question, deps.now());
    if (verdict.do === 'report') {
      swept.reported.push({ connectionId, eventId: event.eventId, message: tell(trainer, question, verdict.why) });
    }
    if (verdict.do !== 'remove') continue;
    try {
      if (!(await remove(deps, connectionId, question))) continue;
      shown.delete(event.eventId);
      swept.removed += 1;
    } catch (error) {
      if (isForLater(error)) throw error;
      const why = `${verdict.why}, and it could not be removed: ${messageOf(error)}`;
      swept.reported.push({ connectionId, eventId: event.eventId, message: tell(trainer, question, why) });
    }
  }
  return swept;
}

/** Salesforce cannot be asked at the moment: nothing is known, and the same question can be answered later. */
export function isForLater(error: unknown): boolean {
  return error instanceof SalesforceError && error.retryable;
}

/** Two records of one person have one calendar. */
async function isOfSameAccount(
  { connections }: SweepCalendarDeps,
  { trainer, subjectId }: Pick<ListedCalendar, 'trainer' | 'subjectId'>,
  booking: KnownBooking | undefined,
): Promise<boolean> {
  if (!booking || subjectId === undefined || booking.trainerId === trainer.id) return false;
  if (toLongId(booking.trainerId) === undefined) return false;
  const owner = await connections.stateOf(connectionIdOf('lark', booking.trainerId)).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'trainer_not_found') return undefined;
    throw error;
  });
  return owner?.subjectId === subjectId;
}

/** Judged once more while nobody else works on the booking: it may have been opened again. */
async function remove(
  deps: SweepCalendarDeps,
  connectionId: ConnectionId,
  question: EventInQuestion,
): Promise<boolean> {
  const { event } = question;
  const bookingId = event.mark?.bookingId ?? '';
  try {
    return await deps.asTheOnlyOne(bookingId, async () => {
      const booking = (await readKnownBookings(deps.records, [bookingId])).get(bookingId);
      const effects = await deps.effectsOf([bookingId]);
      const verdict = judgeEvent({ ...question, booking, effects }, deps.now());
      if (verdict.do !== 'remove' || !booking) return false;
      const { calendarId, eventId } = event;
      await deps.tokens.withAccessToken(connectionId, (token) =>
        deps.lark.calendar.deleteEvent(token, { calendarId, eventId }),
      );
      const message = `An event in the trainer's calendar was removed: ${verdict.why}.`;
      await deps.noteRemoved({ booking, connectionId, eventId, message });
      deps.log.info(
        { bookingId, connectionId, eventId, why: verdict.why },
        'an event that should not exist was removed',
      );
      return true;
    });
  } catch (error) {
    if (error instanceof AppError && error.code === 'request_in_progress') return false;
    throw error;
  }
}

function mayRemove({ syncEnabled, autoUpdate }: { syncEnabled: boolean; autoUpdate: boolean }): boolean {
  return syncEnabled && autoUpdate;
}

function tell({ name }: Trainer, { event, booking }: EventInQuestion, why: string): string {
  const of = booking?.name ?? `booking ${event.mark?.bookingId ?? ''}`;
  return `In the calendar of ${name} an event of ${of} on ${event.start.toISOString().slice(0, 10)} should not exist (${why}). Please look at it.`;
}
