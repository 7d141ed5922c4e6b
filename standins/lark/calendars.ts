import { z } from 'zod';
import { calendarIdOf, idOf, USER_ID_TYPES, type Account } from './accounts.ts';
import type { Call } from './calls.ts';
import { LarkError } from './errors.ts';
import type { Caller } from './gateway.ts';
import type { LarkApp } from './options.ts';
import { parseQuery, refuseBody } from './parse-body.ts';
import { findSharedCalendar, sharedCalendarsOf, type SharedCalendar } from './shared-calendars.ts';
import { allowUserIdType, readUserIdType } from './user-ids.ts';
import type { World } from './world.ts';

/** Of a person, or of an app (its own identity). */
export interface Calendar {
  id: string;
  /** Absent: it is the primary one. */
  shared?: SharedCalendar;
  owner: { kind: 'user'; account: Account } | { kind: 'app'; app: LarkApp };
}

/** Rule 5. */
export const pageSize = z
  .string()
  .regex(/^\d+$/)
  .refine((size) => Number(size) >= 50 && Number(size) <= 1000, 'must be 50..1000');

const LIST_QUERY = z.strictObject({
  page_size: pageSize.optional(),
  page_token: z.string().optional(),
  sync_token: z.string().optional(),
  user_id_type: z.enum(USER_ID_TYPES).optional(),
});

export function calendarOfAccount(account: Account): Calendar {
  return { id: account.calendarId, owner: { kind: 'user', account } };
}

export function calendarOfCaller(caller: Caller): Calendar {
  if (caller.kind === 'user') return calendarOfAccount(caller.account);
  return calendarOfApp(caller.app);
}

export function calendarOfApp(app: LarkApp): Calendar {
  return { id: calendarIdOf(`app:${app.id}`), owner: { kind: 'app', app } };
}

/**
 * The calendar that the path names; the literal `primary` is the caller's own. Throws 191001 malformed, 191000 unknown,
 * 191002 somebody else's (rule 5).
 */
export function ownCalendar({ caller, request, world }: Call): Calendar {
  const own = calendarOfCaller(caller);
  const id = String(request.params['calendar_id']);
  if (id === 'primary' || id === own.id) return own;
  if (!CALENDAR_ID.test(id)) throw new LarkError(400, 191001, 'invalid calendar_id');
  const shared = findSharedCalendar(world.store, id);
  if (shared && caller.kind === 'user' && shared.account === caller.account.key) return { ...own, id, shared };
  throw shared || isKnown(world, id)
    ? new LarkError(403, 191002, 'no calendar access_role')
    : new LarkError(404, 191000, 'calendar not found');
}

/** `POST calendar/v4/calendars/primary`: no body. */
export function primaryCalendar({ caller, request, response }: Call): unknown {
  const type = readUserIdType(caller, request);
  refuseBody(request, response);
  const calendar = calendarOfCaller(caller);
  const userId = caller.kind === 'user' ? { user_id: idOf(caller.account, caller.app, type) } : {};
  return { calendars: [{ calendar: describe(calendar), ...userId }] };
}

/** `GET calendar/v4/calendars`: the primary calendar, and those that a person has beside it. */
export function listCalendars({ world, caller, request, response }: Call): unknown {
  const query = parseQuery(LIST_QUERY, request);
  allowUserIdType(caller, query.user_id_type);
  refuseBody(request, response);
  const own = calendarOfCaller(caller);
  const shared = caller.kind === 'user' ? sharedCalendarsOf(world.store, caller.account) : [];
  const all = [own, ...shared.map((calendar) => ({ ...own, id: calendar.id, shared: calendar }))];
  const known = query.sync_token ? Number(SYNC_TOKEN.exec(query.sync_token)?.[1]) : 0;
  if (query.page_token || !(known <= all.length)) throw new LarkError(400, 190002, 'invalid token');
  return {
    has_more: false,
    page_token: '',
    sync_token: `ListCalendarsSyncToken_${all.length}`,
    calendar_list: all.slice(known).map(describe),
  };
}

/** Calendars are made and neither changed nor removed, so their number says it all. */
const SYNC_TOKEN = /^ListCalendarsSyncToken_([1-9]\d{0,8})$/;

const CALENDAR_ID = /^feishu\.cn_[A-Za-z0-9]+@group\.calendar\.feishu\.cn$/;

function isKnown(world: World, id: string): boolean {
  return world.accounts.byCalendarId(id) !== undefined || world.apps.some((app) => calendarOfApp(app).id === id);
}

function describe({ id, shared, owner }: Calendar) {
  return {
    calendar_id: id,
    summary: shared?.summary ?? (owner.kind === 'user' ? owner.account.name : owner.app.name),
    description: '',
    permissions: 'show_only_free_busy',
    color: -1,
    type: shared ? 'shared' : 'primary',
    summary_alias: '',
    is_deleted: false,
    is_third_party: false,
    role: 'owner',
  };
}
