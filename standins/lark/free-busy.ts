import { z } from 'zod';
import type { Account } from './accounts.ts';
import type { Call } from './calls.ts';
import { LarkError } from './errors.ts';
import { badParameter } from './event-body.ts';
import { eventsOn } from './event-store.ts';
import { parseBody } from './parse-body.ts';
import { readUserIdType } from './user-ids.ts';
import type { World } from './world.ts';

/** Rule 5. */
const WINDOW_DAYS = 90;

const window = {
  time_min: z.string(),
  time_max: z.string(),
  include_external_calendar: z.boolean().optional(),
  only_busy: z.boolean().optional(),
  need_rsvp_status: z.boolean().optional(),
};

const LIST_BODY = z.strictObject({ ...window, user_id: z.string().optional(), room_id: z.string().optional() });
const BATCH_BODY = z.strictObject({ ...window, user_ids: z.array(z.string().min(1)).min(1) });

type Window = Omit<z.infer<typeof BATCH_BODY>, 'user_ids'>;

/** `POST freebusy/list`: one person's primary calendar. */
export function listFreeBusy({ world, caller, request, response }: Call): unknown {
  const type = readUserIdType(caller, request);
  const body = parseBody(LIST_BODY, request, response);
  if ((body.user_id === undefined) === (body.room_id === undefined)) throw badParameter('user_id or room_id');
  if (body.user_id === undefined) throw badParameter('room_id is unknown');
  const account = world.accounts.resolve(caller.app, type, body.user_id);
  return { freebusy_list: busyTimes(world, account, body) };
}

/** `POST freebusy/batch`: several people's. */
export function batchFreeBusy({ world, caller, request, response }: Call): unknown {
  const type = readUserIdType(caller, request);
  const body = parseBody(BATCH_BODY, request, response);
  return {
    freebusy_lists: body.user_ids.map((id) => ({
      user_id: id,
      freebusy_items: busyTimes(world, world.accounts.resolve(caller.app, type, id), body),
    })),
  };
}

/**
 * Busy intervals that touch the window, earliest first. Overlapping ones are merged, unless the answer to each
 * invitation is asked for. Throws 190002 unless the window is RFC 3339 with offset and at most 90 days.
 */
function busyTimes(world: World, account: Account, body: Window) {
  const from = readInstant('time_min', body.time_min);
  const to = readInstant('time_max', body.time_max);
  if (to.at <= from.at) throw badParameter('time_max must be after time_min');
  if (to.at - from.at > WINDOW_DAYS * 86_400_000) throw badParameter(`the window is longer than ${WINDOW_DAYS} days`);
  if (account.resigned) throw new LarkError(400, 195100, 'the user is gone');

  const events = eventsOn(world.store, account.calendarId)
    .filter((event) => !event.deleted && event.startsAt < to.at && event.endsAt > from.at)
    .filter((event) => body.only_busy === false || event.content.free_busy_status !== 'free');
  const answer = (start: number, end: number) => ({
    start_time: withOffset(start, from.offsetMinutes),
    end_time: withOffset(end, from.offsetMinutes),
  });
  if (body.need_rsvp_status) {
    return events.map((event) => ({
      ...answer(event.startsAt, event.endsAt),
      rsvp_status: event.calendarId === account.calendarId ? 'accept' : 'needs_action',
    }));
  }
  return merge(events).map(({ startsAt, endsAt }) => answer(startsAt, endsAt));
}

function merge(sorted: { startsAt: number; endsAt: number }[]): { startsAt: number; endsAt: number }[] {
  const merged: { startsAt: number; endsAt: number }[] = [];
  for (const { startsAt, endsAt } of sorted) {
    const last = merged.at(-1);
    if (last && startsAt <= last.endsAt) last.endsAt = Math.max(last.endsAt, endsAt);
    else merged.push({ startsAt, endsAt });
  }
  return merged;
}

const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|([+-])(\d{2}):(\d{2}))$/;

function readInstant(field: string, text: string): { at: number; offsetMinutes: number } {
  const match = RFC_3339.exec(text);
  const at = Date.parse(text);
  if (!match || Number.isNaN(at)) throw badParameter(`${field} must be RFC 3339 with offset`);
  const [, , , sign, hours, minutes] = match;
  const size = Number(hours ?? 0) * 60 + Number(minutes ?? 0);
  return { at, offsetMinutes: sign === '-' ? -size : size };
}

/** RFC 3339 in the offset of the question. */
function withOffset(at: number, offsetMinutes: number): string {
  const local = new Date(at + offsetMinutes * 60_000).toISOString().slice(0, 19);
  const size = Math.abs(offsetMinutes);
  const two = (part: number) => String(part).padStart(2, '0');
  return `${local}${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
