import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { AppError } from '../core/errors.ts';
import { toLongId } from '../core/salesforce-id.ts';
import { requestIdOf, setCaller, type ApiScope, type Caller } from './caller.ts';

export interface ApiKey {
  name: string;
  scopes: readonly ApiScope[];
  key: string;
}

export interface AuthenticateDeps {
  apiKeys: readonly ApiKey[];
  /** 18 characters: the only org that callers with scope `salesforce` may speak for. */
  salesforceOrgId: string;
}

export type RequireScope = (...anyOf: ApiScope[]) => RequestHandler;

/** Makes the guard of API routes: `Authorization: Bearer <key>` with one of the scopes. */
export function createRequireScope(deps: AuthenticateDeps): RequireScope {
  const keys = deps.apiKeys.map((apiKey) => ({ ...apiKey, digest: digest(apiKey.key) }));
  return (...anyOf) =>
    (request, response, next) => {
      const offered = digest(bearerOf(request));
      const known = keys.find((candidate) => timingSafeEqual(candidate.digest, offered));
      if (!known) throw unauthenticated(response, 'This API key is not known.');
      if (!anyOf.some((scope) => known.scopes.includes(scope))) {
        throw new AppError(
          'scope_missing',
          `The key "${known.name}" may not do this: it needs the scope ${anyOf.join(' or ')}.`,
        );
      }
      setCaller(response, {
        name: known.name,
        scopes: known.scopes,
        actor: known.scopes.includes('salesforce') ? actorOf(deps, request) : undefined,
        requestId: requestIdOf(response),
      } satisfies Caller);
      next();
    };
}

/** Guard of the cron endpoints: `Authorization: Bearer <CRON_SECRET>`. */
export function createRequireCronSecret(secret: string): RequestHandler {
  const expected = digest(secret);
  return (request, response, next) => {
    if (!timingSafeEqual(expected, digest(bearerOf(request)))) {
      throw unauthenticated(response, 'The cron secret is missing or wrong.');
    }
    next();
  };
}

function actorOf(deps: AuthenticateDeps, request: Request): string {
  const org = request.get('X-Salesforce-Org');
  if (!org) {
    throw new AppError('missing_org', 'Send the id of your Salesforce org in the header X-Salesforce-Org.');
  }
  if (toLongId(org) !== deps.salesforceOrgId) {
    throw new AppError('foreign_org', 'This middleware belongs to another Salesforce org. Nothing was done.');
  }
  const actor = toLongId(request.get('X-Actor') ?? '');
  if (actor?.startsWith('005') !== true) {
    throw new AppError('missing_actor', 'Send the id of the acting Salesforce user in the header X-Actor.');
  }
  return actor;
}

function bearerOf(request: Request): string {
  return /^Bearer +(\S+)$/i.exec(request.get('Authorization') ?? '')?.[1] ?? '';
}

function unauthenticated(response: Response, message: string): AppError {
  response.set('WWW-Authenticate', 'Bearer');
  return new AppError('unauthenticated', `${message} Send it as "Authorization: Bearer <key>".`);
}

/** Equal length for the constant-time comparison. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
