import { sql, type Kysely } from 'kysely';

/** What daily metrics need that Salesforce does not know: how exchanges ended, and which bookings failed on which day. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table metric_count (
      day text not null,
      provider text not null,
      name text not null check (name in ('exchanges-ok', 'exchanges-failed')),
      total integer not null,
      primary key (day, provider, name)
    )`.execute(db);
  await sql`
    create table metric_failed_booking (
      day text not null,
      provider text not null,
      booking_id text not null,
      primary key (day, provider, booking_id)
    )`.execute(db);
  await sql`
    create table metric_day (
      day text not null,
      provider text not null,
      base_exchanges_ok integer not null,
      base_exchanges_failed integer not null,
      base_failed_bookings integer not null,
      recorded_at timestamptz,
      primary key (day, provider)
    )`.execute(db);
  // Entries of the journal are dropped as soon as they are saved, so each is counted in the statement that settles it:
  // whatever settles one counts it, once, in the same transaction, in however many processes.
  await sql`
    create function count_settled_exchange() returns trigger language plpgsql as $count$
    begin
      insert into metric_count (day, provider, name, total)
      values (
        to_char(new.settled_at at time zone 'UTC', 'YYYY-MM-DD'),
        split_part(new.connection_id, ':', 1),
        case new.state when 'received' then 'exchanges-ok' else 'exchanges-failed' end,
        1
      )
      on conflict (day, provider, name) do update set total = metric_count.total + 1;
      return null;
    end
    $count$`.execute(db);
  // A superseded entry was never sent; an unknown one was, and nobody has its answer.
  await sql`
    create trigger count_settled_exchange after update of state on token_exchange
    for each row
    when (new.state in ('received', 'failed', 'unknown') and old.state is distinct from new.state
      and new.settled_at is not null)
    execute function count_settled_exchange()`.execute(db);
}
