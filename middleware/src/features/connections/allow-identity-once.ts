import { sql } from 'kysely';
import { connectionIdOf } from '../../core/connection.ts';
import { AppError } from '../../core/errors.ts';
import type { Log, Now } from '../../core/runtime.ts';
import { toLongId } from '../../core/salesforce-id.ts';
import type { FindTrainer } from '../../core/trainer.ts';
import type { Database } from '../../storage/database.ts';
import { ALLOWED_FOR_MS } from './check-identity.ts';

export interface AllowIdentityOnceDeps {
  db: Database;
  findTrainer: FindTrainer;
  now: Now;
  log: Log;
}

/**
 * Lets the account in that was tried last and could not be matched to its trainer: once, the next time they connect with
 * it within a week. Allowed already, it stays as it is, with the same answer. Throws `invalid_input` for what is no connection id, `trainer_not_found`, and `not_found` when no account waits.
 * @param input.allowedBy for the log: the caller and the acting user
 */
export async function allowIdentityOnce(
  deps: AllowIdentityOnceDeps,
  input: { connectionId: string; allowedBy: { caller: string; actor: string | undefined } },
): Promise<{ account: string; allowedUntil: Date }> {
  const [, trainerId] = /^lark:([a-zA-Z0-9]{18})$/.exec(input.connectionId) ?? [];
  if (trainerId === undefined || toLongId(trainerId) === undefined) {
    throw new AppError(
      'invalid_input',
      'Please check the address: a connection id is "lark:" and the 18 characters of the trainer\'s id.',
      { details: { fields: [{ field: 'id', problem: 'is not a connection id' }] } },
    );
  }
  const trainer = await deps.findTrainer({ trainerId });
  const connectionId = connectionIdOf('lark', trainer.id);
  const now = deps.now();
  const newest = deps.db
    .selectFrom('held_identity')
    .select('identity_hash')
    .where('connection_id', '=', connectionId)
    .orderBy('held_at', 'desc')
    .limit(1);
  // A second click allows nobody else, and no longer.
  const stillAllowed = sql<boolean>`allowed_at > ${new Date(now.getTime() - ALLOWED_FOR_MS)}`;
  const allowed = await deps.db
    .updateTable('held_identity')
    .set({ allowed_at: sql<Date>`case when ${stillAllowed} then allowed_at else ${now}::timestamptz end` })
    .where('connection_id', '=', connectionId)
    .where('identity_hash', '=', newest)
    .returning(['account_label', 'identity_hash', 'allowed_at'])
    .executeTakeFirst();
  if (!allowed) {
    throw new AppError(
      'not_found',
      `No account of ${trainer.name} waits for permission. The trainer has to try to connect with it first.`,
    );
  }
  deps.log.info(
    { connectionId, identity: allowed.identity_hash.slice(0, 12), ...input.allowedBy },
    'an administrator allowed an account once',
  );
  return {
    account: allowed.account_label,
    allowedUntil: new Date((allowed.allowed_at ?? now).getTime() + ALLOWED_FOR_MS),
  };
}
