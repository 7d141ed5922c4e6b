import { randomUUID } from 'node:crypto';
import { AppError } from '../core/errors.ts';
import type { ConnectionId } from '../core/connection.ts';
import { releaseLease, takeLease } from '../storage/lease.ts';
import { succeeded } from './attempts.ts';
import { changeHead, type Head } from './head.ts';
import { loadHead, type LoadHeadDeps } from './load-head.ts';
import type { ConnectionLifecycle, ConnectionState } from './port.ts';
import { LEASE_MS } from './refresh.ts';
import { toStatus } from './saved-tokens.ts';
import { tokenHash } from './seal.ts';

export interface LifecycleDeps extends LoadHeadDeps {
  sleep: (milliseconds: number) => Promise<void>;
  /** Told when a connection has come alive, before anything slow follows. */
  connected: (connectionId: ConnectionId) => Promise<void>;
  /** Tries to write one connection to Salesforce now; what fails is tried again later. */
  flushNow: (connectionId: ConnectionId) => Promise<void>;
}

const POLL_MS = 50;

/** Begin and end of connections: the epoch that they raise is what makes exchanges in flight harmless. */
export function createLifecycle(deps: LifecycleDeps): ConnectionLifecycle {
  const change = async (connectionId: ConnectionId, columns: (head: Head, now: Date) => Partial<Head>) => {
    await underLease(deps, connectionId, async () => {
      for (;;) {
        const head = await loadHead(deps, connectionId);
        const now = deps.now();
        const changed = await changeHead(
          deps.db,
          connectionId,
          { version: head.version },
          {
            epoch: head.epoch + 1,
            generation: head.generation + 1,
            ...columns(head, now),
            unsaved_since: head.unsaved_since ?? now,
            updated_at: now,
          },
        );
        if (!changed) continue;
        if (changed.state === 'connected' && changed.epoch > head.epoch) await deps.connected(connectionId);
        return;
      }
    });
    await deps.flushNow(connectionId);
  };

  return {
    stateOf: async (connectionId) => toState(await loadHead(deps, connectionId)),
    connect: (connectionId, connection) =>
      change(connectionId, (_head, now) => ({
        state: 'connected',
        access_sealed: deps.sealer.seal({ connectionId, field: 'access' }, connection.accessToken),
        refresh_sealed: deps.sealer.seal({ connectionId, field: 'refresh' }, connection.refreshToken),
        refresh_hash: tokenHash(connection.refreshToken),
        access_expires_at: connection.accessExpiresAt,
        refresh_expires_at: connection.refreshExpiresAt ?? null,
        consent_expires_at: connection.consentExpiresAt ?? null,
        connected_at: now,
        refreshed_at: now,
        subject_id: connection.subjectId,
        account_email: connection.accountEmail ?? null,
        tenant_id: connection.tenantId ?? null,
        identity_hash: connection.identityHash,
        scopes: connection.scopes.join(' '),
        error: null,
        ...succeeded,
      })),
    disconnect: (connectionId) => change(connectionId, () => disconnected(null)),
    hold: (connectionId, reason) =>
      change(connectionId, (head) =>
        // Nothing of a connection is lost because somebody tried with another account.
        head.state === 'connected' || head.state === 'needs-reconnect'
          ? { epoch: head.epoch, generation: head.generation, error: reason }
          : { ...disconnected(reason), state: 'on-hold' },
      ),
  };
}

/** Clears everything but the hash of the identity. */
export function disconnected(reason: string | null): Partial<Head> {
  return {
    state: 'disconnected',
    access_sealed: null,
    refresh_sealed: null,
    refresh_hash: null,
    access_expires_at: null,
    refresh_expires_at: null,
    consent_expires_at: null,
    connected_at: null,
    refreshed_at: null,
    subject_id: null,
    account_email: null,
    tenant_id: null,
    scopes: '',
    error: reason,
    ...succeeded,
  };
}

async function underLease(deps: LifecycleDeps, connectionId: ConnectionId, work: () => Promise<void>): Promise<void> {
  const lease = { name: `token:${connectionId}`, owner: randomUUID(), durationMs: LEASE_MS };
  const deadline = performance.now() + LEASE_MS;
  while (!(await takeLease(deps, lease))) {
    if (performance.now() > deadline) {
      throw new AppError(
        'token_refresh_busy',
        'The access is being renewed at this moment. Please try again shortly.',
        {
          retryable: true,
          retryAfterMs: 2_000,
        },
      );
    }
    await deps.sleep(POLL_MS);
  }
  try {
    await work();
  } finally {
    await releaseLease(deps, lease);
  }
}

/** What may be known of a connection outside this room. */
export function toState(head: Head): ConnectionState {
  return {
    status: toStatus(head.state),
    subjectId: head.subject_id ?? undefined,
    accountEmail: head.account_email ?? undefined,
    identityHash: head.identity_hash ?? undefined,
    connectedAt: head.connected_at ?? undefined,
    lastRefresh: head.refreshed_at ?? undefined,
    tokenExpiresAt: head.access_expires_at ?? undefined,
    refreshExpiresAt: head.refresh_expires_at ?? undefined,
    consentExpiresAt: head.consent_expires_at ?? undefined,
    scopes: head.scopes.split(' ').filter(Boolean),
    error: head.error ?? undefined,
    failing: head.attempt_failure !== null,
  };
}
