import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import { setRequestId } from './caller.ts';

/** Gives every request an id, the caller's own if it is harmless, and returns it in `X-Request-Id`. */
export const withRequestId: RequestHandler = (request, response, next) => {
  const offered = request.get('X-Request-Id') ?? '';
  const requestId = /^[\w-]{8,64}$/.test(offered) ? offered : randomUUID();
  setRequestId(response, requestId);
  response.set('X-Request-Id', requestId);
  next();
};
