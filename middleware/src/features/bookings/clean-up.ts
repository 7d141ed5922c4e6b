import type { Now } from '../../core/runtime.ts';
import type { Database } from '../../storage/database.ts';

const DAY_MS = 24 * 3_600_000;
/** Salesforce keeps the key of every booking for ever; this is how long a repeat needs no call to find it. */
const REQUESTS_KEPT_MS = 30 * DAY_MS;
const HOLDS_KEPT_MS = DAY_MS;

/** Forgets holds of the past, lapsed tentative holds and old idempotency rows. */
export async function cleanUpBookings({ db, now }: { db: Database; now: Now }): Promise<void> {
  const today = now().getTime();
  await db
    .deleteFrom('slot_hold')
    .where((where) =>
      where.or([
        where('ends_at', '<', new Date(today - HOLDS_KEPT_MS)),
        where.and([where('state', '=', 'tentative'), where('expires_at', '<', new Date(today - HOLDS_KEPT_MS))]),
      ]),
    )
    .execute();
  await db
    .deleteFrom('idempotency')
    .where('created_at', '<', new Date(today - REQUESTS_KEPT_MS))
    .execute();
}
