import { toLongId } from '../../core/salesforce-id.ts';
import type { CalendarEvent } from '../ports/calendar.ts';
import type { EventMark } from '../ports/event-reader.ts';
import { toUnixSeconds } from './time.ts';

const MARK = /\[trainer-connect ([A-Za-z0-9]{1,40}) ([A-Za-z0-9]{15,18}) (\d{1,12})-(\d{1,12})\]/g;

/**
 * The last line of a description, by which an event is known again: whose it is, for which booking, and when it took
 * place when it was written. A copy that a person moves, or makes for something else, shows by its time that it is theirs.
 */
export function markOf(event: CalendarEvent, installationId: string | undefined): string {
  if (installationId === undefined || event.bookingId === undefined) return '';
  const time = `${toUnixSeconds(event.start)}-${toUnixSeconds(event.end)}`;
  return `\n\n[trainer-connect ${installationId} ${event.bookingId} ${time}]`;
}

/**
 * Reads the mark of this installation, wherever in the text it stands now; undefined: there is none, or another's. The
 * last one counts: what people write may hold one, and stands before ours. One that names no record is none.
 */
export function readMark(description: string, installationId: string | undefined): EventMark | undefined {
  const [, owner, id, start, end] = [...description.matchAll(MARK)].at(-1) ?? [];
  if (installationId === undefined || owner !== installationId) return undefined;
  const bookingId = toLongId(id ?? '');
  if (bookingId === undefined) return undefined;
  return { bookingId, start: new Date(Number(start) * 1000), end: new Date(Number(end) * 1000) };
}
