import { sql, type Kysely } from 'kysely';

/** Mails to merchants, links to calendar files, switches at run time, and bookings that nothing repairs by itself. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table merchant_mail (
      booking_id text primary key,
      told text not null,
      revision integer not null,
      sent_at timestamptz not null
    )`.execute(db);

  await sql`
    create table calendar_link (
      token_hash text primary key,
      booking_id text not null,
      expires_at timestamptz not null
    )`.execute(db);
  await sql`create index calendar_link_expires on calendar_link (expires_at)`.execute(db);

  await sql`
    create table switch (
      name text primary key,
      is_on boolean not null,
      changed_by text not null,
      changed_at timestamptz not null
    )`.execute(db);

  await sql`
    create table failed_booking (
      booking_id text primary key,
      message text not null,
      failed_at timestamptz not null
    )`.execute(db);
  await sql`create index failed_booking_newest on failed_booking (failed_at desc, booking_id desc)`.execute(db);
}
