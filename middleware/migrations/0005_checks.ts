import { sql, type Kysely } from 'kysely';

/** Which trainings were looked at before they start, and which leftovers a person was told of. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table upcoming_check (
      booking_id text primary key,
      revision integer not null,
      checked_at timestamptz not null
    )`.execute(db);
  await sql`create index upcoming_check_checked_at on upcoming_check (checked_at)`.execute(db);

  await sql`
    create table orphan_report (
      connection_id text not null,
      event_id text not null,
      told_at timestamptz not null,
      primary key (connection_id, event_id)
    )`.execute(db);
}
