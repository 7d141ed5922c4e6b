import { createHash, createHmac, randomBytes } from 'node:crypto';

/** 256 random bits, safe in addresses and cookies. */
export function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** What the database keeps of a state, a ticket or a browser: useless without the key. */
export function keyedHash(key: string, purpose: 'state' | 'ticket' | 'browser', secret: string): string {
  return createHmac('sha256', key).update(`${purpose}\n${secret}`).digest('hex');
}

/** The PKCE verifier of a state. Derived, so that nothing has to be kept for it. */
export function codeVerifierOf(key: string, state: string): string {
  return createHmac('sha256', key).update(`pkce\n${state}`).digest('base64url');
}

/** S256 of RFC 7636. */
export function codeChallengeOf(codeVerifier: string): string {
  return createHash('sha256').update(codeVerifier).digest('base64url');
}
