import type { Booking } from '../../core/booking.ts';
import type { CalendarSettings, Trainer } from '../../core/trainer.ts';
import type { CalendarEvent } from '../../providers/ports/calendar.ts';
import { hashOf } from './effect.ts';

/** Where the trainer does not want client details. */
const NEUTRAL_TITLES = { Remote: 'Remote Training', Onsite: 'Onsite Training' };
const TITLES = { Remote: 'Remote Training: {{merchantName}}', Onsite: 'Onsite {{bookingType}}: {{merchantName}}' };

/** Replaces `{{name}}`; a name that is not known or has no value leaves nothing behind. */
export function fillTemplate(template: string, values: Readonly<Record<string, string | undefined>>): string {
  return template.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => values[name] ?? '');
}

type ContentSettings = Pick<CalendarSettings, 'includeClientDetails' | 'titleTemplate' | 'descriptionTemplate'>;

/**
 * What the trainer's calendar shows for a booking, as plain text, by the trainer's own templates where there are any.
 * Remote trainings never show a store address. Without client details neither merchant, contact nor notes appear.
 */
export function eventFor(
  booking: Booking,
  trainer: Pick<Trainer, 'name'>,
  meeting: CalendarEvent['meeting'],
  settings?: ContentSettings,
): CalendarEvent {
  const withDetails = settings?.includeClientDetails !== false;
  const values = valuesOf(booking, trainer, meeting);
  const title = settings?.titleTemplate ?? TITLES[booking.serviceType];
  const description = settings?.descriptionTemplate;
  return {
    title: withDetails ? fillTemplate(title, values) : NEUTRAL_TITLES[booking.serviceType],
    description: withDetails
      ? description === undefined
        ? descriptionOf(booking, trainer, meeting)
        : fillTemplate(description, values)
      : neutralDescriptionOf(booking, meeting),
    start: booking.start,
    end: booking.end,
    timeZone: booking.timeZone,
    meeting,
    location: booking.serviceType === 'Onsite' ? booking.storeAddress : undefined,
    bookingId: booking.id,
  };
}

/** What templates may name. */
function valuesOf(
  booking: Booking,
  trainer: Pick<Trainer, 'name'>,
  meeting: CalendarEvent['meeting'],
): Record<string, string | undefined> {
  return {
    merchantName: booking.merchantName ?? booking.name,
    trainerName: trainer.name,
    bookingType: booking.bookingType,
    bookingName: booking.name,
    contactName: booking.contactName,
    contactEmail: booking.contactEmail,
    storeAddress: booking.serviceType === 'Onsite' ? booking.storeAddress : undefined,
    meetingLink: meeting.kind === 'own' ? OWN_MEETING : meeting.kind === 'link' ? meeting.url : undefined,
    notes: booking.notes,
  };
}

const OWN_MEETING = 'the video meeting of this event';

function joinLine(meeting: CalendarEvent['meeting']): string | undefined {
  if (meeting.kind === 'link') return `Join: ${meeting.url}`;
  return meeting.kind === 'own' ? `Join by ${OWN_MEETING}.` : undefined;
}

function neutralDescriptionOf(booking: Booking, meeting: CalendarEvent['meeting']): string {
  const lines = [joinLine(meeting), `Booking: ${booking.name}`, 'The details are in Salesforce.'];
  return lines.filter((line) => line !== undefined).join('\n');
}

/** What the app's own calendar shows to a trainer who is invited because their calendar is not connected. */
export function invitationFor(
  booking: Booking,
  trainer: Pick<Trainer, 'name'>,
  needsMeeting: boolean,
  settings?: ContentSettings,
): CalendarEvent {
  const event = eventFor(booking, trainer, { kind: 'none' }, settings);
  const hint = needsMeeting
    ? 'Meeting link pending trainer setup: connect Lark in Salesforce, then the link is made and this invitation becomes an event of your own.'
    : 'Connect Lark in Salesforce, then this invitation becomes an event of your own.';
  return { ...event, description: `${hint}\n${event.description}` };
}

function descriptionOf(booking: Booking, trainer: Pick<Trainer, 'name'>, meeting: CalendarEvent['meeting']): string {
  const contact = [booking.contactName, booking.contactEmail].filter((part) => part !== undefined).join(', ');
  const lines = [
    joinLine(meeting),
    `Booking: ${booking.name} (${booking.bookingType})`,
    `Trainer: ${trainer.name}`,
    contact === '' ? undefined : `Contact: ${contact}`,
    booking.notes === undefined ? undefined : `Notes: ${booking.notes}`,
  ];
  return lines.filter((line) => line !== undefined).join('\n');
}

/** The name of the meeting itself; without the merchant where the trainer does not want client details. */
export function topicFor(booking: Booking, settings?: Pick<ContentSettings, 'includeClientDetails'>): string {
  if (settings?.includeClientDetails === false) return NEUTRAL_TITLES.Remote;
  return fillTemplate(TITLES.Remote, { merchantName: booking.merchantName ?? booking.name });
}

export function eventHash(event: CalendarEvent): string {
  const { title, description, start, end, timeZone, meeting, location } = event;
  return hashOf([title, description, start, end, timeZone, meeting, location ?? null]);
}

export function reservationHash(reservation: { topic: string; endsAt: Date }): string {
  return hashOf([reservation.topic, reservation.endsAt]);
}
