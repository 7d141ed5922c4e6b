import { sql, type Kysely } from 'kysely';

/** What operating tokens needs: back-off and strikes, outages, limits over all replicas, runs, announcements. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table token_head
      add column attempted_at timestamptz,
      add column attempt_failure text,
      add column failures integer not null default 0,
      add column retry_at timestamptz,
      add column strikes integer not null default 0,
      add column struck_at timestamptz,
      add column marked_at timestamptz`.execute(db);
  // The breaker counts the latest attempt of each connection.
  await sql`create index token_head_attempted on token_head (attempted_at) where attempted_at is not null`.execute(db);

  await sql`
    create table outage (
      provider text primary key,
      opened_at timestamptz not null
    )`.execute(db);

  await sql`
    create table rate (
      name text primary key,
      taken_until timestamptz not null
    )`.execute(db);

  await sql`
    create table run (
      id uuid primary key default gen_random_uuid(),
      kind text not null,
      scope text not null,
      state text not null check (state in ('running', 'paused', 'done', 'stopped')),
      note text,
      started_by text not null,
      total integer not null default 0,
      succeeded integer not null default 0,
      failed integer not null default 0,
      skipped integer not null default 0,
      errors text not null default '[]',
      position text not null default '',
      created_at timestamptz not null,
      updated_at timestamptz not null,
      finished_at timestamptz
    )`.execute(db);
  await sql`create index run_kind on run (kind, created_at)`.execute(db);
  // One run of a kind at a time, whatever the number of replicas.
  await sql`create unique index run_open on run (kind) where state in ('running', 'paused')`.execute(db);

  await sql`
    create table announcement (
      connection_id text not null,
      ends_at timestamptz not null,
      days_ahead integer not null,
      sent_at timestamptz not null,
      primary key (connection_id, ends_at, days_ahead)
    )`.execute(db);
}
