import type { Express, Request, Response } from 'express';
import { SalesforceError, jsonParserError, notFound } from '../errors.ts';
import { DAILY_CALLS, type Org } from '../org.ts';
import { answerWith, errorBody, type ApiRequest, type Route } from './api.ts';
import { collectionsRoute } from './routes-collections.ts';
import { compositeRoute, decodePath } from './routes-composite.ts';
import { describeRoute } from './routes-describe.ts';
import { emailRoute } from './routes-email.ts';
import { queryRoute } from './routes-query.ts';
import { rowsRoute } from './routes-rows.ts';
import { treeRoute } from './routes-tree.ts';
import { outboxPage } from './outbox.ts';

const VERSIONS = [
  { version: '65.0', label: "Winter '26" },
  { version: '66.0', label: "Spring '26" },
  { version: '67.0', label: "Summer '26" },
  { version: '68.0', label: "Winter '27" },
];

const IN_COMPOSITE: readonly Route[] = [queryRoute, collectionsRoute, describeRoute, rowsRoute];
const ROUTES: readonly Route[] = [compositeRoute(IN_COMPOSITE), treeRoute, emailRoute, ...IN_COMPOSITE];

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
  const bearer = /^(?:Bearer|OAuth) (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const userId = org.sessions.userOf(bearer);
  if (userId === undefined) {
    response.set('WWW-Authenticate', 'Token');
    throw new SalesforceError('INVALID_SESSION_ID', 'Session expired or invalid', 401);
  }
  const used = org.countCall();
  response.set('sforce-limit-info', `api-usage=${used}/${DAILY_CALLS}`);
  if (used > DAILY_CALLS) throw new SalesforceError('REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.', 403);

  const body = readJson(request);
  const call: ApiRequest = {
    org,
    actor: org.actorOf(userId),
    method: request.method,
    version,
    path,
    query: new URL(request.originalUrl.replace(/^\/+/, '/'), 'http://org.invalid').searchParams,
    headers: request.headers as Record<string, string | undefined>,
    body,
  };
  const answer = answerWith(ROUTES, call);
  response.locals.parsedBody = answer.journal ?? body;
  const [first] = Array.isArray(answer.body) ? (answer.body as unknown[]) : [];
  if (answer.status >= 400) response.locals.errorCode = (first as { errorCode?: string } | undefined)?.errorCode;
  response.status(answer.status).set(answer.headers ?? {});
  if (answer.body === undefined) response.end();
  else response.json(answer.body);
}

function readJson(request: Request): unknown {
  if (!Buffer.isBuffer(request.body) || request.body.length === 0) return undefined;
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
  const known =
    error instanceof SalesforceError
      ? error
      : new SalesforceError('UNKNOWN_EXCEPTION', error instanceof Error ? error.message : String(error), 500);
  response.locals.errorCode = known.errorCode;
  response.status(known.status).json([errorBody(known)]);
}
