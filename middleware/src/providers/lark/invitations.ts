import { z } from 'zod';
import { ProviderError } from '../../core/provider-error.ts';
import type { Invitations } from '../ports/invitations.ts';
import type { CallLark } from './business-call.ts';
import { toChangedEvent, toNewEvent } from './event-body.ts';
import type { TenantToken } from './tenant-token.ts';

const EVENTS = '/calendar/v4/calendars/:calendar_id/events';
const EVENT = `${EVENTS}/:event_id`;
/** With the app's token: the app's own calendar. */
const PRIMARY = 'primary';

const eventData = z.object({
  event: z.object({ event_id: z.string().min(1), organizer_calendar_id: z.string().nullish() }),
});

interface Place {
  calendarId: string;
  eventId: string;
}

/** Invitations from the app's own calendar in Lark, for trainers who are in the company and not connected. */
export function createInvitations(deps: {
  callLark: CallLark;
  tenantToken: TenantToken;
  installationId: string | undefined;
}): Invitations {
  const { callLark, tenantToken, installationId } = deps;

  async function addAttendee(token: string, place: Place, subjectId: string): Promise<void> {
    await callLark({
      method: 'POST',
      route: `${EVENT}/attendees`,
      path: { calendar_id: place.calendarId, event_id: place.eventId },
      query: { user_id_type: 'open_id' },
      body: { attendees: [{ type: 'user', user_id: subjectId }], need_notification: true },
      token,
      effect: 'repeatable',
      data: z.unknown(),
    });
  }

  async function remove(token: string, place: Place, notify: boolean): Promise<'deleted' | 'gone'> {
    try {
      await callLark({
        method: 'DELETE',
        route: EVENT,
        path: { calendar_id: place.calendarId, event_id: place.eventId },
        query: { need_notification: String(notify) },
        token,
        effect: 'repeatable',
        data: z.unknown(),
      });
      return 'deleted';
    } catch (error) {
      if (error instanceof ProviderError && error.failure === 'not-found') return 'gone';
      throw error;
    }
  }

  return {
    invite: ({ idempotencyKey, subjectId, event }) =>
      tenantToken.use(async (token) => {
        const created = await callLark({
          method: 'POST',
          route: EVENTS,
          path: { calendar_id: PRIMARY },
          query: { idempotency_key: idempotencyKey, user_id_type: 'open_id' },
          body: toNewEvent(event, installationId),
          token,
          effect: 'repeatable',
          data: eventData,
        });
        const { event_id: eventId, organizer_calendar_id: calendarId } = created.event;
        const place = { eventId, calendarId: calendarId || PRIMARY };
        if (subjectId === undefined) return place;
        try {
          await addAttendee(token, place, subjectId);
        } catch (error) {
          // Refused for good: an event that nobody is invited to must not stay. If it cannot go now, all is repeated.
          if (error instanceof ProviderError && isFinal(error)) await remove(token, place, false);
          throw error;
        }
        return place;
      }),

    change: ({ calendarId, eventId, event }) =>
      tenantToken.use(async (token) => {
        await callLark({
          method: 'PATCH',
          route: EVENT,
          path: { calendar_id: calendarId, event_id: eventId },
          query: { user_id_type: 'open_id' },
          body: { ...toChangedEvent(event, installationId), need_notification: true },
          token,
          effect: 'repeatable',
          data: z.unknown(),
        });
      }),

    withdraw: ({ calendarId, eventId, notify }) =>
      tenantToken.use((token) => remove(token, { calendarId, eventId }, notify)),
  };
}

/** Codes that this version does not know are final as well. */
function isFinal({ failure }: ProviderError): boolean {
  return failure === 'refused' || failure === 'unrecognized' || failure === 'not-found';
}
