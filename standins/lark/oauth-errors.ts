import { LarkError } from './errors.ts';

/** Rule 2.4. HTTP 400 unless a status is given; the words follow RFC 6749. */
const OAUTH_ERRORS = {
  20001: { error: 'invalid_request', description: 'A required parameter is missing.' },
  20002: { error: 'invalid_client', description: 'The client secret is invalid.' },
  20003: { error: 'invalid_grant', description: 'The authorization code is not found.' },
  20004: { error: 'invalid_grant', description: 'The authorization code has expired.' },
  20008: { error: 'invalid_grant', description: 'The user does not exist.' },
  20009: { error: 'unauthorized_client', description: 'The app is not installed in the tenant.' },
  20024: { error: 'invalid_grant', description: 'The code or refresh token was issued to another client.' },
  20026: { error: 'invalid_grant', description: 'The refresh token is invalid.' },
  20027: { error: 'invalid_scope', description: 'The app has not applied for a requested scope.' },
  20029: { error: 'invalid_request', description: 'The redirect URI is not registered for this app.' },
  20036: { error: 'unsupported_grant_type', description: 'The grant type is not supported.' },
  20037: { error: 'invalid_grant', description: 'The refresh token has expired.' },
  20048: { error: 'invalid_client', description: 'The app does not exist.' },
  20049: { error: 'invalid_grant', description: 'The PKCE code challenge failed.' },
  20063: { error: 'invalid_request', description: 'The request is malformed.' },
  20064: { error: 'invalid_grant', description: 'The refresh token has been revoked.' },
  20065: { error: 'invalid_grant', description: 'The authorization code has been used.' },
  20066: { error: 'invalid_grant', description: 'The status of the user is invalid.' },
  20067: { error: 'invalid_scope', description: 'The scope list has a duplicate.' },
  20068: { error: 'invalid_scope', description: 'A requested scope is outside the grant.' },
  20069: { error: 'unauthorized_client', description: 'The app is disabled.' },
  20070: { error: 'invalid_request', description: 'More than one client authentication was used.' },
  20071: { error: 'invalid_grant', description: 'The redirect URI does not match the authorization request.' },
  20073: { error: 'invalid_grant', description: 'The refresh token has been used.' },
  20074: { error: 'unauthorized_client', description: 'The app may not refresh user access tokens.' },
} as const;

export type OAuthCode = keyof typeof OAUTH_ERRORS;

/** A refusal of the v2 token endpoint: flat, as RFC 6749 has it. */
export class OAuthError extends LarkError {
  readonly error: string;

  constructor(code: OAuthCode, detail?: string) {
    const { error, description } = OAUTH_ERRORS[code];
    super(400, code, detail === undefined ? description : `${description} ${detail}`);
    this.error = error;
  }

  override body(): Record<string, unknown> {
    return { code: this.code, error: this.error, error_description: this.message };
  }
}
