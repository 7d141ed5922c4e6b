import { randomUUID } from 'node:crypto';
import { AppError } from '../core/errors.ts';
import { ProviderError } from '../core/provider-error.ts';
import type { ConnectionId } from '../core/connection.ts';
import type { Log, Step } from '../core/runtime.ts';
import type { OAuthProvider, TokenSet } from '../providers/ports/oauth.ts';
import { extendLease, releaseLease, takeLease } from '../storage/lease.ts';
import { changeHead, readHead, type Head } from './head.ts';
import { openIntent, recordIntent, settle } from './journal.ts';
import { asChange, loadHead, type LoadHeadDeps } from './load-head.ts';
import { readSaved } from './saved-tokens.ts';
import { tokenHash } from './seal.ts';

export interface RefreshDeps extends LoadHeadDeps {
  oauthOf: (connectionId: ConnectionId) => OAuthProvider;
  log: Log;
  step: Step;
  sleep: (milliseconds: number) => Promise<void>;
  /** Told when a connection that needed reconnecting has come alive again. */
  connected: (connectionId: ConnectionId) => Promise<void>;
  /** Told after every accepted change, so that Salesforce gets it soon. */
  changed: () => void;
  /** Something that an administrator has to mend. */
  alert: (message: string) => void;
}

export const LEASE_MS = 30_000;
const WAIT_FOR_OTHER_MS = 20_000;
const POLL_MS = 50;

/**
 * Exchanges the refresh token of a connection, exactly once however many ask (design: Refresh, steps 2 to 6).
 * @param spent the generation whose access token no longer serves; anything newer is returned as it is
 */
export async function refresh(deps: RefreshDeps, connectionId: ConnectionId, spent: number): Promise<Head> {
  const lease = { name: `token:${connectionId}`, owner: randomUUID(), durationMs: LEASE_MS };
  const deadline = performance.now() + WAIT_FOR_OTHER_MS;
  for (;;) {
    const head = await loadHead(deps, connectionId);
    if (head.generation > spent || head.state !== 'connected') return head;
    if (await takeLease(deps, lease)) break;
    if (performance.now() > deadline) throw busy();
    await deps.sleep(POLL_MS);
  }
  try {
    return await exchangeUnderLease(deps, connectionId, spent, lease);
  } finally {
    await releaseLease(deps, lease);
  }
}

async function exchangeUnderLease(
  deps: RefreshDeps,
  connectionId: ConnectionId,
  spent: number,
  lease: { name: string; owner: string; durationMs: number },
): Promise<Head> {
  const head = await loadHead(deps, connectionId);
  if (head.generation > spent || head.state !== 'connected' || head.refresh_sealed === null) return head;
  const oauth = deps.oauthOf(connectionId);
  await waitForOpenIntent(deps, head, oauth.timeoutMs);

  // Opened first: a key that is missing must not leave an intent behind when nothing was sent.
  const refreshToken = deps.sealer.open({ connectionId, field: 'refresh' }, head.refresh_sealed);
  await deps.step('refresh.before-intent');
  const exchangeId = await recordIntent(deps.db, head, deps.now());
  await deps.step('refresh.intent-recorded');
  // A holder that was frozen past its lease must not send: the next holder may have spent this token already. What
  // remains is the time between this answer and the first byte on the wire.
  if (!(await extendLease(deps, lease))) {
    await settle(deps.db, exchangeId, { state: 'superseded', at: deps.now() });
    const current = await loadHead(deps, connectionId);
    if (current.generation > spent || current.state !== 'connected') return current;
    throw busy();
  }
  let pair: TokenSet;
  try {
    pair = await oauth.refresh({ refreshToken });
  } catch (error) {
    return afterFailure(deps, head, exchangeId, error);
  }
  await deps.step('refresh.answered');
  return accept(deps, head, exchangeId, pair);
}

/**
 * Somebody sent this refresh token and never wrote down the answer. The provider may still be at work: we wait until the
 * sender must have given up, then try once more; only the provider knows whether the token is still good.
 */
async function waitForOpenIntent(deps: RefreshDeps, head: Head, timeoutMs: number): Promise<void> {
  const intent = await openIntent(deps.db, head);
  if (!intent) return;
  const remaining = intent.created_at.getTime() + LEASE_MS + timeoutMs - deps.now().getTime();
  if (remaining > 0) throw busy(remaining);
  deps.log.warn(
    { connectionId: head.connection_id, exchange: intent.id },
    'an exchange ended unknown; trying once more',
  );
  await settle(deps.db, String(intent.id), { state: 'unknown', at: deps.now() });
}

