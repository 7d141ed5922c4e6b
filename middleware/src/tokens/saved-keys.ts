import { AppError } from '../core/errors.ts';
import type { ConnectionId } from '../core/connection.ts';
import { soql, type Row, type Soql } from '../salesforce/records.ts';
import type { RunError } from '../storage/runs.ts';
import { changeHead, readHead } from './head.ts';
import { NO_ENVELOPE, type KeyCounts } from './key-references.ts';
import { loadHead, type LoadHeadDeps } from './load-head.ts';
import { resealHead } from './reseal.ts';
import { keyIdOf } from './seal.ts';

interface SealedRow extends Row {
  Id: string;
}

/** An object of Salesforce that keeps sealed values. */
interface SealedPlace {
  query: (after: Soql, limit: number) => Soql;
  connectionIdOf: (row: SealedRow) => ConnectionId;
  fields: readonly string[];
}

const onTrainer: SealedPlace = {
  query: (after, limit) =>
    soql`SELECT Id, Lark_Access_Token__c, Lark_Refresh_Token__c FROM Onboarding_Trainer__c ${after} ORDER BY Id LIMIT ${limit}`,
  connectionIdOf: ({ Id }) => `lark:${Id}`,
  fields: ['Lark_Access_Token__c', 'Lark_Refresh_Token__c'],
};

const onConnection: SealedPlace = {
  query: (after, limit) =>
    soql`SELECT Id, Key__c, Access_Token__c, Refresh_Token__c FROM Trainer_Connection__c ${after} ORDER BY Id LIMIT ${limit}`,
  connectionIdOf: (row) => row['Key__c'] as ConnectionId,
  fields: ['Access_Token__c', 'Refresh_Token__c'],
};

/** Where sealed values are kept: with Lark only, an org may have no other place. */
export async function sealedPlaces({ db }: Pick<LoadHeadDeps, 'db'>): Promise<readonly SealedPlace[]> {
  const other = await db
    .selectFrom('token_head')
    .select('connection_id')
    .where('connection_id', 'not like', 'lark:%')
    .limit(1)
    .executeTakeFirst();
  return other ? [onTrainer, onConnection] : [onTrainer];
}

export interface SavedPage {
  /** Where the next page begins; undefined after the last one. */
  last: string | undefined;
  rows: number;
  counts: KeyCounts;
  /** Rows under another key than the current one that the flush will write again. */
  behind: ConnectionId[];
  /** Rows that do not open and that the database does not know for that reason. */
  unreadable: RunError[];
}

/**
 * Reads one page of what Salesforce keeps sealed and counts the keys. A row that is still under another key is put
 * right in the database first; the flush then writes it. Throws `SalesforceError`.
 * @param after the record id before the page; empty: from the beginning
 */
export async function checkSavedPage(
  deps: LoadHeadDeps,
  place: SealedPlace,
  after: string,
  limit: number,
): Promise<SavedPage> {
  const rows = await deps.records.query<SealedRow>(place.query(after ? soql`WHERE Id > ${after}` : soql``, limit));
  const page: SavedPage = {
    last: rows.length < limit ? undefined : rows.at(-1)?.Id,
    rows: rows.length,
    counts: {},
    behind: [],
    unreadable: [],
  };
  for (const row of rows) {
    const keyIds = place.fields
      .map((field) => row[field])
      .filter((sealed) => typeof sealed === 'string' && sealed !== '')
      .map((sealed) => keyIdOf(String(sealed)) ?? NO_ENVELOPE);
    for (const id of keyIds) page.counts[id] = (page.counts[id] ?? 0) + 1;
    if (keyIds.some((id) => id !== deps.sealer.sealingKeyId)) await putRight(deps, place.connectionIdOf(row), page);
  }
  return page;
}

async function putRight(deps: LoadHeadDeps, connectionId: ConnectionId, page: SavedPage): Promise<void> {
  const isKnown = (await readHead(deps.db, connectionId)) !== undefined;
  try {
    const outcome = await resealHead(deps, await loadHead(deps, connectionId));
    // Named already, with the heads of the database.
    if (typeof outcome === 'object') return;
    if (outcome === 'current') await writeAgain(deps, connectionId);
    page.behind.push(connectionId);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // Deleted since the page was read: nothing is left that could name a key.
    if (isKnown || error.code === 'trainer_not_found') return;
    page.unreadable.push({ id: connectionId, message: `${error.code}: ${error.message}` });
  }
}

/** The database is right and Salesforce is not: a late writer, or a record restored by hand. */
async function writeAgain(deps: LoadHeadDeps, connectionId: ConnectionId): Promise<void> {
  const head = await readHead(deps.db, connectionId);
  if (!head || head.unsaved_since !== null) return;
  const now = deps.now();
  await changeHead(deps.db, connectionId, { version: head.version }, { unsaved_since: now, updated_at: now });
}
