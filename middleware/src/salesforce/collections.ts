import { z } from 'zod';
import { errorsIn } from './error-answer.ts';
import { misfit } from './errors.ts';
import { SalesforceError, type Row, type RowResult } from './records.ts';
import type { CallSalesforce } from './rest.ts';

const MOST_ROWS = 200;

const results = z.array(
  z.object({ id: z.string().nullish(), success: z.boolean(), errors: z.array(z.unknown()).nullish() }),
);

/** Changes rows by `Id`, each by itself, in calls of 200; the results keep the order of the rows. */
export async function updateRows(call: CallSalesforce, object: string, rows: readonly Row[]): Promise<RowResult[]> {
  const records = rows.map(({ Id, attributes: _, ...fields }) => ({ attributes: { type: object }, id: Id, ...fields }));
  return inChunks(call, '/composite/sobjects', records);
}

/** Creates or changes rows by an external id, each by itself, in calls of 200; the results keep the order of the rows. */
export async function upsertRows(
  call: CallSalesforce,
  object: string,
  externalIdField: string,
  rows: readonly Row[],
): Promise<RowResult[]> {
  const path = `/composite/sobjects/${encodeURIComponent(object)}/${encodeURIComponent(externalIdField)}`;
  const records = rows.map(({ attributes: _, ...fields }) => ({ attributes: { type: object }, ...fields }));
  return inChunks(call, path, records);
}

async function inChunks(call: CallSalesforce, path: string, records: readonly Row[]): Promise<RowResult[]> {
  const fates: RowResult[] = [];
  for (let start = 0; start < records.length; start += MOST_ROWS) {
    const chunk = records.slice(start, start + MOST_ROWS);
    try {
      fates.push(...(await sendChunk(call, path, chunk)));
    } catch (error) {
      throw start === 0 ? error : afterEarlierChunks(error, start);
    }
  }
  return fates;
}

async function sendChunk(call: CallSalesforce, path: string, records: readonly Row[]): Promise<RowResult[]> {
  const body = { allOrNone: false, records };
  const parsed = results.safeParse(await call({ method: 'PATCH', path, body, effect: 'write' }));
  if (!parsed.success || parsed.data.length !== records.length) throw misfit('write', parsed.error);
  return parsed.data.map(({ id, success, errors }) => ({
    id: id ?? undefined,
    success,
    errors: errorsIn(errors ?? []),
  }));
}

/** "Nothing happened" holds for the failed call, not for the rows of the calls before it. */
function afterEarlierChunks(error: unknown, saved: number): unknown {
  if (!(error instanceof SalesforceError) || error.failure === 'refused') return error;
  return new SalesforceError('unknown-outcome', `After the first ${saved} rows: ${error.message}`, {
    ...(error.code === undefined ? {} : { code: error.code }),
    cause: error,
  });
}
