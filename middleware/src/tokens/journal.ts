import type { Selectable } from 'kysely';
import type { ConnectionId } from '../core/connection.ts';
import type { Database, TokenExchangeTable, Transaction } from '../storage/database.ts';
import type { Head } from './head.ts';

export type Exchange = Selectable<TokenExchangeTable>;

/** Writes down that the head's refresh token is about to be spent. Returns the id of the entry. */
export async function recordIntent(db: Database, head: Head, at: Date): Promise<string> {
  const { id } = await db
    .insertInto('token_exchange')
    .values({
      connection_id: head.connection_id,
      epoch: head.epoch,
      generation: head.generation + 1,
      parent_hash: head.refresh_hash ?? '',
      state: 'intent',
      created_at: at,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return String(id);
}

export async function settle(
  db: Database | Transaction,
  exchangeId: string,
  outcome: Pick<Partial<Exchange>, 'access_sealed' | 'refresh_sealed' | 'access_expires_at' | 'refresh_expires_at'> & {
    state: Exchange['state'];
    at: Date;
  },
): Promise<void> {
  const { at, ...columns } = outcome;
  await db
    .updateTable('token_exchange')
    .set({ ...columns, settled_at: at })
    .where('id', '=', exchangeId)
    .execute();
}

/** The exchange of this head's refresh token whose outcome nobody knows yet. */
export async function openIntent(db: Database, head: Head): Promise<Exchange | undefined> {
  return db
    .selectFrom('token_exchange')
    .selectAll()
    .where('connection_id', '=', head.connection_id)
    .where('epoch', '=', head.epoch)
    .where('parent_hash', '=', head.refresh_hash ?? '')
    .where('state', '=', 'intent')
    .orderBy('id', 'desc')
    .executeTakeFirst();
}

/** Drops what a saved generation has made superfluous. */
export async function dropPredecessors(
  db: Database,
  connectionId: ConnectionId,
  savedGeneration: number,
): Promise<void> {
  await db
    .deleteFrom('token_exchange')
    .where('connection_id', '=', connectionId)
    .where('generation', '<=', savedGeneration)
    .execute();
}
