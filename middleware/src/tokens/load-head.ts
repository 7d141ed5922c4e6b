import { AppError } from '../core/errors.ts';
import type { ConnectionId } from '../core/connection.ts';
import type { Now } from '../core/runtime.ts';
import type { SalesforceRecords } from '../salesforce/records.ts';
import type { Database } from '../storage/database.ts';
import { insertHeadIfAbsent, readHead, type Head, type NewHead } from './head.ts';
import { readSaved } from './saved-tokens.ts';
import { tokenHash, type Sealer } from './seal.ts';

export interface LoadHeadDeps {
  db: Database;
  records: SalesforceRecords;
  sealer: Sealer;
  now: Now;
}

/** The head of a connection; from Salesforce when the database does not know it (new, or the database was lost). */
export async function loadHead(deps: LoadHeadDeps, connectionId: ConnectionId): Promise<Head> {
  const known = await readHead(deps.db, connectionId);
  if (known) return known;
  const saved = (await readSaved(deps, [connectionId])).get(connectionId);
  if (!saved) throw new AppError('trainer_not_found', 'This trainer does not exist in Salesforce (any more).');
  await insertHeadIfAbsent(deps.db, withRefreshHash(deps.sealer, saved.head));
  const head = await readHead(deps.db, connectionId);
  if (!head) throw new Error(`The head of ${connectionId} vanished while it was loaded.`);
  return head;
}

/** Salesforce does not keep the hash of the refresh token: it is made from the opened value. */
export function withRefreshHash(sealer: Sealer, head: NewHead): NewHead {
  if (head.refresh_sealed == null) return head;
  const owner = { connectionId: head.connection_id as ConnectionId, field: 'refresh' } as const;
  return { ...head, refresh_hash: tokenHash(sealer.open(owner, head.refresh_sealed)) };
}

/** What of a saved head replaces the columns of a known one: everything but who it is and how often it changed. */
export function asChange(sealer: Sealer, saved: NewHead): Omit<NewHead, 'connection_id' | 'epoch' | 'version'> {
  const { connection_id: _id, epoch: _epoch, version: _version, ...columns } = withRefreshHash(sealer, saved);
  return columns;
}
