import { AppError } from '../core/errors.ts';
import { connectionIdOf, type ConnectionId, type ConnectionStatus } from '../core/connection.ts';
import type { Log } from '../core/runtime.ts';
import { toLongId } from '../core/salesforce-id.ts';
import { soql, type Row } from '../salesforce/records.ts';
import { changeHead, type Head, type NewHead } from './head.ts';
import { asChange, withRefreshHash, type LoadHeadDeps } from './load-head.ts';
import { readSaved } from './saved-tokens.ts';

export interface CatchUpDeps extends LoadHeadDeps {
  log: Log;
  alert: (message: string) => void;
  /** Whether this process is about to end: the rest is left to the next time. */
  isStopping: () => boolean;
}

export interface CaughtUp {
  /** Connections that the database did not know. */
  loaded: number;
  /** Connections of which Salesforce had a newer generation. */
  adopted: number;
  /** Connections whose saved tokens could not be read. */
  unreadable: number;
}

interface SavedGeneration {
  connectionId: ConnectionId;
  generation: number;
}

interface LightRow extends Row {
  Id: string;
  Lark_Token_Generation__c: number;
}

type KnownHead = Pick<Head, 'connection_id' | 'epoch' | 'generation' | 'version' | 'unsaved_since'>;

/** Light rows: Salesforce itself decides how many it hands over at a time. */
const ROWS = 2_000;
/** Connections whose tokens are read in one query. */
const CHUNK = 200;
const ALIVE: readonly ConnectionStatus[] = ['Connected', 'Needs Reconnect', 'On Hold'];

/**
 * Brings the connections into the database that Salesforce knows better: after the database was lost, so that sweeps see
 * everybody, and after another middleware has worked on the org. What this database has and Salesforce has not stays.
 * Safe to repeat. Throws `SalesforceError` when Salesforce cannot be reached.
 * @param rows how many light rows a query asks for
 */
export async function catchUp(deps: CatchUpDeps, rows = ROWS): Promise<CaughtUp> {
  const done: CaughtUp = { loaded: 0, adopted: 0, unreadable: 0 };
  let after = '';
  while (!deps.isStopping()) {
    const page = await generationsInSalesforce(deps, after, rows);
    const last = page.at(-1);
    if (!last) break;
    after = last.Id;
    for (let first = 0; first < page.length && !deps.isStopping(); first += CHUNK) {
      await catchUpWith(deps, page.slice(first, first + CHUNK).map(toSavedGeneration), done);
    }
  }
  if (done.loaded + done.adopted + done.unreadable > 0) deps.log.info(done, 'caught up with Salesforce');
  if (done.unreadable > 0) {
    deps.alert(
      `The saved tokens of ${done.unreadable} connections cannot be opened with the keys of this server, so they are not refreshed. Is a key missing in ENCRYPTION_PREVIOUS_SECRETS? The log names the connections.`,
    );
  }
  return done;
}

async function generationsInSalesforce(deps: CatchUpDeps, after: string, rows: number): Promise<LightRow[]> {
  const further = after === '' ? soql`` : soql`AND Id > ${after}`;
  return deps.records.query<LightRow>(
    soql`SELECT Id, Lark_Token_Generation__c FROM Onboarding_Trainer__c
      WHERE Lark_Connection_Status__c IN ${ALIVE} AND Lark_Token_Generation__c > 0 ${further}
      ORDER BY Id ASC LIMIT ${rows}`,
  );
}

function toSavedGeneration({ Id, Lark_Token_Generation__c }: LightRow): SavedGeneration {
  return { connectionId: connectionIdOf('lark', toLongId(Id) ?? Id), generation: Lark_Token_Generation__c };
}

async function catchUpWith(deps: CatchUpDeps, saved: readonly SavedGeneration[], done: CaughtUp): Promise<void> {
  // Salesforce was read first: a pair that is flushed between the two reads is known here already.
  const known = await knownHeads(deps, saved);
  const behind = saved.filter(({ connectionId, generation }) => {
    const head = known.get(connectionId);
    return head === undefined || (head.generation < generation && head.unsaved_since === null);
  });
  if (behind.length === 0) return;
  const tokens = await readSaved(
    deps,
    behind.map(({ connectionId }) => connectionId),
  );
  const unknown: NewHead[] = [];
  for (const { connectionId } of behind) {
    const row = tokens.get(connectionId);
    // Deleted meanwhile.
    if (!row) continue;
    const head = known.get(connectionId);
    try {
      if (head === undefined) unknown.push(withRefreshHash(deps.sealer, row.head));
      else if (row.generation > head.generation && (await adopt(deps, head, row.head))) done.adopted++;
    } catch (error) {
      // One row that cannot be opened must not keep the others out.
      if (!(error instanceof AppError)) throw error;
      done.unreadable++;
      deps.log.error({ err: error, connectionId }, 'a connection cannot be read from Salesforce');
    }
  }
  done.loaded += await insertAbsent(deps, unknown);
}

async function knownHeads(
  deps: CatchUpDeps,
  saved: readonly SavedGeneration[],
): Promise<ReadonlyMap<string, KnownHead>> {
  const heads = await deps.db
    .selectFrom('token_head')
    .select(['connection_id', 'epoch', 'generation', 'version', 'unsaved_since'])
    .where(
      'connection_id',
      'in',
      saved.map(({ connectionId }) => connectionId),
    )
    .execute();
  return new Map(heads.map((head) => [head.connection_id, head]));
}

/** An exchange or a disconnect that is under way for the older one becomes harmless by the epoch. */
async function adopt(deps: CatchUpDeps, head: KnownHead, saved: NewHead): Promise<boolean> {
  const connectionId = head.connection_id as ConnectionId;
  const change = { ...asChange(deps.sealer, saved), epoch: head.epoch + 1 };
  return (await changeHead(deps.db, connectionId, { version: head.version }, change)) !== undefined;
}

/** Somebody may have asked for a token meanwhile: the row that is there stays. */
async function insertAbsent(deps: CatchUpDeps, heads: readonly NewHead[]): Promise<number> {
  if (heads.length === 0) return 0;
  const inserted = await deps.db
    .insertInto('token_head')
    .values(heads)
    .onConflict((conflict) => conflict.column('connection_id').doNothing())
    .returning('connection_id')
    .execute();
  return inserted.length;
}
