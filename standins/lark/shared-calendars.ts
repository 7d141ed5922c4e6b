import { calendarIdOf, type Account } from './accounts.ts';
import type { Row, Store } from './store.ts';

/** A calendar that a person made beside their primary one, which nobody else sees. */
export interface SharedCalendar {
  id: string;
  /** Key of the account whose it is. */
  account: string;
  summary: string;
}

export function addSharedCalendar(store: Store, account: Account, summary: string): SharedCalendar {
  const id = calendarIdOf(`shared:${store.all('SELECT id FROM calendars').length}`);
  store.run('INSERT INTO calendars (id, account, summary) VALUES (?, ?, ?)', id, account.key, summary);
  return { id, account: account.key, summary };
}

export function findSharedCalendar(store: Store, id: string): SharedCalendar | undefined {
  const row = store.one('SELECT * FROM calendars WHERE id = ?', id);
  return row && toCalendar(row);
}

/** Oldest first. */
export function sharedCalendarsOf(store: Store, account: Account): SharedCalendar[] {
  return store.all('SELECT * FROM calendars WHERE account = ? ORDER BY number', account.key).map(toCalendar);
}

function toCalendar(row: Row): SharedCalendar {
  return { id: String(row['id']), account: String(row['account']), summary: String(row['summary']) };
}
