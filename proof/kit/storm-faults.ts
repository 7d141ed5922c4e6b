import type { FaultRequest } from '../../standins/kit/faults.ts';
import type { World } from '../../middleware/test/kit/world.ts';
import type { Seeded } from './seeded.ts';

const EVENTS = '/open-apis/calendar/v4/calendars/[^/]+/events';
const RESERVES = '/open-apis/vc/v1/reserves';

/** Every outside call that a booking can lead to. */
const routes = {
  reserve: { at: 'lark', method: 'POST', path: `${RESERVES}/apply$` },
  extend: { at: 'lark', method: 'PUT', path: `${RESERVES}/` },
  release: { at: 'lark', method: 'DELETE', path: `${RESERVES}/` },
  'create event': { at: 'lark', method: 'POST', path: `${EVENTS}$` },
  'change event': { at: 'lark', method: 'PATCH', path: `${EVENTS}/[^/]+$` },
  'delete event': { at: 'lark', method: 'DELETE', path: `${EVENTS}/[^/]+$` },
  'read event': { at: 'lark', method: 'GET', path: `${EVENTS}/[^/]+$` },
  invite: { at: 'lark', method: 'POST', path: `${EVENTS}/[^/]+/attendees$` },
  'find user': { at: 'lark', method: 'POST', path: '/batch_get_id$' },
  'primary calendar': { at: 'lark', method: 'POST', path: '/calendars/primary$' },
  'app token': { at: 'lark', method: 'POST', path: '/tenant_access_token/' },
  composite: { at: 'salesforce', method: 'POST', path: '/composite$' },
  'other composites': { at: 'salesforce', method: 'PATCH', path: '/composite/' },
  query: { at: 'salesforce', method: 'GET', path: '/query' },
} as const;

const larkAnswers: FaultRequest[] = [
  { kind: 'status', status: 500, body: { code: 5000, msg: 'internal error' } },
  { kind: 'status', status: 503, body: '<html>busy</html>' },
  { kind: 'status', status: 429, headers: { 'x-ogw-ratelimit-reset': '1' }, body: { code: 99991400, msg: 'too many' } },
  { kind: 'drop' },
  { kind: 'effect-then-drop' },
  { kind: 'effect-then-drop' },
];
const salesforceAnswers: FaultRequest[] = [
  { kind: 'status', status: 503, body: [{ errorCode: 'SERVER_UNAVAILABLE', message: 'down' }] },
  { kind: 'drop' },
  { kind: 'effect-then-drop' },
];

/** Trouble with the next call of one kind, before or after its effect. @returns what, in words */
export function addFault({ standins }: World, random: Seeded): string {
  const name = random.pick(Object.keys(routes) as [keyof typeof routes]);
  const { at, ...route } = routes[name];
  const answers = at === 'lark' ? larkAnswers : salesforceAnswers;
  const answer = answers[random.below(answers.length)] ?? { kind: 'drop' };
  const times = random.chance(0.2) ? 2 : 1;
  standins[at].faults.add({ ...answer, ...route, times });
  return `${answer.kind}${answer.status === undefined ? '' : ` ${answer.status}`} at ${name}${times > 1 ? ' twice' : ''}`;
}
