import { connectionIdOf, type ConnectionId } from '../../core/connection.ts';
import { AppError, messageOf } from '../../core/errors.ts';
import type { Log, Now } from '../../core/runtime.ts';
import type { FindTrainer, Trainer } from '../../core/trainer.ts';
import type { Calendar } from '../../providers/ports/calendar.ts';
import type { EventReader, SeenEvent } from '../../providers/ports/event-reader.ts';
import { SalesforceError, type SalesforceRecords } from '../../salesforce/records.ts';
import type { ConnectionLifecycle, Tokens } from '../../tokens/port.ts';
import { judgeEvent, type EventInQuestion } from './judge-event.ts';
import { readKnownBookings, type KnownBooking, type KnownEffect } from './known-booking.ts';

export interface SweepCalendarDeps {
  records: Pick<SalesforceRecords, 'queryAll'>;
  now: Now;
  log: Log;
  findTrainer: FindTrainer;
  tokens: Pick<Tokens, 'withAccessToken'>;
  connections: Pick<ConnectionLifecycle, 'stateOf'>;
  lark: { events: EventReader; calendar: Pick<Calendar, 'deleteEvent'> };
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

const DAY_MS = 24 * 3_600_000;
const BACK_MS = 7 * DAY_MS;
const AHEAD_MS = 400 * DAY_MS;

/**
 * Looks through one connected trainer's calendars for events of ours that should not exist, and removes them by the
 * trainer's own token. Whatever is not certainly ours and certainly wrong stays.
 * Throws `ProviderError`, `AppError` and `SalesforceError` when a calendar, the token or Salesforce cannot be read.
 */
export async function sweepCalendar(
  deps: SweepCalendarDeps,
  trainerId: string,
): Promise<{ removed: number; reported: Reported[] }> {
  const trainer = await deps.findTrainer({ trainerId });
  const connectionId = connectionIdOf('lark', trainerId);
  const { subjectId } = await deps.connections.stateOf(connectionId);
  const events = await listMarked(deps, connectionId, trainer);
  const bookingIds = [...new Set(events.flatMap(({ mark }) => (mark ? [mark.bookingId] : [])))];
  if (bookingIds.length === 0) return { removed: 0, reported: [] };
  const bookings = await readKnownBookings(deps.records, bookingIds);
  const effects = await deps.effectsOf(bookingIds);
  const shown = new Set(events.map(({ eventId }) => eventId));
  let removed = 0;
  const reported: Reported[] = [];
  for (const event of events) {
    const bookingId = event.mark?.bookingId ?? '';
    const question: EventInQuestion = {
      event,
      trainerId,
      subjectId,
      mayRemove: trainer.lark.settings === undefined || mayRemove(trainer.lark.settings),
      booking: bookings.get(bookingId),
      effects: effects.filter((effect) => effect.bookingId === bookingId),
      shown,
    };
    const verdict = judgeEvent(question, deps.now());
    if (verdict.do === 'report') {
      reported.push({ connectionId, eventId: event.eventId, message: tell(trainer, question, verdict.why) });
    }
    if (verdict.do !== 'remove') continue;
    try {
      if (!(await remove(deps, connectionId, question))) continue;
      shown.delete(event.eventId);
      removed += 1;
    } catch (error) {
      if (error instanceof SalesforceError) throw error;
      const why = `${verdict.why}, and it could not be removed: ${messageOf(error)}`;
      reported.push({ connectionId, eventId: event.eventId, message: tell(trainer, question, why) });
    }
  }
  return { removed, reported };
}

/** In the main calendar and the one that the trainer's settings name, each event once. */
async function listMarked(deps: SweepCalendarDeps, connectionId: ConnectionId, trainer: Trainer): Promise<SeenEvent[]> {
  const now = deps.now().getTime();
  const found = new Map<string, SeenEvent>();
  for (const calendarId of new Set([undefined, trainer.lark.settings?.calendarId])) {
    const events = await deps.tokens.withAccessToken(connectionId, (token) =>
      deps.lark.events.listMarked(token, {
        calendarId,
        from: new Date(now - BACK_MS),
        to: new Date(now + AHEAD_MS),
      }),
    );
    for (const event of events) found.set(event.eventId, event);
  }
  return [...found.values()];
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
