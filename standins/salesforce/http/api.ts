import type { Actor } from '../access/actor.ts';
import { SalesforceError, jsonParserError, notFound } from '../errors.ts';
import type { Org } from '../org.ts';
import { isJsonObject } from '../save/read-payload.ts';
import { MultipleChoices } from '../save/upsert-record.ts';

/** A REST call below `/services/data/vNN.0`, top-level or inside a composite. */
export interface ApiRequest {
  org: Org;
  actor: Actor;
  method: string;
  /** `65.0` */
  version: string;
  /** Path below the version, decoded: `['sobjects', 'Account']`. */
  path: string[];
  query: URLSearchParams;
  headers: Record<string, string | undefined>;
  /** Parsed JSON, or the text of a CSV upload; undefined without a body. */
  body: unknown;
}

export interface ApiAnswer {
  status: number;
  /** A text is CSV, anything else is sent as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
  /** What the journal shows instead of the plain request body. */
  journal?: unknown;
  /** Some rows of a collection failed though the call was answered 200. */
  partlyFailed?: boolean;
}

/** Answers a request or undefined where the path is not its own. */
export type Route = (request: ApiRequest) => ApiAnswer | undefined;

/** Runs the first route that takes the request and turns refusals into the platform's error answer. */
export function answerWith(routes: readonly Route[], request: ApiRequest): ApiAnswer {
  try {
    for (const route of routes) {
      const answer = route(request);
      if (answer) return answer;
    }
    throw notFound();
  } catch (error) {
    if (error instanceof MultipleChoices) {
      const type = request.path[1] ?? '';
      const urls = error.ids.map((id) => `/services/data/v${request.version}/sobjects/${type}/${id}`);
      return { status: 300, body: urls };
    }
    if (error instanceof SalesforceError) return { status: error.status, body: [errorBody(error)] };
    throw error;
  }
}

export function errorBody(error: SalesforceError): { message: string; errorCode: string; fields?: string[] } {
  const { message, errorCode, fields } = error;
  return { message, errorCode, ...(fields === undefined ? {} : { fields }) };
}

/** The shape of an error inside a result row. */
export function rowError(error: SalesforceError): { statusCode: string; message: string; fields: string[] } {
  // Rows say "invalid cross reference id" where a single-record call answers 404.
  if (error.errorCode === 'NOT_FOUND') {
    return { statusCode: 'INVALID_CROSS_REFERENCE_KEY', message: 'invalid cross reference id', fields: [] };
  }
  return { statusCode: error.errorCode, message: error.message, fields: error.fields ?? [] };
}

/** Refuses query parameters that the resource does not have. */
export function onlyParameters(request: ApiRequest, ...known: string[]): void {
  for (const name of request.query.keys()) {
    if (!known.includes(name)) throw new SalesforceError('INVALID_ARGUMENT', `unexpected parameter: ${name}`);
  }
}

/** The body as an object with no other than these members. */
export function bodyObject(request: ApiRequest, ...known: string[]): Record<string, unknown> {
  if (!isJsonObject(request.body)) throw jsonParserError('The HTTP entity body is required to be a JSON object');
  for (const name of Object.keys(request.body)) {
    if (!known.includes(name)) throw jsonParserError(`Unrecognized field "${name}"`);
  }
  return request.body;
}

export function flagIn(body: Record<string, unknown>, name: string): boolean {
  const value = body[name] ?? false;
  if (typeof value !== 'boolean') throw jsonParserError(`Cannot deserialize instance of boolean for ${name}`);
  return value;
}
