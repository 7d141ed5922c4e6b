import type { Now } from '../../core/runtime.ts';
import type { Database } from '../../storage/database.ts';

/** Drops links and authorizations that have expired. */
export async function cleanUpConnections(deps: { db: Database; now: Now }): Promise<void> {
  const now = deps.now();
  await deps.db.deleteFrom('oauth_state').where('expires_at', '<=', now).execute();
  await deps.db.deleteFrom('link_ticket').where('expires_at', '<=', now).execute();
}
