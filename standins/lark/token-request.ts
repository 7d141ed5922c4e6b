import type { Request } from 'express';
import { z } from 'zod';
import { OAuthError } from './oauth-errors.ts';
import { readRawBody } from './parse-body.ts';
import { firstDuplicate, splitScopes } from './scopes.ts';

const CLIENT = { client_id: z.string().min(1), client_secret: z.string().min(1), scope: z.string().optional() };

const BODIES = {
  authorization_code: z.strictObject({
    grant_type: z.literal('authorization_code'),
    ...CLIENT,
    code: z.string().min(1),
    redirect_uri: z.string().min(1),
    code_verifier: z
      .string()
      .regex(/^[A-Za-z0-9._~-]{43,128}$/)
      .optional(),
  }),
  refresh_token: z.strictObject({
    grant_type: z.literal('refresh_token'),
    ...CLIENT,
    refresh_token: z.string().min(1),
  }),
};

const REQUIRED = {
  authorization_code: ['client_id', 'client_secret', 'code', 'redirect_uri'],
  refresh_token: ['client_id', 'client_secret', 'refresh_token'],
};

export type TokenRequest = z.infer<(typeof BODIES)[keyof typeof BODIES]>;

/**
 * The body of the v2 token endpoint, JSON or form (rule 2.3). Throws 20070 for a second client authentication in
 * the header, 20036 unknown grant, 20001 missing, 20063 wrong type, unknown field or content type.
 */
export function readTokenRequest(request: Request): TokenRequest {
  const raw = readRawBody(request);
  if (raw.kind === 'refused') throw new OAuthError(20063, raw.why);
  const body = raw.kind === 'empty' ? {} : raw.value;
  if (body === null || typeof body !== 'object' || Array.isArray(body)) throw new OAuthError(20063);
  const given = body as Record<string, unknown>;
  if (request.headers.authorization !== undefined && given['client_secret'] !== undefined) throw new OAuthError(20070);
  if (Object.keys(request.query).length > 0) throw new OAuthError(20063, 'The query must be empty.');

  const grantType = given['grant_type'];
  if (grantType === undefined || grantType === '') throw new OAuthError(20001, 'grant_type');
  if (typeof grantType !== 'string') throw new OAuthError(20063, 'grant_type');
  if (grantType !== 'authorization_code' && grantType !== 'refresh_token') throw new OAuthError(20036);
  const missing = REQUIRED[grantType].filter((name) => given[name] === undefined || given[name] === '');
  if (missing.length > 0) throw new OAuthError(20001, missing.join(', '));
  const parsed = BODIES[grantType].safeParse(body);
  if (parsed.success) return parsed.data;
  throw new OAuthError(20063, parsed.error.issues.map((issue) => issue.path.join('.') || issue.message).join(', '));
}

/** The scopes to go on with. The parameter can only shrink: 20067 duplicate, 20068 outside the grant. */
export function shrinkScopes(granted: string[], parameter: string | undefined): string[] {
  if (parameter === undefined) return granted;
  const wanted = splitScopes(parameter);
  const duplicate = firstDuplicate(wanted);
  if (duplicate !== undefined) throw new OAuthError(20067, duplicate);
  const outside = wanted.find((scope) => !granted.includes(scope));
  if (outside !== undefined) throw new OAuthError(20068, outside);
  return wanted;
}
