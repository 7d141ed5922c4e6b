import type { Booking } from '../../core/booking.ts';
import { plainName, plainWords } from './plain-words.ts';
import { changesBetween, timeOf, type Occasion, type Told } from './told.ts';

const subjects: Record<Occasion, string> = {
  booked: 'Booked',
  changed: 'Changed',
  cancelled: 'Cancelled',
};

const openings: Record<Occasion, string> = {
  booked: 'is booked.',
  changed: 'has changed.',
  cancelled: 'is cancelled.',
};

const calendarHints: Record<Occasion, string> = {
  booked: 'To put it into your calendar, open this file (.ics). It always shows the booking as it stands:',
  changed: 'To bring your calendar up to date, open this file (.ics). It always shows the booking as it stands:',
  cancelled: 'To take it out of your calendar, open this file (.ics), or delete the entry there:',
};

/** The mail to the merchant's contact, in plain text. `before` is absent when nobody knows any more what they were told. */
export function letterOf(given: {
  booking: Booking;
  occasion: Occasion;
  before: Told | undefined;
  now: Told;
  calendarUrl: string;
}): { subject: string; body: string } {
  const { booking, occasion, now, calendarUrl } = given;
  const name = plainName(booking.contactName);
  const lines = [
    name === undefined ? 'Hello,' : `Hello ${name},`,
    '',
    `Your ${booking.bookingType.toLowerCase()} ${openings[occasion]}`,
    ...(occasion === 'changed' ? ['', ...changeLines(given.before, now)] : []),
    '',
    `What: ${booking.bookingType} (${booking.serviceType.toLowerCase()}), ${booking.name}`,
    `When: ${timeOf(now)}`,
    `Trainer: ${plainWords(now.trainer)}`,
    ...(now.address === null ? [] : [`Where: ${plainWords(now.address)}`]),
    ...(occasion === 'cancelled' ? [] : meetingLines(now)),
    '',
    calendarHints[occasion],
    calendarUrl,
    '',
    'Trainer Connect',
  ];
  const what = `${booking.bookingType} on ${timeOf(now)}`;
  return { subject: `${subjects[occasion]}: ${what}`.slice(0, 250), body: lines.join('\n') };
}

function changeLines(before: Told | undefined, now: Told): string[] {
  if (!before) return ['This is how it stands now:'];
  return ['What has changed:', ...changesBetween(before, now).map((change) => `- ${plainWords(change)}`)];
}

function meetingLines({ link, linkText }: Told): string[] {
  if (linkText === '') return [];
  return [link === null ? linkText : `Meeting: ${linkText}`];
}
