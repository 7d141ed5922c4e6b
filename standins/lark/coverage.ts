import type { LimitStyle } from './rate-limit.ts';

/** One call of the open platform that this stand-in has. */
export interface Api {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  /** The section of README.md that states its rules. */
  section: string;
  /** Which identities it takes. */
  callers: readonly ('user' | 'tenant')[];
  /** One of these scopes is enough. */
  scopes: readonly string[];
  limit: LimitStyle;
  /** The app identity needs the bot capability for it. */
  bot?: true;
}

const BOTH = ['user', 'tenant'] as const;
const RESERVES = '/open-apis/vc/v1/reserves';
const CALENDARS = '/open-apis/calendar/v4/calendars';
const CALENDAR_READ = ['calendar:calendar:read', 'calendar:calendar:readonly'] as const;
const EVENT_READ = ['calendar:calendar', 'calendar:calendar.event:read', 'calendar:calendar:readonly'] as const;
const FREE_BUSY = ['calendar:calendar', 'calendar:calendar.free_busy:read', 'calendar:calendar:readonly'] as const;

const calendar = { callers: BOTH, limit: 'calendar', section: '5', bot: true } as const;
const meetings = { callers: BOTH, limit: 'gateway', section: '4' } as const;

/** The calls behind the gateway: who may make them, and with which scope. */
export const APIS = {
  batchGetUserIds: {
    method: 'POST',
    path: '/open-apis/contact/v3/users/batch_get_id',
    section: '6',
    callers: ['tenant'],
    scopes: ['contact:user.id:readonly'],
    limit: 'gateway',
  },
  applyReservation: { ...meetings, method: 'POST', path: `${RESERVES}/apply`, scopes: ['vc:reserve'] },
  updateReservation: { ...meetings, method: 'PUT', path: `${RESERVES}/:reserve_id`, scopes: ['vc:reserve'] },
  deleteReservation: { ...meetings, method: 'DELETE', path: `${RESERVES}/:reserve_id`, scopes: ['vc:reserve'] },
  getReservation: { ...meetings, method: 'GET', path: `${RESERVES}/:reserve_id`, scopes: ['vc:reserve:readonly'] },
  primaryCalendar: { ...calendar, method: 'POST', path: `${CALENDARS}/primary`, scopes: CALENDAR_READ },
  listCalendars: { ...calendar, method: 'GET', path: CALENDARS, scopes: CALENDAR_READ },
  createEvent: {
    ...calendar,
    method: 'POST',
    path: `${CALENDARS}/:calendar_id/events`,
    scopes: ['calendar:calendar', 'calendar:calendar.event:create'],
  },
  patchEvent: {
    ...calendar,
    method: 'PATCH',
    path: `${CALENDARS}/:calendar_id/events/:event_id`,
    scopes: ['calendar:calendar', 'calendar:calendar.event:update'],
  },
  deleteEvent: {
    ...calendar,
    method: 'DELETE',
    path: `${CALENDARS}/:calendar_id/events/:event_id`,
    scopes: ['calendar:calendar', 'calendar:calendar.event:delete'],
  },
  // Before getEvent, whose path it fits.
  viewEvents: {
    ...calendar,
    method: 'GET',
    path: `${CALENDARS}/:calendar_id/events/instance_view`,
    scopes: EVENT_READ,
  },
  getEvent: { ...calendar, method: 'GET', path: `${CALENDARS}/:calendar_id/events/:event_id`, scopes: EVENT_READ },
  listEvents: { ...calendar, method: 'GET', path: `${CALENDARS}/:calendar_id/events`, scopes: EVENT_READ },
  addAttendees: {
    ...calendar,
    method: 'POST',
    path: `${CALENDARS}/:calendar_id/events/:event_id/attendees`,
    scopes: ['calendar:calendar', 'calendar:calendar.event:update'],
  },
  listFreeBusy: { ...calendar, method: 'POST', path: '/open-apis/calendar/v4/freebusy/list', scopes: FREE_BUSY },
  batchFreeBusy: { ...calendar, method: 'POST', path: '/open-apis/calendar/v4/freebusy/batch', scopes: FREE_BUSY },
} as const satisfies Record<string, Api>;

export type ApiName = keyof typeof APIS;

/** What is served without the gateway's check of the caller. */
export const OPEN_ROUTES = [
  { method: 'GET', path: '/open-apis/authen/v1/authorize', section: '2.1' },
  { method: 'POST', path: '/open-apis/authen/v1/authorize', section: '2.1' },
  { method: 'POST', path: '/open-apis/authen/v2/oauth/token', section: '2.3' },
  { method: 'GET', path: '/open-apis/authen/v1/user_info', section: '2.5' },
  { method: 'POST', path: '/open-apis/auth/v3/tenant_access_token/internal', section: '3' },
  { method: 'POST', path: '/open-apis/auth/v3/app_access_token/internal', section: '3' },
] as const;
