import assert from 'node:assert/strict';
import type { Stage } from './stage.ts';

/** A REST call to the local org by its administrator: what happens behind the pages. */
export async function callSalesforce<T>(
  { standins }: Pick<Stage, 'standins'>,
  method: string,
  path: string,
  body?: object,
): Promise<T> {
  const { salesforce } = standins;
  const response = await fetch(`${salesforce.url}/services/data/v65.0${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${salesforce.sessionFor('admin@trainer-connect.example')}`,
      'Content-Type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  assert.ok(response.ok, `${method} ${path}: ${response.status}`);
  return (response.status === 204 ? undefined : await response.json()) as T;
}
