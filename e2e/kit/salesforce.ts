import assert from 'node:assert/strict';
import type { Stage } from './stage.ts';

/** A REST call to the local org by its administrator, or another user: what happens behind the pages. */
export async function callSalesforce<T>(
  { standins }: Pick<Stage, 'standins'>,
  method: string,
  path: string,
  body?: object,
  username = 'admin@trainer-connect.example',
): Promise<T> {
  const { salesforce } = standins;
  const response = await fetch(`${salesforce.url}/services/data/v65.0${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${salesforce.sessionFor(username)}`,
      'Content-Type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  assert.ok(response.ok, `${method} ${path}: ${response.status}`);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

export const INTEGRATION = 'integration@trainer-connect.example';
const AT_ONCE = 200;

/** Rows as only the integration user may write them, 200 a call. */
export async function insertRows(stage: Pick<Stage, 'standins'>, type: string, rows: readonly object[]): Promise<void> {
  for (let first = 0; first < rows.length; first += AT_ONCE) {
    const records = rows.slice(first, first + AT_ONCE).map((row) => ({ attributes: { type }, ...row }));
    const answer = await callSalesforce<{ success: boolean }[]>(
      stage,
      'POST',
      '/composite/sobjects',
      { allOrNone: true, records },
      INTEGRATION,
    );
    assert.ok(
      answer.every(({ success }) => success),
      JSON.stringify(answer[0]),
    );
  }
}

/** Changes one row as only the integration user may. */
export async function changeRow(
  stage: Pick<Stage, 'standins'>,
  type: string,
  id: string,
  values: object,
): Promise<void> {
  await callSalesforce(stage, 'PATCH', `/sobjects/${type}/${id}`, values, INTEGRATION);
}
