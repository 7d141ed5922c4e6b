import type { CalendarEvent } from '../ports/calendar.ts';
import { markOf } from './event-marker.ts';
import { toUnixSeconds } from './time.ts';

/** Lengths that Lark's calendar accepts, in characters. */
const SUMMARY_MAX = 1000;
const DESCRIPTION_MAX = 40_960;
const LOCATION_MAX = 512;
const JOIN_TEXT = 'Join the training';
const ONLINE = 'Online';
const NOWHERE = '-';

/** The event as Lark's calendar creates it. `vchat` is always there: left out, Lark may add a meeting of its own. */
export function toNewEvent(event: CalendarEvent, installationId?: string): object {
  return { ...commonFields(event, installationId), vchat: toVchat(event.meeting) };
}

/**
 * The changed event. The meeting that Lark made for the event is left alone: naming it again could make another. A
 * location is always sent, because what is absent stays as it was and an empty name is not documented: without it an
 * event that moved online would keep the address of the shop.
 */
export function toChangedEvent(event: CalendarEvent, installationId?: string): object {
  const { kind } = event.meeting;
  const location = event.location ?? (kind === 'none' ? NOWHERE : ONLINE);
  const changed = { ...event, location };
  return kind === 'own' ? commonFields(changed, installationId) : toNewEvent(changed, installationId);
}

function commonFields(event: CalendarEvent, installationId: string | undefined): object {
  const mark = markOf(event, installationId);
  return {
    summary: clip(event.title, SUMMARY_MAX),
    description: clipMarkup(toMarkup(event.description), DESCRIPTION_MAX - mark.length) + mark,
    // The calendar is the trainer's own: Lark has nobody else to tell.
    need_notification: false,
    start_time: { timestamp: toUnixSeconds(event.start), timezone: event.timeZone },
    end_time: { timestamp: toUnixSeconds(event.end), timezone: event.timeZone },
    ...(event.location ? { location: { name: clip(event.location, LOCATION_MAX) } } : {}),
  };
}

function toVchat(meeting: CalendarEvent['meeting']): object {
  switch (meeting.kind) {
    case 'own':
      return { vc_type: 'vc' };
    case 'link':
      return { vc_type: 'third_party', icon_type: 'vc', description: JOIN_TEXT, meeting_url: meeting.url };
    case 'none':
      return { vc_type: 'no_meeting' };
  }
}

/** The text in at most `max` UTF-16 units, without half a character at the end. */
function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  return `${text.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Plain text as Lark's descriptions, a subset of HTML, show it. Merchants write part of it. */
function toMarkup(text: string): string {
  return text.replaceAll(/[&<>]/g, (character) => entities[character] ?? character);
}

/** As `clip`, without half an entity at the end. */
function clipMarkup(markup: string, max: number): string {
  const clipped = clip(markup, max);
  return clipped === markup ? markup : clipped.replace(/&\w{0,4}…$/, '…');
}
