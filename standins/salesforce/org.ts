import type { MovableClock } from '../kit/clock.ts';
import { loadActor, type Actor } from './access/actor.ts';
import { createApexSide, type ApexSide } from './apex/apex-side.ts';
import type { CredentialSecrets } from './apex/callout.ts';
import { createDeployments, type Deployments } from './deploy/deployments.ts';
import type { ApexRuntime, ApexUser } from './apex/runtime.ts';
import { createBulkJobs, type BulkJobs } from './bulk/bulk-jobs.ts';
import { SalesforceError } from './errors.ts';
import { createDailyLimits, type DailyLimits } from './http/limits.ts';
import { createOutbox, type Outbox } from './http/outbox.ts';
import { createFlowFiring, type FlowFiring } from './logic/fire-flows.ts';
import type { Components } from './metadata/component.ts';
import type { OAuthClient } from './oauth/clients.ts';
import { createSessions, type Sessions } from './oauth/sessions.ts';
import type { SaveDeps } from './save/save-record.ts';
import type { Schema } from './schema/types.ts';
import { createQueries, type Queries } from './soql/run-query.ts';
import { withChecksum } from './store/ids.ts';
import type { Store } from './store/open-store.ts';

/** Everything the routes work with. */
export interface Org extends SaveDeps {
  orgId: string;
  /** Login and instance URL; known once the server listens. */
  url: () => string;
  clock: MovableClock;
  queries: Queries;
  sessions: Sessions;
  outbox: Outbox;
  /** What the org may do a day. */
  limits: DailyLimits;
  /** Jobs of the Bulk API 2.0. */
  bulk: BulkJobs;
  clients: readonly OAuthClient[];
  /** Verified organisation-wide sender addresses. */
  orgWideAddresses: readonly string[];
  flows: FlowFiring;
  /** All metadata of the org, as they are now. */
  components: () => Components;
  deployments: Deployments;
  /** What was entered in Setup for Named Credentials, by name. */
  credentials: Map<string, CredentialSecrets>;
  /** The package's Apex; read and compiled when it is needed first. @throws UnsupportedApex */
  apex: () => ApexRuntime;
  /** Named Credentials as the metadata define them. */
  definedCredentials: ApexSide['definedCredentials'];
  /** The user as Apex acts for them. */
  apexUser: (actor: Actor) => ApexUser;
  /** Ends callouts that are under way. */
  stopCallouts: () => void;
  /** When objects, fields or somebody's rights changed last. */
  describesChangedAt: () => Date;
}

export const ORG_ID = withChecksum('00DTC000000LOCA');

export function createOrg(parts: {
  schema: Schema;
  store: Store;
  clock: MovableClock;
  url: () => string;
  clients: readonly OAuthClient[];
  orgWideAddresses: readonly string[];
  /** The metadata of which `schema` was made. */
  metadata: Components;
}): Org {
  const { schema, store, clock } = parts;
  let components = parts.metadata;
  const actors = new Map<string, Actor>();
  const now = () => clock.now();
  let describesChangedAt = now();

  const rightsChanged = () => {
    actors.clear();
    describesChangedAt = now();
  };
  const sessions = createSessions({ store, now, orgId: ORG_ID });
  const side = createApexSide({ schema, components: () => components, orgId: ORG_ID, url: parts.url, sessions });
  const flows = createFlowFiring({ store, invoke: side.invoke });

  const org: Omit<Org, 'deployments' | 'bulk'> = {
    ...parts,
    ...side,
    components: () => components,
    orgId: ORG_ID,
    now,
    queries: createQueries({ schema, store }),
    sessions,
    flows,
    saved: (save) => flows.saved(save),
    outbox: createOutbox(store),
    limits: createDailyLimits(now),
    actorOf: (userId) => {
      const known = actors.get(userId) ?? loadActor(store, schema, userId);
      if (!known) throw new SalesforceError('INVALID_SESSION_ID', 'Session expired or invalid', 401);
      actors.set(userId, known);
      return known;
    },
    permissionsChanged: () => rightsChanged(),
    describesChangedAt: () => describesChangedAt,
  };
  const deployed = (all: Components, next: Schema) => {
    components = all;
    // Everything holds this one schema: what it contains is exchanged, so that all of them see the new one.
    Object.assign(schema, next);
    side.changed();
    rightsChanged();
  };
  return { ...org, bulk: createBulkJobs(org), deployments: createDeployments({ ...org, deployed }) };
}