/** The new pair becomes the head if and only if its parent still is, whatever happened to the lease. */
async function accept(deps: RefreshDeps, parent: Head, exchangeId: string, pair: TokenSet): Promise<Head> {
  const connectionId = parent.connection_id as ConnectionId;
  const now = deps.now();
  // A provider that does not rotate answers without a refresh token: the old one stays.
  const refreshToken = pair.refreshToken;
  const sealed = {
    access_sealed: deps.sealer.seal({ connectionId, field: 'access' }, pair.accessToken),
    refresh_sealed:
      refreshToken === undefined
        ? parent.refresh_sealed
        : deps.sealer.seal({ connectionId, field: 'refresh' }, refreshToken),
    access_expires_at: pair.accessExpiresAt,
    refresh_expires_at: pair.refreshExpiresAt ?? parent.refresh_expires_at,
  };
  const { accepted, healed } = await deps.db.transaction().execute(async (trx) => {
    const before = await readHead(trx, connectionId);
    const head = await changeHead(
      trx,
      connectionId,
      { epoch: parent.epoch, generation: parent.generation, refreshHash: parent.refresh_hash ?? '' },
      {
        ...sealed,
        refresh_hash: refreshToken === undefined ? parent.refresh_hash : tokenHash(refreshToken),
        generation: parent.generation + 1,
        state: 'connected',
        error: null,
        refreshed_at: now,
        scopes: pair.scopes.length > 0 ? pair.scopes.join(' ') : parent.scopes,
        unsaved_since: parent.unsaved_since ?? now,
        updated_at: now,
      },
    );
    await settle(trx, exchangeId, { ...sealed, state: head ? 'received' : 'superseded', at: now });
    return { accepted: head, healed: before?.state === 'needs-reconnect' };
  });
  await deps.step('refresh.received');
  if (accepted) {
    if (healed) await deps.connected(connectionId);
    deps.changed();
    return accepted;
  }
  deps.log.warn({ connectionId }, 'a token pair arrived for a connection that has moved on; it was dropped');
  return loadHead(deps, connectionId);
}

async function afterFailure(deps: RefreshDeps, head: Head, exchangeId: string, error: unknown): Promise<Head> {
  if (!(error instanceof ProviderError)) throw error;
  const at = deps.now();
  switch (error.failure) {
    case 'unknown-outcome':
      // The intent stays open: the answer may have been the only live pair.
      throw unavailable(error);
    case 'grant-consumed': {
      await settle(deps.db, exchangeId, { state: 'failed', at });
      return (await adoptNewer(deps, head)) ?? markNeedsReconnect(deps, head, REUSED);
    }
    case 'grant-dead':
      await settle(deps.db, exchangeId, { state: 'failed', at });
      return markNeedsReconnect(deps, head, ENDED);
    case 'configuration':
      await settle(deps.db, exchangeId, { state: 'failed', at });
      deps.alert(`Tokens cannot be refreshed: ${error.message}`);
      throw new AppError(
        'provider_configuration',
        'The connection to the provider is not set up correctly. An administrator has been told.',
        { cause: error },
      );
    default:
      await settle(deps.db, exchangeId, { state: 'failed', at });
      if (error.retryable) throw unavailable(error);
      throw new AppError('provider_refused', `The provider refused a new token: ${error.message}`, { cause: error });
  }
}

const REUSED =
  'The provider says that the stored access was used up elsewhere. Please connect again; nothing else is lost.';
const ENDED = 'The access has ended or was revoked at the provider. Please connect again.';

/** Another holder may have got the new pair: look once in the database, then once in Salesforce. */
async function adoptNewer(deps: RefreshDeps, head: Head): Promise<Head | undefined> {
  const connectionId = head.connection_id as ConnectionId;
  const current = await readHead(deps.db, connectionId);
  if (current && (current.generation > head.generation || current.epoch !== head.epoch)) return current;
  const saved = (await readSaved(deps, [connectionId])).get(connectionId);
  if (!saved || saved.blank || saved.generation <= head.generation) return undefined;
  const change = asChange(deps.sealer, saved.head);
  return changeHead(deps.db, connectionId, { epoch: head.epoch, generation: head.generation }, change);
}

/** Nothing is erased: a pair that still arrives for this head is accepted and clears the mark. */
async function markNeedsReconnect(deps: RefreshDeps, head: Head, reason: string): Promise<Head> {
  const connectionId = head.connection_id as ConnectionId;
  const now = deps.now();
  const marked = await changeHead(
    deps.db,
    connectionId,
    { epoch: head.epoch, generation: head.generation },
    { state: 'needs-reconnect', error: reason, unsaved_since: head.unsaved_since ?? now, updated_at: now },
  );
  if (marked) deps.changed();
  return marked ?? loadHead(deps, connectionId);
}

function busy(retryAfterMs = 2_000): AppError {
  return new AppError('token_refresh_busy', 'The access is being renewed at this moment. Please try again shortly.', {
    retryable: true,
    retryAfterMs,
  });
}

function unavailable(error: ProviderError): AppError {
  return new AppError('provider_unavailable', `The provider does not answer at the moment: ${error.message}`, {
    cause: error,
    retryable: true,
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
  });
}
