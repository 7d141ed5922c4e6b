import type { Now } from '../core/runtime.ts';
import type { Database } from './database.ts';

const DAY_MS = 24 * 3_600_000;
/** A slot that is still remembered is not enqueued again by a replica whose clock is late. */
const SLOTS_KEPT_MS = 7 * DAY_MS;

const RUNS_KEPT_MS = 90 * DAY_MS;
/** Results name people: no longer than somebody may still ask for them. */
const RESULTS_KEPT_MS = 30 * DAY_MS;

/** Forgets cron slots of the past, leases that nobody gave back, old runs and their results; the last key rotation says what may be thrown away. */
export async function cleanUpStorage({ db, now }: { db: Database; now: Now }): Promise<void> {
  const today = now().getTime();
  await db
    .deleteFrom('cron_slot')
    .where('slot', '<', new Date(today - SLOTS_KEPT_MS))
    .execute();
  await db
    .deleteFrom('run')
    .where('kind', '<>', 'key-rotation')
    .where('finished_at', '<', new Date(today - RUNS_KEPT_MS))
    .execute();
  await db
    .deleteFrom('run_result')
    .where('at', '<', new Date(today - RESULTS_KEPT_MS))
    .execute();
  await db
    .deleteFrom('lease')
    .where('expires_at', '<', new Date(today - DAY_MS))
    .execute();
}
