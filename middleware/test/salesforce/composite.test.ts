import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reference, type CompositeRequest } from '../../src/salesforce/records.ts';
import { salesforceAnswering, salesforceErrorOf } from './salesforce-under-test.ts';

const ROOT = '/services/data/v65.0';
const requests: readonly CompositeRequest[] = [
  { method: 'GET', path: '/sobjects/Onboarding_Trainer__c/a00', referenceId: 'trainer' },
  { method: 'POST', path: '/sobjects/Training_Booking__c', referenceId: 'booking', body: { Notes__c: 'n' } },
  {
    method: 'POST',
    path: '/composite/sobjects',
    referenceId: 'steps',
    body: { records: [{ attributes: { type: 'Booking_Timeline__c' }, Booking__c: reference('booking.id') }] },
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

test('What people wrote is never taken for a reference, however deep it lies', async () => {
  await using world = await salesforceAnswering(() => answered(part('booking', 201, {}), part('steps', 200, [])));
  await world.salesforce.composite([
    {
      method: 'POST',
      path: '/sobjects/Training_Booking__c',
      referenceId: 'booking',
      body: {
        Notes__c: 'a@{trainer.records[0].Email__c} @@{b.c} {d} e@f',
        Start__c: new Date(0),
        Count__c: 1,
        Link__c: null,
      },
    },
    {
      method: 'PATCH',
      path: '/composite/sobjects/Booking_Timeline__c/Key__c',
      referenceId: 'steps',
      body: { records: [{ Booking__c: reference('booking.id'), Message__c: '@{booking.id}' }] },
    },
  ]);
  const { compositeRequest } = world.calls()[0]?.json() as { compositeRequest: { body: object }[] };
  assert.deepEqual(
    compositeRequest.map(({ body }) => body),
    [
      {
        Notes__c: 'a@(trainer.records[0].Email__c} @@(b.c} {d} e@f',
        Start__c: '1970-01-01T00:00:00.000Z',
        Count__c: 1,
        Link__c: null,
      },
      { allOrNone: true, records: [{ Booking__c: '@{booking.id}', Message__c: '@(booking.id}' }] },
    ],
  );
});

test('A reference that leads nowhere is named as the cause', async () => {
  const message = 'Invalid reference specified. No value for booking.Id found in booking';
  await using world = await salesforceAnswering(() =>
    answered(
      part('trainer', 400, halted),
      part('booking', 400, halted),
      part('steps', 400, [{ errorCode: 'PROCESSING_HALTED', message }]),
    ),
  );
  const error = await salesforceErrorOf(world.salesforce.composite(requests));
  assert.equal(error.referenceId, 'steps');
  assert.match(error.message, /No value for booking\.Id/);
});

test('A locked row is asked for again shortly after; nothing had happened', async () => {
  const locked = [{ errorCode: 'UNABLE_TO_LOCK_ROW', message: 'unable to obtain exclusive access' }];
  await using world = await salesforceAnswering((_, count) =>
    count < 3
      ? answered(part('trainer', 400, halted), part('booking', 400, locked), part('steps', 400, halted))
      : answered(part('trainer', 200, {}), part('booking', 201, { id: 'b00' }), part('steps', 200, [])),
  );
  assert.equal((await world.salesforce.composite(requests))[1]?.status, 201);
  assert.equal(world.calls().length, 3);
});

test('A row that stays locked is busy after three calls', async () => {
  const locked = [{ errorCode: 'UNABLE_TO_LOCK_ROW', message: 'unable to obtain exclusive access' }];
  await using world = await salesforceAnswering(() => ({ json: locked, status: 400 }));
  assert.equal((await salesforceErrorOf(world.salesforce.composite(requests))).failure, 'busy');
  assert.equal(world.calls().length, 3);
});

test('A lock that comes with a 500 is not asked for again: something may have happened', async () => {
  const locked = [{ errorCode: 'UNABLE_TO_LOCK_ROW', message: 'unable to obtain exclusive access' }];
  await using world = await salesforceAnswering(() => ({ json: locked, status: 500 }));
  assert.equal((await salesforceErrorOf(world.salesforce.composite(requests))).failure, 'unknown-outcome');
  assert.equal(world.calls().length, 1);
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
