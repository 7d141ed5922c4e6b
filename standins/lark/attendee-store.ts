import { createHash } from 'node:crypto';
import type { Store } from './store.ts';

export interface Attendee {
  id: string;
  type: 'user' | 'third_party';
  /** Account key of a user. */
  account?: string;
  email?: string;
  calendarId?: string;
  isOptional: boolean;
}

export type NewAttendee = Omit<Attendee, 'id'>;

/** Adds them; who attends already keeps the one entry. */
export function addAttendees(store: Store, eventId: string, attendees: NewAttendee[]): Attendee[] {
  return attendees.map((attendee) => {
    const who = attendee.account ?? attendee.email ?? '';
    const name = createHash('sha256').update(`${eventId}:${who}`).digest('hex').slice(0, 16);
    const id = `${attendee.type}_${name}`;
    store.run(
      `INSERT INTO attendees (event_id, attendee_id, type, account, email, calendar_id, is_optional)
       VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET is_optional = excluded.is_optional`,
      eventId,
      id,
      attendee.type,
      attendee.account ?? null,
      attendee.email ?? null,
      attendee.calendarId ?? null,
      Number(attendee.isOptional),
    );
    return { ...attendee, id };
  });
}

export function attendeesOf(store: Store, eventId: string): Attendee[] {
  return store.all('SELECT * FROM attendees WHERE event_id = ? ORDER BY rowid', eventId).map((row) => ({
    id: String(row['attendee_id']),
    type: row['type'] === 'user' ? 'user' : 'third_party',
    ...(row['account'] === null ? {} : { account: String(row['account']) }),
    ...(row['email'] === null ? {} : { email: String(row['email']) }),
    ...(row['calendar_id'] === null ? {} : { calendarId: String(row['calendar_id']) }),
    isOptional: row['is_optional'] === 1,
  }));
}

export function isAttending(store: Store, eventId: string, calendarId: string): boolean {
  return store.one('SELECT 1 FROM attendees WHERE event_id = ? AND calendar_id = ?', eventId, calendarId) !== undefined;
}
