import { sql, type Kysely } from 'kysely';

/** A link that the server mails must not end the one that somebody is about to use: each trainer and provider may have both. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table link_ticket add column is_mailed boolean not null default false`.execute(db);
  await sql`alter table link_ticket drop constraint link_ticket_pkey`.execute(db);
  await sql`alter table link_ticket add primary key (provider, trainer_id, is_mailed)`.execute(db);
}
