import { ProviderError, type ProviderFailure } from '../../core/provider-error.ts';
import { retryAfterMsOf } from './retry-after.ts';

const POLICY =
  "The company's access policy in Lark stops this: sign in to Lark and do the check it asks for, or ask the Lark administrator, then try again.";

const OTHER_SIDE = 'The id of this person belongs to another Lark app or company: they must connect again.';
const NO_CALENDAR = "Lark does not know this calendar: check the calendar in the trainer's settings.";
const NOT_THEIRS = "The person may not use this Lark calendar: check the calendar in the trainer's settings.";
const NOT_INVITED = 'Lark cannot invite this person to the event.';

/**
 * What each of Lark's codes means for us and what a person should read. Sources: the error tables of OAuth v2, VC v1,
 * Calendar v4 and the gateway. A code that is not here is `unrecognized`.
 */
const known: Readonly<Record<number, readonly [ProviderFailure, string]>> = {
  // Token endpoint and profile
  20001: ['configuration', 'Lark says that a parameter of the token request is missing.'],
  20002: ['configuration', 'Lark does not accept the app secret: check LARK_APP_SECRET.'],
  20003: ['refused', 'The sign-in code is unknown to Lark: start the connection again.'],
  20004: ['refused', 'The sign-in took longer than five minutes: start the connection again.'],
  20005: ['token-invalid', 'Lark no longer accepts the access token.'],
  20008: ['grant-dead', 'The Lark user no longer exists.'],
  20009: ['configuration', 'The Lark app is not installed in this company.'],
  20010: ['configuration', "The person is outside the Lark app's availability: widen it in the console."],
  20021: ['grant-dead', 'The Lark user has left the company.'],
  20022: ['grant-dead', 'The Lark user is frozen.'],
  20023: ['grant-dead', 'The Lark user is not registered.'],
  20024: ['configuration', 'The sign-in belongs to another Lark app: check LARK_APP_ID.'],
  20026: ['grant-dead', 'Lark does not know the refresh token: the person must connect again.'],
  20036: ['configuration', 'Lark does not support the grant type.'],
  20037: ['grant-dead', 'The Lark consent has expired: the person must connect again.'],
  20048: ['configuration', 'The Lark app does not exist: check LARK_APP_ID.'],
  20049: ['refused', 'The sign-in check (PKCE) failed: start the connection again.'],
  20050: ['temporary', 'Lark has a passing problem with tokens.'],
  20063: ['configuration', 'Lark says that the token request is malformed.'],
  20064: ['grant-consumed', 'The refresh token was revoked because it had been used before.'],
  20065: ['refused', 'The sign-in code has been used already: start the connection again.'],
  20066: ['grant-dead', 'The Lark user is not active.'],
  20067: ['configuration', 'The request names a Lark scope twice.'],
  20068: ['configuration', 'The request names a Lark scope outside the consent.'],
  20069: ['configuration', 'The Lark app is disabled.'],
  20070: ['configuration', 'Lark got two proofs of the app at once.'],
  20071: ['configuration', "The redirect address differs from the consent's: check LARK_OAUTH_REDIRECT_URI."],
  20072: ['temporary', 'Lark is briefly unavailable for tokens.'],
  20073: ['grant-consumed', 'The refresh token was used before.'],
  20074: ['configuration', 'The Lark app may not refresh tokens: turn refreshing on in the console and publish.'],
  // The company's own rules of access. Lark's answer holds an address for a check by the person; it is not passed on,
  // because what people read here are our own words only.
  21000: ['refused', POLICY],
  21001: ['refused', POLICY],
  // App identity
  10003: ['configuration', 'Lark does not know the app: check LARK_APP_ID.'],
  10014: ['configuration', 'The Lark app is not available.'],
  10015: ['configuration', 'Lark does not accept the app secret: check LARK_APP_SECRET.'],
  // Gateway
  99991400: ['rate-limited', 'Lark asks for fewer requests.'],
  99991401: ['configuration', "This server's address is not in the Lark app's allow-list."],
  99991543: ['configuration', 'Lark does not accept app id and secret: check LARK_APP_ID and LARK_APP_SECRET.'],
  99991661: ['configuration', 'Lark got no access token.'],
  99991662: ['configuration', 'The Lark app is stopped.'],
  99991663: ['token-invalid', 'Lark no longer accepts the access token.'],
  99991668: ['token-invalid', 'Lark no longer accepts the access token.'],
  99991672: ['configuration', 'The Lark app lacks a scope: add it in the console and publish.'],
  99991673: ['configuration', 'The Lark app is not installed in this company.'],
  99991676: ['scope-missing', 'The Lark token lacks a scope: the person must connect again.'],
  99991677: ['token-invalid', 'The Lark access token has expired.'],
  99991679: ['scope-missing', 'The person did not grant a scope that this needs: they must connect again.'],
  99992361: ['refused', OTHER_SIDE],
  99992364: ['refused', OTHER_SIDE],
  99992402: ['refused', 'Lark does not accept a field of the request.'],
  1500: ['temporary', 'Lark has a passing problem.'],
  2200: ['temporary', 'Lark has a passing problem.'],
  5000: ['temporary', 'Lark has a passing problem.'],
  10101: ['temporary', 'Lark has a passing problem.'],
  // Meetings
  121001: ['temporary', 'Lark has a passing problem with meetings.'],
  121002: ['refused', 'Lark does not support this meeting.'],
  121003: ['refused', 'Lark does not accept this meeting (it may end at most 30 days from now).'],
  121004: ['not-found', 'The Lark meeting does not exist any more.'],
  121005: ['refused', 'The Lark meeting belongs to somebody else.'],
  // Calendar
  190002: ['refused', 'Lark does not accept this event.'],
  190003: ['temporary', 'Lark has a passing problem with calendars.'],
  190004: ['rate-limited', 'Lark asks for fewer calendar requests.'],
  190005: ['rate-limited', 'Lark asks for fewer calendar requests.'],
  190010: ['rate-limited', 'Lark asks for fewer calendar requests.'],
  190007: ['configuration', 'The bot of the Lark app is off: turn it on in the console and publish.'],
  191000: ['refused', NO_CALENDAR],
  191001: ['refused', NO_CALENDAR],
  191002: ['refused', NOT_THEIRS],
  193001: ['not-found', 'The Lark event does not exist any more.'],
  193002: ['refused', 'The person may not change this Lark event.'],
  193003: ['not-found', 'The Lark event has been deleted.'],
  194000: ['refused', NOT_INVITED],
  194001: ['refused', NOT_INVITED],
  194002: ['refused', NOT_INVITED],
  194003: ['refused', NOT_INVITED],
  194004: ['refused', NOT_INVITED],
  195100: ['refused', 'The person does not exist in Lark any more.'],
};

