import type { Now } from '../core/runtime.ts';
import { toLongId } from '../core/salesforce-id.ts';
import { ExchangeError } from '../core/http-exchange.ts';
import { ErrorAnswer, withoutValues } from './error-answer.ts';
import { createJwtAssertion } from './jwt-assertion.ts';
import { SalesforceError } from './records.ts';

export type SalesforceAuth =
  | { kind: 'jwt'; clientId: string; username: string; /** PEM */ privateKey: string }
  | { kind: 'client_credentials'; clientId: string; clientSecret: string };

/** The form fields of a token request, beside what the client adds of itself. Throws `SalesforceError` on a bad key. */
export function grantOf(auth: SalesforceAuth, loginUrl: string, now: Now): { grant_type: string; assertion?: string } {
  if (auth.kind === 'client_credentials') return { grant_type: 'client_credentials' };
  const { clientId, username, privateKey } = auth;
  const audience = loginUrl.replace(/\/+$/, '');
  try {
    const assertion = createJwtAssertion({ clientId, username, audience, privateKey }, now());
    return { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion };
  } catch (error) {
    throw new SalesforceError('refused', 'SALESFORCE_PRIVATE_KEY is not an RSA private key in PEM form.', {
      cause: error,
    });
  }
}

/** Refuses a login that led to another org than the configured one: a wrong sandbox must never get our writes. */
export function requireOrg(answered: string, configured: string): string {
  const wanted = toLongId(configured);
  const orgId = toLongId(answered);
  if (orgId !== undefined && orgId === wanted) return orgId;
  throw new SalesforceError(
    'refused',
    `The login led to the Salesforce org ${orgId ?? '(unknown)'}, but SALESFORCE_ORG_ID is ${wanted ?? 'not an org id'}: ` +
      'check SALESFORCE_LOGIN_URL and SALESFORCE_ORG_ID.',
    { code: 'WRONG_ORG' },
  );
}

/**
 * What a failed login means. Whatever the call was that needed it, nothing was sent, so nothing happened there.
 * `secrets` never appear in the text, even if the other side quotes them.
 */
export function loginError(error: unknown, secrets: readonly string[]): SalesforceError {
  if (error instanceof SalesforceError) return error;
  if (error instanceof ExchangeError) {
    return new SalesforceError('unreachable', `Salesforce's login could not be reached (${error.message}).`, {
      cause: error,
    });
  }
  if (!(error instanceof ErrorAnswer)) {
    // jsforce stumbled over an answer without tokens.
    return new SalesforceError(
      'refused',
      'The login address did not answer like Salesforce: check SALESFORCE_LOGIN_URL.',
      { cause: error },
    );
  }
  return fromAnswer(error, secrets);
}

function fromAnswer({ status, text }: ErrorAnswer, secrets: readonly string[]): SalesforceError {
  const { error, description } = oauthErrorIn(text);
  const code = error ?? `HTTP_${status}`;
  if (status >= 500) {
    return new SalesforceError('unreachable', `Salesforce's login is unavailable (HTTP ${status}).`, { code });
  }
  // `unknown_error` comes with "retry your request"; too many logins an hour end by themselves.
  const later = status === 429 || error === 'unknown_error' || description.includes('login rate exceeded');
  const quoted = description === '' ? '' : `: ${without(description, secrets)}`;
  return new SalesforceError(later ? 'busy' : 'refused', `Salesforce refused the login (${code})${quoted}`, { code });
}

function oauthErrorIn(text: string): { error: string | undefined; description: string } {
  try {
    const { error, error_description: description } = JSON.parse(text) as Record<string, unknown>;
    return {
      error: typeof error === 'string' && /^\w{1,60}$/.test(error) ? error : undefined,
      description: typeof description === 'string' ? description : '',
    };
  } catch {
    return { error: undefined, description: '' };
  }
}

function without(text: string, secrets: readonly string[]): string {
  return withoutValues(secrets.reduce((clean, secret) => (secret ? clean.replaceAll(secret, '…') : clean), text));
}
