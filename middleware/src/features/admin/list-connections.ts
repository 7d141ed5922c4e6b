import { connectionIdOf, type ConnectionId, type ConnectionStatus, type ProviderId } from '../../core/connection.ts';
import type { Now } from '../../core/runtime.ts';
import { soql, type Row, type SalesforceRecords } from '../../salesforce/records.ts';
import type { Database } from '../../storage/database.ts';
import type { ConnectionState } from '../../tokens/port.ts';
import { active, endingSoon, expiringWithinADay, listed, type ConnectionListQuery } from './connection-list-query.ts';
import { pageOf, writeCursor, type Cursor } from './list-order.ts';
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
  byProvider: Partial<Record<ProviderId, ByStatus>>;
}

interface ByStatus {
  connected: number;
  needsReconnect: number;
  onHold: number;
  notConnected: number;
}

export interface ConnectionList {
  connections: ListedConnection[];
  totals: ConnectionTotals;
  page: { limit: number; next: string | null };
}

/**
 * A page of active trainers with their connections, in the order asked for, and the totals: one call of Salesforce. The
 * database adds what it has newer. A page by status can be shorter than asked for although there is a next one. Throws
 * `SalesforceError`.
 */
export async function listConnections(deps: ListConnectionsDeps, query: ConnectionListQuery): Promise<ConnectionList> {
  for (let { after } = query; ;) {
    const { rows, totals, next } = await readPage(deps, query, after);
    // Nobody has the two statuses that one call looks through, but somebody may have the next ones.
    if (rows.length === 0 && next) {
      after = next;
      continue;
    }
    return {
      connections: await withTheNewest(deps, query.provider, rows.map(readListed)),
      totals: { ...totals, failing: await countFailing(deps.db, query.provider) },
      page: { limit: query.limit, next: next ? writeCursor(query, next) : null },
    };
  }
}

async function readPage(deps: ListConnectionsDeps, query: ConnectionListQuery, after: Cursor | undefined) {
  const now = deps.now();
  const { limit, provider } = query;
  const page = pageOf(query, { fields: trainerFields, where: listed(query, now), after, limit });
  const [byStatus, expiring, ending, ...found] = await deps.records.composite(
    [
      soql`SELECT Lark_Connection_Status__c status, COUNT(Id) total FROM Onboarding_Trainer__c WHERE ${active}
        GROUP BY Lark_Connection_Status__c`,
      soql`SELECT COUNT(Id) total FROM Onboarding_Trainer__c WHERE ${active} AND ${expiringWithinADay(now)}`,
      soql`SELECT COUNT(Id) total FROM Onboarding_Trainer__c WHERE ${active} AND ${endingSoon(now)}`,
      ...page.queries,
    ].map((text, index) => ({ method: 'GET', path: deps.records.queryPath(text), referenceId: `query${index}` })),
  );
  const { trainers, ...statuses } = countByStatus(rowsOf(byStatus?.body));
  const totals = {
    trainers,
    ...statuses,
    expiringWithin24h: totalOf(rowsOf(expiring?.body)[0]),
    endingWithin14Days: totalOf(rowsOf(ending?.body)[0]),
    byProvider: { [provider]: statuses },
  };
  const all = found.flatMap(({ body }) => rowsOf(body));
  const rows = all.slice(0, limit);
  const last = rows.at(-1);
  return { rows, totals, next: all.length > limit && last ? page.cursorOf(last) : page.further };
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

function countByStatus(rows: readonly Row[]): ByStatus & { trainers: number } {
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
