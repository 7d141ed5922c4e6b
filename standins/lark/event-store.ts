import { randomUUID } from 'node:crypto';
import type { MovableClock } from '../kit/clock.ts';
import type { EventBody, EventTime, VchatBody } from './event-body.ts';
import type { Row, Store } from './store.ts';

export type Vchat = Omit<VchatBody, 'vc_type'> & { vc_type: VchatBody['vc_type'] };

export type EventContent = Omit<EventBody, 'start_time' | 'end_time' | 'vchat' | 'need_notification'> & {
  start_time: EventTime;
  end_time: EventTime;
  /** Absent until somebody says, or until the first attendee is added. */
  vchat?: Vchat;
};

export interface StoredEvent {
  id: string;
  /** The organizer's. */
  calendarId: string;
  content: EventContent;
  /** Milliseconds. */
  startsAt: number;
  endsAt: number;
  createdAt: number;
  deleted: boolean;
  /** Counts every change of any event; what a sync token remembers. */
  change: number;
}

type Deps = { store: Store; clock: MovableClock };
type NewEvent = Pick<StoredEvent, 'calendarId' | 'content' | 'startsAt' | 'endsAt'>;

export function insertEvent(deps: Deps, event: NewEvent): StoredEvent {
  const stored: StoredEvent = {
    ...event,
    id: `${randomUUID()}_0`,
    createdAt: deps.clock.now().getTime(),
    deleted: false,
    change: nextChange(deps.store),
  };
  deps.store.run(
    `INSERT INTO events (id, calendar_id, content, starts_at, ends_at, created_at, change)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    stored.id,
    stored.calendarId,
    JSON.stringify(stored.content),
    stored.startsAt,
    stored.endsAt,
    stored.createdAt,
    stored.change,
  );
  return stored;
}

export function saveEvent(store: Store, event: StoredEvent): StoredEvent {
  const change = nextChange(store);
  store.run(
    'UPDATE events SET content = ?, starts_at = ?, ends_at = ?, change = ? WHERE id = ?',
    JSON.stringify(event.content),
    event.startsAt,
    event.endsAt,
    change,
    event.id,
  );
  return { ...event, change };
}

export function removeEvent(deps: Deps, id: string): void {
  const now = deps.clock.now().getTime();
  deps.store.run('UPDATE events SET deleted_at = ?, change = ? WHERE id = ?', now, nextChange(deps.store), id);
}

export function findEvent(store: Store, id: string): StoredEvent | undefined {
  const row = store.one('SELECT * FROM events WHERE id = ?', id);
  return row && toEvent(row);
}

/** What is on a calendar, as organizer or attendee; by start, deleted ones too. */
export function eventsOn(store: Store, calendarId: string): StoredEvent[] {
  return store
    .all(
      `SELECT * FROM events WHERE calendar_id = ?1
         OR id IN (SELECT event_id FROM attendees WHERE calendar_id = ?1) ORDER BY starts_at, id`,
      calendarId,
    )
    .map(toEvent);
}

/** Every event there is that has not been deleted. */
export function liveEvents(store: Store): StoredEvent[] {
  return store.all('SELECT * FROM events WHERE deleted_at IS NULL ORDER BY created_at, rowid').map(toEvent);
}

/** The number of the newest change. */
export function latestChange(store: Store): number {
  return Number(store.one('SELECT coalesce(max(change), 0) AS latest FROM events')?.['latest']);
}

export function eventOfKey(store: Store, appId: string, calendarId: string, key: string): string | undefined {
  const row = store.one(
    'SELECT event_id FROM idempotency_keys WHERE app_id = ? AND calendar_id = ? AND key = ?',
    appId,
    calendarId,
    key,
  );
  return row && String(row['event_id']);
}

export function rememberKey(store: Store, appId: string, calendarId: string, key: string, eventId: string): void {
  store.run(
    'INSERT INTO idempotency_keys (app_id, calendar_id, key, event_id) VALUES (?, ?, ?, ?)',
    appId,
    calendarId,
    key,
    eventId,
  );
}

function nextChange(store: Store): number {
  return latestChange(store) + 1;
}

function toEvent(row: Row): StoredEvent {
  return {
    id: String(row['id']),
    calendarId: String(row['calendar_id']),
    content: JSON.parse(String(row['content'])) as EventContent,
    startsAt: Number(row['starts_at']),
    endsAt: Number(row['ends_at']),
    createdAt: Number(row['created_at']),
    deleted: row['deleted_at'] !== null,
    change: Number(row['change']),
  };
}
