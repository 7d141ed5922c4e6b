import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Salesforce } from '../../src/salesforce/connection.ts';
import { soql, type SalesforceFailure } from '../../src/salesforce/records.ts';
import { printed } from '../providers/printed.ts';
import type { ScriptedAnswer } from '../providers/scripted-server.ts';
import { accessToken, salesforceAnswering, salesforceErrorOf } from './salesforce-under-test.ts';

const ID = 'a00000000000001AAA';
const calls = {
  read: (salesforce: Salesforce) => salesforce.query(soql`SELECT Id FROM Lead`),
  'reading composite': (salesforce: Salesforce) =>
    salesforce.composite([{ method: 'GET', path: `/sobjects/Lead/${ID}`, referenceId: 'a' }]),
  write: (salesforce: Salesforce) => salesforce.update('Lead', [{ Id: ID }]),
  deletion: (salesforce: Salesforce) => salesforce.delete('Lead', ID),
  composite: (salesforce: Salesforce) =>
    salesforce.composite([{ method: 'POST', path: '/sobjects/Lead', referenceId: 'a', body: {} }]),
  mail: (salesforce: Salesforce) => salesforce.sendMail({ to: ['a@x.test'], subject: 'S', body: 'B' }),
};
type Kind = keyof typeof calls;
const reads: readonly Kind[] = ['read', 'reading composite'];

const failed = (errorCode: string, status: number): ScriptedAnswer => ({
  json: [{ errorCode, message: 'a text', fields: ['Name'] }],
  status,
});

const cases: readonly [string, ScriptedAnswer, SalesforceFailure, SalesforceFailure][] = [
  ['a dropped connection', 'drop', 'unreachable', 'unknown-outcome'],
  ['half an answer', 'cut', 'unreachable', 'unknown-outcome'],
  ['a bare 503', { text: 'down', status: 503 }, 'unreachable', 'unknown-outcome'],
  ['502 from a gateway', { text: '<html>', status: 502 }, 'unreachable', 'unknown-outcome'],
  ['500 UNKNOWN_EXCEPTION', failed('UNKNOWN_EXCEPTION', 500), 'unreachable', 'unknown-outcome'],
  ['503 SERVER_UNAVAILABLE', failed('SERVER_UNAVAILABLE', 503), 'unreachable', 'unreachable'],
  ['403 REQUEST_LIMIT_EXCEEDED', failed('REQUEST_LIMIT_EXCEEDED', 403), 'busy', 'busy'],
  ['429', { text: '', status: 429 }, 'busy', 'busy'],
  ['400 INVALID_FIELD', failed('INVALID_FIELD', 400), 'refused', 'refused'],
  ['404 NOT_FOUND', failed('NOT_FOUND', 404), 'refused', 'refused'],
  ['a redirect', { text: '', status: 302, headers: { location: 'http://127.0.0.1:1/' } }, 'refused', 'refused'],
];
for (const [what, answer, forReads, forWrites] of cases) {
  for (const kind of Object.keys(calls) as Kind[]) {
    // A mail that passes for sent is not sent again: a maintenance page must not look like that.
    const isNotTaken = kind === 'mail' && what === 'a bare 503';
    const expected = reads.includes(kind) || isNotTaken ? forReads : forWrites;
    test(`After ${what} a ${kind} is ${expected} and was sent once`, async () => {
      await using world = await salesforceAnswering(() => answer);
      assert.equal((await salesforceErrorOf(calls[kind](world.salesforce))).failure, expected);
      assert.equal(world.calls().length, 1);
    });
  }
}

for (const kind of ['write', 'deletion', 'mail'] as const) {
  test(`After 400 UNABLE_TO_LOCK_ROW a ${kind} is busy and was sent once`, async () => {
    await using world = await salesforceAnswering(() => failed('UNABLE_TO_LOCK_ROW', 400));
    assert.equal((await salesforceErrorOf(calls[kind](world.salesforce))).failure, 'busy');
    assert.equal(world.calls().length, 1);
  });
}

for (const kind of Object.keys(calls) as Kind[]) {
  const expected = reads.includes(kind) ? 'unreachable' : 'unknown-outcome';
  test(`A ${kind} without an answer in time is ${expected}`, async () => {
    await using world = await salesforceAnswering(() => 'silence', { timeoutMs: 80 });
    assert.equal((await salesforceErrorOf(calls[kind](world.salesforce))).failure, expected);
  });
}

for (const kind of ['read', 'write', 'composite', 'mail'] as const) {
  const expected = kind === 'read' ? 'unreachable' : 'unknown-outcome';
  test(`A 200 that is no answer to a ${kind} is ${expected}`, async () => {
    await using world = await salesforceAnswering((_, count) =>
      count === 1 ? { text: '<html>' } : { json: { a: 1 } },
    );
    assert.equal((await salesforceErrorOf(calls[kind](world.salesforce))).failure, expected);
    assert.equal((await salesforceErrorOf(calls[kind](world.salesforce))).failure, expected);
  });
}

test('A refusal carries code, fields and Salesforce’s own words', async () => {
  await using world = await salesforceAnswering(() => failed('REQUIRED_FIELD_MISSING', 400));
  const error = await salesforceErrorOf(calls.write(world.salesforce));
  assert.equal(error.code, 'REQUIRED_FIELD_MISSING');
  assert.deepEqual(error.fields, ['Name']);
  assert.equal(error.message, 'Salesforce refused the call: a text (REQUIRED_FIELD_MISSING)');
});

test('An org that is gone while the session lives is unreachable for reads and writes', async () => {
  await using gone = await salesforceAnswering(() => 'drop', {
    login: (_, count) => ({
      json: {
        access_token: accessToken(count),
        instance_url: 'http://127.0.0.1:9',
        id: 'https://x/id/00D000000000001EAA/005000000000001AAA',
      },
    }),
  });
  assert.equal((await salesforceErrorOf(calls.read(gone.salesforce))).failure, 'unreachable');
  assert.equal((await salesforceErrorOf(calls.write(gone.salesforce))).failure, 'unreachable');
});

test('Field values and tokens that Salesforce quotes stay out of errors and logs', async () => {
  const sealed = `v1.key.${'x y'.repeat(400)}`;
  const message = `Token: data value too large: ${sealed} (max length=255) ${accessToken(1).padEnd(100, 'z')}`;
  await using world = await salesforceAnswering((_, count) =>
    count === 1
      ? { json: [{ errorCode: 'STRING_TOO_LONG', message }], status: 400 }
      : { json: [{ success: false, errors: [{ statusCode: 'STRING_TOO_LONG', message, fields: [] }] }] },
  );
  const error = await salesforceErrorOf(calls.write(world.salesforce));
  const [row] = await world.salesforce.update('Lead', [{ Id: ID }]);
  assert.match(error.message, /data value too large: … \(max length=255\)/);
  const text = printed(error) + JSON.stringify(row) + world.log.lines.join();
  assert.ok(!text.includes('x y') && !text.includes('session-1'), text);
});
