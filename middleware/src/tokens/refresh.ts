import { randomUUID } from 'node:crypto';
import { AppError } from '../core/errors.ts';
import { ProviderError } from '../core/provider-error.ts';
import type { ConnectionId } from '../core/connection.ts';
import type { OAuthProvider, TokenSet } from '../providers/ports/oauth.ts';
import { extendLease, releaseLease, takeLease } from '../storage/lease.ts';
import { accept, type AcceptDeps } from './accept.ts';
import { afterFailure, unavailable, type FailureDeps } from './failures.ts';
import type { Head } from './head.ts';
import { openIntent, recordIntent, settle } from './journal.ts';
import { loadHead } from './load-head.ts';

export interface RefreshDeps extends AcceptDeps, FailureDeps {
  oauthOf: (connectionId: ConnectionId) => OAuthProvider;
}

/** The named steps of an exchange, in order: where a crash test stops the process. */
export const refreshSteps = [
  'refresh.before-intent',
  'refresh.intent-recorded',
  /** Right after the last look at the lease: the request follows at once. */
  'refresh.checked',
  'refresh.answered',
  'refresh.received',
] as const;

export interface RefreshOptions {
  /** Try a connection that needs reconnecting once more: the provider may have changed its mind. */
  alsoMarked?: boolean;
}

export const LEASE_MS = 30_000;
const WAIT_FOR_OTHER_MS = 20_000;
const POLL_MS = 50;

/**
 * Exchanges the refresh token of a connection, exactly once however many ask (design: Refresh, steps 2 to 6).
 * @param spent the generation whose access token no longer serves; anything newer is returned as it is
 */
export async function refresh(
  deps: RefreshDeps,
  connectionId: ConnectionId,
  spent: number,
  options: RefreshOptions = {},
): Promise<Head> {
  const lease = { name: `token:${connectionId}`, owner: randomUUID(), durationMs: LEASE_MS };
  const deadline = performance.now() + WAIT_FOR_OTHER_MS;
  for (;;) {
    const head = await loadHead(deps, connectionId);
    if (head.generation > spent || !mayExchange(head, options)) return head;
    if (await takeLease(deps, lease)) break;
    if (performance.now() > deadline) throw busy();
    await deps.sleep(POLL_MS);
  }
  try {
    return await exchangeUnderLease(deps, connectionId, spent, lease, options);
  } finally {
    await releaseLease(deps, lease);
  }
}

async function exchangeUnderLease(
  deps: RefreshDeps,
  connectionId: ConnectionId,
  spent: number,
  lease: { name: string; owner: string; durationMs: number },
  options: RefreshOptions,
): Promise<Head> {
  const head = await loadHead(deps, connectionId);
  if (head.generation > spent || !mayExchange(head, options) || head.refresh_sealed === null) return head;
  const oauth = deps.oauthOf(connectionId);
  waitForRetry(deps, head);
  await waitForOpenIntent(deps, head, oauth.timeoutMs);
  await waitForTurn(oauth);

  // Opened first: a key that is missing must not leave an intent behind when nothing was sent.
  const refreshToken = deps.sealer.open({ connectionId, field: 'refresh' }, head.refresh_sealed);
  await deps.step('refresh.before-intent');
  const exchangeId = await recordIntent(deps.db, head, deps.now());
  await deps.step('refresh.intent-recorded');
  // A holder that was frozen past its lease must not send: the next holder may have spent this token already. What
  // remains is the time between this answer and the first byte on the wire: opening a connection at most.
  if (!(await extendLease(deps, lease))) {
    await settle(deps.db, exchangeId, { state: 'superseded', at: deps.now() });
    const current = await loadHead(deps, connectionId);
    if (current.generation > spent || !mayExchange(current, options)) return current;
    throw busy();
  }
  await deps.step('refresh.checked');
  let pair: TokenSet;
  try {
    pair = await oauth.refresh({ refreshToken });
  } catch (error) {
    return afterFailure(deps, head, exchangeId, error);
  }
  await deps.step('refresh.answered');
  return accept(deps, head, exchangeId, pair);
}

function mayExchange(head: Head, { alsoMarked = false }: RefreshOptions): boolean {
  return head.state === 'connected' || (alsoMarked && head.state === 'needs-reconnect');
}

/** The last exchange failed for a reason that passes: the next one has its time. */
function waitForRetry(deps: RefreshDeps, head: Head): void {
  const remaining = (head.retry_at?.getTime() ?? 0) - deps.now().getTime();
  if (remaining <= 0) return;
  throw new AppError('provider_unavailable', 'The provider did not answer lately; it is asked again shortly.', {
    retryable: true,
    retryAfterMs: remaining,
  });
}

async function waitForTurn(oauth: OAuthProvider): Promise<void> {
  try {
    await oauth.waitForTurn();
  } catch (error) {
    throw error instanceof ProviderError ? unavailable(error) : error;
  }
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

function busy(retryAfterMs = 2_000): AppError {
  return new AppError('token_refresh_busy', 'The access is being renewed at this moment. Please try again shortly.', {
    retryable: true,
    retryAfterMs,
  });
}
