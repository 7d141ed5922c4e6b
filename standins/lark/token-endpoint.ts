import type { Request, Response } from 'express';
import { checkCode, spendCode } from './codes.ts';
import { LarkError } from './errors.ts';
import { recordExchange } from './exchanges.ts';
import { OAuthError } from './oauth-errors.ts';
import type { LarkApp } from './options.ts';
import { joinScopes } from './scopes.ts';
import { readSettings } from './settings.ts';
import { readTokenRequest, shrinkScopes, type TokenRequest } from './token-request.ts';
import { ACCESS_TOKEN_SECONDS, REFRESH_TOKEN_SECONDS } from './tokens.ts';
import { checkRefreshToken, issuePair, supersedePair, type IssuedPair } from './user-tokens.ts';
import { findApp, type World } from './world.ts';

export const TOKEN_PATH = '/open-apis/authen/v2/oauth/token';

type Exchanged = IssuedPair & { account: string };

/** `POST authen/v2/oauth/token` (rules 2.3, 2.4): flat replies, `code` a number. */
export function answerToken(world: World, request: Request, response: Response): void {
  response.set({ 'Cache-Control': 'no-store', Pragma: 'no-cache' });
  const asked = readTokenRequest(request);
  const spent = asked.grant_type === 'refresh_token' ? asked.refresh_token : asked.code;
  const record = { grantType: asked.grant_type, appId: asked.client_id, spent };
  let pair: Exchanged;
  try {
    pair = exchange(world, asked);
  } catch (error) {
    if (error instanceof LarkError) recordExchange(world, { ...record, code: error.code });
    throw error;
  }
  const { account, accessToken, refreshToken, scopes } = pair;
  recordExchange(world, { ...record, account, code: 0, accessToken, refreshToken });
  response.json({
    code: 0,
    access_token: accessToken,
    expires_in: ACCESS_TOKEN_SECONDS,
    ...(refreshToken === undefined
      ? {}
      : { refresh_token: refreshToken, refresh_token_expires_in: REFRESH_TOKEN_SECONDS }),
    token_type: 'Bearer',
    scope: joinScopes(scopes),
  });
}

function exchange(world: World, asked: TokenRequest): Exchanged {
  const app = authenticate(world, asked);
  return asked.grant_type === 'authorization_code' ? redeem(world, app, asked) : rotate(world, app, asked);
}

function authenticate(world: World, asked: TokenRequest): LarkApp {
  const app = findApp(world, asked.client_id);
  if (!app) throw new OAuthError(20048);
  world.limiter.count('POST token', app.id, app.tenantKey, 'gateway');
  if (asked.client_secret !== app.secret) throw new OAuthError(20002);
  const settings = readSettings(world.store);
  if (settings.appDisabled) throw new OAuthError(20069);
  if (!settings.appInstalled) throw new OAuthError(20009);
  return app;
}

type CodeRequest = Extract<TokenRequest, { grant_type: 'authorization_code' }>;
type RefreshRequest = Extract<TokenRequest, { grant_type: 'refresh_token' }>;

function redeem(world: World, app: LarkApp, asked: CodeRequest): Exchanged {
  const grant = checkCode(world, {
    code: asked.code,
    appId: app.id,
    redirectUri: asked.redirect_uri,
    ...(asked.code_verifier === undefined ? {} : { verifier: asked.code_verifier }),
  });
  requireUser(world, grant.account);
  const scopes = shrinkScopes(grant.scopes, asked.scope);
  return world.store.transaction(() => {
    spendCode(world, asked.code);
    const pair = issuePair(world, { ...grant, appId: app.id, scopes });
    return { ...pair, account: grant.account };
  });
}

/** Rotation: the old refresh token is dead once the new pair exists, committed in one step before the answer. */
function rotate(world: World, app: LarkApp, asked: RefreshRequest): Exchanged {
  if (!(readSettings(world.store).refreshSwitch ?? app.refreshSwitch)) throw new OAuthError(20074);
  const old = checkRefreshToken(world, { appId: app.id, refreshToken: asked.refresh_token });
  requireUser(world, old.account);
  const scopes = shrinkScopes(old.scopes, asked.scope);
  return world.store.transaction(() => {
    const pair = issuePair(world, { ...old, appId: app.id, scopes });
    supersedePair(world, old.pairId, pair.id);
    return { ...pair, account: old.account };
  });
}

function requireUser(world: World, key: string): void {
  const account = world.accounts.byKey(key);
  if (!account) throw new OAuthError(20008);
  if (account.resigned) throw new OAuthError(20066);
}
