import { DatabaseSync, type SQLInputValue } from 'node:sqlite';

export type Row = Record<string, string | number | null>;

/** Everything the vendor remembers. Synchronous: no two requests ever see each other's half-done work. */
export interface Store {
  run(sql: string, ...values: SQLInputValue[]): void;
  one(sql: string, ...values: SQLInputValue[]): Row | undefined;
  all(sql: string, ...values: SQLInputValue[]): Row[];
  /** Commits what `work` wrote, or nothing of it. The answer leaves after the commit. */
  transaction<T>(work: () => T): T;
  close(): void;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS accounts (
    key TEXT PRIMARY KEY, email TEXT, name TEXT NOT NULL, tenant_key TEXT NOT NULL, mobile TEXT, open_id TEXT,
    resigned INTEGER NOT NULL, in_contact_range INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS codes (
    hash TEXT PRIMARY KEY, app_id TEXT NOT NULL, account TEXT NOT NULL, redirect_uri TEXT NOT NULL,
    scopes TEXT NOT NULL, challenge TEXT, challenge_method TEXT, issued_at INTEGER NOT NULL, used_at INTEGER);
  CREATE TABLE IF NOT EXISTS grants (
    app_id TEXT NOT NULL, account TEXT NOT NULL, scopes TEXT NOT NULL, PRIMARY KEY (app_id, account));
  CREATE TABLE IF NOT EXISTS user_tokens (
    id INTEGER PRIMARY KEY, app_id TEXT NOT NULL, account TEXT NOT NULL, scopes TEXT NOT NULL,
    consented_at INTEGER NOT NULL, issued_at INTEGER NOT NULL, access_hash TEXT NOT NULL UNIQUE,
    access_expires_at INTEGER NOT NULL, refresh_hash TEXT UNIQUE, refresh_expires_at INTEGER,
    successor INTEGER, superseded_at INTEGER, revoked_at INTEGER);
  CREATE INDEX IF NOT EXISTS user_tokens_of_account ON user_tokens (app_id, account);
  CREATE TABLE IF NOT EXISTS exchanges (
    id INTEGER PRIMARY KEY, at INTEGER NOT NULL, grant_type TEXT NOT NULL, app_id TEXT NOT NULL, account TEXT,
    code INTEGER NOT NULL, spent TEXT, access_token TEXT, refresh_token TEXT);
  CREATE TABLE IF NOT EXISTS app_tokens (
    token TEXT PRIMARY KEY, kind TEXT NOT NULL, app_id TEXT NOT NULL, expires_at INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS reservations (
    id TEXT PRIMARY KEY, app_id TEXT NOT NULL, owner TEXT NOT NULL, made_by TEXT NOT NULL, meeting_no TEXT NOT NULL,
    end_time INTEGER, settings TEXT NOT NULL, created_at INTEGER NOT NULL, deleted_at INTEGER);
  CREATE TABLE IF NOT EXISTS calendars (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, account TEXT NOT NULL, summary TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS events (
    id TEXT PRIMARY KEY, calendar_id TEXT NOT NULL, content TEXT NOT NULL, starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL, created_at INTEGER NOT NULL, deleted_at INTEGER, change INTEGER NOT NULL);
  CREATE INDEX IF NOT EXISTS events_of_calendar ON events (calendar_id, starts_at);
  CREATE INDEX IF NOT EXISTS events_by_change ON events (change);
  CREATE TABLE IF NOT EXISTS attendees (
    event_id TEXT NOT NULL, attendee_id TEXT NOT NULL, type TEXT NOT NULL, account TEXT, email TEXT,
    calendar_id TEXT, is_optional INTEGER NOT NULL, PRIMARY KEY (event_id, attendee_id));
  CREATE INDEX IF NOT EXISTS attendees_of_calendar ON attendees (calendar_id);
  CREATE TABLE IF NOT EXISTS idempotency_keys (
    app_id TEXT NOT NULL, calendar_id TEXT NOT NULL, key TEXT NOT NULL, event_id TEXT NOT NULL,
    PRIMARY KEY (app_id, calendar_id, key));
`;

/**
 * Opens the state in a SQLite file, or in memory. A commit survives SIGKILL of this process: the write-ahead log
 * is in the operating system's hands before the answer leaves.
 */
export function openStore(file?: string): Store {
  const database = new DatabaseSync(file ?? ':memory:');
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;');
  database.exec(SCHEMA);
  const statements = new Map<string, ReturnType<DatabaseSync['prepare']>>();
  const prepared = (sql: string) => {
    let statement = statements.get(sql);
    if (!statement) statements.set(sql, (statement = database.prepare(sql)));
    return statement;
  };
  return {
    run: (sql, ...values) => void prepared(sql).run(...values),
    one: (sql, ...values) => prepared(sql).get(...values) as Row | undefined,
    all: (sql, ...values) => prepared(sql).all(...values) as Row[],
    transaction: (work) => {
      database.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        database.exec('COMMIT');
        return result;
      } catch (error) {
        database.exec('ROLLBACK');
        throw error;
      }
    },
    close: () => database.close(),
  };
}
