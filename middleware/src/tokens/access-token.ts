import { AppError } from '../core/errors.ts';
import type { ErrorCode } from '../core/error-codes.ts';
import { ProviderError } from '../core/provider-error.ts';
import type { ConnectionId } from '../core/connection.ts';
import type { Head } from './head.ts';
import { toState } from './lifecycle.ts';
import { loadHead } from './load-head.ts';
import { isFailingNow, oldestUnsaved, refusesMost } from './outage.ts';
import type { AccessToken, Tokens, Upkeep } from './port.ts';
import { refresh, type RefreshDeps, type RefreshOptions } from './refresh.ts';

/** A token that ends sooner is refreshed before it is given out. */
const MARGIN_MS = 5 * 60_000;
/** When no refresh is possible just now, a token that lives this long still serves. */
const LAST_USE_MS = 30_000;
const REMEMBERED = 2_000;
/** Pairs that wait longer than this for Salesforce must not become more than they have to. */
const LONGEST_BACKLOG_MS = 5 * 60_000;
/** Failures of an exchange that leave the old access token as good as it was. */
const passing: readonly ErrorCode[] = [
  'provider_unavailable',
  'token_refresh_busy',
  'provider_configuration',
  'provider_refused',
];

/** The only way to a token. Always reads the head row, so replicas never trust stale memory. */
export function createTokens(deps: RefreshDeps): Tokens & { upkeep: Upkeep } {
  const running = new Map<string, Promise<Head>>();
  const opened = new Map<ConnectionId, { epoch: number; token: AccessToken }>();

  const refreshOnce = (connectionId: ConnectionId, spent: number, options: RefreshOptions = {}): Promise<Head> => {
    const key = `${connectionId}#${spent}#${options.alsoMarked === true}`;
    const joined = running.get(key);
    if (joined) return joined;
    const started = refresh(deps, connectionId, spent, options).finally(() => running.delete(key));
    running.set(key, started);
    return started;
  };

  const open = (head: Head): AccessToken => {
    const connectionId = head.connection_id as ConnectionId;
    const remembered = opened.get(connectionId);
    if (remembered?.epoch === head.epoch && remembered.token.generation === head.generation) return remembered.token;
    if (head.access_sealed === null || head.access_expires_at === null) throw notUsable(head);
    const token = {
      value: deps.sealer.open({ connectionId, field: 'access' }, head.access_sealed),
      expiresAt: head.access_expires_at,
      generation: head.generation,
    };
    if (opened.size >= REMEMBERED) opened.delete(opened.keys().next().value as ConnectionId);
    opened.set(connectionId, { epoch: head.epoch, token });
    return token;
  };

  const livesFor = (head: Head, milliseconds: number) =>
    head.access_sealed !== null &&
    head.access_expires_at !== null &&
    head.access_expires_at.getTime() - deps.now().getTime() >= milliseconds;

  const accessTokenFor = async (connectionId: ConnectionId): Promise<AccessToken> => {
    const head = usable(await loadHead(deps, connectionId));
    if (livesFor(head, MARGIN_MS)) return open(head);
    try {
      return open(usable(await refreshOnce(connectionId, head.generation)));
    } catch (error) {
      if (error instanceof AppError && passing.includes(error.code) && livesFor(head, LAST_USE_MS)) return open(head);
      throw error;
    }
  };

  const upkeep: Upkeep = {
    renew: async (connectionId) => {
      const head = await loadHead(deps, connectionId);
      return toState(await refreshOnce(connectionId, head.generation, { alsoMarked: true }));
    },
    pauseReason: async (provider) => {
      const oldest = await oldestUnsaved(deps.db);
      if (oldest && deps.now().getTime() - oldest.getTime() > LONGEST_BACKLOG_MS) {
        return 'Salesforce has not taken renewed tokens for more than five minutes; they wait safely until it does.';
      }
      if (await refusesMost(deps.db)) {
        return 'Salesforce refuses to save most renewed tokens; an administrator has been told why.';
      }
      if (await isFailingNow(deps, provider)) {
        return `Most connections cannot be renewed at ${provider} at the moment. It is tried again with the next run.`;
      }
      return undefined;
    },
  };

  return {
    upkeep,
    accessTokenFor,
    withAccessToken: async (connectionId, call) => {
      const token = await accessTokenFor(connectionId);
      try {
        return await call(token.value);
      } catch (error) {
        if (!(error instanceof ProviderError) || error.failure !== 'token-invalid') throw error;
        const renewed = usable(await refreshOnce(connectionId, token.generation));
        return call(open(renewed).value);
      }
    },
  };
}

function usable(head: Head): Head {
  if (head.state !== 'connected') throw notUsable(head);
  return head;
}

function notUsable(head: Head): AppError {
  switch (head.state) {
    case 'needs-reconnect':
      return new AppError('needs_reconnect', head.error ?? 'This trainer has to connect again.');
    case 'on-hold':
      return new AppError('on_hold', head.error ?? 'This connection waits for an administrator.');
    default:
      return new AppError('not_connected', 'This trainer has not connected an account yet.');
  }
}
