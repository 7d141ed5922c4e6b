import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectionIdOf, type ConnectionId } from '../../src/core/connection.ts';
import { noStep, type Log, type Step } from '../../src/core/runtime.ts';
import type { Row } from '../../src/salesforce/records.ts';
import type { Database } from '../../src/storage/database.ts';
import { createTokens } from '../../src/tokens/access-token.ts';
import { flushUnsaved } from '../../src/tokens/flush.ts';
import { createLifecycle } from '../../src/tokens/lifecycle.ts';
import type { NewConnection } from '../../src/tokens/port.ts';
import { createSealer } from '../../src/tokens/seal.ts';
import { trainerRows } from './saved-rows.ts';
import { providerOfKind, scriptedProvider, type ProviderKind } from './scripted-provider.ts';

export { openMemoryDatabase } from '../kit/memory-database.ts';
export { trainerRows } from './saved-rows.ts';
export { scriptedProvider } from './scripted-provider.ts';

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
export const ORG = '00D000000000001AAA';
export const SECRET = 'a1'.repeat(32);

/** The tokens room with a scripted provider and Salesforce; several rooms can share a database. */
export function tokenRoom(db: Database, options: { step?: Step; kind?: ProviderKind } = {}) {
  let offset = 0;
  const now = () => new Date(Date.now() + offset);
  const kind = options.kind ?? 'single-use';
  const provider = scriptedProvider(now, kind);
  const salesforce = trainerRows(now);
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
  const connectionId = connectionIdOf(providerOfKind[kind], id);
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
    /** The connection as Salesforce has it, whichever object keeps it. */
    saved: () => asSaved(salesforce.row(kind === 'single-use' ? id : connectionId), kind),
    /** Somebody changes the connection's fields in Salesforce by hand. */
    changeByHand: (change: Partial<SavedByHand>) =>
      salesforce.set(kind === 'single-use' ? id : connectionId, toFields(change, kind)),
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

/** Fields of a connection in Salesforce by plain names. */
export interface SavedByHand {
  generation: number | null;
  status: string | null;
  access: string | null;
  refresh: string | null;
  accessExpiresAt: string | null;
  connectedAt: string | null;
  error: string | null;
}

const fieldNames: Record<keyof SavedByHand, { lark: string; other: string }> = {
  generation: { lark: 'Lark_Token_Generation__c', other: 'Token_Generation__c' },
  status: { lark: 'Lark_Connection_Status__c', other: 'Status__c' },
  access: { lark: 'Lark_Access_Token__c', other: 'Access_Token__c' },
  refresh: { lark: 'Lark_Refresh_Token__c', other: 'Refresh_Token__c' },
  accessExpiresAt: { lark: 'Lark_Token_Expires_At__c', other: 'Token_Expires_At__c' },
  connectedAt: { lark: 'Lark_Connected_At__c', other: 'Connected_At__c' },
  error: { lark: 'Lark_Connection_Error__c', other: 'Connection_Error__c' },
};
const names = Object.keys(fieldNames) as (keyof SavedByHand)[];

export function fieldOf(name: keyof SavedByHand, kind: ProviderKind): string {
  return fieldNames[name][kind === 'single-use' ? 'lark' : 'other'];
}

export function asSaved(row: Row, kind: ProviderKind): SavedByHand {
  return Object.fromEntries(names.map((name) => [name, row[fieldOf(name, kind)] ?? null])) as unknown as SavedByHand;
}

export function toFields(change: Partial<SavedByHand>, kind: ProviderKind): Row {
  return Object.fromEntries(names.filter((name) => name in change).map((name) => [fieldOf(name, kind), change[name]]));
}
