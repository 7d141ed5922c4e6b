import { ProviderError } from '../../core/provider-error.ts';
import type { OAuthProvider, TokenSet } from '../ports/oauth.ts';
import { readAccount } from './account.ts';
import type { CallLark } from './business-call.ts';
import { requestTokens, TOKEN_API, type TokenEndpointDeps } from './token-endpoint.ts';

const DAY = 24 * 60 * 60 * 1000;

export const scopes = [
  // Without it there is no refresh token at all.
  'offline_access',
  'vc:reserve',
  'calendar:calendar:read',
  'calendar:calendar.event:create',
  'calendar:calendar.event:update',
  'calendar:calendar.event:delete',
  'calendar:calendar.event:read',
  'calendar:calendar.free_busy:read',
  'contact:user.base:readonly',
  'contact:user.email:readonly',
] as const;

export interface LarkOAuthDeps extends TokenEndpointDeps {
  config: TokenEndpointDeps['config'] & { accountsDomain: string; redirectUri: string };
  callLark: CallLark;
  timeoutMs: number;
}

export function createOAuth(deps: LarkOAuthDeps): OAuthProvider {
  const { config } = deps;
  return {
    id: 'lark',
    scopes,
    // Lark stops refreshing a year after the person's consent.
    consentLifetimeMs: 365 * DAY,
    timeoutMs: deps.timeoutMs,
    authorizeUrl: ({ state, codeChallenge }) => authorizeUrl(config, state, codeChallenge),
    exchangeCode: async ({ code, codeVerifier }) => {
      await deps.turns.take(TOKEN_API);
      return requestTokens(deps, {
        grant_type: 'authorization_code',
        code,
        redirect_uri: config.redirectUri,
        code_verifier: codeVerifier,
      });
    },
    waitForTurn: () => deps.turns.take(TOKEN_API),
    refresh: async ({ refreshToken }) =>
      withNewRefreshToken(await requestTokens(deps, { grant_type: 'refresh_token', refresh_token: refreshToken })),
    account: (accessToken) => readAccount(deps, accessToken),
  };
}

/** The port takes "none came" for "the old one stays"; Lark's old one is spent. */
function withNewRefreshToken(tokens: TokenSet): TokenSet {
  if (tokens.refreshToken !== undefined) return tokens;
  throw new ProviderError('lark', 'grant-dead', 'Lark gave no new refresh token: the person must connect again.');
}

function authorizeUrl(config: LarkOAuthDeps['config'], state: string, codeChallenge: string): string {
  const query = new URLSearchParams({
    client_id: config.appId,
    redirect_uri: config.redirectUri,
    response_type: 'code',
    scope: scopes.join(' '),
    state,
    code_challenge: codeChallenge,
    // Lark's default would be `plain`.
    code_challenge_method: 'S256',
  });
  // Lark documents scopes separated by %20; URLSearchParams writes the form dialect's plus sign.
  return `${config.accountsDomain}/open-apis/authen/v1/authorize?${query.toString().replaceAll('+', '%20')}`;
}
