import type { Booking } from '../../core/booking.ts';
import { providerOf } from '../../core/connection.ts';
import type { StoredBooking } from './booking-row.ts';
import type { Effect } from './effect.ts';

/** A booking as callers see it. */
export interface PresentedBooking {
  bookingId: string;
  /** `TB-00042` */
  bookingName: string;
  status: Booking['status'];
  trainerId: string;
  merchantId: string | null;
  merchantName: string | null;
  bookingType: Booking['bookingType'];
  serviceType: Booking['serviceType'];
  /** ISO 8601, UTC. */
  start: string;
  end: string;
  timeZone: string;
  storeAddress: string | null;
  meetingLink: string | null;
  meetingLinkStatus: Booking['meetingLinkStatus'] | null;
  meetingLinkSource: Booking['meetingLinkSource'] | null;
  syncStatus: Booking['syncStatus'] | null;
  /** For people. */
  message: string;
  calendarEvents: { provider: string; eventId: string; calendarId: string | null }[];
  notes: string[];
}

export function presentBooking(
  booking: StoredBooking,
  effects: readonly Effect[],
  extra: { notes?: readonly string[]; isSaved?: boolean } = {},
): PresentedBooking {
  return {
    bookingId: booking.id,
    bookingName: booking.name,
    status: booking.status,
    trainerId: booking.trainerId,
    merchantId: booking.merchantReference ?? null,
    merchantName: booking.merchantName ?? null,
    bookingType: booking.bookingType,
    serviceType: booking.serviceType,
    start: booking.start.toISOString(),
    end: booking.end.toISOString(),
    timeZone: booking.timeZone,
    storeAddress: booking.storeAddress ?? null,
    meetingLink: booking.meetingLink ?? null,
    meetingLinkStatus: booking.meetingLinkStatus ?? null,
    meetingLinkSource: booking.meetingLinkSource ?? null,
    syncStatus: booking.syncStatus ?? null,
    message: extra.isSaved === false ? `${messageFor(booking)} It is being saved in Salesforce.` : messageFor(booking),
    calendarEvents: effects.flatMap((effect) =>
      effect.kind === 'event' && effect.state === 'done' && effect.externalId !== undefined
        ? [
            {
              provider: providerOf(effect.connectionId),
              eventId: effect.externalId,
              calendarId: effect.calendarId ?? null,
            },
          ]
        : [],
    ),
    notes: [...(extra.notes ?? [])],
  };
}

const linkTexts: Record<NonNullable<Booking['meetingLinkStatus']>, string> = {
  'Not Needed': 'Your training is booked.',
  Pending: 'Your training is booked. The meeting link is being made.',
  'Pending Trainer Setup': 'Your training is booked. Meeting link pending trainer setup.',
  Ready: 'Your training is booked. The meeting link is ready.',
  Manual: 'Your training is booked. The meeting link is ready.',
  Failed: 'Your training is booked. The meeting link could not be made; our team looks after it.',
};

/** How the booking stands, in a sentence that can be shown to a merchant. */
export function messageFor(booking: Booking): string {
  if (booking.status === 'Cancelled') return 'This training is cancelled.';
  if (booking.status === 'Completed') return 'This training is completed.';
  if (booking.status === 'Requested') return 'The time is held for you until the training is confirmed.';
  if (booking.syncStatus === 'Conflict') {
    return 'The trainer has another booking at this time. Our team will contact you about it.';
  }
  return linkTexts[booking.meetingLinkStatus ?? 'Pending'];
}
