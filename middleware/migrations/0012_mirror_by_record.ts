import { sql, type Kysely } from 'kysely';

/** What was written onto a merchant's record is remembered by record: several trainings of a merchant share it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // What it held is written anew, and a refusal told once more.
  await sql`drop table mirror_memory`.execute(db);
  await sql`
    create table mirror_memory (
      record_id text primary key,
      booking_id text,
      link text,
      status text,
      refusal text,
      updated_at timestamptz not null
    )`.execute(db);
  await sql`create index mirror_memory_booking on mirror_memory (booking_id)`.execute(db);
}
