import { sql, type Kysely } from 'kysely';

/** Invitations, holds for a move, and what must be remembered of a booking's link. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table effect drop constraint effect_kind_check`.execute(db);
  await sql`
    alter table effect add constraint effect_kind_check
      check (kind in ('reservation', 'event', 'invitation'))`.execute(db);

  // A tentative hold of a booking that is about to move: the part of its new slot that it does not hold already.
  await sql`alter table slot_hold add column moves_booking text`.execute(db);
  await sql`create index slot_hold_moves on slot_hold (moves_booking) where moves_booking is not null`.execute(db);

  await sql`
    create table link_memory (
      booking_id text primary key,
      link text,
      stale_generation integer not null default 0,
      emptied_link text,
      replaced_link text,
      is_open boolean not null default false,
      changes integer not null default 0,
      updated_at timestamptz not null
    )`.execute(db);

  // Merchant records that refused link and status: told once for each reason.
  await sql`
    create table mirror_memory (
      booking_id text primary key,
      link text,
      status text,
      refusal text,
      updated_at timestamptz not null
    )`.execute(db);
}
