import type { Booking } from '../../core/booking.ts';
import type { Trainer } from '../../core/trainer.ts';
import type { CalendarEvent } from '../../providers/ports/calendar.ts';
import { hashOf } from './effect.ts';

const TITLES = { Remote: 'Remote Training: {{merchantName}}', Onsite: 'Onsite {{bookingType}}: {{merchantName}}' };

/** Replaces `{{name}}`; a name that is not known or has no value leaves nothing behind. */
export function fillTemplate(template: string, values: Readonly<Record<string, string | undefined>>): string {
  return template.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => values[name] ?? '');
}

/** What the trainer's calendar shows for a booking, as plain text. Remote trainings never show a store address. */
export function eventFor(
  booking: Booking,
  trainer: Pick<Trainer, 'name'>,
  meeting: CalendarEvent['meeting'],
): CalendarEvent {
  return {
    title: fillTemplate(TITLES[booking.serviceType], {
      merchantName: booking.merchantName ?? booking.name,
      bookingType: booking.bookingType,
      trainerName: trainer.name,
    }),
    description: descriptionOf(booking, trainer, meeting),
    start: booking.start,
    end: booking.end,
    timeZone: booking.timeZone,
    meeting,
    location: booking.serviceType === 'Onsite' ? booking.storeAddress : undefined,
  };
}

function descriptionOf(booking: Booking, trainer: Pick<Trainer, 'name'>, meeting: CalendarEvent['meeting']): string {
  const contact = [booking.contactName, booking.contactEmail].filter((part) => part !== undefined).join(', ');
  const lines = [
    meeting.kind === 'link' ? `Join: ${meeting.url}` : undefined,
    meeting.kind === 'own' ? 'Join by the video meeting of this event.' : undefined,
    `Booking: ${booking.name} (${booking.bookingType})`,
    `Trainer: ${trainer.name}`,
    contact === '' ? undefined : `Contact: ${contact}`,
    booking.notes === undefined ? undefined : `Notes: ${booking.notes}`,
  ];
  return lines.filter((line) => line !== undefined).join('\n');
}

/** The name of the meeting itself. */
export function topicFor(booking: Booking): string {
  return fillTemplate(TITLES.Remote, { merchantName: booking.merchantName ?? booking.name });
}

export function eventHash(event: CalendarEvent): string {
  const { title, description, start, end, timeZone, meeting, location } = event;
  return hashOf([title, description, start, end, timeZone, meeting, location ?? null]);
}

export function reservationHash(reservation: { topic: string; endsAt: Date }): string {
  return hashOf([reservation.topic, reservation.endsAt]);
}
