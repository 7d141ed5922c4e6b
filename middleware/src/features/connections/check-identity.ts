import { createHash } from 'node:crypto';
import { AppError } from '../../core/errors.ts';
import { ProviderError } from '../../core/provider-error.ts';
import type { ConnectionId } from '../../core/connection.ts';
import type { Now } from '../../core/runtime.ts';
import type { Trainer } from '../../core/trainer.ts';
import type { Directory } from '../../providers/ports/directory.ts';
import type { Account } from '../../providers/ports/oauth.ts';
import type { Database } from '../../storage/database.ts';

export interface CheckIdentityDeps {
  db: Database;
  now: Now;
  directory: Directory | undefined;
  /** The only tenant whose accounts are taken; absent: any. */
  tenantKey: string | undefined;
}

/** A permission that nobody uses must not let somebody in years later. */
export const ALLOWED_FOR_MS = 7 * 24 * 3_600_000;

export interface IdentityToCheck {
  connectionId: ConnectionId;
  trainer: Trainer;
  account: Account;
  /** Of the account that was connected before, if any. */
  previousHash: string | undefined;
}

/**
 * Is this account the trainer's? Throws `wrong_tenant` or `wrong_account` when it certainly is not.
 * @returns `ours`, or `held` when nobody can tell, or when it is another account than before: an administrator decides
 */
export async function checkIdentity(
  deps: CheckIdentityDeps,
  identity: IdentityToCheck,
): Promise<{ verdict: 'ours' | 'held'; identityHash: string }> {
  const { account, trainer } = identity;
  if (deps.tenantKey !== undefined && account.tenantId !== deps.tenantKey) {
    throw new AppError(
      'wrong_tenant',
      'This Lark account belongs to another company. Please choose your work account.',
    );
  }
  const identityHash = hashOf(account);
  if (await isAllowed(deps, identity.connectionId, identityHash)) return { verdict: 'ours', identityHash };
  const known = (await isTrainers(deps, trainer, account)) ?? false;
  const { previousHash } = identity;
  // Whom nobody can judge but who was let in before is the same person again.
  if (previousHash === undefined ? known : previousHash === identityHash) return { verdict: 'ours', identityHash };
  await remember(deps, identity, identityHash);
  return { verdict: 'held', identityHash };
}

/** Undefined: neither the company's directory nor the account's e-mail says anything. */
async function isTrainers(deps: CheckIdentityDeps, trainer: Trainer, account: Account): Promise<true | undefined> {
  const sameEmail = account.email?.toLowerCase() === trainer.email.toLowerCase();
  const subject = await deps.directory?.findSubjectByEmail(trainer.email).catch((error: unknown) => {
    // The directory is the better witness, but an equal e-mail does without it.
    if (sameEmail && error instanceof ProviderError) return undefined;
    throw error;
  });
  if (subject === account.subjectId) return true;
  if (subject !== undefined) {
    throw new AppError(
      'wrong_account',
      `This is somebody else's Lark account. Please sign in to Lark as ${trainer.email} and try again.`,
    );
  }
  return sameEmail ? true : undefined;
}

/** An administrator may let an account in once, within a week; the permission is spent when it has connected (`settleHeld`). */
async function isAllowed(deps: CheckIdentityDeps, connectionId: ConnectionId, identityHash: string): Promise<boolean> {
  const allowed = await deps.db
    .selectFrom('held_identity')
    .select('identity_hash')
    .where('connection_id', '=', connectionId)
    .where('identity_hash', '=', identityHash)
    .where('allowed_at', '>', new Date(deps.now().getTime() - ALLOWED_FOR_MS))
    .executeTakeFirst();
  return allowed !== undefined;
}

/** An account has connected: no other one waits any more, and no permission is left over. */
export async function settleHeld(deps: Pick<CheckIdentityDeps, 'db'>, connectionId: ConnectionId): Promise<void> {
  await deps.db.deleteFrom('held_identity').where('connection_id', '=', connectionId).execute();
}

async function remember(
  deps: CheckIdentityDeps,
  { connectionId, account }: IdentityToCheck,
  identityHash: string,
): Promise<void> {
  await deps.db
    .insertInto('held_identity')
    .values({
      connection_id: connectionId,
      identity_hash: identityHash,
      account_label: account.email ?? account.name ?? 'an account without a name',
      held_at: deps.now(),
    })
    .onConflict((conflict) =>
      // A permission that has run out is none: the account waits again.
      conflict.columns(['connection_id', 'identity_hash']).doUpdateSet({ held_at: deps.now(), allowed_at: null }),
    )
    .execute();
}

function hashOf(account: Account): string {
  return createHash('sha256')
    .update(`${account.tenantId ?? ''}\n${account.subjectId}`)
    .digest('hex');
}
