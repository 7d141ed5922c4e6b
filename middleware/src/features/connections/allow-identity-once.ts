import { AppError } from '../../core/errors.ts';
import type { Now } from '../../core/runtime.ts';
import type { Database } from '../../storage/database.ts';

/**
 * Lets the account in that was tried last and could not be matched to its trainer: once, the next time they connect with
 * it. Throws `not_found` when none waits.
 */
export async function allowIdentityOnce(
  deps: { db: Database; now: Now },
  input: { connectionId: string },
): Promise<{ account: string }> {
  const newest = deps.db
    .selectFrom('held_identity')
    .select('identity_hash')
    .where('connection_id', '=', input.connectionId)
    .where('allowed_at', 'is', null)
    .orderBy('held_at', 'desc')
    .limit(1);
  const allowed = await deps.db
    .updateTable('held_identity')
    .set({ allowed_at: deps.now() })
    .where('connection_id', '=', input.connectionId)
    .where('identity_hash', '=', newest)
    .returning('account_label')
    .executeTakeFirst();
  if (!allowed) throw new AppError('not_found', 'No account waits for permission on this connection.');
  return { account: allowed.account_label };
}
