import type { Insertable, Selectable, Updateable } from 'kysely';
import type { ConnectionId } from '../core/connection.ts';
import type { Database, TokenHeadTable, Transaction } from '../storage/database.ts';

/** The newest accepted pair of a connection, and what Salesforce is known to have of it. */
export type Head = Selectable<TokenHeadTable>;
export type NewHead = Insertable<TokenHeadTable>;

export async function readHead(db: Database | Transaction, connectionId: ConnectionId): Promise<Head | undefined> {
  return db.selectFrom('token_head').selectAll().where('connection_id', '=', connectionId).executeTakeFirst();
}

/** Keeps the row that is there: two processes may load the same connection at once. */
export async function insertHeadIfAbsent(db: Database | Transaction, head: NewHead): Promise<void> {
  await db
    .insertInto('token_head')
    .values(head)
    .onConflict((conflict) => conflict.column('connection_id').doNothing())
    .execute();
}

export interface HeadMatch {
  epoch?: number;
  generation?: number;
  refreshHash?: string;
  version?: number;
}

/**
 * Changes the head only if it is still as expected (one compare-and-set); its version goes up with it.
 * @returns the changed row, or undefined when somebody else was faster
 */
export async function changeHead(
  db: Database | Transaction,
  connectionId: ConnectionId,
  expected: HeadMatch,
  change: Omit<Updateable<TokenHeadTable>, 'version'>,
): Promise<Head | undefined> {
  let update = db
    .updateTable('token_head')
    .set(change)
    .set((eb) => ({ version: eb('version', '+', 1) }))
    .where('connection_id', '=', connectionId);
  if (expected.epoch !== undefined) update = update.where('epoch', '=', expected.epoch);
  if (expected.generation !== undefined) update = update.where('generation', '=', expected.generation);
  if (expected.refreshHash !== undefined) update = update.where('refresh_hash', '=', expected.refreshHash);
  if (expected.version !== undefined) update = update.where('version', '=', expected.version);
  return update.returningAll().executeTakeFirst();
}

/** Heads with something that Salesforce does not have, oldest first within the page. */
export async function unsavedHeads(
  db: Database,
  page: { after: string; limit: number; only?: ConnectionId },
): Promise<Head[]> {
  let query = db
    .selectFrom('token_head')
    .selectAll()
    .where('unsaved_since', 'is not', null)
    .where('connection_id', '>', page.after)
    .orderBy('connection_id')
    .limit(page.limit);
  if (page.only !== undefined) query = query.where('connection_id', '=', page.only);
  return query.execute();
}
