import type { FindTrainer } from '../../core/trainer.ts';
import type { ConnectionId } from '../../core/connection.ts';
import { desiredEffects, type BookingSettings } from './desired-effects.ts';
import type { Effect } from './effect.ts';
import { readEffects } from './ledger.ts';
import { noLinkMemory, readLinkMemory } from './link-memory.ts';
import { isInStep } from './pass-outcome.ts';
import { readBooking, type ReadBookingDeps } from './read-booking.ts';
import type { Database } from '../../storage/database.ts';
import type { Now } from '../../core/runtime.ts';

export interface InspectBookingDeps extends ReadBookingDeps {
  db: Database;
  now: Now;
  findTrainer: FindTrainer;
  settings: () => BookingSettings;
  lark: { meetings: { horizonMs: number } } | undefined;
}

/** What a booking says and what is known to exist for it, for somebody who compares that with the outside. */
export interface InspectedBooking {
  bookingId: string;
  name: string;
  trainerId: string;
  trainerName: string;
  revision: number;
  connectionId: ConnectionId;
  start: Date;
  end: Date;
  timeZone: string;
  /** Confirmed and not over. */
  isDue: boolean;
  isConflict: boolean;
  /** The last pass did all that the training itself needs. */
  isInStep: boolean;
  syncError: string | undefined;
  /** As Salesforce shows it. */
  link: string | undefined;
  /** A person typed it. */
  isTyped: boolean;
  needsLink: boolean;
  /** What the trainer's settings let us do in their calendar. */
  calendar: { mayCreate: boolean; mayUpdate: boolean };
  event:
    { key: string; calendarId: string; eventId: string; ownMeeting: boolean; link: string | undefined } | undefined;
  reservation: { key: string; reserveId: string; link: string | undefined; topic: string; endsAt: Date } | undefined;
}

/** Reads one booking with its effects; undefined when it does not exist (any more). Changes nothing. */
export async function inspectBooking(
  deps: InspectBookingDeps,
  bookingId: string,
): Promise<InspectedBooking | undefined> {
  const snapshot = await readBooking(deps, bookingId);
  if (!snapshot) return undefined;
  const { booking } = snapshot;
  const trainer = await deps.findTrainer({ trainerId: booking.trainerId });
  const isConflict = booking.syncStatus === 'Conflict';
  const desired = desiredEffects({
    booking,
    trainer,
    settings: deps.settings(),
    hasSlot: true,
    horizonMs: deps.lark?.meetings.horizonMs ?? 0,
    now: deps.now(),
    link: (await readLinkMemory(deps.db, bookingId)) ?? noLinkMemory,
  });
  const done = (await readEffects(deps.db, bookingId)).filter(
    ({ state, connectionId, externalId }) =>
      state === 'done' && connectionId === desired.connectionId && externalId !== undefined,
  );
  return {
    bookingId,
    name: booking.name,
    trainerId: booking.trainerId,
    trainerName: trainer.name,
    revision: booking.revision,
    connectionId: desired.connectionId,
    start: booking.start,
    end: booking.end,
    timeZone: booking.timeZone,
    isDue: desired.wantsEvent,
    isConflict,
    isInStep: isInStep(booking),
    syncError: booking.syncError,
    link: booking.meetingLink,
    isTyped: desired.meeting.kind === 'manual',
    needsLink: desired.meeting.kind !== 'none',
    calendar: { mayCreate: desired.calendar.mayCreate, mayUpdate: desired.calendar.mayUpdate },
    event: eventOf(done.findLast(({ kind }) => kind === 'event')),
    reservation: reservationOf(
      done.findLast(({ kind }) => kind === 'reservation'),
      desired.meeting.kind === 'make' ? desired.meeting.reservation : undefined,
    ),
  };
}

function eventOf(effect: Effect | undefined): InspectedBooking['event'] {
  if (effect?.externalId === undefined) return undefined;
  return {
    key: effect.providerKey,
    calendarId: effect.calendarId ?? 'primary',
    eventId: effect.externalId,
    ownMeeting: effect.meeting === 'own',
    link: effect.link,
  };
}

function reservationOf(
  effect: Effect | undefined,
  wanted: { topic: string; endsAt: Date } | undefined,
): InspectedBooking['reservation'] {
  if (effect?.externalId === undefined || wanted === undefined) return undefined;
  return { key: effect.providerKey, reserveId: effect.externalId, link: effect.link, ...wanted };
}
