import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { errorsIn } from './error-answer.ts';
import { fromErrors, misfit, type Effect } from './errors.ts';
import {
  Reference,
  SalesforceError,
  type CompositeRequest,
  type CompositeResponse,
  type Row,
  type RowError,
} from './records.ts';
import type { CallSalesforce } from './rest.ts';

const MOST_REQUESTS = 25;
const COLLECTION = '/composite/sobjects';
/** Somebody else is writing the same rows, for a moment. */
const LOCKED = 'UNABLE_TO_LOCK_ROW';
const LOCK_DELAYS_MS = [150, 450];
/** Errors of requests and rows that were undone because of another one. */
const consequences: ReadonlySet<string> = new Set(['PROCESSING_HALTED', 'ALL_OR_NONE_OPERATION_ROLLED_BACK']);

const answer = z.object({
  compositeResponse: z.array(z.object({ referenceId: z.string(), httpStatusCode: z.number(), body: z.unknown() })),
});

/**
 * Up to 25 requests, all or nothing; on a locked row, which undoes them all, twice more shortly after. Throws the
 * `SalesforceError` of the request that caused the failure.
 */
export async function sendComposite(
  call: CallSalesforce,
  root: string,
  requests: readonly CompositeRequest[],
): Promise<CompositeResponse[]> {
  if (requests.length === 0) return [];
  if (requests.length > MOST_REQUESTS) {
    throw new RangeError(`A composite holds at most ${MOST_REQUESTS} requests, not ${requests.length}.`);
  }
  const effect: Effect = requests.every(({ method }) => method === 'GET') ? 'read' : 'write';
  const body = {
    allOrNone: true as const,
    compositeRequest: requests.map((request) => toSubrequest(root, request)),
  };
  for (const delay of LOCK_DELAYS_MS) {
    try {
      return await sendOnce(call, body, effect);
    } catch (error) {
      if (!(error instanceof SalesforceError && error.failure === 'busy' && error.code === LOCKED)) throw error;
      // Those who met at the row do not meet there again.
      await sleep(delay * (1 + Math.random()));
    }
  }
  return sendOnce(call, body, effect);
}

async function sendOnce(
  call: CallSalesforce,
  body: { allOrNone: true; compositeRequest: Row[] },
  effect: Effect,
): Promise<CompositeResponse[]> {
  const parsed = answer.safeParse(await call({ method: 'POST', path: '/composite', body, effect }));
  if (!parsed.success) throw misfit(effect, parsed.error);
  const responses = parsed.data.compositeResponse.map(({ referenceId, httpStatusCode, body }) => ({
    referenceId,
    status: httpStatusCode,
    body,
  }));
  const failed = responses.filter(hasFailed);
  if (failed.length > 0) throw causeOf(failed);
  if (responses.length !== body.compositeRequest.length) throw misfit(effect);
  return responses;
}

/**
 * `allOrNone` of a composite does not reach into a collection: there each row decides by itself unless the collection
 * says otherwise, which would leave half a booking behind.
 */
function toSubrequest(root: string, { method, path, referenceId, body }: CompositeRequest): Row {
  const isCollection = path.startsWith(COLLECTION);
  const url = root + (isCollection && method === 'DELETE' ? withAllOrNone(path) : path);
  if (body === undefined) return { method, url, referenceId };
  return { method, url, referenceId, body: withoutReferences(isCollection ? { ...body, allOrNone: true } : body) };
}

/**
 * Salesforce replaces `@{ref.field}` in every text of a body by what an earlier request answered, and gives up where it
 * finds no such answer; people write the texts. `@(` reads the same and is no longer than the field allows.
 */
function withoutReferences(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('@{', '@(');
  if (value instanceof Reference) return `@{${value.path}}`;
  if (Array.isArray(value)) return value.map(withoutReferences);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutReferences(inner)]));
}

function withAllOrNone(path: string): string {
  const [target, query] = path.split('?');
  const parameters = new URLSearchParams(query);
  parameters.set('allOrNone', 'true');
  return `${target}?${decodeURIComponent(parameters.toString())}`;
}

function hasFailed({ status, body }: CompositeResponse): boolean {
  return status >= 300 || failedRows(body).length > 0;
}

/** Rows of a collection that failed although the request as a whole answered 200. */
function failedRows(body: unknown): unknown[] {
  if (!Array.isArray(body)) return [];
  return body.filter((row: unknown) => typeof row === 'object' && row !== null && 'success' in row && !row.success);
}

/** Salesforce gives a reference that leads nowhere the code of a consequence. */
function isOwn({ code, message }: RowError): boolean {
  return !consequences.has(code) || message.startsWith('Invalid reference');
}

function causeOf(failed: readonly CompositeResponse[]): SalesforceError {
  const candidates = failed.map(({ referenceId, status, body }) => {
    const rows = failedRows(body);
    const errors: RowError[] = errorsIn(rows.length > 0 ? rows : body);
    return { referenceId, status, errors, own: errors.filter(isOwn) };
  });
  const culprit = candidates.find(({ own }) => own.length > 0);
  if (culprit) return fromErrors(culprit.own, culprit.referenceId);
  // A failed request without an error of its own, e.g. 300 with a list of urls.
  const silent = candidates.find(({ errors }) => errors.length === 0) ?? candidates[0];
  const code = silent?.errors[0]?.code ?? `HTTP_${silent?.status}`;
  return new SalesforceError('refused', `Salesforce refused the call (${code}).`, {
    code,
    ...(silent ? { referenceId: silent.referenceId } : {}),
  });
}
