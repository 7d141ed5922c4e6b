import { z } from 'zod';
import { ProviderError, type ProviderFailure } from '../../core/provider-error.ts';
import type { Now } from '../../core/runtime.ts';
import type { HttpAnswer, HttpClient } from '../http-client.ts';
import type { TokenSet } from '../ports/oauth.ts';
import type { Turns } from '../turns.ts';
import { parseAnswer } from './answer.ts';
import { pauseIfAsked } from './business-call.ts';
import { errorOf, isUnknownAddress, unrecognized, wrongAddress } from './errors.ts';

export type Grant =
  | { grant_type: 'authorization_code'; code: string; redirect_uri: string; code_verifier: string }
  | { grant_type: 'refresh_token'; refresh_token: string };

export interface TokenEndpointDeps {
  http: HttpClient;
  turns: Turns;
  config: { appId: string; appSecret: string; tokenUrl: string };
  now: Now;
}

/** Lark's own dialect of OAuth (v2): a flat answer, `code` a number, a numeric string or absent. */
const tokens = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive(),
  refresh_token: z.string().optional(),
  refresh_token_expires_in: z.coerce.number().optional(),
  scope: z.string().default(''),
});

/** The name under which Lark's limits for the token endpoint are kept. */
export const TOKEN_API = 'token endpoint';

/**
 * One exchange, sent at once (who wants to keep Lark's limits has taken a turn before), and never repeated: code and refresh token are single-use. Without a usable answer the outcome is unknown,
 * because the old pair may be spent. Throws `ProviderError`.
 */
export async function requestTokens(deps: TokenEndpointDeps, grant: Grant): Promise<TokenSet> {
  const { appId, appSecret, tokenUrl } = deps.config;
  // Lifetimes count from before the request, so that a slow answer never makes a token look younger than it is.
  const askedAt = deps.now();
  const answer = await deps.http.send({
    method: 'POST',
    route: TOKEN_API,
    url: tokenUrl,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ ...grant, client_id: appId, client_secret: appSecret }),
  });
  const parsed = parseAnswer(answer);
  const succeeded = answer.status === 200 && (parsed?.code ?? 0) === 0 && !parsed?.oauthError;
  if (!parsed || !succeeded) {
    const failure = failureOf(grant, answer, deps.now());
    await pauseIfAsked(deps.turns, TOKEN_API, failure);
    throw failure;
  }
  const shaped = tokens.safeParse(parsed.body);
  if (!shaped.success) {
    throw new ProviderError('lark', 'unknown-outcome', 'Lark answered a token request without usable tokens.', {
      providerRequestId: answer.headers['x-tt-logid'],
      cause: shaped.error,
    });
  }
  return toTokenSet(shaped.data, askedAt);
}

function toTokenSet(answer: z.infer<typeof tokens>, askedAt: Date): TokenSet {
  const after = (seconds: number) => new Date(askedAt.getTime() + seconds * 1000);
  const refreshToken = answer.refresh_token || undefined;
  return {
    accessToken: answer.access_token,
    accessExpiresAt: after(answer.expires_in),
    refreshToken,
    refreshExpiresAt:
      refreshToken && answer.refresh_token_expires_in ? after(answer.refresh_token_expires_in) : undefined,
    scopes: answer.scope.split(/\s+/).filter((scope) => scope !== ''),
  };
}

function failureOf(grant: Grant, answer: HttpAnswer, now: Date): ProviderError {
  const parsed = parseAnswer(answer);
  const failed = { ...answer, ...parsed, code: parsed?.code };
  if (!parsed && isUnknownAddress(answer.status)) return errorOf(failed, wrongAddress, now);
  return errorOf(failed, fallbackOf(grant, answer.status, failed), now);
}

/** Used when the code is absent or unknown: OAuth's own words (the v3 endpoint sends no other) and the HTTP status. */
function fallbackOf(
  grant: Grant,
  status: number,
  failed: { code: number | undefined; oauthError?: string | undefined },
): readonly [ProviderFailure, string] {
  switch (failed.oauthError) {
    case 'invalid_grant':
      return grant.grant_type === 'refresh_token'
        ? ['grant-consumed', 'Lark does not accept the refresh token (any more).']
        : ['refused', 'Lark does not accept the sign-in code: start the connection again.'];
    case 'invalid_client':
    case 'unauthorized_client':
      return ['configuration', 'Lark does not accept the app: check LARK_APP_ID and LARK_APP_SECRET.'];
    case 'temporarily_unavailable':
      return ['temporary', 'Lark is briefly unavailable for tokens.'];
    default:
      return failed.code || (failed.oauthError && status < 500) ? unrecognized : lost;
  }
}

const lost = ['unknown-outcome', 'Lark gave no usable answer to a token request.'] as const;
