import { sign } from 'node:crypto';

/** Salesforce takes assertions that live at most three minutes (JWT bearer flow). */
const LIFETIME_SECONDS = 180;

/** The signed statement that the integration user's app is calling: RS256, valid from now for three minutes. */
export function createJwtAssertion(
  identity: { clientId: string; username: string; audience: string; privateKey: string },
  now: Date,
): string {
  const claims = {
    iss: identity.clientId,
    sub: identity.username,
    aud: identity.audience,
    exp: Math.floor(now.getTime() / 1000) + LIFETIME_SECONDS,
  };
  const unsigned = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
  const signature = sign('RSA-SHA256', Buffer.from(unsigned), identity.privateKey);
  return `${unsigned}.${signature.toString('base64url')}`;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
