import { sql } from 'kysely';
import { messageOf } from '../../core/errors.ts';
import type { Log, Now } from '../../core/runtime.ts';
import type { Database } from '../../storage/database.ts';

export interface HealthDeps {
  db: Database;
  now: Now;
  log: Log;
  databaseKind: 'pglite' | 'postgres';
  /** Can the app's own identity sign in at Lark? Absent: Lark is off. */
  checkLark: (() => Promise<void>) | undefined;
  switches: () => { mockLarkBooking: boolean; mockLarkBusy: boolean };
  isStopping: () => boolean;
}

type Verdict = 'ok' | 'failing' | 'off';

const REMEMBER_LARK_MS = 60_000;
/** Pairs that wait longer than this for Salesforce are a sign of trouble. */
const BACKLOG_WARNING_MS = 5 * 60_000;

export interface Health {
  ready(): Promise<{ ready: boolean; database: Verdict; stopping: boolean }>;
  lark(): Promise<object & { status: 'ok' | 'degraded' }>;
}

/** What operators and load balancers ask. Holds no secrets and names nobody. */
export function createHealth(deps: HealthDeps): Health {
  let larkChecked: { at: number; verdict: Promise<Verdict> } | undefined;

  const database = async (): Promise<Verdict> => {
    try {
      await sql`select 1`.execute(deps.db);
      return 'ok';
    } catch (error) {
      deps.log.error({ err: error }, 'the database does not answer');
      return 'failing';
    }
  };

  const larkAuth = (): Promise<Verdict> => {
    if (deps.checkLark === undefined) return Promise.resolve('off');
    const now = deps.now().getTime();
    if (larkChecked === undefined || now - larkChecked.at > REMEMBER_LARK_MS) {
      const verdict = deps.checkLark().then(
        (): Verdict => 'ok',
        (error: unknown): Verdict => {
          deps.log.warn({ problem: messageOf(error) }, 'Lark does not accept the app');
          return 'failing';
        },
      );
      larkChecked = { at: now, verdict };
    }
    return larkChecked.verdict;
  };

  return {
    ready: async () => {
      const verdict = await database();
      const stopping = deps.isStopping();
      return { ready: verdict === 'ok' && !stopping, database: verdict, stopping };
    },
    lark: async () => {
      const [db, lark] = await Promise.all([database(), larkAuth()]);
      const tokens = db === 'ok' ? await tokenFigures(deps) : undefined;
      const backlogIsOld = (tokens?.oldestUnsavedSeconds ?? 0) * 1000 > BACKLOG_WARNING_MS;
      return {
        status: db === 'ok' && lark !== 'failing' && !backlogIsOld ? 'ok' : 'degraded',
        database: db,
        databaseKind: deps.databaseKind,
        larkAuth: lark,
        tokenRefresh: backlogIsOld || tokens === undefined ? 'failing' : 'ok',
        connections: tokens,
        switches: deps.switches(),
      };
    },
  };
}

async function tokenFigures(deps: HealthDeps) {
  const { rows } = await sql<{ connected: string; needs_reconnect: string; unsaved: string; oldest: Date | null }>`
    select count(*) filter (where state = 'connected') as connected,
      count(*) filter (where state = 'needs-reconnect') as needs_reconnect,
      count(*) filter (where unsaved_since is not null) as unsaved,
      min(unsaved_since) as oldest
    from token_head`.execute(deps.db);
  const [row] = rows;
  return {
    connected: Number(row?.connected ?? 0),
    needsReconnect: Number(row?.needs_reconnect ?? 0),
    unsaved: Number(row?.unsaved ?? 0),
    oldestUnsavedSeconds: row?.oldest ? Math.round((deps.now().getTime() - row.oldest.getTime()) / 1000) : 0,
  };
}
