import { createHash } from 'node:crypto';
import type { MovableClock } from '../kit/clock.ts';
import { OAuthError } from './oauth-errors.ts';
import { joinScopes, splitScopes } from './scopes.ts';
import type { Store } from './store.ts';
import { hashOf, mintCode } from './tokens.ts';

/** Rule 2.1. */
const CODE_LIFETIME_MS = 5 * 60_000;

export interface CodeGrant {
  appId: string;
  account: string;
  redirectUri: string;
  scopes: string[];
  challenge?: string;
  challengeMethod?: string;
}

export function issueCode(deps: { store: Store; clock: MovableClock }, grant: CodeGrant): string {
  const code = mintCode();
  deps.store.run(
    `INSERT INTO codes (hash, app_id, account, redirect_uri, scopes, challenge, challenge_method, issued_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    hashOf(code),
    grant.appId,
    grant.account,
    grant.redirectUri,
    joinScopes(grant.scopes),
    grant.challenge ?? null,
    grant.challengeMethod ?? null,
    deps.clock.now().getTime(),
  );
  return code;
}

/**
 * What the code stands for. Throws 20003 unknown, 20024 other app, 20065 used, 20004 older than 5 minutes,
 * 20071 other redirect URI, 20049 PKCE. A failed PKCE check spends the code: it may be in the wrong hands.
 */
export function checkCode(
  deps: { store: Store; clock: MovableClock },
  offered: { code: string; appId: string; redirectUri: string; verifier?: string },
): { account: string; scopes: string[]; consentedAt: number } {
  const row = deps.store.one('SELECT * FROM codes WHERE hash = ?', hashOf(offered.code));
  if (!row) throw new OAuthError(20003);
  if (row['app_id'] !== offered.appId) throw new OAuthError(20024);
  if (row['used_at'] !== null) throw new OAuthError(20065);
  if (deps.clock.now().getTime() >= Number(row['issued_at']) + CODE_LIFETIME_MS) throw new OAuthError(20004);
  if (row['redirect_uri'] !== offered.redirectUri) throw new OAuthError(20071);
  const challenge = row['challenge'] === null ? undefined : String(row['challenge']);
  if (!verifies(challenge, String(row['challenge_method']), offered.verifier)) {
    spendCode(deps, offered.code);
    throw new OAuthError(20049);
  }
  return {
    account: String(row['account']),
    scopes: splitScopes(String(row['scopes'])),
    consentedAt: Number(row['issued_at']),
  };
}

export function spendCode(deps: { store: Store; clock: MovableClock }, code: string): void {
  deps.store.run('UPDATE codes SET used_at = ? WHERE hash = ?', deps.clock.now().getTime(), hashOf(code));
}

function verifies(challenge: string | undefined, method: string, verifier: string | undefined): boolean {
  if (challenge === undefined || verifier === undefined) return challenge === verifier;
  const made = method === 'S256' ? createHash('sha256').update(verifier).digest('base64url') : verifier;
  return made === challenge;
}
