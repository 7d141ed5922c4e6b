import { sql } from 'kysely';
import { messageOf } from '../../core/errors.ts';
import type { Log, Now } from '../../core/runtime.ts';
import { soql, type SalesforceRecords } from '../../salesforce/records.ts';
import type { Database } from '../../storage/database.ts';

export interface HealthDeps {
  db: Database;
  records: Pick<SalesforceRecords, 'query'>;
  now: Now;
  log: Log;
  databaseKind: 'pglite' | 'postgres';
  /** Can the app's own identity sign in at Lark? Absent: Lark is off. */
  checkLark: (() => Promise<void>) | undefined;
  switches: () => { mockLarkBooking: boolean; mockLarkBusy: boolean };
  isStopping: () => boolean;
}

type Verdict = 'ok' | 'failing' | 'off';

/** Whoever asks how we are must not cost a call each time. */
const REMEMBER_MS = 60_000;
/** Pairs that wait longer than this for Salesforce are a sign of trouble. */
const BACKLOG_WARNING_MS = 5 * 60_000;

export interface Health {
  ready(): Promise<{ ready: boolean; database: Verdict; stopping: boolean }>;
  lark(): Promise<object & { status: 'ok' | 'degraded' }>;
}

/** What operators and load balancers ask. Holds no secrets and names nobody. */
export function createHealth(deps: HealthDeps): Health {
  const database = async (): Promise<Verdict> => {
    try {
      await sql`select 1`.execute(deps.db);
      return 'ok';
    } catch (error) {
      deps.log.error({ err: error }, 'the database does not answer');
      return 'failing';
    }
  };
  const larkAuth = remembered(deps, deps.checkLark, 'Lark does not accept the app');
  const salesforce = remembered(
    deps,
    async () => void (await deps.records.query(soql`SELECT Id FROM Onboarding_Trainer__c LIMIT 1`)),
    'Salesforce does not answer',
  );

  return {
    ready: async () => {
      const verdict = await database();
      const stopping = deps.isStopping();
      return { ready: verdict === 'ok' && !stopping, database: verdict, stopping };
    },
    lark: async () => {
      const [db, lark, org] = await Promise.all([database(), larkAuth(), salesforce()]);
      const tokens = db === 'ok' ? await tokenFigures(deps) : undefined;
      const verdicts = {
        database: db,
        salesforce: org,
        larkAuth: lark,
        tokenRefresh: tokens !== undefined && canRefresh(tokens) ? ('ok' as const) : ('failing' as const),
      };
      return {
        status: Object.values(verdicts).includes('failing') ? 'degraded' : 'ok',
        ...verdicts,
        databaseKind: deps.databaseKind,
        connections: tokens,
        switches: deps.switches(),
      };
    },
  };
}

function remembered(
  { now, log }: HealthDeps,
  check: (() => Promise<void>) | undefined,
  problem: string,
): () => Promise<Verdict> {
  if (check === undefined) return () => Promise.resolve('off');
  let checked: { at: number; verdict: Promise<Verdict> } | undefined;
  return () => {
    const at = now().getTime();
    if (checked === undefined || at - checked.at > REMEMBER_MS) {
      const verdict = check().then(
        (): Verdict => 'ok',
        (error: unknown): Verdict => {
          log.warn({ problem: messageOf(error) }, problem);
          return 'failing';
        },
      );
      checked = { at, verdict };
    }
    return checked.verdict;
  };
}

type TokenFigures = Awaited<ReturnType<typeof tokenFigures>>;

/** As the sweeps judge it: they stop for each of these. Single rows that Salesforce refuses were told to administrators. */
function canRefresh({ connected, refused, oldestUnsavedSeconds, outageSince }: TokenFigures): boolean {
  return outageSince === null && oldestUnsavedSeconds * 1000 <= BACKLOG_WARNING_MS && refused * 2 <= connected;
}

async function tokenFigures({ db, now }: HealthDeps) {
  const { rows } = await sql<{
    connected: string;
    needs_reconnect: string;
    unsaved: string;
    refused: string;
    oldest: Date | null;
    outage: Date | null;
  }>`
    select count(*) filter (where state = 'connected') as connected,
      count(*) filter (where state = 'needs-reconnect') as needs_reconnect,
      count(*) filter (where unsaved_since is not null) as unsaved,
      count(*) filter (where unsaved_since is not null and refused_at is not null and state = 'connected') as refused,
      min(unsaved_since) filter (where refused_at is null) as oldest,
      (select min(opened_at) from outage) as outage
    from token_head`.execute(db);
  const [row] = rows;
  return {
    connected: Number(row?.connected ?? 0),
    needsReconnect: Number(row?.needs_reconnect ?? 0),
    unsaved: Number(row?.unsaved ?? 0),
    refused: Number(row?.refused ?? 0),
    oldestUnsavedSeconds: row?.oldest ? Math.round((now().getTime() - row.oldest.getTime()) / 1000) : 0,
    outageSince: row?.outage?.toISOString() ?? null,
  };
}
