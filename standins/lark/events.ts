import { z } from 'zod';
import { USER_ID_TYPES } from './accounts.ts';
import { isAttending } from './attendee-store.ts';
import { ownCalendar } from './calendars.ts';
import type { Call } from './calls.ts';
import { LarkError } from './errors.ts';
import {
  badParameter,
  checkEvent,
  CREATE_BODY,
  DELETE_QUERY,
  keptFields,
  PATCH_BODY,
  readTimes,
} from './event-body.ts';
import { describeEvent } from './event-reply.ts';
import {
  eventOfKey,
  findEvent,
  insertEvent,
  rememberKey,
  removeEvent,
  saveEvent,
  type StoredEvent,
} from './event-store.ts';
import { parseBody, parseQuery, refuseBody } from './parse-body.ts';
import { allowUserIdType, readUserIdType } from './user-ids.ts';
import { changeVchat } from './vchat.ts';

const CREATE_QUERY = z.strictObject({
  idempotency_key: z.string().min(32).max(128).optional(),
  user_id_type: z.enum(USER_ID_TYPES).optional(),
});

/**
 * `POST calendars/:calendar_id/events` (rule 5). The vendor promises that an `idempotency_key` is unique per app and
 * calendar and no more. Here the first event of the key is answered as it is now, whatever the body says;
 * when it has been deleted, 193003: a key cannot bring an event back.
 */
export function createEvent(call: Call): unknown {
  const { world, caller, request, response } = call;
  const query = parseQuery(CREATE_QUERY, request);
  const type = allowUserIdType(caller, query.user_id_type);
  const body = parseBody(CREATE_BODY, request, response);
  const calendar = ownCalendar(call);
  checkEvent(body);
  const { start, end, startsAt, endsAt } = readTimes(body);
  const key = query.idempotency_key;
  const known = key === undefined ? undefined : eventOfKey(world.store, caller.app.id, calendar.id, key);
  const first = known === undefined ? undefined : findEvent(world.store, known);
  if (first?.deleted) throw eventDeleted();
  if (first) return { event: describeEvent(world, caller.app, type, first) };

  const event = insertEvent(world, {
    calendarId: calendar.id,
    content: {
      ...keptFields(body),
      start_time: start,
      end_time: end,
      ...(body.vchat ? { vchat: changeVchat(call, type, body.vchat, undefined) } : {}),
    },
    startsAt,
    endsAt,
  });
  if (key !== undefined) rememberKey(world.store, caller.app.id, calendar.id, key, event.id);
  return { event: describeEvent(world, caller.app, type, event) };
}

/** `PATCH …/events/:event_id`: absent means unchanged; start and end only together. Organizer only. */
export function patchEvent(call: Call): unknown {
  const { world, caller, request, response } = call;
  const type = readUserIdType(caller, request);
  const body = parseBody(PATCH_BODY, request, response);
  const { vchat, start_time, end_time } = body;
  const event = organizedEvent(call);
  checkEvent(body);
  if ((start_time === undefined) !== (end_time === undefined)) {
    throw badParameter('start_time and end_time must be sent together');
  }
  const times = start_time && end_time ? readTimes({ start_time, end_time }) : undefined;
  const saved = saveEvent(world.store, {
    ...event,
    content: {
      ...event.content,
      ...keptFields(body),
      ...(times ? { start_time: times.start, end_time: times.end } : {}),
      ...(vchat ? { vchat: changeVchat(call, type, vchat, event.content.vchat) } : {}),
    },
    startsAt: times?.startsAt ?? event.startsAt,
    endsAt: times?.endsAt ?? event.endsAt,
  });
  return { event: describeEvent(world, caller.app, type, saved) };
}

/** `DELETE …/events/:event_id?need_notification=true|false` → `{}`. Organizer only. */
export function deleteEvent(call: Call): unknown {
  parseQuery(DELETE_QUERY, call.request);
  refuseBody(call.request, call.response);
  removeEvent(call.world, organizedEvent(call).id);
  return {};
}

/** `GET …/events/:event_id`, for organizer and attendees. */
export function getEvent(call: Call): unknown {
  const type = readUserIdType(call.caller, call.request);
  refuseBody(call.request, call.response);
  return { event: describeEvent(call.world, call.caller.app, type, visibleEvent(call)) };
}

/** Throws as visibleEvent does, and 193002 for an attendee. */
export function organizedEvent(call: Call): StoredEvent {
  const event = visibleEvent(call);
  if (event.calendarId !== ownCalendar(call).id) {
    throw new LarkError(403, 193002, 'no permission to operate event: not the organizer');
  }
  return event;
}

/** The event of the path, on a calendar of the caller. Throws 193001 not there, 193003 deleted. */
function visibleEvent(call: Call): StoredEvent {
  const calendar = ownCalendar(call);
  const event = findEvent(call.world.store, String(call.request.params['event_id']));
  const there = event && (event.calendarId === calendar.id || isAttending(call.world.store, event.id, calendar.id));
  if (!there) throw new LarkError(404, 193001, 'event not found');
  if (event.deleted) throw eventDeleted();
  return event;
}

function eventDeleted(): LarkError {
  return new LarkError(403, 193003, 'event is deleted');
}
