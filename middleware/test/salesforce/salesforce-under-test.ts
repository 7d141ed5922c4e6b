import assert from 'node:assert/strict';
import { createSalesforce, type Salesforce, type SalesforceConfig } from '../../src/salesforce/connection.ts';
import { SalesforceError } from '../../src/salesforce/records.ts';
import { createKeptLog } from '../providers/kept-log.ts';
import {
  startScriptedServer,
  type ReceivedRequest,
  type ScriptedAnswer,
  type ScriptedServer,
} from '../providers/scripted-server.ts';

export const ORG_ID = '00D000000000001EAA';
export const NOW = new Date('2026-03-02T08:00:00.000Z');
export const CLIENT_SECRET = 'the-client-secret';
export const TOKEN_PATH = '/services/oauth2/token';

export interface SalesforceUnderTest extends AsyncDisposable {
  salesforce: Salesforce;
  server: ScriptedServer;
  log: ReturnType<typeof createKeptLog>;
  /** Requests without the logins. */
  calls(): ReceivedRequest[];
  logins(): ReceivedRequest[];
}

/** The adapter against a server that logs everybody in and answers the rest as the test says. */
export async function salesforceAnswering(
  answer: (request: ReceivedRequest, count: number) => ScriptedAnswer | Promise<ScriptedAnswer>,
  config: Partial<SalesforceConfig> & {
    login?: (request: ReceivedRequest, count: number) => ScriptedAnswer | Promise<ScriptedAnswer>;
  } = {},
): Promise<SalesforceUnderTest> {
  const { login, ...rest } = config;
  let loginCount = 0;
  let callCount = 0;
  const server: ScriptedServer = await startScriptedServer((request) => {
    if (request.path !== TOKEN_PATH) return answer(request, ++callCount);
    loginCount += 1;
    return login?.(request, loginCount) ?? loginAnswer(server.url, loginCount);
  });
  const log = createKeptLog();
  const salesforce = createSalesforce(
    {
      loginUrl: server.url,
      orgId: ORG_ID,
      auth: { kind: 'client_credentials', clientId: 'the-client', clientSecret: CLIENT_SECRET },
      ...rest,
    },
    { now: () => NOW, log },
  );
  return {
    salesforce,
    server,
    log,
    calls: () => server.requests.filter(({ path }) => path !== TOKEN_PATH),
    logins: () => server.requests.filter(({ path }) => path === TOKEN_PATH),
    async [Symbol.asyncDispose]() {
      await salesforce.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

export function loginAnswer(url: string, count: number, orgId = ORG_ID): ScriptedAnswer {
  return {
    json: {
      access_token: accessToken(count),
      instance_url: url,
      id: `${url}/id/${orgId}/005000000000001AAA`,
      token_type: 'Bearer',
      issued_at: '1',
      signature: 's',
      scope: 'api',
    },
  };
}

export const accessToken = (count: number) => `00D000000000001!session-${count}`;

export const sessionEnded: ScriptedAnswer = {
  json: [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }],
  status: 401,
};

export async function salesforceErrorOf(attempt: Promise<unknown>): Promise<SalesforceError> {
  const error: unknown = await attempt.then(
    (value) => assert.fail(`succeeded with ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof SalesforceError, String(error));
  return error;
}
