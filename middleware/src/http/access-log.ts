import type { RequestHandler } from 'express';
import type { Log } from '../core/runtime.ts';
import { requestIdOf } from './caller.ts';

/**
 * Logs every request once, with the template of its route (`/api/bookings/:id`), never the address itself: query strings
 * carry codes, states and tickets.
 */
export function createAccessLog(deps: { log: Log }): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    response.once('finish', () => {
      const route = request.route as { path?: string } | undefined;
      deps.log.info(
        {
          requestId: requestIdOf(response),
          method: request.method,
          route: route?.path === undefined ? '(none)' : `${request.baseUrl}${route.path}`,
          status: response.statusCode,
          ms: Math.round(performance.now() - startedAt),
        },
        'request',
      );
    });
    next();
  };
}
