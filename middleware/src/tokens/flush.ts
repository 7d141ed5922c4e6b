import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../core/errors.ts';
import type { ConnectionId } from '../core/connection.ts';
import type { Log, Step } from '../core/runtime.ts';
import { SalesforceError, type RowResult } from '../salesforce/records.ts';
import { disappeared, type Disappeared } from './disappeared.ts';
import { wasClearedByHand } from './hand-cleared.ts';
import { changeHead, readHead, unsavedHeads, type Head } from './head.ts';
import { dropPredecessors } from './journal.ts';
import { disconnected } from './lifecycle.ts';
import { asChange, type LoadHeadDeps } from './load-head.ts';
import { refusedRows } from './refused-rows.ts';
import { byPlace, type SavedPlace, type SavedTokens } from './saved-tokens.ts';

export interface FlushDeps extends LoadHeadDeps {
  log: Log;
  step: Step;
  alert: (message: string) => void;
}

export interface Flushed {
  written: number;
  /** Rows that Salesforce will take a little later: locked ones, or overtaken while they were written. */
  waiting: number;
  /** Rows that were left for a fuller page. */
  left: number;
}

type Written = Omit<Flushed, 'left'>;

export const PAGE = 200;

/**
 * Writes every head that Salesforce does not have, with one read and one write for each object and page of 200, each
 * row by itself. A newer generation there wins, and fields that somebody cleared by hand stay cleared.
 * Throws `SalesforceError` when Salesforce cannot be reached or refuses an object; nothing is lost then.
 * @param options.fullPagesOnly after the first page, leave what does not fill another one
 */
export async function flushUnsaved(
  deps: FlushDeps,
  only?: ConnectionId,
  options: { fullPagesOnly?: boolean } = {},
): Promise<Flushed> {
  const flushed: Flushed = { written: 0, waiting: 0, left: 0 };
  const failures: SalesforceError[] = [];
  let after = '';
  for (;;) {
    const heads = await unsavedHeads(deps.db, { after, limit: PAGE, ...(only === undefined ? {} : { only }) });
    const last = heads.at(-1);
    if (!last) break;
    if (options.fullPagesOnly === true && after !== '' && heads.length < PAGE) {
      flushed.left = heads.length;
      break;
    }
    after = last.connection_id;
    for (const group of byPlace(heads, ({ connection_id }) => connection_id as ConnectionId)) {
      try {
        const { written, waiting } = await flushGroup(deps, group.place, group.items);
        flushed.written += written;
        flushed.waiting += waiting;
      } catch (error) {
        if (!(error instanceof SalesforceError) || !mayGoOn(error, failures)) throw error;
        failures.push(error);
        deps.log.error({ err: error, object: group.place.object }, 'connections could not be saved to Salesforce');
        if (error.failure === 'refused') {
          deps.alert(`Connections cannot be saved to ${group.place.object}: ${error.message}`);
        }
      }
    }
  }
  if (failures[0]) throw failures[0];
  return flushed;
}

/** What is wrong with one object, or with the answer to one page, must not keep the others from being saved. */
function mayGoOn(error: SalesforceError, earlier: readonly SalesforceError[]): boolean {
  if (error.failure === 'refused') return true;
  return error.failure === 'unknown-outcome' && earlier.every(({ failure }) => failure !== 'unknown-outcome');
}

async function flushGroup(deps: FlushDeps, place: SavedPlace, heads: readonly Head[]): Promise<Written> {
  const rows = await place.read(
    deps,
    heads.map(({ connection_id }) => connection_id as ConnectionId),
  );
  const saved = new Map(rows.map((row) => [row.head.connection_id, row]));
  const missing = await disappeared(deps, heads, saved);
  const toWrite: Head[] = [];
  for (const head of heads) {
    try {
      const writable = await afterLookingAt(deps, head, saved.get(head.connection_id), missing);
      if (writable) toWrite.push(writable);
    } catch (error) {
      // One row that cannot be read must not keep the others from being saved.
      if (!(error instanceof AppError)) throw error;
      deps.log.error(
        { err: error, connectionId: head.connection_id },
        'a connection cannot be compared with Salesforce',
      );
      deps.alert(`Connections cannot be saved to Salesforce: ${error.message} The log names them.`);
      await noteRefused(deps, [head]);
    }
  }
  if (toWrite.length === 0) return { written: 0, waiting: 0 };
  await deps.step('flush.before-write');
  const results = await place.write(
    deps.records,
    toWrite.map((head) => place.toRow(head)),
  );
  await deps.step('flush.after-write');
  return noteResults(deps, place, toWrite, results);
}

