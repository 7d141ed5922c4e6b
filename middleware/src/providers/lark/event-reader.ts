import { z } from 'zod';
import { ProviderError } from '../../core/provider-error.ts';
import type { EventReader, SeenEvent } from '../ports/event-reader.ts';
import type { CallLark } from './business-call.ts';
import { readMark } from './event-marker.ts';
import { toUnixSeconds } from './time.ts';

const EVENTS = '/calendar/v4/calendars/:calendar_id/events';
const PRIMARY = 'primary';
const PAGE_SIZE = '500';
/** Half a million events: a list that does not end is none. */
const MOST_PAGES = 1_000;

/** A moment, or a day for events that last whole days. */
const time = z.object({
  timestamp: z.string().regex(/^\d+$/).nullish(),
  date: z.iso.date().nullish(),
  timezone: z.string().nullish(),
});
const event = z.object({
  event_id: z.string().min(1),
  organizer_calendar_id: z.string().nullish(),
  description: z.string().nullish(),
  start_time: time,
  end_time: time,
  status: z.string().nullish(),
  create_time: z.string().regex(/^\d+$/).nullish(),
  event_organizer: z.object({ user_id: z.string().nullish() }).nullish(),
  vchat: z.object({ meeting_url: z.string().nullish() }).nullish(),
});
const page = z.object({
  has_more: z.boolean(),
  page_token: z.string().nullish(),
  items: z.array(z.unknown()).nullish(),
});
const described = z.object({ description: z.string().nullish(), status: z.string().nullish() });

/** Reads events from Lark's calendar (v4). */
export function createEventReader(deps: { callLark: CallLark; installationId: string | undefined }): EventReader {
  const { callLark, installationId } = deps;
  return {
    async readEvent(accessToken, { calendarId, eventId }) {
      try {
        const found = await callLark({
          method: 'GET',
          route: `${EVENTS}/:event_id`,
          path: { calendar_id: calendarId, event_id: eventId },
          query: { user_id_type: 'open_id' },
          token: accessToken,
          effect: 'read',
          data: z.object({ event }),
        });
        return isCancelled(found.event) ? 'gone' : toSeen(found.event, calendarId, installationId);
      } catch (error) {
        if (error instanceof ProviderError && error.failure === 'not-found') return 'gone';
        throw error;
      }
    },

    // From an anchor, page by page: Lark cuts a window off at the size of a page and does not say so.
    async listMarked(accessToken, { calendarId = PRIMARY, from, to }) {
      const marked: SeenEvent[] = [];
      let token: string | undefined;
      for (let count = 0; count < MOST_PAGES; count++) {
        const answer = await callLark({
          method: 'GET',
          route: EVENTS,
          path: { calendar_id: calendarId },
          query: {
            page_size: PAGE_SIZE,
            anchor_time: toUnixSeconds(from),
            user_id_type: 'open_id',
            ...(token === undefined ? {} : { page_token: token }),
          },
          token: accessToken,
          effect: 'read',
          data: page,
        });
        for (const item of answer.items ?? []) {
          const seen = markedEvent(item, calendarId, installationId);
          if (seen && seen.end > from && seen.start < to) marked.push(seen);
        }
        if (!answer.has_more) return marked;
        if (!answer.page_token || answer.page_token === token) throw endless();
        token = answer.page_token;
      }
      throw endless();
    },
  };
}

/** What other people and programs put into the calendar may have any form; ours must have the one we know. */
function markedEvent(item: unknown, calendarId: string, installationId: string | undefined): SeenEvent | undefined {
  const brief = described.safeParse(item);
  if (!brief.success || isCancelled(brief.data)) return undefined;
  if (!readMark(brief.data.description ?? '', installationId)) return undefined;
  const parsed = event.safeParse(item);
  if (!parsed.success) {
    throw new ProviderError('lark', 'unrecognized', 'Lark showed an event in a form that this version does not know.', {
      cause: parsed.error,
    });
  }
  return toSeen(parsed.data, calendarId, installationId);
}

function toSeen(found: z.output<typeof event>, calendarId: string, installationId: string | undefined): SeenEvent {
  return {
    eventId: found.event_id,
    calendarId: found.organizer_calendar_id || calendarId,
    start: instantOf(found.start_time),
    end: instantOf(found.end_time),
    timeZone: found.start_time.timestamp ? (found.start_time.timezone ?? undefined) : undefined,
    meetingUrl: found.vchat?.meeting_url || undefined,
    createdAt: found.create_time ? new Date(Number(found.create_time) * 1000) : undefined,
    organizerId: found.event_organizer?.user_id || undefined,
    mark: readMark(found.description ?? '', installationId),
  };
}

function instantOf({ timestamp, date }: z.output<typeof time>): Date {
  return timestamp ? new Date(Number(timestamp) * 1000) : new Date(`${date ?? '1970-01-01'}T00:00:00Z`);
}

function isCancelled({ status }: { status?: string | null | undefined }): boolean {
  return status === 'cancelled';
}

function endless(): ProviderError {
  return new ProviderError('lark', 'unrecognized', 'Lark lists the events of a calendar without an end.');
}
