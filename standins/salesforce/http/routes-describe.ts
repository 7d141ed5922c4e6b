import { onlyParameters, type ApiAnswer, type ApiRequest } from './api.ts';
import { briefDescribe, fullDescribe } from './describe.ts';
import { showLimits } from './limits.ts';
import { accessibleObject } from './routes-rows.ts';

/** The list of resources, describe global, describe, and limits. */
export function describeRoute(request: ApiRequest): ApiAnswer | undefined {
  const { org, actor, version, method, path } = request;
  if (method !== 'GET') return undefined;
  const [resource, name, describe, ...more] = path;
  if (more.length > 0) return undefined;
  if (resource === undefined) return { status: 200, body: resources(request) };
  if (resource === 'limits' && name === undefined) {
    onlyParameters(request);
    return { status: 200, body: showLimits(org) };
  }
  if (resource !== 'sobjects') return undefined;
  if (name === undefined) {
    onlyParameters(request);
    const unchanged = unchangedSince(request);
    if (unchanged) return unchanged;
    const visible = [...org.schema.objects.values()].filter((object) => actor.objectPermission(object).read);
    const sobjects = visible.map((object) => briefDescribe(actor, object, version));
    return { status: 200, body: { encoding: 'UTF-8', maxBatchSize: 200, sobjects }, headers: lastModified(request) };
  }
  if (describe === undefined) {
    onlyParameters(request);
    const object = accessibleObject(request, name);
    return { status: 200, body: { objectDescribe: briefDescribe(actor, object, version), recentItems: [] } };
  }
  if (describe !== 'describe') return undefined;
  onlyParameters(request);
  const object = accessibleObject(request, name);
  return (
    unchangedSince(request) ?? {
      status: 200,
      body: fullDescribe(org.schema, actor, object, version),
      headers: lastModified(request),
    }
  );
}

function lastModified({ org }: ApiRequest): Record<string, string> {
  return { 'Last-Modified': org.describesChangedAt().toUTCString() };
}

/** The answer to a conditional request; the header knows whole seconds only. */
function unchangedSince(request: ApiRequest): ApiAnswer | undefined {
  const since = Date.parse(request.headers['if-modified-since'] ?? '');
  const changed = Math.floor(request.org.describesChangedAt().getTime() / 1000) * 1000;
  return since >= changed ? { status: 304, headers: lastModified(request) } : undefined;
}

function resources({ org, actor, version }: ApiRequest): Record<string, string> {
  const names = ['actions', 'composite', 'jobs', 'limits', 'query', 'queryAll', 'sobjects', 'tooling'];
  return {
    ...Object.fromEntries(names.map((name) => [name, `/services/data/v${version}/${name}`])),
    identity: `${org.url()}/id/${org.orgId}/${actor.userId}`,
  };
}
