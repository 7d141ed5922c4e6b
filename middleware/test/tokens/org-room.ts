import assert from 'node:assert/strict';
import { createMovableClock } from '../../../standins/kit/clock.ts';
import { OFFLINE_CLIENT, startLocalOrg } from '../../../standins/salesforce/index.ts';
import { connectionIdOf, trainerIdOf, type ConnectionId } from '../../src/core/connection.ts';
import { noStep } from '../../src/core/runtime.ts';
import { createSalesforce } from '../../src/salesforce/connection.ts';
import { soql, type Row } from '../../src/salesforce/records.ts';
import type { Database } from '../../src/storage/database.ts';
import { createTokens } from '../../src/tokens/access-token.ts';
import { flushUnsaved } from '../../src/tokens/flush.ts';
import { createLifecycle } from '../../src/tokens/lifecycle.ts';
import { createSealer } from '../../src/tokens/seal.ts';
import { asSaved, fieldOf, SECRET, silentLog, toFields, type SavedByHand } from './kit.ts';
import { providerOfKind, scriptedProvider, type ProviderKind } from './scripted-provider.ts';

/** The tokens room with scripted providers in front of a real local org, through the real adapter. */
export async function startOrgRoom(db: Database) {
  const clock = createMovableClock();
  const org = await startLocalOrg({ clock, sample: 'users' });
  const now = () => clock.now();
  const records = createSalesforce(
    {
      loginUrl: org.url,
      orgId: org.orgId,
      auth: { kind: 'client_credentials', clientId: OFFLINE_CLIENT.id, clientSecret: OFFLINE_CLIENT.secret },
      timeoutMs: 5_000,
    },
    { now, log: silentLog },
  );
  const providers = new Map<ProviderKind, ReturnType<typeof scriptedProvider>>();
  const providerOf = (kind: ProviderKind) => {
    const provider = providers.get(kind) ?? scriptedProvider(now, kind);
    providers.set(kind, provider);
    return provider;
  };
  const kindOf = (connectionId: ConnectionId) =>
    (Object.keys(providerOfKind) as ProviderKind[]).find((kind) =>
      connectionId.startsWith(`${providerOfKind[kind]}:`),
    ) ?? assert.fail(connectionId);
  const alerts: string[] = [];
  const deps = {
    db,
    now,
    records,
    sealer: createSealer({ orgId: org.orgId, secret: SECRET, previousSecrets: [] }),
    log: silentLog,
    step: noStep,
    sleep: (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms)),
    oauthOf: (connectionId: ConnectionId) => providerOf(kindOf(connectionId)).oauth,
    connected: () => Promise.resolve(),
    changed: () => undefined,
    alert: (message: string) => void alerts.push(message),
    flushNow: () => Promise.resolve(),
  };
  const lifecycle = createLifecycle(deps);
  const tokens = createTokens(deps);

  const objectOf = (connectionId: ConnectionId) =>
    connectionId.startsWith('lark:') ? 'Onboarding_Trainer__c' : 'Trainer_Connection__c';
  const row = async (connectionId: ConnectionId): Promise<Row | undefined> => {
    const own =
      objectOf(connectionId) === 'Onboarding_Trainer__c'
        ? soql`WHERE Id = ${trainerIdOf(connectionId)}`
        : soql`WHERE Key__c = ${connectionId}`;
    const fields = (['generation', 'status', 'access', 'refresh', 'accessExpiresAt', 'connectedAt', 'error'] as const)
      .map((name) => fieldOf(name, kindOf(connectionId)))
      .join(', ');
    const text = `SELECT Id, ${fields} FROM ${objectOf(connectionId)}`;
    const [found] = await records.query(soql`${soql([text] as unknown as TemplateStringsArray)} ${own}`);
    return found;
  };

  return {
    org,
    clock,
    deps,
    records,
    alerts,
    lifecycle,
    tokens,
    providerOf,
    row,
    saved: async (connectionId: ConnectionId) =>
      asSaved((await row(connectionId)) ?? assert.fail(`no row of ${connectionId}`), kindOf(connectionId)),
    changeByHand: async (connectionId: ConnectionId, change: Partial<SavedByHand>) => {
      const id = (await row(connectionId))?.['Id'];
      const fields = toFields(change, kindOf(connectionId));
      const [result] = await records.update(objectOf(connectionId), [{ Id: id, ...fields }]);
      assert.deepEqual(result?.errors, []);
    },
    flush: (only?: ConnectionId) => flushUnsaved(deps, only),
    /** Trainers that exist, by id. */
    addTrainers: async (count: number): Promise<string[]> => {
      const ids: string[] = [];
      for (let start = 0; start < count; start += 200) {
        const rows = Array.from({ length: Math.min(200, count - start) }, (_, i) => ({
          attributes: { type: 'Onboarding_Trainer__c' },
          Name: `Trainer ${start + i}`,
          Email__c: `trainer-${start + i}@example.com`,
        }));
        const [answer] = await records.composite([
          { method: 'POST', path: '/composite/sobjects', referenceId: 'trainers', body: { records: rows } },
        ]);
        ids.push(...(answer?.body as { id: string }[]).map(({ id }) => id));
      }
      return ids;
    },
    connect: async (kind: ProviderKind, trainerId: string): Promise<ConnectionId> => {
      const connectionId = connectionIdOf(providerOfKind[kind], trainerId);
      const pair = providerOf(kind).pair();
      await lifecycle.connect(connectionId, {
        accessToken: pair.accessToken,
        accessExpiresAt: pair.accessExpiresAt,
        refreshToken: pair.refreshToken ?? '',
        refreshExpiresAt: pair.refreshExpiresAt,
        consentExpiresAt: undefined,
        scopes: pair.scopes,
        subjectId: 'subject',
        tenantId: 'tenant',
        accountEmail: 'a@example.com',
        identityHash: 'hash',
      });
      return connectionId;
    },
    async [Symbol.asyncDispose]() {
      org.faults.release();
      await records.close();
      await org.close();
    },
  };
}
