import { createPublicKey } from 'node:crypto';
import path from 'node:path';
import type { MovableClock } from '../kit/clock.ts';
import { startStandin, type Standin } from '../kit/standin.ts';
import type { CredentialSecrets } from './apex/callout.ts';
import type { ApexRuntime, ApexUser } from './apex/runtime.ts';
import { addApiRoutes, answerFailed, answerNotFound } from './http/add-routes.ts';
import type { DailyLimit } from './http/daily-limit.ts';
import { isLimitName, showLimits, type DailyLimits } from './http/limits.ts';
import type { Outbox } from './http/outbox.ts';
import type { FlowRun } from './logic/fire-flows.ts';
import type { OAuthClient } from './oauth/clients.ts';
import { addOAuthRoutes, findUser } from './oauth/routes.ts';
import { createOrg, type Org } from './org.ts';
import { loadSample, type SampleSize } from './sample/load-sample.ts';
import { writeOrgWideAddresses } from './deploy/mail-rows.ts';
import { writeSetupRows } from './deploy/setup-rows.ts';
import { addMetadataRoutes } from './http/metadata-routes.ts';
import { byKey } from './metadata/component.ts';
import { readSource } from './metadata/read-source.ts';
import { buildSchema, refuseLoudly } from './schema/load-schema.ts';
import { findField, objectOf } from './schema/types.ts';
import { recordId } from './store/ids.ts';
import { openDatabase } from './store/open-store.ts';
import { insertRow } from './store/rows.ts';
import { readStoredComponents } from './store/stored-components.ts';

export interface LocalOrgOptions {
  /** 0 or absent picks a free port. */
  port?: number;
  clock: MovableClock;
  /** SQLite file that keeps the org over a restart; absent: in memory. */
  file?: string;
  /** What an empty org is filled with: one administrator; users only; users and trainers; everything (default). */
  sample?: SampleSize;
  /** Package folders; default: the repository's `force-app/main` and `force-app/fresh-org`; `[]`: standard objects only. */
  metadata?: string[];
  /** Folder of the sample data; default: the repository's `data`. */
  data?: string;
  clients?: {
    id: string;
    secret?: string;
    /** Username as which client credentials run. */
    runAs?: string;
    /** PEM public key or certificate for JWT bearer. */
    publicKey?: string;
  }[];
  /** Verified organisation-wide sender addresses of the mail action. */
  orgWideAddresses?: string[];
}

export interface LocalOrg extends Standin {
  /** 18 characters. */
  orgId: string;
  clientId: string;
  clientSecret: string;
  outbox: Outbox;
  /** How many single mails a day the org may send; `max` can be changed. */
  mailLimit: DailyLimit;
  /** All daily limits; what is left of them can be changed. */
  limits: DailyLimits;
  /** A new access token of this user, for tests and for switching users. */
  sessionFor(username: string): string;
  /** Names of the permission sets that Setup shows for this user; none for unknown users. */
  permissionSetsOf(username: string): string[];
  /** What an administrator enters in Setup after the deployment: address and key of a Named Credential. */
  configureNamedCredential(name: string, secrets: CredentialSecrets): void;
  /** What Setup holds of a Named Credential. */
  namedCredential(name: string): CredentialSecrets | undefined;
  /** What an administrator enters in Setup as a record of a custom metadata type; the same name replaces it. */
  enterCustomMetadata(type: string, developerName: string, values: Record<string, string | boolean | null>): void;
  /** The package's Apex. @throws UnsupportedApex where a source goes beyond what is followed */
  apex(): ApexRuntime;
  /** A user as Apex acts for them; their rights are those of this moment. */
  apexUser(username: string): ApexUser;
  /** Asynchronous runs of after-save flows, oldest first. */
  flowRuns(): FlowRun[];
  /** Resolves when no flow is under way. */
  flowsSettled(): Promise<void>;
}

const REPOSITORY = path.resolve(import.meta.dirname, '../..');
export const OFFLINE_CLIENT = { id: 'offline-client', secret: 'offline-client-secret' };
export const INTEGRATION_USER = 'integration@trainer-connect.example';
export const ORG_WIDE_ADDRESS = 'trainings@trainer-connect.example';

