import { AppError } from '../core/errors.ts';
import type { ConnectionId } from '../core/connection.ts';
import type { Log } from '../core/runtime.ts';
import type { RowResult } from '../salesforce/records.ts';
import { changeHead, unsavedHeads, type Head } from './head.ts';
import { dropPredecessors } from './journal.ts';
import { disconnected } from './lifecycle.ts';
import { asChange, type LoadHeadDeps } from './load-head.ts';
import { readSaved, toRow, type SavedTokens } from './saved-tokens.ts';

export interface FlushDeps extends LoadHeadDeps {
  log: Log;
  alert: (message: string) => void;
}

const PAGE = 200;

/**
 * Writes every head that Salesforce does not have, 200 a call, each row by itself. Reads the rows first: a newer
 * generation there wins, and fields that somebody cleared by hand stay cleared.
 * @returns how many were written. Throws `SalesforceError` when Salesforce cannot be reached; nothing is lost then.
 */
export async function flushUnsaved(deps: FlushDeps, only?: ConnectionId): Promise<{ written: number }> {
  let written = 0;
  let after = '';
  for (;;) {
    const heads = await unsavedHeads(deps.db, { after, limit: PAGE, ...(only === undefined ? {} : { only }) });
    const last = heads.at(-1);
    if (!last) return { written };
    after = last.connection_id;
    written += await flushPage(deps, heads);
  }
}

async function flushPage(deps: FlushDeps, heads: readonly Head[]): Promise<number> {
  const saved = await readSaved(
    deps,
    heads.map(({ connection_id }) => connection_id as ConnectionId),
  );
  const toWrite: Head[] = [];
  for (const head of heads) {
    try {
      const writable = await afterLookingAt(deps, head, saved.get(head.connection_id as ConnectionId));
      if (writable) toWrite.push(writable);
    } catch (error) {
      // One row that cannot be read must not keep the others from being saved.
      if (!(error instanceof AppError)) throw error;
      deps.log.error(
        { err: error, connectionId: head.connection_id },
        'a connection cannot be compared with Salesforce',
      );
      deps.alert(`The connection ${head.connection_id} cannot be saved to Salesforce: ${error.message}`);
    }
  }
  if (toWrite.length === 0) return 0;
  const results = await deps.records.update('Onboarding_Trainer__c', toWrite.map(toRow));
  let written = 0;
  for (const [index, head] of toWrite.entries()) {
    if (await markSaved(deps, head, results[index])) written++;
  }
  return written;
}

/** The head to write after what Salesforce has was taken into account; undefined when there is nothing to write. */
async function afterLookingAt(deps: FlushDeps, head: Head, saved: SavedTokens | undefined): Promise<Head | undefined> {
  const connectionId = head.connection_id as ConnectionId;
  const now = deps.now();
  if (!saved) {
    deps.log.warn({ connectionId }, 'the trainer of this connection no longer exists in Salesforce');
    await changeHead(deps.db, connectionId, { version: head.version }, { unsaved_since: null, updated_at: now });
    return undefined;
  }
  if (saved.generation > head.generation) {
    const change = { ...asChange(deps.sealer, saved.head), epoch: head.epoch + 1 };
    await changeHead(deps.db, connectionId, { version: head.version }, change);
    return undefined;
  }
  const wasConnected = head.saved_state === 'connected' || head.saved_state === 'needs-reconnect';
  if (saved.blank && wasConnected && saved.generation === head.saved_generation && head.state !== 'disconnected') {
    deps.log.warn({ connectionId }, 'the token fields were cleared in Salesforce: the connection stays disconnected');
    return changeHead(
      deps.db,
      connectionId,
      { version: head.version },
      { ...disconnected(null), epoch: head.epoch + 1, generation: head.generation + 1, updated_at: now },
    );
  }
  return head;
}

async function markSaved(deps: FlushDeps, head: Head, result: RowResult | undefined): Promise<boolean> {
  const connectionId = head.connection_id as ConnectionId;
  if (!result?.success) {
    const problem =
      result?.errors.map(({ code, message }) => `${code}: ${message}`).join('; ') ?? 'no answer for this row';
    deps.log.error({ connectionId, problem }, 'a connection could not be written to Salesforce');
    deps.alert(`The connection ${connectionId} cannot be saved to Salesforce: ${problem}`);
    return false;
  }
  // A change that came meanwhile keeps the row unsaved; that Salesforce has this generation is true all the same.
  const saved = { saved_generation: head.generation, saved_state: head.state };
  const current = await changeHead(deps.db, connectionId, { version: head.version }, { ...saved, unsaved_since: null });
  if (!current) await changeHead(deps.db, connectionId, {}, saved);
  await dropPredecessors(deps.db, connectionId, head.generation);
  return true;
}
