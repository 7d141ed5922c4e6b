import type { Booking, BookingType } from '../../core/booking.ts';
import { connectionIdOf, type ConnectionId } from '../../core/connection.ts';
import type { Trainer } from '../../core/trainer.ts';
import type { CalendarEvent } from '../../providers/ports/calendar.ts';
import { eventFor, invitationFor, topicFor } from './event-content.ts';
import { noLinkMemory, type LinkMemory } from './link-memory.ts';

export interface BookingSettings {
  /** Lark is not called; links stay pending until the switch is off again. */
  mockLarkBooking: boolean;
  /** `auto`: a reservation, else the event's own meeting. `reservation`: the same, but trouble that passes is waited for. */
  larkMeeting: 'auto' | 'reservation' | 'calendar';
  /** Remote bookings of these types get a meeting. */
  meetingBookingTypes: readonly BookingType[];
}

/** How a training is joined. */
export type MeetingWish =
  | { kind: 'none' }
  /** A link that a person typed. */
  | { kind: 'manual'; url: string }
  /** One is to be made: by a reservation if one is possible, else by the event itself. */
  | { kind: 'make'; reservation: { topic: string; endsAt: Date } | undefined };

/** What should exist outside for a booking. */
export interface DesiredEffects {
  bookingId: string;
  revision: number;
  /** Over: whatever exists stays as it is. */
  leaveAlone: boolean;
  /** The training's time is over, also where something has still to go. */
  isPast: boolean;
  connectionId: ConnectionId;
  wantsEvent: boolean;
  meeting: MeetingWish;
  /** What may be done in the trainer's calendar by itself. */
  calendar: CalendarRules;
  /** Meetings up to this generation are to be replaced by a new one. */
  staleGeneration: number;
  /** The event that invites a trainer who is not connected. */
  invitation: CalendarEvent;
  /** The event as it should be, with the meeting it should show. */
  event(meeting: CalendarEvent['meeting']): CalendarEvent;
}

/** By the trainer's settings. */
export interface CalendarRules {
  mayCreate: boolean;
  /** Change and remove. */
  mayUpdate: boolean;
  /** Absent: the main one. */
  calendarId: string | undefined;
}

/** A reservation outlives its training by this much: trainings run late. */
const RESERVATION_TAIL_MS = 2 * 3_600_000;

/**
 * What should exist outside for what the booking says. Only a confirmed booking that is not over and has its slot gets
 * anything; requested ones hold the slot only.
 * @param given.hasSlot false when another booking has the time
 * @param given.horizonMs how far ahead a reservation may end
 */
export function desiredEffects(given: {
  booking: Booking;
  trainer: Trainer;
  settings: BookingSettings;
  hasSlot: boolean;
  horizonMs: number;
  now: Date;
  link?: Pick<LinkMemory, 'staleGeneration' | 'replacedLink'>;
}): DesiredEffects {
  const { booking, trainer, now, link = noLinkMemory } = given;
  const calendar = rulesOf(trainer);
  const isOver = booking.status === 'Completed' || (booking.status !== 'Cancelled' && booking.end <= now);
  const wantsEvent = !isOver && booking.status === 'Confirmed' && given.hasSlot;
  return {
    bookingId: booking.id,
    revision: booking.revision,
    leaveAlone: isOver,
    isPast: booking.end <= now,
    connectionId: connectionIdOf('lark', booking.trainerId),
    wantsEvent,
    meeting: wantsEvent ? meetingWish({ ...given, link, mayCreateEvent: calendar.mayCreate }) : { kind: 'none' },
    calendar,
    staleGeneration: link.staleGeneration,
    invitation: invitationFor(booking, trainer, needsMeeting(booking, given.settings), trainer.lark.settings),
    event: (meeting) => eventFor(booking, trainer, meeting, trainer.lark.settings),
  };
}

function rulesOf({ lark: { settings } }: Trainer): CalendarRules {
  if (!settings) return { mayCreate: true, mayUpdate: true, calendarId: undefined };
  const { syncEnabled, autoCreate, autoUpdate, calendarId } = settings;
  return { mayCreate: syncEnabled && autoCreate, mayUpdate: syncEnabled && autoUpdate, calendarId };
}

/** Should people join this training by a link? */
export function needsMeeting(
  booking: Pick<Booking, 'serviceType' | 'bookingType'>,
  settings: Pick<BookingSettings, 'meetingBookingTypes'>,
): boolean {
  return booking.serviceType === 'Remote' && settings.meetingBookingTypes.includes(booking.bookingType);
}

/** The link that a person typed, if any. */
export function manualLinkOf(booking: Booking): string | undefined {
  return booking.meetingLinkStatus === 'Manual' ? booking.meetingLink : undefined;
}

function meetingWish(given: {
  booking: Booking;
  trainer: Pick<Trainer, 'lark'>;
  settings: BookingSettings;
  horizonMs: number;
  now: Date;
  link: Pick<LinkMemory, 'replacedLink'>;
  mayCreateEvent: boolean;
}): MeetingWish {
  const { booking, settings, now } = given;
  const manualLink = manualLinkOf(booking);
  if (manualLink !== undefined && manualLink !== given.link.replacedLink) return { kind: 'manual', url: manualLink };
  if (!needsMeeting(booking, settings)) return { kind: 'none' };
  const endsAt = new Date(booking.end.getTime() + RESERVATION_TAIL_MS);
  // Without an event of its own the meeting can only be a reservation.
  const isAllowed = settings.larkMeeting !== 'calendar' || !given.mayCreateEvent;
  const isPossible = isAllowed && endsAt.getTime() - now.getTime() <= given.horizonMs;
  return {
    kind: 'make',
    reservation: isPossible ? { topic: topicFor(booking, given.trainer.lark.settings), endsAt } : undefined,
  };
}
