import { malformedQuery, unsupportedType } from '../errors.ts';
import type { ApiAnswer, ApiRequest } from './api.ts';

/** `/tooling/query`: clients ask for objects of the Tooling API, of which the local org has none. */
export function toolingRoute(request: ApiRequest): ApiAnswer | undefined {
  const [tooling, resource, ...more] = request.path;
  if (tooling !== 'tooling' || resource !== 'query' || more.length > 0 || request.method !== 'GET') return undefined;
  const object = /\sFROM\s+(\w+)/i.exec(request.query.get('q') ?? '')?.[1];
  if (object === undefined) throw malformedQuery('A query string has to be specified');
  throw unsupportedType(object);
}