export interface FailedAnswer {
  status: number;
  headers: Record<string, string>;
  /** 0 or undefined when the answer held none. */
  code: number | undefined;
  /** Lark's name of an OAuth failure, e.g. `invalid_grant`. */
  oauthError?: string | undefined;
  /** Scopes that the answer named as missing. */
  missingScopes?: readonly string[];
}

/** The error that a failed answer means; `fallback` says what an answer without a known code means. */
export function errorOf(answer: FailedAnswer, fallback: readonly [ProviderFailure, string], now: Date): ProviderError {
  return errorAs(entryOf(answer) ?? fallback, answer, now);
}

export function errorAs(
  [failure, text]: readonly [ProviderFailure, string],
  answer: FailedAnswer,
  now: Date,
): ProviderError {
  const scopes = answer.missingScopes?.length ? ` Missing: ${answer.missingScopes.join(', ')}.` : '';
  return new ProviderError('lark', failure, text + scopes, {
    vendorCode: answer.code || answer.oauthError || (answer.status >= 400 ? `HTTP ${answer.status}` : undefined),
    retryAfterMs:
      failure === 'rate-limited' || failure === 'temporary' ? retryAfterMsOf(answer.headers, now) : undefined,
    providerRequestId: answer.headers['x-tt-logid'],
  });
}

function entryOf({ status, code }: FailedAnswer): readonly [ProviderFailure, string] | undefined {
  const entry = code === undefined ? undefined : known[code];
  return entry ?? (status === 429 ? known[99991400] : undefined);
}

/** Lark's gateway gave up on what stands behind it, which may have done its work. */
export function isGatewayTrouble({ status, code }: FailedAnswer): boolean {
  return status >= 500 && [1500, 2200, 5000, 10101].includes(code ?? 0);
}

/** What an answer that is not JSON, 404 or 405, means: Lark has nothing at this address, and nothing happened. */
export const wrongAddress = [
  'configuration',
  'Lark does not know this address: check LARK_DOMAIN, LARK_ACCOUNTS_DOMAIN and LARK_TOKEN_URL.',
] as const;

export function isUnknownAddress(status: number): boolean {
  return status === 404 || status === 405;
}

/** For an error whose code is unknown and that comes with no better explanation. */
export const unrecognized = ['unrecognized', 'Lark answered with a code that this version does not know.'] as const;
