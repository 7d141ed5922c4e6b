import { SalesforceError, jsonParserError, notFound } from '../errors.ts';
import { isJsonObject } from '../save/read-payload.ts';
import { answerWith, bodyObject, flagIn, onlyParameters, type ApiAnswer, type ApiRequest, type Route } from './api.ts';
import { substituteInText, substituteReferences } from './composite-references.ts';

const MOST = 25;
const MOST_QUERIES_AND_COLLECTIONS = 5;
const METHODS = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'];

interface Subrequest {
  method: string;
  url: string;
  referenceId: string;
  body?: unknown;
  httpHeaders: Record<string, string>;
}

interface Subresponse {
  body: unknown;
  httpHeaders: Record<string, string>;
  httpStatusCode: number;
  referenceId: string;
}

/** `/composite`: subrequests in order, each seeing the answers of those before it. */
export function compositeRoute(routes: readonly Route[]): Route {
  return (request) => {
    const [composite, ...more] = request.path;
    if (composite !== 'composite' || more.length > 0 || request.method !== 'POST') return undefined;
    onlyParameters(request);
    const body = bodyObject(request, 'allOrNone', 'collateSubrequests', 'compositeRequest');
    const allOrNone = flagIn(body, 'allOrNone');
    flagIn(body, 'collateSubrequests');
    const subrequests = readSubrequests(request, body['compositeRequest']);
    const { responses, failed } = request.org.store.attempt(
      () => runAll(request, routes, subrequests, allOrNone),
      (outcome) => !allOrNone || !outcome.failed.some(Boolean),
    );
    const undone = allOrNone && failed.some(Boolean);
    const compositeResponse = undone ? responses.map((one, index) => (failed[index] ? one : halted(one))) : responses;
    return { status: 200, body: { compositeResponse }, journal: journalOf(body, subrequests, compositeResponse) };
  };
}

function runAll(
  request: ApiRequest,
  routes: readonly Route[],
  subrequests: readonly Subrequest[],
  allOrNone: boolean,
): { responses: Subresponse[]; failed: boolean[] } {
  const results = new Map<string, unknown>();
  const failed: boolean[] = [];
  const responses = subrequests.map((subrequest) => {
    const { referenceId } = subrequest;
    if (allOrNone && failed.some(Boolean)) {
      failed.push(false);
      return halted({ body: null, httpHeaders: {}, httpStatusCode: 400, referenceId });
    }
    const answer = runOne(request, routes, subrequest, results, allOrNone);
    const bad = answer.status >= 300 || (allOrNone && answer.partlyFailed === true);
    failed.push(bad);
    if (!bad) results.set(referenceId, answer.body);
    return {
      body: answer.body ?? null,
      httpHeaders: answer.headers ?? {},
      httpStatusCode: answer.status,
      referenceId,
    };
  });
  return { responses, failed };
}

function runOne(
  request: ApiRequest,
  routes: readonly Route[],
  subrequest: Subrequest,
  results: ReadonlyMap<string, unknown>,
  allOrNone: boolean,
): ApiAnswer {
  try {
    const url = new URL(substituteInText(subrequest.url, results), 'http://org.invalid');
    let body = substituteReferences(subrequest.body, results);
    const path = decodePath(url.pathname).slice(3);
    const query = url.searchParams;
    // The outer flag also rules the collections inside.
    if (allOrNone && path[0] === 'composite') {
      if (subrequest.method === 'DELETE') query.set('allOrNone', 'true');
      else if (path.length === 2 || path.length === 4) body = isJsonObject(body) ? { ...body, allOrNone: true } : body;
    }
    const { httpHeaders: headers, method } = subrequest;
    return answerWith(routes, { ...request, method, path, query, body, headers });
  } catch (error) {
    if (!(error instanceof SalesforceError)) throw error;
    return { status: 400, body: [{ errorCode: error.errorCode, message: error.message }] };
  }
}

export function decodePath(pathname: string): string[] {
  const parts = pathname.split('/').filter((part) => part !== '');
  try {
    return parts.map((part) => decodeURIComponent(part));
  } catch {
    throw notFound();
  }
}

function readSubrequests(request: ApiRequest, list: unknown): Subrequest[] {
  if (!Array.isArray(list) || list.length === 0) throw jsonParserError('compositeRequest must be a list');
  if (list.length > MOST) {
    throw new SalesforceError('LIMIT_EXCEEDED', `The number of subrequests cannot exceed ${MOST}`);
  }
  const seen = new Set<string>();
  const subrequests = list.map((json: unknown) => {
    const subrequest = readSubrequest(request, json);
    const key = subrequest.referenceId.toLowerCase();
    if (seen.has(key)) throw invalidInput(`Duplicate referenceId provided: ${subrequest.referenceId}`);
    seen.add(key);
    return subrequest;
  });
  const heavy = subrequests.filter(({ url }) => /^\/services\/data\/v[\d.]+\/(query|queryAll|composite)\b/.test(url));
  if (heavy.length > MOST_QUERIES_AND_COLLECTIONS) {
    throw new SalesforceError(
      'LIMIT_EXCEEDED',
      `The number of query and sObject Collections subrequests cannot exceed ${MOST_QUERIES_AND_COLLECTIONS}`,
    );
  }
  return subrequests;
}

function readSubrequest(request: ApiRequest, json: unknown): Subrequest {
  const read = bodyObject({ ...request, body: json }, 'method', 'url', 'referenceId', 'body', 'httpHeaders');
  const { method, url, referenceId, body } = read;
  if (typeof method !== 'string' || !METHODS.includes(method)) throw invalidInput(`Invalid method ${String(method)}`);
  if (typeof referenceId !== 'string' || !/^[A-Za-z][A-Za-z0-9_]*$/.test(referenceId)) {
    throw invalidInput(
      `Provided referenceId ('${String(referenceId)}') must start with a letter and contain only letters, numbers and underscores`,
    );
  }
  const start = `/services/data/v${request.version}/`;
  if (typeof url !== 'string' || !url.startsWith(start)) {
    throw invalidInput(`The url of ${referenceId} must start with ${start}`);
  }
  if (!/^(query|queryAll|sobjects|composite\/sobjects)\b/.test(url.slice(start.length))) {
    throw invalidInput(`The resource of ${referenceId} is not supported in a composite request`);
  }
  const headers = read['httpHeaders'] ?? {};
  if (!isJsonObject(headers)) throw jsonParserError('httpHeaders must be an object');
  const httpHeaders = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
  return { method, url, referenceId, body, httpHeaders };
}

function halted(response: Subresponse): Subresponse {
  const message = 'The transaction was rolled back since another operation in the same transaction failed.';
  return { ...response, httpHeaders: {}, httpStatusCode: 400, body: [{ errorCode: 'PROCESSING_HALTED', message }] };
}

function invalidInput(message: string): SalesforceError {
  return new SalesforceError('INVALID_INPUT', message);
}

/** The body and, beside it, what became of each subrequest. */
function journalOf(
  body: Record<string, unknown>,
  subrequests: readonly Subrequest[],
  responses: readonly Subresponse[],
): Record<string, unknown> {
  const list = subrequests.map(({ method, url, referenceId }, index) => {
    const status = responses[index]?.httpStatusCode;
    const answered = responses[index]?.body;
    const first: unknown = Array.isArray(answered) ? answered[0] : undefined;
    const errorCode = isJsonObject(first) && 'errorCode' in first ? { errorCode: first['errorCode'] } : {};
    return { method, path: url.replace(/\?.*$/, ''), referenceId, status, ...errorCode };
  });
  return { ...body, subrequests: list };
}
