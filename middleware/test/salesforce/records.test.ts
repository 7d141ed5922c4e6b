import assert from 'node:assert/strict';
import { test } from 'node:test';
import { soql } from '../../src/salesforce/records.ts';
import { salesforceAnswering, salesforceErrorOf } from './salesforce-under-test.ts';

const ROOT = '/services/data/v65.0';
const page = (ids: readonly string[], next?: string) => ({
  json: {
    totalSize: 99,
    done: next === undefined,
    records: ids.map((Id) => ({ Id })),
    ...(next === undefined ? {} : { nextRecordsUrl: `${ROOT}/query/${next}` }),
  },
});
const ids = (rows: readonly Record<string, unknown>[]) => rows.map(({ Id }) => Id);
const saved = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ id: `id-${i}`, success: true, errors: [] }));

test('A query is sent to version 65.0 and follows its pages', async () => {
  await using world = await salesforceAnswering((_, count) =>
    count === 1 ? page(['1', '2'], '01g-2') : count === 2 ? page(['3', '4'], '01g-4') : page(['5']),
  );
  const rows = await world.salesforce.query(soql`SELECT Id FROM Lead WHERE Name = ${"O'Neil & +"}`);
  assert.deepEqual(ids(rows), ['1', '2', '3', '4', '5']);
  const [first, second, third] = world.calls();
  assert.equal(first?.path, `${ROOT}/query`);
  assert.equal(first?.query.get('q'), "SELECT Id FROM Lead WHERE Name = 'O\\'Neil & +'");
  assert.deepEqual([second?.path, third?.path], [`${ROOT}/query/01g-2`, `${ROOT}/query/01g-4`]);
});

test('A failure on a later page fails the query instead of shortening it', async () => {
  await using world = await salesforceAnswering((_, count) =>
    count === 1 ? page(['1'], '01g-1') : { text: '', status: 503 },
  );
  assert.equal((await salesforceErrorOf(world.salesforce.query(soql`SELECT Id FROM Lead`))).failure, 'unreachable');
});

test('Child rows that Salesforce pages are completed', async () => {
  await using world = await salesforceAnswering((_, count) =>
    count === 1
      ? {
          json: {
            totalSize: 1,
            done: true,
            records: [{ Id: '1', Rows__r: page(['a'], '01c-1').json, Other__r: null }],
          },
        }
      : page(['b']),
  );
  const [row] = await world.salesforce.query(soql`SELECT Id, (SELECT Id FROM Rows__r) FROM X__c`);
  assert.deepEqual(row?.['Rows__r'], { totalSize: 2, done: true, records: [{ Id: 'a' }, { Id: 'b' }] });
});

test('The path of a query for a composite is encoded', async () => {
  await using world = await salesforceAnswering(() => 'drop');
  assert.equal(
    world.salesforce.queryPath(soql`SELECT Id FROM Lead WHERE Name = ${'a&b @{x.id}'}`),
    "/query?q=SELECT%20Id%20FROM%20Lead%20WHERE%20Name%20%3D%20'a%26b%20%40%7Bx.id%7D'",
  );
});

test('Updates go in calls of 200, each row by itself, and results keep the order', async () => {
  await using world = await salesforceAnswering((request) => {
    const { records } = request.json() as { records: { id: string }[] };
    return {
      json: records.map(({ id }) =>
        id === 'row-250'
          ? { success: false, errors: [{ statusCode: 'UNABLE_TO_LOCK_ROW', message: 'locked', fields: ['Name'] }] }
          : { id, success: true, errors: [] },
      ),
    };
  });
  const rows = Array.from({ length: 450 }, (_, i) => ({
    Id: `row-${i}`,
    Name: 'N',
    attributes: { type: 'Old', url: '/' },
  }));
  const results = await world.salesforce.update('Lead', rows);
  const bodies = world.calls().map((call) => call.json() as { allOrNone: boolean; records: unknown[] });
  assert.deepEqual(
    bodies.map(({ allOrNone, records }) => [allOrNone, records.length]),
    [
      [false, 200],
      [false, 200],
      [false, 50],
    ],
  );
  assert.deepEqual(bodies[0]?.records[0], { attributes: { type: 'Lead' }, id: 'row-0', Name: 'N' });
  assert.equal(world.calls()[0]?.method, 'PATCH');
  assert.equal(world.calls()[0]?.path, `${ROOT}/composite/sobjects`);
  assert.equal(results.length, 450);
  assert.deepEqual(results[449], { id: 'row-449', success: true, errors: [] });
  assert.deepEqual(results[250], {
    id: undefined,
    success: false,
    errors: [{ code: 'UNABLE_TO_LOCK_ROW', message: 'locked', fields: ['Name'] }],
  });
});

