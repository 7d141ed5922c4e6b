import { sql, type Kysely } from 'kysely';

/**
 * A link that the server mails must not end the one that somebody is about to use, asked for or mailed: a trainer and
 * provider may have several mailed ones. Whoever asks for links for somebody else must not fill their mailbox.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table link_ticket add column is_mailed boolean not null default false`.execute(db);
  await sql`alter table link_ticket drop constraint link_ticket_pkey`.execute(db);
  await sql`alter table link_ticket drop constraint link_ticket_ticket_hash_key`.execute(db);
  await sql`alter table link_ticket add primary key (ticket_hash)`.execute(db);
  await sql`create index link_ticket_trainer on link_ticket (provider, trainer_id)`.execute(db);
  // Of those that people ask for, one lives.
  await sql`create unique index link_ticket_asked on link_ticket (provider, trainer_id) where not is_mailed`.execute(
    db,
  );

  await sql`
    create table requested_mail (
      trainer_id text not null,
      sent_at timestamptz not null,
      primary key (trainer_id, sent_at)
    )`.execute(db);
}
