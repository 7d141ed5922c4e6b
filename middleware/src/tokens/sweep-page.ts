import type { ExpressionBuilder } from 'kysely';
import { connectionIdOf, type ConnectionId } from '../core/connection.ts';
import type { Database, Tables } from '../storage/database.ts';
import { dueCondition } from './due.ts';
import type { RefreshScope } from './port.ts';

/** Which connections a sweep is about. */
export interface Selection {
  scope: RefreshScope;
  now: Date;
  /** Trainers with a training soon, for `due`. */
  bookedSoon: ReadonlySet<string>;
}

/** What a sweep must know of a connection; no token among it, so that a page is light. */
export interface SweptHead {
  connectionId: ConnectionId;
  refreshedAt: Date | null;
  retryAt: Date | null;
}

const PAGE = 200;

export async function countSelected(db: Database, selection: Selection): Promise<number> {
  const { count } = await db
    .selectFrom('token_head')
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .where((eb) => selected(eb, selection))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** The next of them after a connection id, in the order of the ids. */
export async function nextPage(db: Database, selection: Selection, after: string): Promise<SweptHead[]> {
  const rows = await db
    .selectFrom('token_head')
    .select(['connection_id', 'refreshed_at', 'retry_at'])
    .where('connection_id', '>', after)
    .where((eb) => selected(eb, selection))
    .orderBy('connection_id')
    .limit(PAGE)
    .execute();
  return rows.map((row) => ({
    connectionId: row.connection_id as ConnectionId,
    refreshedAt: row.refreshed_at,
    retryAt: row.retry_at,
  }));
}

function selected(eb: ExpressionBuilder<Tables, 'token_head'>, { scope, now, bookedSoon }: Selection) {
  if (scope === 'all') return eb('state', '=', 'connected');
  // Trainings are held in Lark: its token is the one that they need.
  return dueCondition(
    now,
    [...bookedSoon].map((trainerId) => connectionIdOf('lark', trainerId)),
  );
}
