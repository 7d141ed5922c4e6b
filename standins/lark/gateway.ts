import type { Request } from 'express';
import type { Account } from './accounts.ts';
import { appOfAppToken } from './app-tokens.ts';
import type { Api } from './coverage.ts';
import { LarkError } from './errors.ts';
import type { LarkApp } from './options.ts';
import { readSettings } from './settings.ts';
import { readAccessToken } from './user-tokens.ts';
import { findApp, type World } from './world.ts';

/** Who is calling. A user token carries the scopes of its user, a tenant token those of the app. */
export type Caller =
  | { kind: 'user'; app: LarkApp; account: Account; scopes: readonly string[] }
  | { kind: 'tenant'; app: LarkApp; scopes: readonly string[] };

/** Rule 10. The vendor names no HTTP status; these are 400, and 401 where a user token has ended. */
const REFUSALS = {
  noToken: [400, 99991661, 'Missing access token for authorization.'],
  format: [400, 99991671, 'Invalid access token format.'],
  tenantToken: [400, 99991663, 'Invalid access token for authorization.'],
  appToken: [400, 99991664, 'An app access token is not accepted here.'],
  userToken: [401, 99991668, 'Invalid access token for authorization.'],
  userTokenExpired: [401, 99991677, 'Authentication token expired.'],
  stopped: [400, 99991662, 'The app is stopped.'],
  notInstalled: [400, 99991673, 'The app is not installed.'],
} as const;

/** The caller with every check of the gateway passed: token, kind, app, rate, scope. Throws section 10's refusals. */
export function admit(world: World, api: Api, request: Request): Caller {
  const caller = identify(world, request.headers.authorization);
  if (!api.callers.includes(caller.kind)) throw refuse(caller.kind === 'user' ? 'userToken' : 'tenantToken');
  const settings = readSettings(world.store);
  if (settings.appDisabled) throw refuse('stopped');
  if (!settings.appInstalled) throw refuse('notInstalled');
  world.limiter.count(`${api.method} ${api.path}`, caller.app.id, caller.app.tenantKey, api.limit);
  requireScope(caller, api.scopes);
  if (api.bot && caller.kind === 'tenant' && !caller.app.bot) {
    throw new LarkError(404, 190007, 'app bot_id not found');
  }
  return caller;
}

/** One of the scopes is enough. Throws 99991672 (app) or 99991679 (user), naming them. */
export function requireScope(caller: Caller, scopes: readonly string[]): void {
  const names = scopes.join(', ');
  if (!scopes.some((scope) => caller.app.scopes.includes(scope))) {
    throw new LarkError(400, 99991672, `Access denied. One of the following scopes is required: [${names}].`, {
      details: { permission_violations: violations('action_scope_required', scopes) },
    });
  }
  if (caller.kind === 'user' && !scopes.some((scope) => caller.scopes.includes(scope))) {
    throw new LarkError(400, 99991679, `Unauthorized. The user has not granted one of: [${names}].`, {
      details: { permission_violations: violations('action_privilege_required', scopes) },
    });
  }
}

/** The token behind `Bearer `, or undefined where header or prefix is missing. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return /^Bearer (\S+)$/.exec(authorization ?? '')?.[1];
}

function identify(world: World, authorization: string | undefined): Caller {
  const token = bearerToken(authorization);
  if (token === undefined) throw refuse('noToken');
  if (token.startsWith('a-')) throw refuse('appToken');
  if (token.startsWith('t-')) {
    const app = appOfAppToken(world, token);
    if (!app) throw refuse('tenantToken');
    return { kind: 'tenant', app, scopes: app.scopes };
  }
  if (!token.startsWith('eyJ') && !token.startsWith('u-')) throw refuse('format');
  const read = readAccessToken(world, token);
  if (read.state !== 'live') throw refuse(read.state === 'expired' ? 'userTokenExpired' : 'userToken');
  const app = findApp(world, read.appId);
  const account = world.accounts.byKey(read.account);
  if (!app || !account || account.resigned) throw refuse('userToken');
  return { kind: 'user', app, account, scopes: read.scopes };
}

function refuse(reason: keyof typeof REFUSALS): LarkError {
  const [status, code, message] = REFUSALS[reason];
  return new LarkError(status, code, message);
}

function violations(type: string, scopes: readonly string[]) {
  return scopes.map((subject) => ({ type, subject }));
}
