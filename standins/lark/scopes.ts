/**
 * The permissions a custom app can apply for, with the words the consent screen uses (rules 2.2, 2.5, 6).
 * A name that is not here does not exist on this vendor.
 */
export const SCOPE_WORDS = {
  offline_access: 'Stay connected while you are away',
  'vc:reserve': 'Reserve video meetings for you',
  'vc:reserve:readonly': 'See your meeting reservations',
  'calendar:calendar': 'Manage your calendars and their events',
  'calendar:calendar:readonly': 'See your calendars, events and free/busy times',
  'calendar:calendar:read': 'See the list of your calendars',
  'calendar:calendar.event:create': 'Add events to your calendars',
  'calendar:calendar.event:update': 'Change events on your calendars and who attends',
  'calendar:calendar.event:delete': 'Delete events from your calendars',
  'calendar:calendar.event:read': 'See the events on your calendars',
  'calendar:calendar.free_busy:read': 'See when you are free or busy',
  'contact:user.base:readonly': 'See your name and picture',
  'contact:user.email:readonly': 'See your e-mail address',
  'contact:user.employee_id:readonly': 'See your user ID in the organisation',
  'contact:user.employee:readonly': 'See your work e-mail and employee number',
  'contact:user.phone:readonly': 'See your mobile number',
  'contact:user.id:readonly': 'Find people by e-mail or mobile number',
  'contact:contact.base:readonly': 'Read the organisation directory',
  'im:message': 'Send and read messages',
  'im:message:send_as_bot': 'Send messages as the app',
  'im:message:update': 'Change messages sent by the app',
  'aily:session:write': 'Start conversations with Aily',
  'aily:message:write': 'Write in conversations with Aily',
  'aily:run:write': 'Let Aily work on a conversation',
  'aily:skill:write': 'Use the skills of Aily',
} as const;

export const ALL_SCOPES: readonly string[] = Object.keys(SCOPE_WORDS);

/** "See when you are free or busy" for a scope name. */
export function wordsFor(scope: string): string {
  return (SCOPE_WORDS as Record<string, string>)[scope] ?? scope;
}

/** Splits the space-separated form; an empty text is no scope at all. */
export function splitScopes(text: string): string[] {
  return text.split(' ').filter((scope) => scope !== '');
}

/** The vendor's order is not documented: alphabetical, so that equal grants read equal. */
export function joinScopes(scopes: Iterable<string>): string {
  return [...new Set(scopes)].sort().join(' ');
}

export function firstDuplicate(scopes: readonly string[]): string | undefined {
  return scopes.find((scope, index) => scopes.indexOf(scope) !== index);
}
