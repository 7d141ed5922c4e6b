import type { Now } from '../../core/runtime.ts';
import type { Database } from '../../storage/database.ts';
import { ALLOWED_FOR_MS } from './check-identity.ts';
import { forgetRequestedMails } from './requested-mails.ts';

/** Drops links and authorizations that have expired, and mails of other days; an account whose permission was not used in time waits again. */
export async function cleanUpConnections(deps: { db: Database; now: Now }): Promise<void> {
  const now = deps.now();
  await deps.db.deleteFrom('oauth_state').where('expires_at', '<=', now).execute();
  await deps.db.deleteFrom('link_ticket').where('expires_at', '<=', now).execute();
  await forgetRequestedMails(deps);
  await deps.db
    .updateTable('held_identity')
    .set({ allowed_at: null })
    .where('allowed_at', '<=', new Date(now.getTime() - ALLOWED_FOR_MS))
    .execute();
}
