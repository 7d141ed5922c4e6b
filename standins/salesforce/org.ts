import type { MovableClock } from '../kit/clock.ts';
import { loadActor, type Actor } from './access/actor.ts';
import { SalesforceError } from './errors.ts';
import { createOutbox, type Outbox } from './http/outbox.ts';
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
}): Org {
  const { schema, store, clock } = parts;
  const actors = new Map<string, Actor>();
  const now = () => clock.now();
  const callTimes: number[] = [];

  const dropOldCalls = () => {
    const oldest = now().getTime() - DAY_MS;
    while (callTimes[0] !== undefined && callTimes[0] <= oldest) callTimes.shift();
  };

  return {
    ...parts,
    orgId: ORG_ID,
    now,
    queries: createQueries({ schema, store }),
    sessions: createSessions({ store, now, orgId: ORG_ID }),
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
