import type { LocalOrg } from '../../salesforce/index.ts';

/** One error as the platform's REST API tells it. */
export interface PlatformError {
  message: string;
  errorCode: string;
  fields?: string[];
}

export interface OrgAnswer<T> {
  status: number;
  /** The body of a 2xx answer. */
  body: T;
  /** The errors of any other answer. */
  errors: PlatformError[];
}

/** The org's REST API in the session of one user, as the platform's own pages work. */
export interface OrgClient {
  call<T>(method: 'GET' | 'PATCH', path: string, body?: unknown): Promise<OrgAnswer<T>>;
  /** @throws Error with the platform's words where the query is refused. */
  query<T>(soql: string): Promise<T[]>;
}

const API = '/services/data/v65.0';

/** Hands out one client a user; its session is renewed when the org no longer knows it. */
export function createOrgClients(org: Pick<LocalOrg, 'url' | 'sessionFor'>): (username: string) => OrgClient {
  const clients = new Map<string, OrgClient>();
  return (username) => {
    let client = clients.get(username);
    if (!client) clients.set(username, (client = createClient(org, username)));
    return client;
  };
}

function createClient(org: Pick<LocalOrg, 'url' | 'sessionFor'>, username: string): OrgClient {
  let token: string | undefined;

  async function call<T>(
    method: 'GET' | 'PATCH',
    path: string,
    body?: unknown,
    renewed = false,
  ): Promise<OrgAnswer<T>> {
    token ??= org.sessionFor(username);
    const response = await fetch(`${org.url}${API}${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (response.status === 401 && !renewed) {
      token = undefined;
      return call(method, path, body, true);
    }
    const text = await response.text();
    const parsed = text === '' ? undefined : (JSON.parse(text) as unknown);
    return {
      status: response.status,
      body: parsed as T,
      errors: response.ok ? [] : (parsed as PlatformError[]),
    };
  }

  return {
    call: (method, path, body) => call(method, path, body),
    query: async <T>(soql: string) => {
      const answer = await call<{ records: T[] }>('GET', `/query?q=${encodeURIComponent(soql)}`);
      if (answer.status !== 200) throw new Error(answer.errors.map(({ message }) => message).join(' '));
      return answer.body.records;
    },
  };
}

/** A text as a SOQL literal. */
export function soqlText(value: string): string {
  return `'${value.replace(/[\\']/g, (character) => `\\${character}`)}'`;
}
