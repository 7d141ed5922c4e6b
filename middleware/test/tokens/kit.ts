import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProviderError, type ProviderFailure } from '../../src/core/provider-error.ts';
import type { ConnectionId } from '../../src/core/connection.ts';
import { noStep, type Log, type Step } from '../../src/core/runtime.ts';
import type { OAuthProvider, TokenSet } from '../../src/providers/ports/oauth.ts';
import type { Row, SalesforceRecords, Soql } from '../../src/salesforce/records.ts';
import { SalesforceError } from '../../src/salesforce/records.ts';
import { migrate, openDatabase } from '../../src/storage/open-database.ts';
import type { Database } from '../../src/storage/database.ts';
import { createTokens } from '../../src/tokens/access-token.ts';
import { flushUnsaved } from '../../src/tokens/flush.ts';
import { createLifecycle } from '../../src/tokens/lifecycle.ts';
import type { NewConnection } from '../../src/tokens/port.ts';
import { createSealer } from '../../src/tokens/seal.ts';

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
export const ORG = '00D000000000001AAA';
export const SECRET = 'a1'.repeat(32);

export async function openMemoryDatabase() {
  const database = await openDatabase({ directory: 'memory://' });
  await migrate(database.db);
  return database;
}

/** A provider with single-use refresh tokens: a spent one is refused for ever. */
export function scriptedProvider(now: () => Date) {
  const live = new Set<string>();
  const sent: string[] = [];
  const spent: string[] = [];
  const failures: ProviderFailure[] = [];
  let gate: Promise<void> = Promise.resolve();
  let number = 0;
  const pair = (): TokenSet => {
    const refreshToken = `refresh-${++number}`;
    live.add(refreshToken);
    return {
      accessToken: `access-${number}`,
      accessExpiresAt: new Date(now().getTime() + 7_200_000),
      refreshToken,
      refreshExpiresAt: new Date(now().getTime() + 604_800_000),
      scopes: ['offline_access'],
    };
  };
  const oauth: OAuthProvider = {
    id: 'lark',
    scopes: ['offline_access'],
    consentLifetimeMs: undefined,
    timeoutMs: 10_000,
    authorizeUrl: () => 'http://127.0.0.1/authorize',
    exchangeCode: () => Promise.resolve(pair()),
    account: () => Promise.resolve({ subjectId: 'ou_1', tenantId: 't', email: 'a@example.com', name: 'A' }),
    refresh: async ({ refreshToken }) => {
      sent.push(refreshToken);
      const failure = failures.shift();
      if (failure !== undefined && failure !== 'unknown-outcome') throw new ProviderError('lark', failure, 'scripted');
      if (!live.delete(refreshToken)) throw new ProviderError('lark', 'grant-consumed', 'used before');
      spent.push(refreshToken);
      const answer = pair();
      await gate;
      if (failure === 'unknown-outcome') throw new ProviderError('lark', failure, 'the answer was lost');
      return answer;
    },
  };
  return {
    oauth,
    pair,
    /** Refresh tokens as they were sent, and those of them that were exchanged. */
    sent,
    spent,
    failNext: (...next: ProviderFailure[]) => failures.push(...next),
    /** Answers wait until the returned function is called. */
    withhold: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return () => resolve();
    },
  };
}

/** The trainer rows of Salesforce with the fence of the validation rule. */
export function trainerRows() {
  const rows = new Map<string, Row>();
  let down = false;
  const refuse = () => {
    if (down) throw new SalesforceError('unreachable', 'Salesforce is down');
  };
  const records = {
    query: (query: Soql) => {
      refuse();
      const ids = [...query.text.matchAll(/'(a00\w+)'/g)].map((match) => match[1] ?? '');
      const fields = (/SELECT ([\s\S]+?) FROM/.exec(query.text)?.[1] ?? '').split(/,\s*/).map((field) => field.trim());
      const asSelected = (row: Row) => Object.fromEntries(fields.map((field) => [field, row[field] ?? null]));
      return Promise.resolve(ids.flatMap((id) => (rows.has(id) ? [asSelected(rows.get(id) ?? {})] : [])));
    },
    update: (_object: string, updates: readonly Row[]) => {
      refuse();
      return Promise.resolve(
        updates.map((update) => {
          const id = String(update['Id']);
          const row = rows.get(id) ?? {};
          const generation = 'Lark_Token_Generation__c';
          if (Number(update[generation] ?? 0) < Number(row[generation] ?? 0)) {
            const error = { code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'newer tokens', fields: [] };
            return { id, success: false, errors: [error] };
          }
          rows.set(id, { ...row, ...update });
          return { id, success: true, errors: [] };
        }),
      );
    },
  } as unknown as SalesforceRecords;
  return {
    records,
    row: (id: string) => rows.get(id) ?? {},
    add: (id: string) => rows.set(id, { Id: id }),
    set: (id: string, change: Row) => rows.set(id, { ...rows.get(id), ...change }),
    setDown: (value: boolean) => {
      down = value;
    },
  };
}

/** The tokens room with a scripted provider and Salesforce; several rooms can share a database. */
export function tokenRoom(db: Database, options: { step?: Step } = {}) {
  let offset = 0;
  const now = () => new Date(Date.now() + offset);
  const provider = scriptedProvider(now);
  const salesforce = trainerRows();
  const sealer = createSealer({ orgId: ORG, secret: SECRET, previousSecrets: [] });
  const alerts: string[] = [];
  const woken: ConnectionId[] = [];
  const deps = {
    db,
    now,
    sealer,
    records: salesforce.records,
    log: silentLog,
    step: options.step ?? noStep,
    sleep: (ms: number) => sleep(ms),
    oauthOf: () => provider.oauth,
    connected: (id: ConnectionId) => Promise.resolve(void woken.push(id)),
    changed: () => undefined,
    alert: (message: string) => void alerts.push(message),
    flushNow: async () => {
      await flushUnsaved(deps).catch(() => undefined);
    },
  };
  const id = `a00${randomUUID().replaceAll('-', '').slice(0, 15)}`;
  const connectionId: ConnectionId = `lark:${id}`;
  salesforce.add(id);
  const lifecycle = createLifecycle(deps);
  return {
    deps,
    provider,
    salesforce,
    alerts,
    /** Connections that came alive, in order. */
    woken,
    trainerId: id,
    connectionId,
    lifecycle,
    tokens: createTokens(deps),
    /** Another process on the same database. */
    replica: () => createTokens(deps),
    advance: (ms: number) => {
      offset += ms;
    },
    flush: () => flushUnsaved(deps),
    row: () => salesforce.row(id),
    connect: async (change: Partial<NewConnection> = {}) => {
      const pair = provider.pair();
      await lifecycle.connect(connectionId, {
        accessToken: pair.accessToken,
        accessExpiresAt: pair.accessExpiresAt,
        refreshToken: pair.refreshToken ?? '',
        refreshExpiresAt: pair.refreshExpiresAt,
        consentExpiresAt: undefined,
        scopes: pair.scopes,
        subjectId: 'ou_1',
        tenantId: 't',
        accountEmail: 'a@example.com',
        identityHash: 'hash',
        ...change,
      });
    },
  };
}
