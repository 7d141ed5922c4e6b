import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Router } from 'express';
import { ipKeyGenerator, MemoryStore, rateLimit, type Options } from 'express-rate-limit';
import helmet from 'helmet';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '../core/errors.ts';
import type { Log } from '../core/runtime.ts';
import { createAccessLog } from './access-log.ts';
import { prepareDrain } from './drain.ts';
import { createErrorHandler, notFound } from './errors.ts';
import { withRequestId } from './request-id.ts';

export interface ServerDeps {
  log: Log;
  /** Addresses or ranges of proxies whose `X-Forwarded-*` headers are believed. */
  trustedProxies: readonly string[];
  /** Where our own form may lead after its redirect: the providers' consent pages. */
  formTargets: readonly string[];
  routers: readonly Router[];
}

const BODY_LIMIT = '100kb';
const MINUTE_MS = 60_000;
/** Of one address. Salesforce and the portal come from few addresses: their real limits are those of the providers. */
const REQUESTS_PER_MINUTE = 60_000;
/** Of one address; whoever guesses is told to wait. Keys are too long to be guessed: the limit ends a mistake's noise. */
const WRONG_KEYS_PER_MINUTE = 60;

export function createHttpApp(deps: ServerDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', [...deps.trustedProxies]);
  app.set('query parser', 'simple');
  app.use(withRequestId, createAccessLog(deps));
  app.use(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'none'"],
          styleSrc: ["'unsafe-inline'"],
          baseUri: ["'none'"],
          frameAncestors: ["'none'"],
          // Chromium applies form-action to the redirect that follows a form as well.
          formAction: ["'self'", ...deps.formTargets],
        },
      },
      referrerPolicy: { policy: 'no-referrer' },
    }),
  );
  app.use(createRateLimit(REQUESTS_PER_MINUTE));
  app.use(express.json({ limit: BODY_LIMIT, strict: true }));
  app.use(...(deps.routers.length > 0 ? deps.routers : [passOn]));
  app.use(notFound);
  app.use(createWrongKeyLimit(WRONG_KEYS_PER_MINUTE));
  app.use(createErrorHandler(deps));
  return app;
}

const passOn: RequestHandler = (_request, _response, next) => {
  next();
};

/** At most `perMinute` requests of one address; the answer says when to come back. Health is always told. */
export function createRateLimit(perMinute: number): RequestHandler {
  return rateLimit({
    windowMs: MINUTE_MS,
    limit: perMinute,
    skip: isHealth,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: (_request, _response, next) => {
      next(tooMany());
    },
  });
}

/**
 * At most `perMinute` wrong keys of one address are answered 401, the others 429. Where the key is right nothing is
 * counted or refused: callers share addresses, and one that guesses must not lock the others out.
 */
function createWrongKeyLimit(perMinute: number): ErrorRequestHandler {
  const wrongKeys = new MemoryStore();
  wrongKeys.init({ windowMs: MINUTE_MS } as Options);
  return async (error: unknown, request, _response, next) => {
    if (!(error instanceof AppError && error.code === 'unauthenticated')) {
      next(error);
      return;
    }
    const { totalHits } = await wrongKeys.increment(ipKeyGenerator(request.ip ?? ''));
    next(totalHits > perMinute ? tooMany() : error);
  };
}

function isHealth({ path }: { path: string }): boolean {
  return path.startsWith('/health/');
}

function tooMany(): AppError {
  return new AppError('rate_limited', 'Too many requests. Please wait a minute.', {
    retryable: true,
    retryAfterMs: MINUTE_MS,
  });
}

export interface RunningServer {
  port: number;
  /** Takes no more requests, and waits for the running ones, at most `timeoutMs`. */
  close(timeoutMs: number): Promise<void>;
}

/** Longer than callers and proxies keep an idle connection: who sends must be the one who ends it, or a request is lost. */
const KEEP_IDLE_MS = 75_000;

export async function listen(app: Express, port: number): Promise<RunningServer> {
  const server = createServer(app);
  server.keepAliveTimeout = KEEP_IDLE_MS;
  const close = prepareDrain(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return { port: (server.address() as AddressInfo).port, close };
}
