import { sql, type Kysely } from 'kysely';

/** Reminders, what waits for the daily digest, and the last check of each provider's set-up. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Salesforce has the truth about reminders; this is what must be known between a mail and its record there.
  await sql`
    create table reminder (
      trainer_id text primary key,
      unconnected_since timestamptz,
      reminded_before integer not null default 0,
      mailed_at timestamptz,
      mailed_by uuid,
      is_settled boolean not null default true,
      count_then integer,
      is_recorded boolean not null default true,
      postponed_at timestamptz
    )`.execute(db);
  await sql`create index reminder_unrecorded on reminder (trainer_id) where not is_recorded`.execute(db);
  await sql`create index reminder_postponed on reminder (trainer_id) where postponed_at is not null`.execute(db);

  await sql`
    create table reminder_queue (
      run_id uuid not null,
      place integer not null,
      trainer_id text not null,
      primary key (run_id, trainer_id)
    )`.execute(db);
  await sql`create index reminder_queue_order on reminder_queue (run_id, place, trainer_id)`.execute(db);

  await sql`
    create table attention_note (
      message text primary key,
      times integer not null,
      first_at timestamptz not null,
      last_at timestamptz not null
    )`.execute(db);

  await sql`
    create table setup_check (
      name text primary key,
      ok boolean not null,
      message text not null,
      checked_at timestamptz not null
    )`.execute(db);
}
