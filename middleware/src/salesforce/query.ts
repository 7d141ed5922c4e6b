import { z } from 'zod';
import { misfit } from './errors.ts';
import type { Row, Soql } from './records.ts';
import type { CallSalesforce } from './rest.ts';

const page = z.looseObject({
  records: z.array(z.record(z.string(), z.unknown())),
  done: z.boolean(),
  nextRecordsUrl: z.string().startsWith('/services/').optional(),
});
type Page = z.infer<typeof page>;

/** Below the versioned root. */
export function queryPath({ text }: Soql): string {
  return `/query?q=${encodeURIComponent(text)}`;
}

/**
 * All rows of a query, the child rows of its subqueries included. Throws `SalesforceError`.
 * @param options.withDeleted also those in the recycle bin
 */
export async function queryAllPages(
  call: CallSalesforce,
  query: Soql,
  options: { withDeleted?: boolean } = {},
): Promise<Row[]> {
  const path = queryPath(query);
  const first = options.withDeleted === true ? path.replace('/query?', '/queryAll?') : path;
  const rows = await restOf(call, await fetchPage(call, first));
  for (const row of rows) await completeChildren(call, row);
  return rows;
}

async function restOf(call: CallSalesforce, first: Page): Promise<Row[]> {
  const rows: Row[] = [...first.records];
  for (let last = first; !last.done;) {
    // "Not done" without a next page would be a silent loss of rows.
    if (last.nextRecordsUrl === undefined) throw misfit('read');
    last = await fetchPage(call, last.nextRecordsUrl);
    rows.push(...last.records);
  }
  return rows;
}

/** A child subquery with many rows has pages of its own. */
async function completeChildren(call: CallSalesforce, row: Row): Promise<void> {
  for (const [field, value] of Object.entries(row)) {
    const children = page.safeParse(value);
    if (!children.success || children.data.done) continue;
    const records = await restOf(call, children.data);
    row[field] = { totalSize: records.length, done: true, records };
  }
}

async function fetchPage(call: CallSalesforce, path: string): Promise<Page> {
  const parsed = page.safeParse(await call({ method: 'GET', path, effect: 'read' }));
  if (!parsed.success) throw misfit('read', parsed.error);
  return parsed.data;
}
