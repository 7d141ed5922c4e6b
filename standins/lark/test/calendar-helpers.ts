import type { EventReply } from './answers.ts';
import type { Lark } from '../index.ts';
import { inMinutes, send, type Answer } from './helpers.ts';

export const CALENDARS = '/open-apis/calendar/v4/calendars';
export const EVENTS = `${CALENDARS}/primary/events`;

/** One hour, an hour from the stand-in's now. */
export function hourFrom(lark: Lark, minutes = 60) {
  const at = (after: number) => ({ timestamp: inMinutes(lark, after), timezone: 'Europe/Berlin' });
  return { start_time: at(minutes), end_time: at(minutes + 60) };
}

export function postEvent(lark: Lark, token: string, change: object = {}, query = ''): Promise<Answer> {
  return send(lark, 'POST', `${EVENTS}${query}`, {
    token,
    body: { summary: 'Training', ...hourFrom(lark), ...change },
  });
}

/** The event of a creation that must succeed. */
export async function madeEvent(lark: Lark, token: string, change: object = {}, query = ''): Promise<EventReply> {
  const { body } = await postEvent(lark, token, change, query);
  if (body['code'] !== 0) throw new Error(JSON.stringify(body));
  return body['data'].event;
}
