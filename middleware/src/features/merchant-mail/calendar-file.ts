import type { Booking } from '../../core/booking.ts';
import { plainWords } from './plain-words.ts';

/** What a calendar program does with the file; its content type names the same (RFC 5545, 3.7.2 and 8.1). */
export function calendarMethod(booking: Pick<Booking, 'status'>): 'PUBLISH' | 'CANCEL' {
  return booking.status === 'Cancelled' ? 'CANCEL' : 'PUBLISH';
}

/** A booking as an iCalendar file (RFC 5545), the same in every program that reads it. */
export function calendarFile(given: {
  booking: Booking;
  trainer: { name: string };
  organizerEmail: string;
  now: Date;
}): string {
  const { booking, trainer } = given;
  const isCancelled = booking.status === 'Cancelled';
  const isRemote = booking.serviceType === 'Remote';
  const link = isCancelled ? undefined : booking.meetingLink;
  const title = `${isRemote ? 'Remote' : 'Onsite'} ${booking.bookingType.toLowerCase()} with ${trainer.name}`;
  const description = [
    `${booking.bookingType} ${booking.name} with ${trainer.name}.`,
    link === undefined ? (isRemote && !isCancelled ? 'The meeting link is not ready yet.' : '') : `Meeting: ${link}`,
  ].filter((line) => line !== '');
  const location = isRemote ? link : booking.storeAddress && plainWords(booking.storeAddress);
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Trainer Connect//Bookings//EN',
    'CALSCALE:GREGORIAN',
    `METHOD:${calendarMethod(booking)}`,
    'BEGIN:VEVENT',
    `UID:${booking.id}@trainer-connect`,
    `SEQUENCE:${booking.revision}`,
    `DTSTAMP:${utc(given.now)}`,
    `DTSTART:${utc(booking.start)}`,
    `DTEND:${utc(booking.end)}`,
    `SUMMARY:${text(title)}`,
    `DESCRIPTION:${text(description.join('\n'))}`,
    ...(location === undefined ? [] : [`LOCATION:${text(location)}`]),
    ...(link === undefined || !URL.canParse(link) ? [] : [`URL:${new URL(link).href}`]),
    `ORGANIZER;CN=${parameter(trainer.name)}:mailto:${given.organizerEmail}`,
    `STATUS:${isCancelled ? 'CANCELLED' : booking.status === 'Requested' ? 'TENTATIVE' : 'CONFIRMED'}`,
    'END:VEVENT',
    'END:VCALENDAR',
  ];
  return lines.map(fold).join('');
}

/** `20270118T020000Z` */
function utc(instant: Date): string {
  return instant.toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
}

/** A value of type TEXT: what has a meaning there is escaped, other control characters cannot stand in it. */
function text(value: string): string {
  return value
    .toWellFormed()
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[\\;,]/g, (reserved) => `\\${reserved}`)
    .replaceAll('\n', '\\n')
    .replaceAll(/(?!\t)\p{Cc}/gu, '');
}

/** The value of a parameter, quoted; a quotation mark cannot be written there at all. */
function parameter(value: string): string {
  return `"${value
    .toWellFormed()
    .replaceAll('"', "'")
    .replaceAll(/\p{Cc}/gu, ' ')}"`;
}

const LONGEST_LINE = 75;

/** No line has more than 75 octets: the rest goes on after a break and a space, never inside a character. */
function fold(line: string): string {
  let folded = '';
  let octets = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (octets + size > LONGEST_LINE) {
      folded += '\r\n ';
      octets = 1;
    }
    folded += character;
    octets += size;
  }
  return `${folded}\r\n`;
}
