import type { Request, Response } from 'express';
import type { Actor } from '../access/actor.ts';
import { SalesforceError } from '../errors.ts';
import type { Org } from '../org.ts';

/**
 * Who is calling the REST API. Every call of a known user counts against the org's daily limit, and every answer says
 * how much of it is used.
 * @throws SalesforceError INVALID_SESSION_ID or REQUEST_LIMIT_EXCEEDED
 */
export function admit(org: Org, request: Request, response: Response): Actor {
  const bearer = /^(?:Bearer|OAuth) (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const userId = org.sessions.userOf(bearer);
  if (userId === undefined) {
    response.set('WWW-Authenticate', 'Token');
    throw new SalesforceError('INVALID_SESSION_ID', 'Session expired or invalid', 401);
  }
  const { DailyApiRequests: limit } = org.limits;
  const isWithin = limit.take(1);
  response.set('sforce-limit-info', `api-usage=${limit.used()}/${limit.max}`);
  if (!isWithin) throw new SalesforceError('REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.', 403);
  return org.actorOf(userId);
}
