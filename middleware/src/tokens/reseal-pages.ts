import type { ExpressionBuilder, SelectQueryBuilder } from 'kysely';
import type { Tables } from '../storage/database.ts';
import type { RunError } from '../storage/runs.ts';
import { resealExchange, resealHead, type ResealDeps, type Resealed } from './reseal.ts';
import { sealedWith } from './seal.ts';

/** What became of the rows of a page. */
export interface ResealedPage {
  /** Where the next page begins; undefined after the last one. */
  last: string | undefined;
  resealed: number;
  /** Under the current key already. */
  current: number;
  failed: RunError[];
}

/** @param after the connection id before the page; empty: from the beginning */
export async function resealHeadsPage(deps: ResealDeps, after: string, limit: number): Promise<ResealedPage> {
  const heads = await deps.db
    .selectFrom('token_head')
    .selectAll()
    .where(isSealed)
    .where('connection_id', '>', after)
    .orderBy('connection_id')
    .limit(limit)
    .execute();
  const page = emptyPage(heads.length < limit ? undefined : heads.at(-1)?.connection_id);
  for (const head of heads) count(page, head.connection_id, await resealHead(deps, head));
  return page;
}

/** @param after the id of the entry before the page; empty: from the beginning */
export async function resealJournalPage(deps: ResealDeps, after: string, limit: number): Promise<ResealedPage> {
  const entries = await deps.db
    .selectFrom('token_exchange')
    .selectAll()
    .where(isSealed)
    .where('id', '>', after || '0')
    .orderBy('id')
    .limit(limit)
    .execute();
  const page = emptyPage(entries.length < limit ? undefined : entries.at(-1)?.id);
  for (const entry of entries) {
    count(page, `${entry.connection_id}, journal entry ${entry.id}`, await resealExchange(deps, entry));
  }
  return page;
}

/** Rows of heads and journal that hold something sealed. */
export async function sealedRows({ db }: ResealDeps): Promise<number> {
  return countRows(db.selectFrom('token_head').where(isSealed), db.selectFrom('token_exchange').where(isSealed));
}

/** Those of them that hold something sealed with another key than the current one. */
export async function staleRows({ db, sealer }: ResealDeps): Promise<number> {
  const isStale = (eb: ExpressionBuilder<Tables, SealedTable>) => {
    const current = `${sealedWith(sealer.sealingKeyId)}%`;
    return eb.or([eb('access_sealed', 'not like', current), eb('refresh_sealed', 'not like', current)]);
  };
  return countRows(db.selectFrom('token_head').where(isStale), db.selectFrom('token_exchange').where(isStale));
}

type SealedTable = 'token_head' | 'token_exchange';

const isSealed = (eb: ExpressionBuilder<Tables, SealedTable>) =>
  eb.or([eb('access_sealed', 'is not', null), eb('refresh_sealed', 'is not', null)]);

async function countRows(
  heads: SelectQueryBuilder<Tables, 'token_head', object>,
  entries: SelectQueryBuilder<Tables, 'token_exchange', object>,
): Promise<number> {
  const counts = await Promise.all([
    heads.select(({ fn }) => fn.countAll().as('rows')).executeTakeFirstOrThrow(),
    entries.select(({ fn }) => fn.countAll().as('rows')).executeTakeFirstOrThrow(),
  ]);
  return counts.reduce((sum, { rows }) => sum + Number(rows), 0);
}

function emptyPage(last: string | undefined): ResealedPage {
  return { last, resealed: 0, current: 0, failed: [] };
}

function count(page: ResealedPage, id: string, outcome: Resealed): void {
  if (outcome === 'resealed') page.resealed++;
  else if (outcome === 'current') page.current++;
  else page.failed.push({ id, message: `${outcome.failed.code}: ${outcome.failed.message}` });
}
