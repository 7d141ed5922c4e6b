import { sql } from 'kysely';
import type { Database } from './database.ts';

export interface LeaseDeps {
  db: Database;
  now: () => Date;
}

/**
 * Takes the named lease if it is free or its time is over. Leases are rows with an expiry, so that no transaction is
 * held while something slow happens outside and a crashed owner is forgotten by itself.
 * @returns whether `owner` holds the lease now
 */
export async function takeLease(
  deps: LeaseDeps,
  lease: { name: string; owner: string; durationMs: number },
): Promise<boolean> {
  const now = deps.now();
  const row = await deps.db
    .insertInto('lease')
    .values({ name: lease.name, owner: lease.owner, expires_at: new Date(now.getTime() + lease.durationMs) })
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet({ owner: sql`excluded.owner`, expires_at: sql`excluded.expires_at` })
        .where('lease.expires_at', '<=', now),
    )
    .returning('owner')
    .executeTakeFirst();
  return row !== undefined;
}

/** Renews a lease that is still the owner's; one that was lost, even if nobody holds it now, stays lost. */
export async function extendLease(
  deps: LeaseDeps,
  lease: { name: string; owner: string; durationMs: number },
): Promise<boolean> {
  const row = await deps.db
    .updateTable('lease')
    .set({ expires_at: new Date(deps.now().getTime() + lease.durationMs) })
    .where('name', '=', lease.name)
    .where('owner', '=', lease.owner)
    .returning('owner')
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether somebody holds the lease at present. */
export async function isLeaseHeld(deps: LeaseDeps, name: string): Promise<boolean> {
  const row = await deps.db
    .selectFrom('lease')
    .select('name')
    .where('name', '=', name)
    .where('expires_at', '>', deps.now())
    .executeTakeFirst();
  return row !== undefined;
}

/** Gives the lease back if it is still the owner's: a late owner never frees the next one's. */
export async function releaseLease(deps: Pick<LeaseDeps, 'db'>, lease: { name: string; owner: string }): Promise<void> {
  await deps.db.deleteFrom('lease').where('name', '=', lease.name).where('owner', '=', lease.owner).execute();
}
