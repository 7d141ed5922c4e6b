import { ApexObject, asText, HostObject, messageOf, thrown, UnsupportedApex, type ApexValue } from './values.ts';
import { CalloutRefused, type World } from './world.ts';

type Member = (given: readonly ApexValue[], world: World) => ApexValue | Promise<ApexValue>;

const TEXT: Record<string, (text: string, given: readonly ApexValue[]) => ApexValue> = {
  startsWith: (text, [start]) => text.startsWith(asText(start ?? null)),
  length: (text) => text.length,
};

const LIST: Record<string, (list: ApexValue[], given: readonly ApexValue[]) => ApexValue> = {
  add: (list, [item]) => {
    list.push(item ?? null);
    return null;
  },
  size: (list) => list.length,
  isEmpty: (list) => list.length === 0,
};

const MAP: Record<string, (map: Map<string, ApexValue>, given: readonly ApexValue[]) => ApexValue> = {
  get: (map, [key]) => map.get(asText(key ?? null)) ?? null,
  put: (map, [key, value]) => {
    map.set(asText(key ?? null), value ?? null);
    return null;
  },
  containsKey: (map, [key]) => map.has(asText(key ?? null)),
  size: (map) => map.size,
  keySet: (map) => [...map.keys()],
  values: (map) => [...map.values()],
};

const HTTP_REQUEST: Record<string, string> = {
  setEndpoint: 'endpoint',
  setMethod: 'method',
  setTimeout: 'timeout',
  setBody: 'body',
};

const OTHERS = ['setHeader', 'send', 'getStatusCode', 'getBody', 'getMessage', 'setMessage'];
const NAMES = new Set([TEXT, LIST, MAP, HTTP_REQUEST].flatMap((group) => Object.keys(group)).concat(OTHERS));

/** Whether any followed value has a method of that name. */
export function isMember(name: string): boolean {
  return NAMES.has(name);
}

/** Calls a method of a value. @throws UnsupportedApex where this kind of value has none of that name */
export async function callMember(
  world: World,
  on: Exclude<ApexValue, null>,
  name: string,
  given: readonly ApexValue[],
): Promise<ApexValue> {
  const member = memberOf(on, name);
  if (!member) throw new UnsupportedApex(`nothing here has the method ${name}`);
  return member(given, world);
}

function memberOf(on: Exclude<ApexValue, null>, name: string): Member | undefined {
  const bound = <T>(group: Record<string, (value: T, given: readonly ApexValue[]) => ApexValue>, value: T) => {
    const found = group[name];
    return found && ((given: readonly ApexValue[]) => found(value, given));
  };
  if (typeof on === 'string') return bound(TEXT, on);
  if (Array.isArray(on)) return bound(LIST, on);
  if (on instanceof Map) return bound(MAP, on);
  if (on instanceof ApexObject) return on.of.isException && name === 'getMessage' ? () => messageOf(on) : undefined;
  if (on instanceof HostObject) return hostMember(on, name);
  return undefined;
}

function hostMember(on: HostObject, name: string): Member | undefined {
  const { state } = on;
  const set = (part: string, value: ApexValue | undefined) => {
    state[part] = value ?? null;
    return null;
  };
  if (on.type === 'HttpRequest') {
    const part = HTTP_REQUEST[name];
    if (part !== undefined) return ([value]) => set(part, value);
    const { headers } = state;
    if (name !== 'setHeader' || !(headers instanceof Map)) return undefined;
    return ([header, value]) => set('headers', headers.set(asText(header ?? null), value ?? null));
  }
  if (on.type === 'Http') return name === 'send' ? ([request], world) => send(world, request) : undefined;
  if (on.type === 'HttpResponse') {
    if (name === 'getStatusCode') return () => state['status'] ?? null;
    return name === 'getBody' ? () => state['body'] ?? null : undefined;
  }
  if (name === 'getMessage') return () => messageOf(on);
  return name === 'setMessage' && on.type === 'AuraHandledException'
    ? ([message]) => set('message', message)
    : undefined;
}

async function send(world: World, request: ApexValue | undefined): Promise<ApexValue> {
  if (!(request instanceof HostObject) || request.type !== 'HttpRequest')
    throw new UnsupportedApex('send takes a request');
  const { endpoint, method, timeout, body, headers } = request.state;
  if (typeof endpoint !== 'string' || typeof method !== 'string' || !(headers instanceof Map)) {
    throw thrown('CalloutException', 'Endpoint or method is missing');
  }
  try {
    const answer = await world.send({
      endpoint,
      method,
      headers: Object.fromEntries([...headers].map(([name, value]) => [name, asText(value)])),
      body: typeof body === 'string' ? body : undefined,
      // The platform's own limit where none is set.
      timeoutMs: typeof timeout === 'number' ? timeout : 10_000,
    });
    return new HostObject('HttpResponse', { status: answer.status, body: answer.body });
  } catch (error) {
    if (error instanceof CalloutRefused) throw thrown('CalloutException', error.message);
    throw error;
  }
}
