import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CompositeRequest } from '../../src/salesforce/records.ts';
import { salesforceAnswering, salesforceErrorOf } from './salesforce-under-test.ts';

const ROOT = '/services/data/v65.0';
const requests: readonly CompositeRequest[] = [
  { method: 'GET', path: '/sobjects/Onboarding_Trainer__c/a00', referenceId: 'trainer' },
  { method: 'POST', path: '/sobjects/Training_Booking__c', referenceId: 'booking', body: { Notes__c: 'n' } },
  {
    method: 'POST',
    path: '/composite/sobjects',
    referenceId: 'steps',
    body: { records: [{ attributes: { type: 'Booking_Timeline__c' }, Booking__c: '@{booking.id}' }] },
  },
];
const halted = [{ errorCode: 'PROCESSING_HALTED', message: 'The transaction was rolled back' }];
const part = (referenceId: string, httpStatusCode: number, body: unknown) => ({
  referenceId,
  httpStatusCode,
  httpHeaders: {},
  body,
});
const answered = (...parts: object[]) => ({ json: { compositeResponse: parts } });

test('A composite is all or nothing, down into its collections', async () => {
  await using world = await salesforceAnswering(() =>
    answered(
      part('trainer', 200, { Id: 'a00' }),
      part('booking', 201, { id: 'b00', success: true, errors: [] }),
      part('steps', 200, [{ id: 't00', success: true, errors: [] }]),
    ),
  );
  assert.deepEqual(await world.salesforce.composite(requests), [
    { referenceId: 'trainer', status: 200, body: { Id: 'a00' } },
    { referenceId: 'booking', status: 201, body: { id: 'b00', success: true, errors: [] } },
    { referenceId: 'steps', status: 200, body: [{ id: 't00', success: true, errors: [] }] },
  ]);
  const [call] = world.calls();
  assert.equal(`${call?.method} ${call?.path}`, `POST ${ROOT}/composite`);
  assert.deepEqual(call?.json(), {
    allOrNone: true,
    compositeRequest: [
      { method: 'GET', url: `${ROOT}/sobjects/Onboarding_Trainer__c/a00`, referenceId: 'trainer' },
      {
        method: 'POST',
        url: `${ROOT}/sobjects/Training_Booking__c`,
        referenceId: 'booking',
        body: { Notes__c: 'n' },
      },
      {
        method: 'POST',
        url: `${ROOT}/composite/sobjects`,
        referenceId: 'steps',
        body: {
          allOrNone: true,
          records: [{ attributes: { type: 'Booking_Timeline__c' }, Booking__c: '@{booking.id}' }],
        },
      },
    ],
  });
});

test('A collection deletion inside a composite is all or nothing too', async () => {
  await using world = await salesforceAnswering(() => answered(part('gone', 200, [])));
  await world.salesforce.composite([{ method: 'DELETE', path: '/composite/sobjects?ids=a,b', referenceId: 'gone' }]);
  const { compositeRequest } = world.calls()[0]?.json() as { compositeRequest: object[] };
  assert.deepEqual(compositeRequest, [
    { method: 'DELETE', url: `${ROOT}/composite/sobjects?ids=a,b&allOrNone=true`, referenceId: 'gone' },
  ]);
});

test('The request that caused a rollback is named, not those that were undone with it', async () => {
  await using world = await salesforceAnswering(() =>
    answered(
      part('trainer', 400, halted),
      part('booking', 400, [
        { errorCode: 'DUPLICATE_VALUE', message: 'duplicate value found', fields: ['Idempotency_Key__c'] },
      ]),
      part('steps', 400, halted),
    ),
  );
  const error = await salesforceErrorOf(world.salesforce.composite(requests));
  assert.equal(error.failure, 'refused');
  assert.equal(error.code, 'DUPLICATE_VALUE');
  assert.equal(error.referenceId, 'booking');
  assert.deepEqual(error.fields, ['Idempotency_Key__c']);
});

for (const status of [200, 400]) {
  test(`A failed row inside a collection (HTTP ${status}) fails the composite with that row’s error`, async () => {
    const undone = { statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK', message: 'rolled back', fields: [] };
    const locked = { statusCode: 'UNABLE_TO_LOCK_ROW', message: 'unable to obtain exclusive access', fields: [] };
    await using world = await salesforceAnswering(() =>
      answered(
        part('trainer', 400, halted),
        part('booking', 400, halted),
        part('steps', status, [
          { success: false, errors: [undone] },
          { success: false, errors: [locked] },
        ]),
      ),
    );
    const error = await salesforceErrorOf(world.salesforce.composite(requests));
    assert.equal(error.failure, 'busy');
    assert.equal(error.code, 'UNABLE_TO_LOCK_ROW');
    assert.equal(error.referenceId, 'steps');
  });
}

test('A failed part without an error of its own is still a failure', async () => {
  await using world = await salesforceAnswering(() =>
    answered(part('trainer', 200, {}), part('booking', 300, ['/a', '/b']), part('steps', 400, halted)),
  );
  const error = await salesforceErrorOf(world.salesforce.composite(requests));
  assert.equal(error.code, 'HTTP_300');
  assert.equal(error.referenceId, 'booking');
});

test('An answer with fewer parts than requests is unknown-outcome', async () => {
  await using world = await salesforceAnswering(() => answered(part('trainer', 200, {})));
  assert.equal((await salesforceErrorOf(world.salesforce.composite(requests))).failure, 'unknown-outcome');
});

test('More than 25 requests are our own mistake', async () => {
  await using world = await salesforceAnswering(() => 'drop');
  const many = Array.from(
    { length: 26 },
    (_, i) => ({ method: 'GET', path: '/limits', referenceId: `r${i}` }) as const,
  );
  await assert.rejects(world.salesforce.composite(many), RangeError);
});
