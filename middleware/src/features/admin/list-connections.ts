import { connectionIdOf, type ConnectionId, type ConnectionStatus, type ProviderId } from '../../core/connection.ts';
import type { Now } from '../../core/runtime.ts';
import { soql, type Row, type SalesforceRecords } from '../../salesforce/records.ts';
import type { Database } from '../../storage/database.ts';
import type { ConnectionState } from '../../tokens/port.ts';
import {
  active,
  endingSoon,
  expiringWithinADay,
  pageOfTrainers,
  type ConnectionListQuery,
} from './connection-list-query.ts';
import { readListed, trainerFields, type ListedTrainer } from './listed-trainer.ts';
import { heldAccounts, newerStates } from './newer-states.ts';

export interface ListConnectionsDeps {
  db: Database;
  records: Pick<SalesforceRecords, 'composite' | 'queryPath'>;
  forecastOf: (connection: { provider: ProviderId; state: ConnectionState; timeZone: string }) => Forecast | null;
  now: Now;
}

interface Forecast {
  endsAt: Date;
  reason: string;
  text: string;
}

/** One trainer and their connection. Never a token. */
export interface ListedConnection {
  connectionId: ConnectionId;
  trainer: ListedTrainer;
  state: ConnectionState;
  heldAccount: string | undefined;
  forecast: Forecast | null;
}

/** Of all active trainers, as Salesforce knows them, whatever was asked for. */
export interface ConnectionTotals {
  trainers: number;
  connected: number;
  needsReconnect: number;
  onHold: number;
  notConnected: number;
  /** Connected, and the refresh window or the consent ends within a day. */
  expiringWithin24h: number;
  /** Those, and the connected ones whose consent ends within 14 days. */
  endingWithin14Days: number;
  /** Connected, and the latest exchange failed. */
  failing: number;
}

export interface ConnectionList {
  connections: ListedConnection[];
  totals: ConnectionTotals;
  page: { limit: number; next: string | null };
}

/**
 * A page of active trainers with their connections, in the order of their ids, and the totals: one call of Salesforce.
 * The database adds what it has newer. Throws `SalesforceError`.
 */
export async function listConnections(deps: ListConnectionsDeps, query: ConnectionListQuery): Promise<ConnectionList> {
  const now = deps.now();
  const [page, byStatus, expiring, ending] = await deps.records.composite(
    [
      pageOfTrainers(trainerFields, query, now),
      soql`SELECT Lark_Connection_Status__c status, COUNT(Id) total FROM Onboarding_Trainer__c WHERE ${active}
        GROUP BY Lark_Connection_Status__c`,
      soql`SELECT COUNT(Id) total FROM Onboarding_Trainer__c WHERE ${active} AND ${expiringWithinADay(now)}`,
      soql`SELECT COUNT(Id) total FROM Onboarding_Trainer__c WHERE ${active} AND ${endingSoon(now)}`,
    ].map((text, index) => ({ method: 'GET', path: deps.records.queryPath(text), referenceId: `query${index}` })),
  );
  const rows = rowsOf(page?.body);
  const trainers = rows.slice(0, query.limit).map(readListed);
  return {
    connections: await withTheNewest(deps, query.provider, trainers),
    totals: {
      ...countByStatus(rowsOf(byStatus?.body)),
      expiringWithin24h: totalOf(rowsOf(expiring?.body)[0]),
      endingWithin14Days: totalOf(rowsOf(ending?.body)[0]),
      failing: await countFailing(deps.db, query.provider),
    },
    page: { limit: query.limit, next: rows.length > query.limit ? (trainers.at(-1)?.trainer.id ?? null) : null },
  };
}

async function withTheNewest(
  deps: ListConnectionsDeps,
  provider: ProviderId,
  listed: readonly ReturnType<typeof readListed>[],
): Promise<ListedConnection[]> {
  const ids = listed.map(({ trainer }) => connectionIdOf(provider, trainer.id));
  const [newer, held] = await Promise.all([newerStates(deps.db, ids), heldAccounts(deps.db, ids)]);
  return listed.map(({ trainer, saved, generation }) => {
    const connectionId = connectionIdOf(provider, trainer.id);
    const state = newer(connectionId, generation) ?? saved;
    const forecast = deps.forecastOf({ provider, state, timeZone: trainer.timeZone });
    return { connectionId, trainer, state, heldAccount: held.get(connectionId), forecast };
  });
}

function countByStatus(rows: readonly Row[]) {
  const count = (...statuses: (ConnectionStatus | null)[]) =>
    rows
      .filter(({ status }) => statuses.some((one) => one === (status ?? null)))
      .reduce((sum, row) => sum + totalOf(row), 0);
  return {
    trainers: rows.reduce((sum, row) => sum + totalOf(row), 0),
    connected: count('Connected'),
    needsReconnect: count('Needs Reconnect'),
    onHold: count('On Hold'),
    notConnected: count('Not Connected', null),
  };
}

async function countFailing(db: Database, provider: ProviderId): Promise<number> {
  const { failing } = await db
    .selectFrom('token_head')
    .select((eb) => eb.fn.countAll<string>().as('failing'))
    .where('state', '=', 'connected')
    .where('attempt_failure', 'is not', null)
    .where('connection_id', 'like', `${provider}:%`)
    .executeTakeFirstOrThrow();
  return Number(failing);
}

function totalOf(row: Row | undefined): number {
  return typeof row?.['total'] === 'number' ? row['total'] : 0;
}

function rowsOf(body: unknown): Row[] {
  const records = (body as { records?: unknown } | undefined)?.records;
  return Array.isArray(records) ? (records as Row[]) : [];
}
