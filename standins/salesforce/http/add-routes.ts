import type { Express, Request, Response } from 'express';
import { SalesforceError, jsonParserError, notFound } from '../errors.ts';
import type { Org } from '../org.ts';
import { admit } from './admit.ts';
import { VERSIONS } from './api-versions.ts';
import { answerWith, errorBody, type ApiRequest, type Route } from './api.ts';
import { bulkRoute } from './routes-bulk.ts';
import { changesRoute } from './routes-changes.ts';
import { collectionsRoute } from './routes-collections.ts';
import { compositeRoute, decodePath } from './routes-composite.ts';
import { credentialsRoute } from './routes-credentials.ts';
import { describeRoute } from './routes-describe.ts';
import { emailRoute } from './routes-email.ts';
import { queryRoute } from './routes-query.ts';
import { rowsRoute } from './routes-rows.ts';
import { toolingRoute } from './routes-tooling.ts';
import { treeRoute } from './routes-tree.ts';
import { outboxPage } from './outbox.ts';

const IN_COMPOSITE: readonly Route[] = [queryRoute, collectionsRoute, describeRoute, changesRoute, rowsRoute];
const ROUTES: readonly Route[] = [
  compositeRoute(IN_COMPOSITE),
  treeRoute,
  emailRoute,
  bulkRoute,
  credentialsRoute,
  toolingRoute,
  ...IN_COMPOSITE,
];

/** The REST API and the outbox page. */
export function addApiRoutes(app: Express, org: Org): void {
  app.get('/outbox', (_request, response) => {
    response.type('html').send(outboxPage(org.outbox.mails()));
  });
  app.use((request, response, next) => {
    // A client that keeps the instance URL with a slash asks for //services/…
    const path = decodePath(request.path);
    if (path[0] !== 'services' || path[1] !== 'data') return next();
    if (path.length === 2 && request.method === 'GET') {
      response.json(VERSIONS.map((one) => ({ ...one, url: `/services/data/v${one.version}` })));
      return;
    }
    const version = VERSIONS.find((one) => `v${one.version}` === path[2])?.version;
    if (version === undefined) throw notFound();
    answerApi(org, request, response, version, path.slice(3));
  });
}

function answerApi(org: Org, request: Request, response: Response, version: string, path: string[]): void {
  // Whatever becomes of the request, a secret in it is nobody's to read.
  const isSecret = path[0] === 'named-credentials';
  if (isSecret) response.locals.parsedBody = '(secret)';
  const actor = admit(org, request, response);
  const body = readBody(request, path);
  const call: ApiRequest = {
    org,
    actor,
    method: request.method,
    version,
    path,
    query: new URL(request.originalUrl.replace(/^\/+/, '/'), 'http://org.invalid').searchParams,
    headers: request.headers as Record<string, string | undefined>,
    body,
  };
  const answer = answerWith(ROUTES, call);
  if (!isSecret) response.locals.parsedBody = answer.journal ?? body;
  const [first] = Array.isArray(answer.body) ? (answer.body as unknown[]) : [];
  if (answer.status >= 400) response.locals.errorCode = (first as { errorCode?: string } | undefined)?.errorCode;
  response.status(answer.status).set(answer.headers ?? {});
  if (answer.body === undefined) response.end();
  else if (typeof answer.body === 'string') response.type('text/csv').send(answer.body);
  else response.json(answer.body);
}

function readBody(request: Request, path: readonly string[]): unknown {
  if (!Buffer.isBuffer(request.body) || request.body.length === 0) return undefined;
  if (path[0] === 'jobs' && /^text\/csv(;|$)/.test(request.headers['content-type'] ?? '')) {
    return request.body.toString('utf8');
  }
  if (!/^application\/json(;|$)/.test(request.headers['content-type'] ?? '')) {
    const message = `Content type ${request.headers['content-type'] ?? '(none)'} not supported for this entity`;
    throw new SalesforceError('UNSUPPORTED_MEDIA_TYPE', message, 415);
  }
  try {
    return JSON.parse(request.body.toString('utf8')) as unknown;
  } catch (error) {
    throw jsonParserError(error instanceof Error ? error.message : 'unexpected end of input');
  }
}

export function answerNotFound(_request: Request, response: Response): void {
  answerFailed(notFound(), _request, response);
}

/** What a route threw, as the platform answers it; anything unforeseen is a 500 with its text. */
export function answerFailed(error: unknown, _request: Request, response: Response): void {
  const isTooLarge = (error as { type?: unknown } | undefined)?.type === 'entity.too.large';
  const known = isTooLarge
    ? new SalesforceError('REQUEST_ENTITY_TOO_LARGE', 'The request is larger than the local org takes', 413)
    : error instanceof SalesforceError
      ? error
      : new SalesforceError('UNKNOWN_EXCEPTION', error instanceof Error ? error.message : String(error), 500);
  response.locals.errorCode = known.errorCode;
  response.status(known.status).json([errorBody(known)]);
}
