import type { MovableClock } from '../kit/clock.ts';
import { OAuthError } from './oauth-errors.ts';
import { joinScopes, splitScopes } from './scopes.ts';
import type { Row, Store } from './store.ts';
import {
  ACCESS_TOKEN_GRACE_SECONDS,
  ACCESS_TOKEN_SECONDS,
  CONSENT_DAYS,
  hashOf,
  mintUserToken,
  REFRESH_TOKEN_SECONDS,
} from './tokens.ts';

type Deps = { store: Store; clock: MovableClock };

export interface IssuedPair {
  accessToken: string;
  /** Absent without offline_access. */
  refreshToken?: string;
  scopes: string[];
}

export interface SpendableRefresh {
  pairId: number;
  account: string;
  scopes: string[];
  consentedAt: number;
}

/** A new pair: 2 h and 7 days; without `offline_access` there is no refresh token (rules 2.2, 2.3). */
export function issuePair(
  deps: Deps,
  grant: { appId: string; account: string; scopes: string[]; consentedAt: number },
): IssuedPair & { id: number } {
  const now = deps.clock.now().getTime();
  const accessToken = mintUserToken(grant.scopes);
  const refreshToken = grant.scopes.includes('offline_access') ? mintUserToken(grant.scopes) : undefined;
  const row = deps.store.one(
    `INSERT INTO user_tokens (app_id, account, scopes, consented_at, issued_at, access_hash, access_expires_at,
       refresh_hash, refresh_expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
    grant.appId,
    grant.account,
    joinScopes(grant.scopes),
    grant.consentedAt,
    now,
    hashOf(accessToken),
    now + ACCESS_TOKEN_SECONDS * 1000,
    refreshToken === undefined ? null : hashOf(refreshToken),
    refreshToken === undefined ? null : now + REFRESH_TOKEN_SECONDS * 1000,
  );
  return {
    id: Number(row?.['id']),
    accessToken,
    ...(refreshToken === undefined ? {} : { refreshToken }),
    scopes: grant.scopes,
  };
}

/**
 * Looks at a refresh token without spending it. Throws 20026 unknown (or of v1), 20024 other app, 20064 revoked,
 * 20073 used, 20037 past its 7 days or past 365 days after the consent (rules 2.3, 2.4).
 *
 * Which of 20064 and 20073 a replay gets is not documented. Here: 20073 while the pair that came out of it is still
 * the newest (another worker won); 20064 when that pair has been spent too (reuse detected) or access was withdrawn.
 * A replay never harms the newest pair.
 */
export function checkRefreshToken(deps: Deps, offered: { appId: string; refreshToken: string }): SpendableRefresh {
  const row = deps.store.one('SELECT * FROM user_tokens WHERE refresh_hash = ?', hashOf(offered.refreshToken));
  if (!row) throw new OAuthError(20026);
  if (row['app_id'] !== offered.appId) throw new OAuthError(20024);
  if (row['revoked_at'] !== null) throw new OAuthError(20064);
  if (row['successor'] !== null) {
    const next = deps.store.one('SELECT successor FROM user_tokens WHERE id = ?', row['successor'] ?? null);
    throw new OAuthError(next?.['successor'] == null ? 20073 : 20064);
  }
  const now = deps.clock.now().getTime();
  const consentedAt = Number(row['consented_at']);
  if (now >= Number(row['refresh_expires_at']) || now >= consentedAt + CONSENT_DAYS * 86_400_000) {
    throw new OAuthError(20037);
  }
  return {
    pairId: Number(row['id']),
    account: String(row['account']),
    scopes: splitScopes(String(row['scopes'])),
    consentedAt,
  };
}

/** Spends the old pair: its refresh token dies at once, its access token after the minute of grace. */
export function supersedePair(deps: Deps, pairId: number, successor: number): void {
  const now = deps.clock.now().getTime();
  deps.store.run('UPDATE user_tokens SET successor = ?, superseded_at = ? WHERE id = ?', successor, now, pairId);
}

export type AccessTokenState =
  { state: 'live'; appId: string; account: string; scopes: string[] } | { state: 'expired' | 'invalid' };

export function readAccessToken(deps: Deps, token: string): AccessTokenState {
  const row = deps.store.one('SELECT * FROM user_tokens WHERE access_hash = ?', hashOf(token));
  if (!row || row['revoked_at'] !== null || isPastGrace(row, deps.clock)) return { state: 'invalid' };
  if (deps.clock.now().getTime() >= Number(row['access_expires_at'])) return { state: 'expired' };
  return {
    state: 'live',
    appId: String(row['app_id']),
    account: String(row['account']),
    scopes: splitScopes(String(row['scopes'])),
  };
}

/** Withdraws every token of this account. */
export function revokePairs(deps: Deps, appId: string, account: string): void {
  deps.store.run(
    'UPDATE user_tokens SET revoked_at = ? WHERE app_id = ? AND account = ? AND revoked_at IS NULL',
    deps.clock.now().getTime(),
    appId,
    account,
  );
}

/** Ends the access tokens of this account now; the refresh tokens stay good. */
export function expireAccessTokens(deps: Deps, appId: string, account: string): void {
  const now = deps.clock.now().getTime();
  deps.store.run(
    'UPDATE user_tokens SET access_expires_at = min(access_expires_at, ?) WHERE app_id = ? AND account = ?',
    now,
    appId,
    account,
  );
}

function isPastGrace(row: Row, clock: MovableClock): boolean {
  const superseded = row['superseded_at'];
  return superseded != null && clock.now().getTime() >= Number(superseded) + ACCESS_TOKEN_GRACE_SECONDS * 1000;
}
