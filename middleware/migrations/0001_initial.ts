import { sql, type Kysely } from 'kysely';

/** The tables of `src/storage/database.ts`. Forward only. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create extension if not exists btree_gist`.execute(db);

  await sql`
    create table lease (
      name text primary key,
      owner text not null,
      expires_at timestamptz not null
    )`.execute(db);

  await sql`
    create table cron_slot (
      name text not null,
      slot timestamptz not null,
      primary key (name, slot)
    )`.execute(db);

  await sql`
    create table oauth_state (
      state_hash text primary key,
      provider text not null,
      trainer_id text not null,
      browser_hash text not null,
      return_url text,
      created_at timestamptz not null,
      expires_at timestamptz not null
    )`.execute(db);

  // One live ticket a trainer and provider: the newest voids older ones.
  await sql`
    create table link_ticket (
      ticket_hash text not null unique,
      provider text not null,
      trainer_id text not null,
      return_url text,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      primary key (provider, trainer_id)
    )`.execute(db);

  await sql`
    create table held_identity (
      connection_id text not null,
      identity_hash text not null,
      account_label text not null,
      held_at timestamptz not null,
      allowed_at timestamptz,
      primary key (connection_id, identity_hash)
    )`.execute(db);

  await sql`
    create table token_head (
      connection_id text primary key,
      epoch integer not null,
      generation integer not null,
      version integer not null,
      saved_generation integer not null,
      saved_state text,
      state text not null check (state in ('connected', 'needs-reconnect', 'on-hold', 'disconnected')),
      access_sealed text,
      refresh_sealed text,
      refresh_hash text,
      access_expires_at timestamptz,
      refresh_expires_at timestamptz,
      consent_expires_at timestamptz,
      connected_at timestamptz,
      refreshed_at timestamptz,
      subject_id text,
      account_email text,
      tenant_id text,
      identity_hash text,
      scopes text not null,
      error text,
      unsaved_since timestamptz,
      updated_at timestamptz not null
    )`.execute(db);
  await sql`create index token_head_unsaved on token_head (unsaved_since) where unsaved_since is not null`.execute(db);

  await sql`
    create table token_exchange (
      id bigint generated always as identity primary key,
      connection_id text not null,
      epoch integer not null,
      generation integer not null,
      parent_hash text not null,
      state text not null check (state in ('intent', 'received', 'failed', 'unknown', 'superseded')),
      access_sealed text,
      refresh_sealed text,
      access_expires_at timestamptz,
      refresh_expires_at timestamptz,
      created_at timestamptz not null,
      settled_at timestamptz
    )`.execute(db);
  await sql`create index token_exchange_connection on token_exchange (connection_id, generation)`.execute(db);

  await sql`
    create table slot_hold (
      id uuid primary key default gen_random_uuid(),
      trainer_id text not null,
      starts_at timestamptz not null,
      ends_at timestamptz not null,
      state text not null check (state in ('tentative', 'booked')),
      expires_at timestamptz,
      booking_id text unique,
      merchant_reference text,
      check (ends_at > starts_at),
      check ((state = 'booked') = (booking_id is not null)),
      constraint slot_hold_no_overlap exclude using gist (trainer_id with =, tstzrange(starts_at, ends_at) with &&)
    )`.execute(db);

  await sql`
    create table idempotency (
      key_hash text primary key,
      request_hash text not null,
      booking_id text,
      claimed_until timestamptz not null,
      created_at timestamptz not null
    )`.execute(db);

  await sql`
    create table effect (
      booking_id text not null,
      kind text not null check (kind in ('reservation', 'event')),
      generation integer not null,
      connection_id text not null,
      provider_key text not null,
      state text not null check (state in ('intended', 'done', 'uncertain', 'failed', 'removed', 'abandoned')),
      external_id text,
      calendar_id text,
      link text,
      meeting_number text,
      meeting text check (meeting in ('own', 'link', 'none')),
      content_hash text,
      error text,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      primary key (booking_id, kind, generation)
    )`.execute(db);

  await sql`
    create table timeline_entry (
      key text primary key,
      booking_id text not null,
      row text not null,
      created_at timestamptz not null
    )`.execute(db);
  await sql`create index timeline_entry_booking on timeline_entry (booking_id, created_at)`.execute(db);
}
