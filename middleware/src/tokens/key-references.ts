import { sql } from 'kysely';
import type { Database } from '../storage/database.ts';
import type { KeyReferences } from './port.ts';
import type { Sealer } from './seal.ts';

/** How many sealed values name a key. */
export type KeyCounts = Record<string, number>;

/** What is counted for values that are no envelope: their text is never shown, it could be anything. */
export const NO_ENVELOPE = 'unreadable';

export interface LiveReferences {
  heads: KeyCounts;
  journal: KeyCounts;
  /** Of the heads, those that Salesforce does not have yet. */
  unsaved: KeyCounts;
}

/** Counts what is sealed in the database, as of now. */
export async function liveReferences({ db }: { db: Database }): Promise<LiveReferences> {
  const heads = await sql<CountRow>`
    select ${keyIdIn} as id, count(*) as count, count(unsaved_since) as unsaved from (
      select access_sealed as sealed, unsaved_since from token_head
      union all select refresh_sealed, unsaved_since from token_head
    ) as stored where sealed is not null group by 1`.execute(db);
  const journal = await sql<CountRow>`
    select ${keyIdIn} as id, count(*) as count, 0 as unsaved from (
      select access_sealed as sealed from token_exchange union all select refresh_sealed from token_exchange
    ) as stored where sealed is not null group by 1`.execute(db);
  return {
    heads: toCounts(heads.rows, 'count'),
    journal: toCounts(journal.rows, 'count'),
    unsaved: toCounts(heads.rows, 'unsaved'),
  };
}

interface CountRow {
  id: string;
  count: string;
  unsaved: string;
}

const keyIdIn = sql`case when sealed ~ '^v1\\.[0-9a-f]{8}\\.' then split_part(sealed, '.', 2) else ${sql.lit(NO_ENVELOPE)} end`;

function toCounts(rows: readonly CountRow[], column: 'count' | 'unsaved'): KeyCounts {
  return Object.fromEntries(rows.map((row) => [row.id, Number(row[column])] as const).filter(([, count]) => count > 0));
}

/** What a finished rotation counted in Salesforce. */
export interface Counted {
  counts: KeyCounts;
  /** The key that sealed then: what was counted under another one says nothing of today. */
  sealingKeyId: string;
}

/** For each key of the ring, and each other key that something names: who still refers to it. */
export async function keyReferences(
  deps: { db: Database; sealer: Sealer },
  counted: Counted | undefined,
): Promise<KeyReferences[]> {
  const live = await liveReferences(deps);
  const { sealingKeyId, keyIds } = deps.sealer;
  const found = [live.heads, live.journal, counted?.counts ?? {}].flatMap((counts) => Object.keys(counts));
  const isCurrent = counted?.sealingKeyId === sealingKeyId;
  return [...new Set([...keyIds, ...found])].map((id) => {
    const heads = live.heads[id] ?? 0;
    const journal = live.journal[id] ?? 0;
    const salesforce = counted ? (counted.counts[id] ?? 0) + (live.unsaved[id] ?? 0) : null;
    const sealing = id === sealingKeyId;
    const inRing = keyIds.includes(id);
    const retirable = inRing && !sealing && isCurrent && heads === 0 && journal === 0 && salesforce === 0;
    return { id, sealing, inRing, references: { heads, journal, salesforce }, retirable };
  });
}