test('An upsert names the external id field in the path', async () => {
  await using world = await salesforceAnswering(() => ({
    json: [{ id: 'x', success: true, created: true, errors: [] }],
  }));
  const results = await world.salesforce.upsert('Metric__c', 'Key__c', [{ Key__c: 'k', Count__c: 1 }]);
  assert.deepEqual(results, [{ id: 'x', success: true, errors: [] }]);
  const [call] = world.calls();
  assert.equal(`${call?.method} ${call?.path}`, `PATCH ${ROOT}/composite/sobjects/Metric__c/Key__c`);
  assert.deepEqual(call?.json(), {
    allOrNone: false,
    records: [{ attributes: { type: 'Metric__c' }, Key__c: 'k', Count__c: 1 }],
  });
});

test('Nothing to write costs no call', async () => {
  await using world = await salesforceAnswering(() => 'drop');
  assert.deepEqual(await world.salesforce.update('Lead', []), []);
  assert.deepEqual(await world.salesforce.upsert('Lead', 'Key__c', []), []);
  assert.deepEqual(await world.salesforce.composite([]), []);
  assert.equal(world.server.requests.length, 0);
});

test('When a later call of a long update fails, the outcome is unknown, because earlier rows are saved', async () => {
  await using world = await salesforceAnswering((_, count) =>
    count === 1
      ? { json: saved(200) }
      : { json: [{ errorCode: 'SERVER_UNAVAILABLE', message: 'maintenance' }], status: 503 },
  );
  const rows = Array.from({ length: 201 }, (_, i) => ({ Id: `row-${i}` }));
  const error = await salesforceErrorOf(world.salesforce.update('Lead', rows));
  assert.equal(error.failure, 'unknown-outcome');
  assert.match(error.message, /After the first 200 rows/);
});

test('A collection answer with fewer rows than were sent is unknown-outcome', async () => {
  await using world = await salesforceAnswering(() => ({ json: saved(1) }));
  const error = await salesforceErrorOf(world.salesforce.update('Lead', [{ Id: 'a' }, { Id: 'b' }]));
  assert.equal(error.failure, 'unknown-outcome');
});

test('A deletion names object and id', async () => {
  await using world = await salesforceAnswering(() => ({ text: '', status: 204 }));
  await world.salesforce.delete('Lead', '00Q000000000001AAA');
  const [call] = world.calls();
  assert.equal(`${call?.method} ${call?.path}`, `DELETE ${ROOT}/sobjects/Lead/00Q000000000001AAA`);
});

test('A mail goes out through the e-mail action from the org-wide address', async () => {
  const sent = { json: [{ actionName: 'emailSimple', errors: null, isSuccess: true, outputValues: null }] };
  await using world = await salesforceAnswering(() => sent, { mailSender: 'noreply@x.test' });
  await world.salesforce.sendMail({ to: ['a@x.test', 'b@x.test'], subject: 'Hello', body: 'Text' });
  const [call] = world.calls();
  assert.equal(`${call?.method} ${call?.path}`, `POST ${ROOT}/actions/standard/emailSimple`);
  assert.deepEqual(call?.json(), {
    inputs: [
      {
        emailAddresses: 'a@x.test,b@x.test',
        emailSubject: 'Hello',
        emailBody: 'Text',
        senderType: 'OrgWideEmailAddress',
        senderAddress: 'noreply@x.test',
      },
    ],
  });
});

for (const status of [200, 400]) {
  test(`A mail that the action refuses with HTTP ${status} is a refusal with its code`, async () => {
    const errors = [{ statusCode: 'INVALID_EMAIL_ADDRESS', message: 'bad address', fields: [] }];
    const json = [{ actionName: 'emailSimple', errors, isSuccess: false, outputValues: null }];
    await using world = await salesforceAnswering(() => ({ json, status }));
    const error = await salesforceErrorOf(world.salesforce.sendMail({ to: ['x'], subject: 'S', body: 'B' }));
    assert.equal(error.failure, 'refused');
    assert.equal(error.code, 'INVALID_EMAIL_ADDRESS');
  });
}

test('More than five recipients are our own mistake', async () => {
  await using world = await salesforceAnswering(() => 'drop');
  const to = Array.from({ length: 6 }, (_, i) => `${i}@x.test`);
  await assert.rejects(world.salesforce.sendMail({ to, subject: 'S', body: 'B' }), RangeError);
  await assert.rejects(world.salesforce.sendMail({ to: [], subject: 'S', body: 'B' }), RangeError);
});
