import { z } from 'zod';
import { OAuthError } from './oauth-errors.ts';
import type { LarkApp } from './options.ts';
import { firstDuplicate, splitScopes } from './scopes.ts';
import { readSettings } from './settings.ts';
import { findApp, type World } from './world.ts';

/** Rule 2.1. */
const SCOPES_PER_REQUEST = 50;

const QUERY = z.strictObject({
  client_id: z.string().min(1),
  redirect_uri: z.string().min(1),
  response_type: z.literal('code').optional(),
  scope: z.string().optional(),
  state: z.string().optional(),
  code_challenge: z.string().optional(),
  code_challenge_method: z.enum(['S256', 'plain']).optional(),
});

export type AuthorizeQuery = z.infer<typeof QUERY>;

export interface AuthorizeRequest {
  app: LarkApp;
  query: AuthorizeQuery;
  scopes: string[];
  challenge?: { value: string; method: 'S256' | 'plain' };
}

/**
 * Checks what the browser brought (rule 2.1). Throws what the error page shows: 20001 missing, 20063 malformed or
 * unknown, 20048 unknown app, 20069 disabled, 20009 not installed, 20029 redirect URI, 20027 scope not applied for,
 * 20067 duplicate. The old form with `app_id` has no PKCE and is refused like any unknown parameter.
 */
export function readAuthorizeRequest(world: World, raw: unknown): AuthorizeRequest {
  const parsed = QUERY.safeParse(raw);
  if (!parsed.success) {
    const given = raw as Record<string, unknown>;
    const missing = ['client_id', 'redirect_uri'].filter((name) => given[name] === undefined || given[name] === '');
    if (missing.length > 0) throw new OAuthError(20001, missing.join(', '));
    throw new OAuthError(20063, parsed.error.issues.map((issue) => issue.message).join('; '));
  }
  const query = parsed.data;
  const app = findApp(world, query.client_id);
  if (!app) throw new OAuthError(20048);
  world.limiter.count('GET authorize', app.id, app.tenantKey, 'gateway');
  const settings = readSettings(world.store);
  if (settings.appDisabled) throw new OAuthError(20069);
  if (!settings.appInstalled) throw new OAuthError(20009);
  if (!app.redirectUris.includes(query.redirect_uri)) throw new OAuthError(20029);
  return { app, query, scopes: readScopes(app, query.scope ?? ''), ...readChallenge(query) };
}

function readScopes(app: LarkApp, text: string): string[] {
  const scopes = splitScopes(text);
  if (scopes.length > SCOPES_PER_REQUEST) throw new OAuthError(20063, `At most ${SCOPES_PER_REQUEST} scopes.`);
  const duplicate = firstDuplicate(scopes);
  if (duplicate !== undefined) throw new OAuthError(20067, duplicate);
  const unknown = scopes.find((scope) => !app.scopes.includes(scope));
  if (unknown !== undefined) throw new OAuthError(20027, unknown);
  return scopes;
}

/** The method is `plain` unless told: leaving it out is the classic mistake (rule 2.1). */
function readChallenge(query: AuthorizeQuery): Pick<AuthorizeRequest, 'challenge'> {
  const { code_challenge: value, code_challenge_method: method = 'plain' } = query;
  if (value === undefined) {
    if (query.code_challenge_method !== undefined) throw new OAuthError(20001, 'code_challenge');
    return {};
  }
  const form = method === 'S256' ? /^[A-Za-z0-9_-]{43}$/ : /^[A-Za-z0-9._~-]{43,128}$/;
  if (!form.test(value)) throw new OAuthError(20063, 'code_challenge');
  return { challenge: { value, method } };
}
