import { sql, type Kysely } from 'kysely';

/** A row that Salesforce refuses for good must not look like a Salesforce that takes nothing. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table token_head add column refused_at timestamptz`.execute(db);
}
