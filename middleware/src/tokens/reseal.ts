import { AppError } from '../core/errors.ts';
import type { ConnectionId } from '../core/connection.ts';
import type { Now } from '../core/runtime.ts';
import type { Database } from '../storage/database.ts';
import { changeHead, readHead, type Head } from './head.ts';
import type { Exchange } from './journal.ts';
import { sealedWith, type SealedField, type Sealer } from './seal.ts';

export interface ResealDeps {
  db: Database;
  sealer: Sealer;
  now: Now;
}

/** What became of one row. A failure names the first value that did not open; what did open is sealed anew all the same. */
export type Resealed = 'resealed' | 'current' | { failed: AppError };

interface SealedColumns {
  connection_id: string;
  access_sealed: string | null;
  refresh_sealed: string | null;
}

/**
 * Seals a head with the current key: same tokens, same epoch, same generation. Whoever changes the row meanwhile wins,
 * and the row is looked at again. Marks it unsaved, so that the flush brings the new envelope to Salesforce.
 */
export async function resealHead(deps: ResealDeps, known: Head): Promise<Resealed> {
  for (let head: Head | undefined = known; head;) {
    const { columns, failed } = anew(deps.sealer, head);
    if (Object.keys(columns).length === 0) return failed ? { failed } : 'current';
    const connectionId = head.connection_id as ConnectionId;
    const now = deps.now();
    const changed = await changeHead(
      deps.db,
      connectionId,
      { version: head.version },
      { ...columns, unsaved_since: head.unsaved_since ?? now, updated_at: now },
    );
    if (changed) return failed ? { failed } : 'resealed';
    head = await readHead(deps.db, connectionId);
  }
  return 'current';
}

/** The same for an entry of the journal; an entry that was settled or dropped meanwhile is left to the next round. */
export async function resealExchange(deps: ResealDeps, entry: Exchange): Promise<Resealed> {
  const { columns, failed } = anew(deps.sealer, entry);
  if (Object.keys(columns).length > 0) {
    await deps.db
      .updateTable('token_exchange')
      .set(columns)
      .where('id', '=', entry.id)
      .where('access_sealed', 'is not distinct from', entry.access_sealed)
      .where('refresh_sealed', 'is not distinct from', entry.refresh_sealed)
      .execute();
  }
  if (failed) return { failed };
  return Object.keys(columns).length === 0 ? 'current' : 'resealed';
}

/** The columns that are sealed with another key than the current one, sealed anew. */
function anew(sealer: Sealer, row: SealedColumns): { columns: Partial<SealedColumns>; failed: AppError | undefined } {
  const connectionId = row.connection_id as ConnectionId;
  const columns: Partial<SealedColumns> = {};
  let failed: AppError | undefined;
  const fields: [SealedField, 'access_sealed' | 'refresh_sealed'][] = [
    ['refresh', 'refresh_sealed'],
    ['access', 'access_sealed'],
  ];
  for (const [field, column] of fields) {
    const sealed = row[column];
    if (sealed === null || sealed.startsWith(sealedWith(sealer.sealingKeyId))) continue;
    try {
      columns[column] = sealer.seal({ connectionId, field }, sealer.open({ connectionId, field }, sealed));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      failed ??= error;
    }
  }
  return { columns, failed };
}
