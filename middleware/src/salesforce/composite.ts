import { z } from 'zod';
import { errorsIn } from './error-answer.ts';
import { fromErrors, misfit, type Effect } from './errors.ts';
import { SalesforceError, type CompositeRequest, type CompositeResponse, type Row, type RowError } from './records.ts';
import type { CallSalesforce } from './rest.ts';

const MOST_REQUESTS = 25;
const COLLECTION = '/composite/sobjects';
/** Errors of requests and rows that were undone because of another one. */
const consequences: ReadonlySet<string> = new Set(['PROCESSING_HALTED', 'ALL_OR_NONE_OPERATION_ROLLED_BACK']);

const answer = z.object({
  compositeResponse: z.array(z.object({ referenceId: z.string(), httpStatusCode: z.number(), body: z.unknown() })),
});

/** Up to 25 requests, all or nothing. Throws the `SalesforceError` of the request that caused the failure. */
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
  const body = { allOrNone: true, compositeRequest: requests.map((request) => toSubrequest(root, request)) };
  const parsed = answer.safeParse(await call({ method: 'POST', path: '/composite', body, effect }));
  if (!parsed.success) throw misfit(effect, parsed.error);
  const responses = parsed.data.compositeResponse.map(({ referenceId, httpStatusCode, body }) => ({
    referenceId,
    status: httpStatusCode,
    body,
  }));
  const failed = responses.filter(hasFailed);
  if (failed.length > 0) throw causeOf(failed);
  if (responses.length !== requests.length) throw misfit(effect);
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
  return { method, url, referenceId, body: isCollection ? { ...body, allOrNone: true } : body };
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

function causeOf(failed: readonly CompositeResponse[]): SalesforceError {
  const candidates = failed.map(({ referenceId, status, body }) => {
    const rows = failedRows(body);
    const errors: RowError[] = errorsIn(rows.length > 0 ? rows : body);
    return { referenceId, status, errors, own: errors.filter(({ code }) => !consequences.has(code)) };
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
