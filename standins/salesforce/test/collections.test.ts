import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Connection } from 'jsforce';
import { booking, call, connectAs, refusal, startTestOrg, trainerId, USERS, type TestOrg } from './support.ts';

const COLLECTION = '/composite/sobjects';

interface Row {
  id?: string;
  success: boolean;
  created?: boolean;
  errors: { statusCode: string; message: string; fields: string[] }[];
}

describe('upsert and collections of the local org', () => {
  let org: TestOrg;
  let connection: Connection;
  let trainer: string;
  before(async () => {
    org = await startTestOrg({ sample: 'trainers' });
    connection = connectAs(org, USERS.integration);
    trainer = await trainerId(org, 'wei.tan@example.com');
  });
  after(() => org.close());

  const typed = (fields: Record<string, unknown>) => ({ attributes: { type: 'Training_Booking__c' }, ...fields });
  const count = async (where: string) =>
    (await connection.query(`SELECT COUNT() FROM Training_Booking__c WHERE ${where}`)).totalSize;
  const rows = async (method: string, path: string, body?: unknown, as = USERS.integration) =>
    (await call(org, as, method, path, body)).body as Row[];

  it('upsert creates with 201, updates with 200, and refuses the key inside the body', async () => {
    const url = '/sobjects/Training_Booking__c/Idempotency_Key__c/upsert-1';
    const created = await call(org, USERS.integration, 'PATCH', url, booking(trainer));
    assert.equal(created.status, 201);
    assert.equal((created.body as Row).created, true);
    const updated = await call(org, USERS.integration, 'PATCH', url, { Notes__c: 'again' });
    assert.equal(updated.status, 200);
    assert.deepEqual(updated.body, { id: (created.body as Row).id, success: true, errors: [], created: false });
    const inside = { Idempotency_Key__c: 'upsert-1' };
    assert.equal(await refusal(org, USERS.integration, 'PATCH', url, inside), '400 INVALID_FIELD');
  });

  it('upsert by a key that several records have answers 300 with their URLs', async () => {
    for (const hour of [50, 52]) {
      await connection.sobject('Training_Booking__c').create(booking(trainer, hour, { Merchant_Reference__c: 'M-X' }));
    }
    const url = '/sobjects/Training_Booking__c/Merchant_Reference__c/M-X';
    const answer = await call(org, USERS.integration, 'PATCH', url, { Notes__c: 'x' });
    assert.equal(answer.status, 300);
    assert.equal((answer.body as string[]).length, 2);
    assert.match((answer.body as string[])[0] ?? '', /^\/services\/data\/v65\.0\/sobjects\/Training_Booking__c\/a/);
  });

  it('upsert by a field that is no external id is not found', async () => {
    const url = '/sobjects/Training_Booking__c/Notes__c/x';
    assert.equal(await refusal(org, USERS.integration, 'PATCH', url, {}), '404 NOT_FOUND');
  });

  it('a collection saves row by row; a failed row leaves the others', async () => {
    const results = await connection
      .sobject('Training_Booking__c')
      .create([booking(trainer, 60, { Notes__c: 'a' }), booking(trainer, 62, { Status__c: 'Lost' })]);
    assert.deepEqual(
      results.map(({ success }) => success),
      [true, false],
    );
    const [error] = results[1]?.errors ?? [];
    assert.equal(
      error?.errorCode ?? (error as { statusCode?: string }).statusCode,
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
    );
  });

  it('allOrNone undoes every row and says so on those that were fine', async () => {
    const before = await count('Id != null');
    const records = [typed(booking(trainer, 70)), typed(booking(trainer, 72, { Status__c: 'Lost' }))];
    const [fine, bad] = await rows('POST', COLLECTION, { allOrNone: true, records });
    assert.equal(fine?.success, false);
    assert.equal(fine.errors[0]?.statusCode, 'ALL_OR_NONE_OPERATION_ROLLED_BACK');
    assert.equal(bad?.errors[0]?.statusCode, 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST');
    assert.equal(await count('Id != null'), before);
  });

  it('a rolled back upsert keeps created', async () => {
    const records = [
      typed(booking(trainer, 74, { Idempotency_Key__c: 'roll-1' })),
      typed(booking(trainer, 76, { Idempotency_Key__c: 'roll-2', Status__c: 'Lost' })),
    ];
    const path = `${COLLECTION}/Training_Booking__c/Idempotency_Key__c`;
    const [fine, bad] = await rows('PATCH', path, { allOrNone: true, records });
    assert.deepEqual([fine?.success, fine?.created, bad?.created], [false, true, true]);
    assert.equal(await count("Idempotency_Key__c IN ('roll-1', 'roll-2')"), 0);
  });

  it('jsforce upserts a collection by external id, and the second time updates it', async () => {
    const records = [1, 2, 3].map((n) => booking(trainer, 80 + 2 * n, { Idempotency_Key__c: `bulk-${n}` }));
    const first = await connection.sobject('Training_Booking__c').upsert(records, 'Idempotency_Key__c');
    const second = await connection.sobject('Training_Booking__c').upsert(records, 'Idempotency_Key__c');
    const created = (results: unknown) => (results as Row[]).map((row) => row.created);
    assert.deepEqual(created(first), [true, true, true]);
    assert.deepEqual(created(second), [false, false, false]);
  });

  it('update and delete of a collection report each row; an unknown id is an invalid cross reference', async () => {
    const { id } = await connection.sobject('Training_Booking__c').create(booking(trainer, 90));
    const records = [typed({ id, Notes__c: 'y' }), typed({ id: 'a03TC00000zzzzz', Notes__c: 'y' })];
    const [fine, unknown] = await rows('PATCH', COLLECTION, { records });
    assert.deepEqual(fine, { id, success: true, errors: [] });
    assert.equal(unknown?.errors[0]?.statusCode, 'INVALID_CROSS_REFERENCE_KEY');
    const remove = (query: string) => rows('DELETE', `${COLLECTION}?${query}`, undefined, USERS.administrator);
    assert.deepEqual(await remove(`ids=${id},${id}&allOrNone=true`), [{ id, success: true, errors: [] }]);
    const again = await remove(`ids=${id}`);
    assert.equal(again[0]?.errors[0]?.statusCode, 'ENTITY_IS_DELETED');
  });

  it('more than 200 rows, missing types, unknown members and too many changes of type are refused whole', async () => {
    const one = typed({ Notes__c: 'x' });
    const refused = (records: unknown, more: object = {}) =>
      refusal(org, USERS.integration, 'POST', COLLECTION, { records, ...more });
    assert.equal(await refused(Array.from({ length: 201 }, () => one)), '400 EXCEEDED_MAX_SIZE_REQUEST');
    assert.equal(await refused([{ Notes__c: 'x' }]), '400 INVALID_INPUT');
    assert.equal(await refused([one], { atomic: true }), '400 JSON_PARSER_ERROR');
    assert.equal(await refused([one], { allOrNone: 'true' }), '400 JSON_PARSER_ERROR');
    assert.equal(await refused([typed({ Notes__c: 5 })]), '400 JSON_PARSER_ERROR');
    const line = { attributes: { type: 'Booking_Timeline__c' } };
    assert.equal(await refused(Array.from({ length: 6 }, () => [one, line]).flat()), '400 LIMIT_EXCEEDED');
  });

  it('retrieve answers in the order of the ids, null for what is not there', async () => {
    const body = { ids: ['a04TC00000zzzzzAAA', trainer], fields: ['Name', 'Email__c'] };
    const ids = { ...body, ids: ['a04TC00000zzzzz', trainer] };
    const answer = await call(org, USERS.integration, 'POST', `${COLLECTION}/Onboarding_Trainer__c`, ids);
    const [missing, found] = answer.body as (Record<string, unknown> | null)[];
    assert.equal(missing, null);
    assert.deepEqual([found?.['Name'], found?.['Email__c']], ['Wei Tan', 'wei.tan@example.com']);
    assert.equal(
      await refusal(org, USERS.integration, 'POST', `${COLLECTION}/Onboarding_Trainer__c`, body),
      '400 MALFORMED_ID',
      'a wrong checksum is no id',
    );
  });

  it('parents can be named by their external id', async () => {
    const key = 'parent-1';
    await connection.sobject('Training_Booking__c').create(booking(trainer, 100, { Idempotency_Key__c: key }));
    const step = {
      Booking__r: { Idempotency_Key__c: key },
      Key__c: 'by-parent',
      Step__c: 'Booked',
      Outcome__c: 'Succeeded',
      Occurred_At__c: '2026-11-26T10:00:00Z',
    };
    const created = await connection.sobject('Booking_Timeline__c').create(step);
    assert.ok(created.success);
    const unknown = { ...step, Booking__r: { Idempotency_Key__c: 'nothing' }, Key__c: 'other' };
    assert.equal(
      await refusal(org, USERS.integration, 'POST', '/sobjects/Booking_Timeline__c', unknown),
      '400 INVALID_FIELD',
    );
  });

  it('a tree creates parents with children, or nothing at all', async () => {
    const tree = (status: string) => ({
      records: [
        {
          attributes: { type: 'Onboarding_Trainer__c', referenceId: 'new' },
          Name: `Tree ${status}`,
          Training_Bookings__r: {
            records: [
              {
                attributes: { type: 'Training_Booking__c', referenceId: 'first' },
                ...booking(trainer, 110, { Status__c: status, Trainer__c: undefined }),
              },
            ],
          },
        },
      ],
    });
    const path = '/composite/tree/Onboarding_Trainer__c';
    const good = await call(org, USERS.integration, 'POST', path, tree('Confirmed'));
    assert.equal(good.status, 201, JSON.stringify(good.body));
    const { results } = good.body as { results: { referenceId: string; id: string }[] };
    assert.deepEqual(
      results.map(({ referenceId }) => referenceId),
      ['new', 'first'],
    );
    const bad = await call(org, USERS.integration, 'POST', path, tree('Lost'));
    assert.equal(bad.status, 400);
    assert.equal((bad.body as { hasErrors: boolean }).hasErrors, true);
    assert.equal(
      (await connection.query("SELECT Id FROM Onboarding_Trainer__c WHERE Name = 'Tree Lost'")).totalSize,
      0,
    );
  });
});
