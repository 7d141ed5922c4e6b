import { sql } from 'kysely';
import type { Database } from './database.ts';

export interface RateDeps {
  db: Database;
  now: () => Date;
}

/** What a vendor allows for one kind of call. */
export interface RateLimit {
  perSecond: number;
  perMinute: number;
}

/** An entry further ahead than this was written by a clock that has since been set back. */
const FARTHEST_MS = 30 * 60_000;
/** Calls arrive a little later than they were let go; without a margin some would share a second with the next ones. */
const ARRIVAL_MARGIN = 0.95;

/**
 * Takes the next free place among the calls of this name, over all replicas: one statement, no lock held.
 * Within any second and any minute, wherever they begin, no more calls are let go than allowed.
 * @returns the milliseconds to wait before sending; `refused` when that is longer than `patienceMs`: nothing was taken
 */
export async function takePlace(
  deps: RateDeps,
  name: string,
  limit: RateLimit,
  patienceMs: number,
): Promise<{ waitMs: number; refused: boolean }> {
  const { burst, intervalMs } = spacing(limit);
  const now = deps.now();
  const headStart = burst * intervalMs;
  const from = sql<Date>`case
    when rate.taken_until between ${now}::timestamptz and ${later(now, FARTHEST_MS)}::timestamptz then rate.taken_until
    else ${now}::timestamptz end`;
  const { rows } = await sql<{ taken_until: Date }>`
    insert into rate (name, taken_until) values (${name}, ${later(now, intervalMs)})
    on conflict (name) do update set taken_until = ${from} + ${milliseconds(intervalMs)}
    where ${from} <= ${later(now, patienceMs + headStart - intervalMs)}::timestamptz
    returning taken_until`.execute(deps.db);
  const [taken] = rows;
  if (taken) return { waitMs: Math.max(0, taken.taken_until.getTime() - now.getTime() - headStart), refused: false };
  const full = await deps.db.selectFrom('rate').select('taken_until').where('name', '=', name).executeTakeFirst();
  const wait = (full?.taken_until.getTime() ?? now.getTime()) - now.getTime() - headStart + intervalMs;
  return { waitMs: Math.max(patienceMs, wait), refused: true };
}

/** Vendors count by the minute: whoever asks for more means this call, not everybody's. */
const LONGEST_HOLD_MS = 60_000;

/** The vendor asked for a pause: nobody is let go before it is over, at most for a minute. */
export async function holdPlaces(deps: RateDeps, name: string, limit: RateLimit, forMs: number): Promise<void> {
  const { burst, intervalMs } = spacing(limit);
  const until = later(deps.now(), Math.min(forMs, LONGEST_HOLD_MS) + burst * intervalMs);
  await sql`
    insert into rate (name, taken_until) values (${name}, ${until})
    on conflict (name) do update set taken_until = greatest(rate.taken_until, excluded.taken_until)`.execute(deps.db);
}

/**
 * How many calls may go at once, and how far apart further ones are, so that `burst` and what follows it stay within
 * both limits in every window: burst − 1 + window / interval ≤ limit.
 */
export function spacing(limit: RateLimit): { burst: number; intervalMs: number } {
  const perSecond = Math.max(1, Math.floor(limit.perSecond * ARRIVAL_MARGIN));
  const burst = Math.max(1, Math.floor(Math.min((perSecond * 2) / 3, limit.perMinute / 20)));
  const rate = Math.min(perSecond - burst + 1, (limit.perMinute - burst + 1) / 60);
  // Rounded up to what the database can write: microseconds.
  return { burst, intervalMs: Math.ceil((1000 / rate) * 1000) / 1000 };
}

function later(instant: Date, ms: number): Date {
  return new Date(instant.getTime() + ms);
}

function milliseconds(ms: number) {
  return sql`make_interval(secs => ${ms / 1000}::double precision)`;
}