/** Starts the local org: schema from the metadata, data from its file or the samples, the platform's API on loopback. */
export async function startLocalOrg(options: LocalOrgOptions): Promise<LocalOrg> {
  const clients = (options.clients ?? [{ ...OFFLINE_CLIENT, runAs: INTEGRATION_USER }]).map(
    ({ publicKey, ...client }): OAuthClient =>
      publicKey === undefined ? client : { ...client, publicKey: createPublicKey(publicKey) },
  );
  const metadata = options.metadata ?? [
    path.join(REPOSITORY, 'force-app/main'),
    path.join(REPOSITORY, 'force-app/fresh-org'),
  ];
  const store = openDatabase(options.file);
  // Starting with folders deploys them over what was deployed before.
  const components = byKey([...readStoredComponents(store), ...readSource(metadata)]);
  const schema = buildSchema([...components.values()], refuseLoudly);
  let url = '';
  const org = createOrg({
    schema,
    store,
    clock: options.clock,
    url: () => url,
    clients,
    orgWideAddresses: options.orgWideAddresses ?? [ORG_WIDE_ADDRESS],
    metadata: components,
  });
  try {
    store.adopt(schema);
    fillOrg(org, options.data ?? path.join(REPOSITORY, 'data'), options.sample ?? 'all');
    const standin = await startStandin({
      name: 'salesforce',
      port: options.port ?? 0,
      clock: options.clock,
      routes: (app) => {
        addOAuthRoutes(app, org);
        addMetadataRoutes(app, org);
        addApiRoutes(app, org);
      },
      notFound: answerNotFound,
      failed: answerFailed,
      control: (router) => {
        router.post('/sessions', (request, response) => {
          const { username } = request.body as { username?: string };
          const accessToken = sessionFor(org, username ?? '');
          if (accessToken === undefined) response.status(404).json({ error: `no active user ${username}` });
          else response.status(201).json({ accessToken, instanceUrl: url });
        });
        router.get('/outbox', (_request, response) => {
          response.json(org.outbox.mails());
        });
        router.get('/flows', (_request, response) => {
          response.json(org.flows.runs());
        });
        router.get('/limits', (_request, response) => {
          response.json(showLimits(org));
        });
        router.post('/limits', (request, response) => {
          const { name, max, remaining } = request.body as { name?: unknown; max?: number; remaining?: number };
          if (!isLimitName(name)) return void response.status(404).json({ error: `no daily limit ${String(name)}` });
          if (max !== undefined) org.limits[name].max = max;
          if (remaining !== undefined) org.limits[name].leave(remaining);
          response.json(showLimits(org));
        });
        router.delete('/outbox', (_request, response) => {
          org.outbox.clear();
          response.status(204).end();
        });
      },
      close: () => store.close(),
    });
    url = standin.url;
    return {
      ...standin,
      close: async () => {
        standin.faults.release();
        org.stopCallouts();
        await org.bulk.stop();
        await org.flows.settled();
        await standin.close();
      },
      configureNamedCredential: (name, secrets) => void org.credentials.set(name, secrets),
      namedCredential: (name) => org.credentials.get(name),
      enterCustomMetadata: (type, developerName, values) => enterCustomMetadata(org, type, developerName, values),
      apex: () => org.apex(),
      apexUser: (username) => {
        const userId = findUser(org, username);
        if (userId === undefined) throw new Error(`The local org has no active user ${username}.`);
        return org.apexUser(org.actorOf(userId));
      },
      flowRuns: () => org.flows.runs(),
      flowsSettled: () => org.flows.settled(),
      orgId: org.orgId,
      clientId: clients[0]?.id ?? '',
      clientSecret: clients[0]?.secret ?? '',
      outbox: org.outbox,
      mailLimit: org.limits.SingleEmail,
      limits: org.limits,
      sessionFor: (username) => {
        const token = sessionFor(org, username);
        if (token === undefined) throw new Error(`The local org has no active user ${username}.`);
        return token;
      },
      permissionSetsOf: (username) => {
        const userId = findUser(org, username);
        return userId === undefined ? [] : org.actorOf(userId).permissionSets.map(({ name }) => name);
      },
    };
  } catch (error) {
    store.close();
    throw error;
  }
}

function enterCustomMetadata(
  org: Org,
  type: string,
  developerName: string,
  values: Record<string, string | boolean | null>,
): void {
  const object = objectOf(org.schema, type);
  for (const name of Object.keys(values)) {
    if (!findField(object, name)) throw new Error(`${type} has no field ${name}.`);
  }
  org.store.run(`DELETE FROM "${object.name}" WHERE "DeveloperName" = ?`, developerName);
  const defaults = Object.fromEntries(object.fields.map((field) => [field.name, field.defaultValue ?? null]));
  insertRow(org.store, object, {
    ...defaults,
    ...values,
    Id: recordId(object.keyPrefix, org.store.nextNumber(object.name)),
    DeveloperName: developerName,
    MasterLabel: developerName,
    SystemModstamp: org.now().toISOString(),
  });
}

function fillOrg(org: Org, folder: string, size: SampleSize): void {
  const filled = org.store.get('SELECT 1 FROM "User" LIMIT 1') !== undefined;
  if (!filled) loadSample(org, org.orgId, folder, size);
  org.store.transaction(() => {
    writeSetupRows(org, org.components());
    writeOrgWideAddresses(org, org.orgWideAddresses);
  });
}

function sessionFor(org: Org, username: string): string | undefined {
  const userId = findUser(org, username);
  return userId === undefined ? undefined : org.sessions.start(userId, null).token;
}
