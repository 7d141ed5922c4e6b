import express, { type NextFunction, type Request, type Response } from 'express';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MovableClock } from './clock.ts';
import { createFaults, type FaultRequest, type Faults } from './faults.ts';
import { createJournal, digest, withoutSecrets, type Journal } from './journal.ts';

export interface StandinOptions {
  name: string;
  /** 0 picks a free port. */
  port?: number;
  clock: MovableClock;
  /** Adds the vendor's routes. Bodies are read raw; each route parses and refuses as its vendor does. */
  routes: (app: express.Express) => void;
  /** Answers whatever no route took, as the vendor does. */
  notFound: (request: Request, response: Response) => void;
  /** Turns what a route threw into the vendor's error answer. */
  failed: (error: unknown, request: Request, response: Response) => void;
  /** Adds control routes of this stand-in below `/__standin`. */
  control?: (router: express.Router) => void;
  close?: () => void;
}

export interface Standin {
  name: string;
  url: string;
  port: number;
  journal: Journal;
  faults: Faults;
  clock: MovableClock;
  close(): Promise<void>;
}

declare module 'express-serve-static-core' {
  interface Locals {
    /** Set by a route: the vendor's own error code, for the journal. */
    errorCode?: string | number;
    /** Set by a route: the parsed body, for the journal. */
    parsedBody?: unknown;
  }
}

const BODY_LIMIT = '12mb';

/** Starts one vendor on loopback: journal, faults and clock around the vendor's own routes. */
export async function startStandin(options: StandinOptions): Promise<Standin> {
  const journal = createJournal();
  const faults = createFaults();
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.use('/__standin', express.json({ limit: BODY_LIMIT }), controlRoutes(options, journal, faults));
  app.use(express.raw({ type: () => true, limit: BODY_LIMIT }));
  app.use((request, response, next) => {
    void underFaults({ name: options.name, journal, faults }, request, response, next);
  });
  options.routes(app);
  app.use(options.notFound);
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
    if (response.headersSent || response.destroyed) return;
    options.failed(error, request, response);
  });

  const server = await new Promise<Server>((resolve, reject) => {
    const listening: Server = app.listen(options.port ?? 0, '127.0.0.1', (error?: Error) => {
      if (error) reject(error);
      else resolve(listening);
    });
  });
  server.keepAliveTimeout = 60_000;
  const { port } = server.address() as AddressInfo;
  return {
    name: options.name,
    url: `http://127.0.0.1:${port}`,
    port,
    journal,
    faults,
    clock: options.clock,
    close: async () => {
      faults.release();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      options.close?.();
    },
  };
}

async function underFaults(
  deps: { name: string; journal: Journal; faults: Faults },
  request: Request,
  response: Response,
  next: NextFunction,
): Promise<void> {
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const entry = deps.journal.record({
    standin: deps.name,
    method: request.method,
    path: request.path,
    query: withoutSecrets(request.query) as Record<string, unknown>,
    body: undefined,
    ...(bearer === undefined ? {} : { bearer: digest(bearer) }),
    startedAt: performance.timeOrigin + performance.now(),
  });
  const finish = () => {
    entry.endedAt ??= performance.timeOrigin + performance.now();
    entry.status ??= response.statusCode;
    entry.body = withoutSecrets(response.locals.parsedBody ?? parsedForJournal(request));
    if (response.locals.errorCode !== undefined) entry.errorCode = response.locals.errorCode;
  };
  response.once('finish', finish);
  response.once('close', finish);

  const fault = deps.faults.take(request.method, request.path);
  if (!fault) return next();
  entry.fault = fault.kind;
  switch (fault.kind) {
    case 'latency':
      await sleep(fault.milliseconds ?? 0);
      return next();
    case 'status':
      response.status(fault.status ?? 503).set(fault.headers ?? {});
      if (fault.body === undefined) response.end();
      else if (typeof fault.body === 'string') response.send(fault.body);
      else response.json(fault.body);
      return;
    case 'drop':
      request.socket.destroy();
      return;
    case 'effect-then-drop':
      interceptAnswer(response, () => request.socket.destroy());
      return next();
    case 'withhold':
      interceptAnswer(response, (answer) => void fault.released.then(answer));
      return next();
  }
}

/** Calls `then` in place of sending the finished answer. */
function interceptAnswer(response: Response, then: (answer: () => void) => void): void {
  const end = response.end.bind(response) as (...args: unknown[]) => Response;
  response.end = ((...args: unknown[]) => {
    then(() => {
      if (!response.destroyed) end(...args);
    });
    return response;
  }) as typeof response.end;
}

function parsedForJournal(request: Request): unknown {
  if (!Buffer.isBuffer(request.body) || request.body.length === 0) return undefined;
  const text = request.body.toString('utf8');
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    return Object.fromEntries(new URLSearchParams(text));
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return `(${request.body.length} bytes)`;
  }
}

function controlRoutes(options: StandinOptions, journal: Journal, faults: Faults): express.Router {
  const router = express.Router();
  router.get('/requests', (request, response) => {
    response.json(journal.entries({ since: Number(request.query['since'] ?? 0) }));
  });
  router.delete('/requests', (_request, response) => {
    journal.clear();
    response.status(204).end();
  });
  router.get('/faults', (_request, response) => {
    response.json(faults.list());
  });
  router.post('/faults', (request, response) => {
    const { id } = faults.add(request.body as FaultRequest);
    response.status(201).json({ id });
  });
  router.delete('/faults', (_request, response) => {
    faults.release();
    response.status(204).end();
  });
  router.delete('/faults/:id', (request, response) => {
    faults.release(Number(request.params.id));
    response.status(204).end();
  });
  router.get('/clock', (_request, response) => {
    response.json({ now: options.clock.now().toISOString() });
  });
  router.post('/clock', (request, response) => {
    const { now, advanceMs, reset } = request.body as { now?: string; advanceMs?: number; reset?: boolean };
    if (reset) options.clock.reset();
    if (now !== undefined) options.clock.set(new Date(now));
    if (advanceMs !== undefined) options.clock.advance(advanceMs);
    response.json({ now: options.clock.now().toISOString() });
  });
  options.control?.(router);
  return router;
}
