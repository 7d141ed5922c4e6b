import type { Booking } from '../../core/booking.ts';
import { changesBetween, timeOf, type Occasion, type Told } from './told.ts';

const subjects: Record<Occasion, string> = {
  booked: 'Booked',
  changed: 'Changed',
  cancelled: 'Cancelled',
};

const openings: Record<Occasion, string> = {
  booked: 'your training is booked.',
  changed: 'your training has changed.',
  cancelled: 'your training is cancelled.',
};

/** The mail to the merchant's contact, in plain text. */
export function letterOf(given: {
  booking: Booking;
  occasion: Occasion;
  before: Told | undefined;
  now: Told;
  calendarUrl: string;
}): { subject: string; body: string } {
  const { booking, occasion, now, calendarUrl } = given;
  const name = booking.contactName === undefined ? '' : ` ${oneLine(booking.contactName)}`;
  const changes = occasion === 'changed' && given.before ? changesBetween(given.before, now) : [];
  const isCancelled = occasion === 'cancelled';
  const lines = [
    `Hello${name},`,
    '',
    openings[occasion],
    ...(changes.length === 0 ? [] : ['', 'What has changed:', ...changes.map((change) => `- ${oneLine(change)}`)]),
    '',
    `What: ${booking.bookingType} (${booking.serviceType.toLowerCase()}), ${booking.name}`,
    `When: ${timeOf(now)}`,
    `Trainer: ${oneLine(now.trainer)}`,
    ...(now.address === null ? [] : [`Where: ${oneLine(now.address)}`]),
    ...(isCancelled || now.linkText === '' ? [] : [`Meeting: ${now.linkText}`]),
    '',
    isCancelled
      ? 'To take it out of your calendar, open this file (.ics), or delete the entry there:'
      : 'For your calendar (.ics; always as the booking stands):',
    calendarUrl,
    '',
    'Trainer Connect',
  ];
  const what = `${booking.bookingType} on ${timeOf(now)}`;
  return { subject: `${subjects[occasion]}: ${what}`.slice(0, 250), body: lines.join('\n') };
}

/** What others typed cannot begin a line of ours. */
function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
