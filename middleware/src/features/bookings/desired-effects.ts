import type { Booking, BookingType } from '../../core/booking.ts';
import { connectionIdOf, type ConnectionId } from '../../core/connection.ts';
import type { Trainer } from '../../core/trainer.ts';
import type { CalendarEvent } from '../../providers/ports/calendar.ts';
import { eventFor, topicFor } from './event-content.ts';

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
  /** The event as it should be, with the meeting it should show. */
  event(meeting: CalendarEvent['meeting']): CalendarEvent;
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
}): DesiredEffects {
  const { booking, trainer, now } = given;
  const isOver = booking.status === 'Completed' || (booking.status !== 'Cancelled' && booking.end <= now);
  const wantsEvent = !isOver && booking.status === 'Confirmed' && given.hasSlot;
  return {
    bookingId: booking.id,
    revision: booking.revision,
    leaveAlone: isOver,
    isPast: booking.end <= now,
    connectionId: connectionIdOf('lark', booking.trainerId),
    wantsEvent,
    meeting: wantsEvent ? meetingWish(given) : { kind: 'none' },
    event: (meeting) => eventFor(booking, trainer, meeting),
  };
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
  settings: BookingSettings;
  horizonMs: number;
  now: Date;
}): MeetingWish {
  const { booking, settings, now } = given;
  const manualLink = manualLinkOf(booking);
  if (manualLink !== undefined) return { kind: 'manual', url: manualLink };
  if (!needsMeeting(booking, settings)) return { kind: 'none' };
  const endsAt = new Date(booking.end.getTime() + RESERVATION_TAIL_MS);
  const isPossible = settings.larkMeeting !== 'calendar' && endsAt.getTime() - now.getTime() <= given.horizonMs;
  return { kind: 'make', reservation: isPossible ? { topic: topicFor(booking), endsAt } : undefined };
}
