import { randomInt } from 'node:crypto';
import type { MovableClock } from '../kit/clock.ts';
import type { MeetingSettings } from './reservation-body.ts';
import type { Row, Store } from './store.ts';

export interface Reservation {
  id: string;
  appId: string;
  /** Account key. */
  owner: string;
  madeBy: 'user' | 'tenant';
  meetingNo: string;
  password: string;
  /** Milliseconds; absent for a one-to-one call. */
  endsAt?: number;
  settings: MeetingSettings;
  deleted: boolean;
}

type Deps = { store: Store; clock: MovableClock };

export function meetingUrl(meetingNo: string): string {
  return `https://vc.larksuite.com/j/${meetingNo}`;
}

/** Nine digits, as meeting numbers have. */
export function newMeetingNumber(): string {
  return String(randomInt(100_000_000, 1_000_000_000));
}

export function insertReservation(
  deps: Deps,
  made: Pick<Reservation, 'appId' | 'owner' | 'madeBy' | 'endsAt' | 'settings'>,
): Reservation {
  const reservation = {
    ...made,
    id: `69${String(randomInt(10 ** 14)).padStart(14, '0')}${randomInt(100, 1000)}`,
    meetingNo: newMeetingNumber(),
    password: made.settings.password || String(randomInt(100_000, 1_000_000)),
    deleted: false,
  };
  deps.store.run(
    `INSERT INTO reservations (id, app_id, owner, made_by, meeting_no, end_time, settings, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    reservation.id,
    reservation.appId,
    reservation.owner,
    reservation.madeBy,
    reservation.meetingNo,
    reservation.endsAt ?? null,
    JSON.stringify({ ...reservation.settings, password: reservation.password }),
    deps.clock.now().getTime(),
  );
  return reservation;
}

export function findReservation(store: Store, id: string): Reservation | undefined {
  const row = store.one('SELECT * FROM reservations WHERE id = ?', id);
  return row && toReservation(row);
}

export function changeReservation(store: Store, { id, endsAt, settings, password }: Reservation): void {
  const text = JSON.stringify({ ...settings, password });
  store.run('UPDATE reservations SET end_time = ?, settings = ? WHERE id = ?', endsAt ?? null, text, id);
}

export function removeReservation(deps: Deps, id: string): void {
  deps.store.run('UPDATE reservations SET deleted_at = ? WHERE id = ?', deps.clock.now().getTime(), id);
}

/** Oldest first, deleted ones too. */
export function listReservations(store: Store): Reservation[] {
  return store.all('SELECT * FROM reservations ORDER BY created_at, rowid').map(toReservation);
}

function toReservation(row: Row): Reservation {
  const { password = '', ...settings } = JSON.parse(String(row['settings'])) as MeetingSettings;
  return {
    id: String(row['id']),
    appId: String(row['app_id']),
    owner: String(row['owner']),
    madeBy: row['made_by'] === 'tenant' ? 'tenant' : 'user',
    meetingNo: String(row['meeting_no']),
    password,
    ...(row['end_time'] === null ? {} : { endsAt: Number(row['end_time']) }),
    settings,
    deleted: row['deleted_at'] !== null,
  };
}
