import { SalesforceError, malformedQuery } from '../errors.ts';
import type { QueryCall } from '../soql/run-query.ts';
import { onlyParameters, type ApiAnswer, type ApiRequest } from './api.ts';

/** `/query`, `/query/<locator>` and `/queryAll`. */
export function queryRoute(request: ApiRequest): ApiAnswer | undefined {
  const { org, method, path } = request;
  const [resource, locator, ...more] = path;
  if (method !== 'GET' || (resource !== 'query' && resource !== 'queryAll') || more.length > 0) return undefined;
  const call: QueryCall = {
    actor: request.actor,
    version: request.version,
    now: org.now(),
    includeDeleted: resource === 'queryAll',
    batchSize: batchSizeOf(request),
  };
  if (locator !== undefined && locator !== '') {
    onlyParameters(request);
    return { status: 200, body: org.queries.more(locator, call) };
  }
  onlyParameters(request, 'q', 'columns');
  const soql = request.query.get('q');
  if (soql === null || soql === '') throw malformedQuery('A query string has to be specified');
  if (request.query.get('columns') === 'true') return { status: 200, body: org.queries.columns(soql, call) };
  return { status: 200, body: org.queries.run(soql, call) };
}

function batchSizeOf(request: ApiRequest): number | undefined {
  const header = request.headers['sforce-query-options'];
  if (header === undefined) return undefined;
  const size = /^\s*batchSize\s*=\s*(\d{1,5})\s*$/i.exec(header)?.[1];
  if (size === undefined) {
    throw new SalesforceError('INVALID_QUERY_OPTION', `Sforce-Query-Options not understood: ${header}`);
  }
  return Number(size);
}
