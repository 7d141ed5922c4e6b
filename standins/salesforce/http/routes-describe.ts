import { onlyParameters, type ApiAnswer, type ApiRequest } from './api.ts';
import { DAILY_CALLS } from '../org.ts';
import { briefDescribe, fullDescribe } from './describe.ts';
import { accessibleObject } from './routes-rows.ts';

/** The list of resources, describe global, describe, and limits. */
export function describeRoute(request: ApiRequest): ApiAnswer | undefined {
  const { org, actor, version, method, path } = request;
  if (method !== 'GET') return undefined;
  const [resource, name, describe, ...more] = path;
  if (more.length > 0) return undefined;
  if (resource === undefined) return { status: 200, body: resources(version) };
  if (resource === 'limits' && name === undefined) {
    onlyParameters(request);
    const calls = { Max: DAILY_CALLS, Remaining: Math.max(0, DAILY_CALLS - org.callsUsed()) };
    return { status: 200, body: { DailyApiRequests: calls } };
  }
  if (resource !== 'sobjects') return undefined;
  if (name === undefined) {
    onlyParameters(request);
    const visible = [...org.schema.objects.values()].filter((object) => actor.objectPermission(object).read);
    const sobjects = visible.map((object) => briefDescribe(actor, object, version));
    return { status: 200, body: { encoding: 'UTF-8', maxBatchSize: 200, sobjects } };
  }
  if (describe === undefined) {
    onlyParameters(request);
    const object = accessibleObject(request, name);
    return { status: 200, body: { objectDescribe: briefDescribe(actor, object, version), recentItems: [] } };
  }
  if (describe !== 'describe') return undefined;
  onlyParameters(request);
  return { status: 200, body: fullDescribe(org.schema, actor, accessibleObject(request, name), version) };
}

function resources(version: string): Record<string, string> {
  const names = ['actions', 'composite', 'limits', 'query', 'queryAll', 'sobjects'];
  return Object.fromEntries(names.map((name) => [name, `/services/data/v${version}/${name}`]));
}
