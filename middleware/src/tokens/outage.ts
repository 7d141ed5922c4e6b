import { sql } from 'kysely';
import { providerOf, type ConnectionId, type ProviderId } from '../core/connection.ts';
import type { Log, Now } from '../core/runtime.ts';
import type { Database } from '../storage/database.ts';

export interface OutageDeps {
  db: Database;
  now: Now;
  log: Log;
  /** Something that an administrator should know. */
  alert: (message: string) => void;
  /** Told when heads have changed that Salesforce must get. */
  changed: () => void;
}

/** Only what happened this lately says how the provider is now. */
const WINDOW_MS = 10 * 60_000;
const FEWEST_SAMPLES = 5;
/** A provider that refuses grants for longer than this means it. */
const LONGEST_PROTECTION_MS = 24 * 3_600_000;

/**
 * Looks after a failed exchange whether most connections fail (the latest attempt of each counts, over all replicas).
 * Then nobody is to blame: whom this outage had marked already is taken back, and one administrator alert is sent.
 * @param options.silent an alert about the same cause was sent already
 * @returns whether an outage protects connections from being marked
 */
export async function noticeOutage(
  deps: OutageDeps,
  connectionId: ConnectionId,
  options: { silent?: boolean } = {},
): Promise<boolean> {
  const provider = providerOf(connectionId);
  const known = await readOutage(deps.db, provider);
  if (known) return deps.now().getTime() - known.opened_at.getTime() < LONGEST_PROTECTION_MS;
  const { samples, failing } = await countSamples(deps, provider);
  if (!mostFail(samples, failing)) return false;
  const opened = await deps.db
    .insertInto('outage')
    .values({ provider, opened_at: deps.now() })
    .onConflict((conflict) => conflict.doNothing())
    .returning('provider')
    .executeTakeFirst();
  if (!opened) return true;
  const healed = await takeBackMarks(deps, provider);
  deps.log.error({ provider, samples, failing, healed }, 'most token exchanges fail: an outage');
  if (options.silent !== true) {
    deps.alert(
      // No figures: the same text is mailed once an hour at most.
      `Most connections could not renew their access at ${provider} lately. This looks like an outage there: nobody is marked as needing to reconnect, and it is tried again by itself.`,
    );
  }
  return true;
}

/** Looks after a successful exchange whether an outage is over. */
export async function noticeRecovery(deps: OutageDeps, connectionId: ConnectionId): Promise<void> {
  const provider = providerOf(connectionId);
  if (!(await readOutage(deps.db, provider))) return;
  const { samples, failing } = await countSamples(deps, provider);
  if (mostFail(samples, failing)) return;
  const closed = await deps.db.deleteFrom('outage').where('provider', '=', provider).returning('opened_at').execute();
  if (closed.length > 0) deps.log.info({ provider, since: closed[0]?.opened_at }, 'the outage is over');
}

/**
 * Is the provider failing just now? While an outage lasts, this turns false once its samples are old, so that a few
 * exchanges find out how things are.
 */
export async function isFailingNow(deps: Pick<OutageDeps, 'db' | 'now'>, provider: ProviderId): Promise<boolean> {
  const { samples, failing } = await countSamples(deps, provider);
  return mostFail(samples, failing);
}

function mostFail(samples: number, failing: number): boolean {
  return samples >= FEWEST_SAMPLES && failing * 2 > samples;
}

async function countSamples(deps: Pick<OutageDeps, 'db' | 'now'>, provider: ProviderId) {
  const row = await deps.db
    .selectFrom('token_head')
    .select([
      sql<string>`count(*)`.as('samples'),
      sql<string>`count(*) filter (where attempt_failure is not null)`.as('failing'),
    ])
    .where('attempted_at', '>', new Date(deps.now().getTime() - WINDOW_MS))
    .where('connection_id', 'like', `${provider}:%`)
    .executeTakeFirstOrThrow();
  return { samples: Number(row.samples), failing: Number(row.failing) };
}

async function readOutage(db: Database, provider: ProviderId) {
  return db.selectFrom('outage').select('opened_at').where('provider', '=', provider).executeTakeFirst();
}

/**
 * The first connections that an outage hits are marked before anybody can know that it is one. That they were stays
 * written, so that their bookings are woken when they are renewed.
 */
async function takeBackMarks(deps: OutageDeps, provider: ProviderId): Promise<number> {
  const now = deps.now();
  const healed = await deps.db
    .updateTable('token_head')
    .set((eb) => ({
      state: 'connected',
      error: null,
      version: eb('version', '+', 1),
      unsaved_since: eb.fn.coalesce('unsaved_since', sql<Date>`${now}::timestamptz`),
      updated_at: now,
    }))
    .where('state', '=', 'needs-reconnect')
    .where('marked_at', '>', new Date(now.getTime() - WINDOW_MS))
    .where('connection_id', 'like', `${provider}:%`)
    .returning('connection_id')
    .execute();
  if (healed.length > 0) deps.changed();
  return healed.length;
}

/** Since when something has been waiting for Salesforce; rows that it refuses by themselves do not count. */
export async function oldestUnsaved(db: Database): Promise<Date | undefined> {
  const row = await db
    .selectFrom('token_head')
    .select((eb) => eb.fn.min('unsaved_since').as('oldest'))
    .where('unsaved_since', 'is not', null)
    .where('refused_at', 'is', null)
    .executeTakeFirst();
  return row?.oldest ?? undefined;
}

/** Whether Salesforce refuses more connections than it takes: then it is not about single rows. */
export async function refusesMost(db: Database): Promise<boolean> {
  const row = await db
    .selectFrom('token_head')
    .select([
      sql<string>`count(*)`.as('connected'),
      sql<string>`count(*) filter (where refused_at is not null and unsaved_since is not null)`.as('refused'),
    ])
    .where('state', '=', 'connected')
    .executeTakeFirstOrThrow();
  return Number(row.refused) * 2 > Number(row.connected);
}
