import type { ConnectionId, ConnectionStatus } from '../../core/connection.ts';
import type { Database, HeadState } from '../../storage/database.ts';
import type { ConnectionState } from '../../tokens/port.ts';

const statuses: Record<HeadState, ConnectionStatus> = {
  connected: 'Connected',
  'needs-reconnect': 'Needs Reconnect',
  'on-hold': 'On Hold',
  disconnected: 'Not Connected',
};

/** What the database knows of these connections, unless Salesforce has a newer generation than it. */
export async function newerStates(
  db: Database,
  connectionIds: readonly ConnectionId[],
): Promise<(connectionId: ConnectionId, savedGeneration: number) => ConnectionState | undefined> {
  if (connectionIds.length === 0) return () => undefined;
  const heads = await db
    .selectFrom('token_head')
    .select([
      'connection_id',
      'generation',
      'state',
      'subject_id',
      'account_email',
      'identity_hash',
      'connected_at',
      'refreshed_at',
      'access_expires_at',
      'refresh_expires_at',
      'consent_expires_at',
      'scopes',
      'error',
      'attempt_failure',
    ])
    .where('connection_id', 'in', connectionIds)
    .execute();
  const known = new Map(heads.map((head) => [head.connection_id, head]));
  return (connectionId, savedGeneration) => {
    const head = known.get(connectionId);
    if (!head || head.generation < savedGeneration) return undefined;
    return {
      status: statuses[head.state],
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
  };
}

/** The account that was tried last, by connection, where it waits for an administrator. */
export async function heldAccounts(
  db: Database,
  connectionIds: readonly ConnectionId[],
): Promise<ReadonlyMap<string, string>> {
  if (connectionIds.length === 0) return new Map();
  const held = await db
    .selectFrom('held_identity')
    .select(['connection_id', 'account_label', 'allowed_at'])
    .where('connection_id', 'in', connectionIds)
    .orderBy('held_at')
    .execute();
  const newest = new Map(held.map((row) => [row.connection_id, row]));
  const waiting = [...newest.values()].filter(({ allowed_at }) => allowed_at === null);
  return new Map(waiting.map((row) => [row.connection_id, row.account_label]));
}
