import { API_VERSION, SfError, type Sf } from './sf.ts';

export interface Rows {
  totalSize: number;
  records: Record<string, unknown>[];
}

interface CompositeAnswer {
  compositeResponse: { body: unknown; httpStatusCode: number; referenceId: string }[];
}

/** A composite call takes no more queries than this. */
const QUERIES_A_CALL = 5;

/** Several queries in few starts of the CLI. A refused query is answered with its error, so that the others still count. */
export async function runQueries<Name extends string>(
  sf: Sf,
  queries: Readonly<Record<Name, string>>,
): Promise<Record<Name, Rows | SfError>> {
  const named = Object.entries(queries) as [Name, string][];
  const answers: [Name, Rows | SfError][] = [];
  for (let at = 0; at < named.length; at += QUERIES_A_CALL) {
    const compositeRequest = named.slice(at, at + QUERIES_A_CALL).map(([referenceId, soql]) => ({
      method: 'GET',
      referenceId,
      url: `/services/data/v${API_VERSION}/query?q=${encodeURIComponent(soql)}`,
    }));
    const { compositeResponse } = await sf.request<CompositeAnswer>('POST', '/composite', { compositeRequest });
    for (const { referenceId, httpStatusCode, body } of compositeResponse) {
      answers.push([referenceId as Name, httpStatusCode === 200 ? (body as Rows) : errorIn(body)]);
    }
  }
  return Object.fromEntries(answers) as Record<Name, Rows | SfError>;
}

function errorIn(body: unknown): SfError {
  const [error] = Array.isArray(body) ? (body as { errorCode?: string; message?: string }[]) : [];
  return new SfError(error?.errorCode ?? 'Failed', error?.message ?? 'the query was refused', body);
}

/** The records, or none where the query was refused. */
export const rowsOf = (answer: Rows | SfError): Record<string, unknown>[] =>
  answer instanceof SfError ? [] : answer.records;