/** The head to write after what Salesforce has was taken into account; undefined when there is nothing to write. */
async function afterLookingAt(
  deps: FlushDeps,
  head: Head,
  saved: SavedTokens | undefined,
  missing: Disappeared,
): Promise<Head | undefined> {
  const connectionId = head.connection_id as ConnectionId;
  const unchanged = { version: head.version };
  const now = deps.now();
  if (!saved) {
    if (missing === 'hidden') return undefined;
    deps.log.warn({ connectionId }, 'the trainer of this connection no longer exists in Salesforce');
    await changeHead(deps.db, connectionId, unchanged, { unsaved_since: null, updated_at: now });
    return undefined;
  }
  if (saved.generation > head.generation) {
    const change = { ...asChange(deps.sealer, saved.head), epoch: head.epoch + 1, refused_at: null };
    await changeHead(deps.db, connectionId, unchanged, change);
    return undefined;
  }
  if (wasClearedByHand(head, saved)) {
    deps.log.warn({ connectionId }, 'the token fields were cleared in Salesforce: the connection stays disconnected');
    const tombstone = { epoch: head.epoch + 1, generation: head.generation + 1, updated_at: now };
    return changeHead(deps.db, connectionId, unchanged, { ...disconnected(null), ...tombstone });
  }
  return head;
}

async function noteResults(
  deps: FlushDeps,
  place: SavedPlace,
  heads: readonly Head[],
  results: readonly RowResult[],
): Promise<Written> {
  const { accepted, waiting, refused } = refusedRows(heads, results, place.fence);
  for (const { head, problem } of waiting) {
    deps.log.info({ connectionId: head.connection_id, problem }, 'a connection is saved to Salesforce a little later');
  }
  for (const [problem, [first, ...others]] of refused) {
    const connectionIds = [first, ...others].map((head) => head.connection_id);
    deps.log.error({ connectionIds, problem }, 'connections could not be written to Salesforce');
    // One text for one cause: it is mailed once an hour at most.
    deps.alert(`Connections cannot be saved to Salesforce: ${problem}. The log names them.`);
    await noteRefused(deps, [first, ...others]);
  }
  let overtaken = 0;
  for (const head of accepted) if (!(await markSaved(deps, place, head))) overtaken++;
  return { written: accepted.length, waiting: waiting.length + overtaken };
}

/** They are tried with every flush, but say nothing about how Salesforce is. */
async function noteRefused({ db, now }: FlushDeps, heads: readonly Head[]): Promise<void> {
  await db
    .updateTable('token_head')
    .set({ refused_at: now() })
    .where(
      'connection_id',
      'in',
      heads.map(({ connection_id }) => connection_id),
    )
    .execute();
}

/** @returns whether Salesforce has the newest; otherwise the row stays unsaved */
async function markSaved(deps: FlushDeps, place: SavedPlace, written: Head): Promise<boolean> {
  const connectionId = written.connection_id as ConnectionId;
  const saved = { saved_generation: written.generation, saved_state: written.state, refused_at: null };
  let isNewest = true;
  let marked = await changeHead(deps.db, connectionId, { version: written.version }, { ...saved, unsaved_since: null });
  // Something changed meanwhile, and another process may even have saved it before our older row arrived there.
  while (!marked) {
    const current = await readHead(deps.db, connectionId);
    if (!current) return true;
    isNewest = isDeepStrictEqual(place.toRow(current), place.toRow(written));
    marked = await changeHead(
      deps.db,
      connectionId,
      { version: current.version },
      {
        ...(current.saved_generation > written.generation ? {} : saved),
        unsaved_since: isNewest ? null : (current.unsaved_since ?? deps.now()),
      },
    );
  }
  await dropPredecessors(deps.db, connectionId, written.generation);
  return isNewest;
}
