import { idOf, type UserIdType } from './accounts.ts';
import { calendarOfApp } from './calendars.ts';
import type { StoredEvent } from './event-store.ts';
import type { LarkApp } from './options.ts';
import type { World } from './world.ts';

/** An event as the calendar API answers it (rule 5). */
export function describeEvent(world: World, app: LarkApp, type: UserIdType, event: StoredEvent) {
  const { content } = event;
  const seconds = Math.floor(event.createdAt / 1000);
  return {
    event_id: event.id,
    organizer_calendar_id: event.calendarId,
    ...content,
    summary: content.summary ?? '',
    description: content.description ?? '',
    visibility: content.visibility ?? 'default',
    attendee_ability: content.attendee_ability ?? 'none',
    free_busy_status: content.free_busy_status ?? 'busy',
    color: content.color ?? -1,
    status: event.deleted ? 'cancelled' : 'confirmed',
    is_exception: false,
    recurring_event_id: '',
    create_time: String(seconds),
    event_organizer: organizerOf(world, app, type, event.calendarId),
    app_link: `https://applink.larksuite.com/client/calendar/event/detail?calendarId=${encodeURIComponent(event.calendarId)}&key=${event.id}`,
  };
}

/** Whose calendar it is: a person, or the app itself, which has a name and no user id. */
export function organizerOf(world: World, app: LarkApp, type: UserIdType, calendarId: string) {
  const person = world.accounts.byCalendarId(calendarId);
  if (person) return { user_id: idOf(person, app, type), display_name: person.name };
  const owner = world.apps.find((other) => calendarOfApp(other).id === calendarId);
  return { display_name: owner?.name ?? '' };
}
