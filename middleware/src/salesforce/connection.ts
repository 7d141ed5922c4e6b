import { PassThrough } from 'node:stream';
import { Connection, type HttpRequest, type HttpResponse } from 'jsforce';
import { createHttpExchange, type ExchangeRequest, type HttpExchange } from '../core/http-exchange.ts';
import type { Log, Now } from '../core/runtime.ts';
import { updateRows, upsertRows } from './collections.ts';
import { sendComposite } from './composite.ts';
import { ErrorAnswer } from './error-answer.ts';
import { translate } from './errors.ts';
import { grantOf, loginError, requireOrg, type SalesforceAuth } from './login.ts';
import { readChangeableFields, readMailAllowance } from './facts.ts';
import { sendSimpleMail } from './mail.ts';
import { queryAllPages, queryPath } from './query.ts';
import type { Row, SalesforceRecords } from './records.ts';
import type { CallSalesforce } from './rest.ts';
import { createSession } from './session.ts';

const VERSION = '65.0';
const ROOT = `/services/data/v${VERSION}`;
/** A page of 200 rows with long texts is a few megabytes. */
const LONGEST_ANSWER = 64 * 1024 * 1024;

export interface SalesforceConfig {
  /** https://login.salesforce.com, https://test.salesforce.com or the org's My Domain. */
  loginUrl: string;
  /** 15 or 18 characters. */
  orgId: string;
  auth: SalesforceAuth;
  /** Verified org-wide address that mails come from. */
  mailSender?: string;
  /** For one HTTP request, from its start to the last byte of the answer. Default 10 s. */
  timeoutMs?: number;
}

export type Salesforce = SalesforceRecords & {
  /** 18 characters. Logs in if nobody has. Throws `SalesforceError`. */
  orgId(): Promise<string>;
  /** Waits for what is under way. */
  close(): Promise<void>;
};

/**
 * The customer's org through jsforce. Retries nothing: the only request that is sent twice is one that met an ended
 * session. The first call logs in.
 */
export function createSalesforce(config: SalesforceConfig, deps: { now: Now; log: Log }): Salesforce {
  const exchange = createHttpExchange({ timeoutMs: config.timeoutMs ?? 10_000, maxBodyBytes: LONGEST_ANSWER });
  const connection = connect(config, exchange, deps.log);
  let orgId = '';
  let userId = '';

  async function login(): Promise<void> {
    const grant = grantOf(config.auth, config.loginUrl, deps.now);
    try {
      const answer = await connection.authorize(grant);
      orgId = requireOrg(answer.organizationId, config.orgId);
      userId = answer.id;
    } catch (error) {
      throw loginError(error, secretsOf(config.auth, grant.assertion));
    }
    deps.log.info({ orgId }, 'logged in to Salesforce');
  }

  const session = createSession({ login, hasEnded: (error) => error instanceof ErrorAnswer && error.status === 401 });

  const call: CallSalesforce = async ({ method, path, body, effect }) => {
    const request: HttpRequest = {
      method,
      url: path,
      ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
    };
    try {
      return await session.use(() => connection.request<unknown>(request));
    } catch (error) {
      throw translate(error, effect);
    }
  };

  return {
    query: async <T extends Row>(query: Parameters<SalesforceRecords['query']>[0]) =>
      (await queryAllPages(call, query)) as T[],
    queryAll: async <T extends Row>(query: Parameters<SalesforceRecords['queryAll']>[0]) =>
      (await queryAllPages(call, query, { withDeleted: true })) as T[],
    queryPath,
    composite: (requests) => sendComposite(call, ROOT, requests),
    update: (object, rows) => updateRows(call, object, rows),
    upsert: (object, externalIdField, rows) => upsertRows(call, object, externalIdField, rows),
    delete: async (object, id) => {
      const path = `/sobjects/${encodeURIComponent(object)}/${encodeURIComponent(id)}`;
      await call({ method: 'DELETE', path, effect: 'write' });
    },
    sendMail: (mail) => sendSimpleMail(call, mail, config.mailSender),
    mailAllowance: () => readMailAllowance(call),
    changeableFields: (object) => readChangeableFields(call, object),
    identity: () => session.use(() => Promise.resolve({ orgId, userId })),
    orgId: () => session.use(() => Promise.resolve(orgId)),
    close: () => exchange.close(),
  };
}

/**
 * A jsforce connection over our own transport. jsforce's repeats GET and DELETE five times, follows redirects with the
 * access token, and stops the process when an answer breaks off in the middle. It is given no refresh function either:
 * its own replays a request for as long as Salesforce answers 401; `createSession` replays once.
 */
function connect(config: SalesforceConfig, exchange: HttpExchange, log: Log): Connection {
  const { auth, loginUrl } = config;
  const client = auth.kind === 'jwt' ? {} : { clientId: auth.clientId, clientSecret: auth.clientSecret };
  const connection = new Connection({ version: VERSION, loginUrl, oauth2: { loginUrl, ...client } });
  const transport: Connection['_transport'] = {
    // jsforce wants a stream beside the promise; nothing here reads it.
    httpRequest: (request) => Object.assign(send(exchange, log, request), { stream: () => new PassThrough() }),
    getRequestStreamCreator: () => {
      throw new TypeError('this transport has no streams');
    },
  };
  connection._transport = transport;
  connection.oauth2._transport = transport;
  return connection;
}

async function send(exchange: HttpExchange, log: Log, request: HttpRequest): Promise<HttpResponse> {
  const startedAt = performance.now();
  const { status, headers, text } = await exchange.send({
    method: request.method as ExchangeRequest['method'],
    url: request.url,
    headers: request.headers ?? {},
    ...(typeof request.body === 'string' ? { body: request.body } : {}),
  });
  const fields = {
    method: request.method,
    // Without the query: SOQL holds names and addresses.
    path: new URL(request.url).pathname,
    status,
    durationMs: Math.round(performance.now() - startedAt),
    limits: headers['sforce-limit-info'],
  };
  log.debug(fields, 'request to Salesforce');
  if (status < 200 || status >= 300) throw new ErrorAnswer(status, text);
  return { statusCode: status, headers, body: text };
}

function secretsOf(auth: SalesforceAuth, assertion: string | undefined): string[] {
  return [assertion ?? '', auth.kind === 'client_credentials' ? auth.clientSecret : auth.privateKey];
}
