import type { RequestHandler } from 'express';
import type { Log } from '../core/runtime.ts';
import { requestIdOf } from './caller.ts';

/**
 * Logs every request once, when it is answered or its caller has gone, with the template of its route
 * (`/api/bookings/:id`), never the address itself: query strings carry codes, states and tickets.
 */
export function createAccessLog(deps: { log: Log }): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    // `finish` never comes when the caller goes before the answer.
    response.once('close', () => {
      const route = request.route as { path?: string } | undefined;
      deps.log.info(
        {
          requestId: requestIdOf(response),
          method: request.method,
          route: route?.path === undefined ? '(none)' : `${request.baseUrl}${route.path}`,
          ...(response.headersSent ? { status: response.statusCode } : {}),
          ...(response.writableFinished ? {} : { aborted: true }),
          ms: Math.round(performance.now() - startedAt),
        },
        'request',
      );
    });
    next();
  };
}
