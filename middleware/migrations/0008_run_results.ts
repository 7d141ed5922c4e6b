import { sql, type Kysely } from 'kysely';

/** What became of each trainer in a run: for whoever started it, and for a month. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table run_result (
      number bigint generated always as identity primary key,
      run_id uuid not null,
      connection_id text,
      trainer_id text not null,
      outcome text not null check (outcome in ('succeeded', 'failed', 'skipped')),
      code text not null,
      message text not null,
      at timestamptz not null
    )`.execute(db);
  await sql`create index run_result_run on run_result (run_id, number)`.execute(db);
  await sql`create index run_result_at on run_result (at)`.execute(db);
}
