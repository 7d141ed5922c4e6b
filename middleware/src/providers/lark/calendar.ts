import { z } from 'zod';
import { ProviderError } from '../../core/provider-error.ts';
import type { Calendar, CreatedEvent } from '../ports/calendar.ts';
import type { CallLark } from './business-call.ts';
import { toChangedEvent, toNewEvent } from './event-body.ts';

const EVENTS = '/calendar/v4/calendars/:calendar_id/events';
const EVENT = `${EVENTS}/:event_id`;
/** Lark reads this word as the main calendar of whoever the token belongs to. */
const PRIMARY = 'primary';

const eventData = z.object({
  event: z.object({
    event_id: z.string().min(1),
    organizer_calendar_id: z.string().nullish(),
    vchat: z.object({ meeting_url: z.string().nullish() }).nullish(),
  }),
});

/** Lark's calendar (v4) of the token's owner. */
export function createCalendar(deps: { callLark: CallLark; installationId: string | undefined }): Calendar {
  const { callLark, installationId } = deps;
  return {
    async createEvent(accessToken, { idempotencyKey, event, calendarId = PRIMARY }) {
      const created = await callLark({
        method: 'POST',
        route: EVENTS,
        path: { calendar_id: calendarId },
        query: { idempotency_key: idempotencyKey, user_id_type: 'open_id' },
        body: toNewEvent(event, installationId),
        token: accessToken,
        effect: 'repeatable',
        data: eventData,
      });
      const place = {
        eventId: created.event.event_id,
        calendarId: created.event.organizer_calendar_id || calendarId,
      };
      return { ...place, meetingUrl: await meetingUrlOf(created.event, place, accessToken, event.meeting) };
    },

    async updateEvent(accessToken, { calendarId, eventId, event }) {
      await callLark({
        method: 'PATCH',
        route: EVENT,
        path: { calendar_id: calendarId, event_id: eventId },
        query: { user_id_type: 'open_id' },
        body: toChangedEvent(event, installationId),
        token: accessToken,
        effect: 'repeatable',
        data: z.unknown(),
      });
    },

    async deleteEvent(accessToken, { calendarId, eventId }) {
      try {
        await callLark({
          method: 'DELETE',
          route: EVENT,
          path: { calendar_id: calendarId, event_id: eventId },
          query: { need_notification: 'false' },
          token: accessToken,
          effect: 'repeatable',
          data: z.unknown(),
        });
        return 'deleted';
      } catch (error) {
        if (error instanceof ProviderError && error.failure === 'not-found') return 'gone';
        throw error;
      }
    },
  };

  async function meetingUrlOf(
    created: z.infer<typeof eventData>['event'],
    place: Omit<CreatedEvent, 'meetingUrl'>,
    accessToken: string,
    meeting: Parameters<Calendar['createEvent']>[1]['event']['meeting'],
  ): Promise<string | undefined> {
    if (meeting.kind === 'none') return undefined;
    if (meeting.kind === 'link') return meeting.url;
    if (created.vchat?.meeting_url) return created.vchat.meeting_url;
    // The calendar makes its meeting a moment after the event, so that the first answer can lack the link.
    try {
      const { event } = await callLark({
        method: 'GET',
        route: EVENT,
        path: { calendar_id: place.calendarId, event_id: place.eventId },
        query: { user_id_type: 'open_id' },
        token: accessToken,
        effect: 'read',
        data: eventData,
      });
      return event.vchat?.meeting_url || undefined;
    } catch (error) {
      // The event is there and its id must not be lost; the link can come later. A new token reads it at once.
      if (!(error instanceof ProviderError) || error.failure === 'token-invalid') throw error;
      return undefined;
    }
  }
}
