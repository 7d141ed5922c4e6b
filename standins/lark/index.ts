import { randomBytes } from 'node:crypto';
import express, { type Request, type Response } from 'express';
import { startStandin, type Standin } from '../kit/standin.ts';
import { createAccounts } from './accounts.ts';
import { answerAppToken } from './app-token-endpoint.ts';
import { createAttendees } from './attendees.ts';
import { serveAuthorize } from './authorize-routes.ts';
import { listCalendars, primaryCalendar } from './calendars.ts';
import { serveApi, type Call } from './calls.ts';
import { batchGetUserIds } from './contacts.ts';
import { serveControl } from './control-routes.ts';
import type { ApiName } from './coverage.ts';
import { LarkError, sendLarkError } from './errors.ts';
import { listEvents, viewEvents } from './event-list.ts';
import { createEvent, deleteEvent, getEvent, patchEvent } from './events.ts';
import { batchFreeBusy, listFreeBusy } from './free-busy.ts';
import { createControl, type LarkControl } from './observer.ts';
import { DEFAULT_LARK_APP, readApp, type LarkApp, type LarkOptions } from './options.ts';
import { createRateLimiter } from './rate-limit.ts';
import { applyReservation, deleteReservation, getReservation, updateReservation } from './reservations.ts';
import { openStore } from './store.ts';
import { answerToken, TOKEN_PATH } from './token-endpoint.ts';
import { answerUserInfo } from './user-info.ts';
import type { World } from './world.ts';

export { approve, ConsentRefused } from './approve.ts';
export { DEFAULT_LARK_APP } from './options.ts';
export type { LarkAccountOptions, LarkAppOptions, LarkOptions } from './options.ts';
export type { LarkControl, ObservedAccount, ObservedEvent, ObservedReservation } from './observer.ts';
export type { TokenExchange } from './exchanges.ts';

export interface Lark extends Standin, LarkControl {
  app: LarkApp;
  tokenUrl: string;
}

/**
 * Lark on loopback: open platform and accounts domain are the same server. The rules are in README.md;
 * `coverage.ts` lists what there is, and whatever is not there is a plain-text 404.
 */
export async function startLark(options: LarkOptions): Promise<Lark> {
  const apps = [options.app ?? DEFAULT_LARK_APP, ...(options.otherApps ?? [])].map(readApp);
  const [app] = apps as [LarkApp];
  const store = openStore(options.file);
  const limits = { perSecond: 50, perMinute: 1000, ...options.limits };
  const world: World = {
    store,
    clock: options.clock,
    apps,
    accounts: createAccounts({ store, apps }, options.accounts),
    limiter: createRateLimiter(options.clock, limits),
  };
  const control = createControl(world);
  const standin = await startStandin({
    name: 'lark',
    clock: options.clock,
    ...(options.port === undefined ? {} : { port: options.port }),
    routes: (server) => server.use(larkRoutes(world)),
    notFound: (_request, response) => {
      response.status(404).type('text/plain').send('404 page not found');
    },
    failed: (error, _request, response) => sendLarkError(asLarkError(error), response),
    control: (router) => serveControl(router, control),
    close: () => store.close(),
  });
  return Object.defineProperties(
    { ...standin, app, tokenUrl: standin.url + TOKEN_PATH },
    Object.getOwnPropertyDescriptors(control),
  ) as Lark;
}

const HANDLERS: Record<ApiName, (call: Call) => unknown> = {
  batchGetUserIds,
  applyReservation,
  updateReservation,
  deleteReservation,
  getReservation,
  primaryCalendar,
  listCalendars,
  createEvent,
  patchEvent,
  deleteEvent,
  viewEvents,
  getEvent,
  listEvents,
  addAttendees: createAttendees,
  listFreeBusy,
  batchFreeBusy,
};

function larkRoutes(world: World): express.Router {
  const router = express.Router({ caseSensitive: true, strict: true });
  router.use((_request, response, next) => {
    response.set('X-Tt-Logid', `02${Date.now()}${randomBytes(12).toString('hex')}`);
    next();
  });
  serveAuthorize(router, world);
  router.post(TOKEN_PATH, (request: Request, response: Response) => answerToken(world, request, response));
  router.get('/open-apis/authen/v1/user_info', (request, response) => answerUserInfo(world, request, response));
  for (const kind of ['tenant', 'app'] as const) {
    router.post(`/open-apis/auth/v3/${kind}_access_token/internal`, (request, response) => {
      answerAppToken(world, kind, request, response);
    });
  }
  for (const [name, handle] of Object.entries(HANDLERS)) serveApi(router, world, name as ApiName, handle);
  return router;
}

function asLarkError(error: unknown): LarkError {
  if (error instanceof LarkError) return error;
  return new LarkError(500, 5000, `internal error: ${error instanceof Error ? error.message : String(error)}`);
}
