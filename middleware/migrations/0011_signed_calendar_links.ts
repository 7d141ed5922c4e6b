import { sql, type Kysely } from 'kysely';

/** Links to calendar files are signed now: they outlive this database, so it need not know them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`drop table calendar_link`.execute(db);
}
