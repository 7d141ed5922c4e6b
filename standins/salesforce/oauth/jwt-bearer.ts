import { verify } from 'node:crypto';
import type { OAuthClient } from './clients.ts';
import { OAuthError } from './oauth-error.ts';

const LONGEST_MS = 5 * 60 * 1000;

/** From here on a number is milliseconds: the Salesforce CLI writes `exp` so, and the platform takes it. */
const SURELY_MILLISECONDS = 100_000_000_000;

/**
 * Checks an RS256 assertion and answers its client and username.
 * @param audiences the org's own login URLs; `aud` must be one of them exactly.
 */
export function checkAssertion(
  assertion: string,
  deps: { clients: readonly OAuthClient[]; audiences: readonly string[]; now: Date },
): { client: OAuthClient; username: string } {
  const parts = assertion.split('.');
  const [head = '', body = '', signature = ''] = parts;
  const header = parts.length === 3 ? decode(head) : undefined;
  const claims = parts.length === 3 ? decode(body) : undefined;
  if (!header || !claims) throw new OAuthError('invalid_grant', 'invalid assertion');
  if (header['alg'] !== 'RS256') throw new OAuthError('invalid_grant', 'invalid assertion: alg must be RS256');

  const client = deps.clients.find(({ id }) => id === claims['iss']);
  if (!client?.publicKey) throw new OAuthError('invalid_client_id', 'client identifier invalid');
  if (!verify('RSA-SHA256', Buffer.from(`${head}.${body}`), client.publicKey, Buffer.from(signature, 'base64url'))) {
    throw new OAuthError('invalid_grant', 'invalid assertion: signature');
  }
  const { aud, sub, exp } = claims;
  if (typeof aud !== 'string' || !deps.audiences.includes(aud)) {
    throw new OAuthError('invalid_grant', 'audience is invalid');
  }
  if (typeof sub !== 'string' || sub === '') throw new OAuthError('invalid_grant', 'invalid assertion: sub');
  if (typeof exp !== 'number' || !Number.isFinite(exp)) {
    throw new OAuthError('invalid_grant', 'invalid assertion: exp');
  }
  const left = (exp > SURELY_MILLISECONDS ? exp : exp * 1000) - deps.now.getTime();
  if (left <= 0) throw new OAuthError('invalid_grant', 'expired assertion');
  if (left > LONGEST_MS) throw new OAuthError('invalid_grant', 'expiration is more than five minutes ahead');
  return { client, username: sub };
}

function decode(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
