import { createHash, randomBytes } from 'node:crypto';

/** Rule 2.3. Seconds. */
export const ACCESS_TOKEN_SECONDS = 7200;
export const REFRESH_TOKEN_SECONDS = 604_800;
/** How long a spent pair's access token still serves. */
export const ACCESS_TOKEN_GRACE_SECONDS = 60;
export const CONSENT_DAYS = 365;

/** What an empty token would weigh, so that the shortest has 1.5 KB and 50 scopes make about 2 KB. */
const BASE_CHARACTERS = 1480;
const CHARACTERS_PER_SCOPE = 10;

/** A v2 user token: it looks like a JWT, is opaque to everybody, and grows with the scopes (rule 2.3). */
export function mintUserToken(scopes: readonly string[]): string {
  const header = base64url(JSON.stringify({ alg: 'ES256', kid: randomBytes(8).toString('hex'), typ: 'JWT' }));
  const signature = randomBytes(64).toString('base64url');
  const claims = BASE_CHARACTERS + CHARACTERS_PER_SCOPE * scopes.length - header.length - signature.length;
  return `${header}.${randomBytes(Math.ceil((claims * 3) / 4)).toString('base64url')}.${signature}`;
}

/** Letters, digits, `-` and `_`, 64 characters and more (rule 2.1). */
export function mintCode(): string {
  return randomBytes(48).toString('base64url');
}

export function mintAppToken(prefix: 't-' | 'a-'): string {
  return prefix + randomBytes(30).toString('base64url');
}

/** Under which name a secret is kept: the state file holds no usable user token. */
export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}
