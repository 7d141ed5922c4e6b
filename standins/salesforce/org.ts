import type { MovableClock } from '../kit/clock.ts';
import { loadActor, type Actor } from './access/actor.ts';
import { createApexSide } from './apex/apex-side.ts';
import type { CredentialSecrets } from './apex/callout.ts';
import type { ApexRuntime, ApexUser } from './apex/runtime.ts';
import { SalesforceError } from './errors.ts';
import { createOutbox, type Outbox } from './http/outbox.ts';
import { createFlowFiring, type FlowFiring } from './logic/fire-flows.ts';
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
  clients: readonly OAuthClient[];
  /** Verified organisation-wide sender addresses. */
  orgWideAddresses: readonly string[];
  flows: FlowFiring;
  /** What was entered in Setup for Named Credentials, by name. */
  credentials: Map<string, CredentialSecrets>;
  /** The package's Apex; read and compiled when it is needed first. @throws UnsupportedApex */
  apex: () => ApexRuntime;
  /** The user as Apex acts for them. */
  apexUser: (actor: Actor) => ApexUser;
  /** Ends callouts that are under way. */
  stopCallouts: () => void;
  /** Counts one call against the daily limit and answers the use so far. */
  countCall: () => number;
  callsUsed: () => number;
}

export const ORG_ID = withChecksum('00DTC000000LOCA');

export const DAILY_CALLS = 100_000;

const DAY_MS = 24 * 60 * 60 * 1000;

export function createOrg(parts: {
  schema: Schema;
  store: Store;
  clock: MovableClock;
  url: () => string;
  clients: readonly OAuthClient[];
  orgWideAddresses: readonly string[];
  /** Package folders with classes and credentials. */
  metadata: readonly string[];
}): Org {
  const { schema, store, clock, metadata } = parts;
  const actors = new Map<string, Actor>();
  const now = () => clock.now();
  const callTimes: number[] = [];

  const dropOldCalls = () => {
    const oldest = now().getTime() - DAY_MS;
    while (callTimes[0] !== undefined && callTimes[0] <= oldest) callTimes.shift();
  };

  const sessions = createSessions({ store, now, orgId: ORG_ID });
  const side = createApexSide({ schema, metadata, orgId: ORG_ID, url: parts.url, sessions });
  const flows = createFlowFiring({ store, invoke: side.invoke });

  return {
    ...parts,
    ...side,
    orgId: ORG_ID,
    now,
    queries: createQueries({ schema, store }),
    sessions,
    flows,
    saved: (save) => flows.saved(save),
    outbox: createOutbox(store),
    actorOf: (userId) => {
      const known = actors.get(userId) ?? loadActor(store, schema, userId);
      if (!known) throw new SalesforceError('INVALID_SESSION_ID', 'Session expired or invalid', 401);
      actors.set(userId, known);
      return known;
    },
    permissionsChanged: () => actors.clear(),
    countCall: () => {
      dropOldCalls();
      return callTimes.push(now().getTime());
    },
    callsUsed: () => {
      dropOldCalls();
      return callTimes.length;
    },
  };
}
