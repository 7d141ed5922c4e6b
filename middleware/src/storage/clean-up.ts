import type { Now } from '../core/runtime.ts';
import type { Database } from './database.ts';

const DAY_MS = 24 * 3_600_000;
/** A slot that is still remembered is not enqueued again by a replica whose clock is late. */
const SLOTS_KEPT_MS = 7 * DAY_MS;

/** Forgets cron slots of the past and leases that nobody gave back. */
export async function cleanUpStorage({ db, now }: { db: Database; now: Now }): Promise<void> {
  const today = now().getTime();
  await db
    .deleteFrom('cron_slot')
    .where('slot', '<', new Date(today - SLOTS_KEPT_MS))
    .execute();
  await db
    .deleteFrom('lease')
    .where('expires_at', '<', new Date(today - DAY_MS))
    .execute();
}
