import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Connection } from 'jsforce';
import {
  booking,
  call,
  connectAs,
  queryPath,
  refusal,
  startTestOrg,
  trainerId,
  USERS,
  type TestOrg,
} from './support.ts';

const BOOKING = '/sobjects/Training_Booking__c';
const TRAINER = '/sobjects/Onboarding_Trainer__c';

const NOBODY = 'a trainer who does not exist';
/** The prefix of an object depends on which others there are. */
const nobodyLike = (id: string) => `${id.slice(0, 5)}00000zzzzz`;

describe('rows of the local org', () => {
  let org: TestOrg;
  let connection: Connection;
  let trainer: string;
  before(async () => {
    org = await startTestOrg({ sample: 'trainers' });
    connection = connectAs(org, USERS.integration);
    trainer = await trainerId(org, 'wei.tan@example.com');
  });
  after(() => org.close());

  it('a record is created, read, changed and deleted through jsforce', async () => {
    const bookings = connection.sobject('Training_Booking__c');
    const created = await bookings.create(booking(trainer, 24, { Notes__c: '  two cashiers  ' }));
    assert.ok(created.success);
    const read = await bookings.retrieve(created.id);
    assert.match(String(read['Name']), /^TB-\d{5}$/);
    assert.equal(read['Notes__c'], 'two cashiers');
    assert.equal(read['Start__c'], '2026-11-27T10:00:00.000+0000');
    assert.equal(read['Status__c'], 'Confirmed');
    await bookings.update({ Id: created.id, Notes__c: '' });
    assert.equal((await bookings.retrieve(created.id))['Notes__c'], null);
    await connectAs(org, USERS.administrator).sobject('Training_Booking__c').destroy(created.id);
    assert.equal(await refusal(org, USERS.integration, 'GET', `${BOOKING}/${created.id}`), '404 ENTITY_IS_DELETED');
    assert.equal(
      await refusal(org, USERS.integration, 'PATCH', `${BOOKING}/${created.id}`, {}),
      '404 ENTITY_IS_DELETED',
    );
  });

  it('POST answers 201 with Location, PATCH and DELETE 204 without a body', async () => {
    const created = await call(org, USERS.integration, 'POST', BOOKING, booking(trainer));
    assert.equal(created.status, 201);
    const { id } = created.body as { id: string };
    assert.deepEqual(created.body, { id, success: true, errors: [] });
    assert.equal(created.headers.get('location'), `/services/data/v65.0${BOOKING}/${id}`);
    assert.match(created.headers.get('sforce-limit-info') ?? '', /^api-usage=\d+\/100000$/);
    const patched = await call(org, USERS.integration, 'PATCH', `${BOOKING}/${id}`, { Notes__c: 'x' });
    assert.deepEqual([patched.status, patched.body], [204, undefined]);
    assert.equal((await call(org, USERS.administrator, 'DELETE', `${BOOKING}/${id}`)).status, 204);
  });

  it('GET with fields answers those fields, under their canonical names', async () => {
    const { body } = await call(
      org,
      USERS.integration,
      'GET',
      `${TRAINER}/${trainer.slice(0, 15)}?fields=name,email__c`,
    );
    const { attributes, ...fields } = body as Record<string, unknown>;
    assert.deepEqual(attributes, { type: 'Onboarding_Trainer__c', url: `/services/data/v65.0${TRAINER}/${trainer}` });
    assert.deepEqual(fields, { Id: trainer, Name: 'Wei Tan', Email__c: 'wei.tan@example.com' });
  });

  const saves: [string, Record<string, unknown>, string][] = [
    ['a number for a text', { Notes__c: 5 }, '400 JSON_PARSER_ERROR'],
    ['a text for a number', { Revision__c: '5' }, '400 JSON_PARSER_ERROR'],
    ['an object for a text', { Notes__c: {} }, '400 JSON_PARSER_ERROR'],
    ['a date-time without an offset', { Start__c: '2026-11-27T10:00:00' }, '400 JSON_PARSER_ERROR'],
    ['a date for a date-time', { Start__c: '2026-11-27' }, '400 JSON_PARSER_ERROR'],
    ['an unknown field', { Nothing__c: 'x' }, '400 INVALID_FIELD'],
    ['a wrong type in attributes', { attributes: { type: 'Account' } }, '400 JSON_PARSER_ERROR'],
    ['too long a text', { Merchant_Name__c: 'x'.repeat(256) }, '400 STRING_TOO_LONG'],
    ['an unknown value of a restricted picklist', { Status__c: 'Lost' }, '400 INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST'],
    ['a required field without a value', { Trainer__c: null }, '400 REQUIRED_FIELD_MISSING'],
    ['no e-mail address', { Merchant_Contact_Email__c: 'a b@c' }, '400 INVALID_EMAIL_ADDRESS'],
    ['no URL', { Remote_Training_Meeting_Link__c: 'no link' }, '400 FIELD_INTEGRITY_EXCEPTION'],
    ['a malformed id', { Trainer__c: 'abc' }, '400 MALFORMED_ID'],
    ['an id of another object', { Trainer__c: '001000000000001AAA' }, '400 FIELD_INTEGRITY_EXCEPTION'],
    ['an id of nothing', { Trainer__c: NOBODY }, '400 INVALID_CROSS_REFERENCE_KEY'],
    ['a system field', { CreatedDate: '2026-11-27T10:00:00Z' }, '400 INVALID_FIELD_FOR_INSERT_UPDATE'],
    ['an auto number', { Name: 'TB-1' }, '400 INVALID_FIELD_FOR_INSERT_UPDATE'],
    ['a number out of range', { Revision__c: 1e15 }, '400 NUMBER_OUTSIDE_VALID_RANGE'],
  ];
  for (const [situation, fields, expected] of saves) {
    it(`${situation} is refused: ${expected}`, async () => {
      const asked =
        'Trainer__c' in fields && fields.Trainer__c === NOBODY ? { Trainer__c: nobodyLike(trainer) } : fields;
      const body = booking(trainer, 24, asked);
      assert.equal(await refusal(org, USERS.integration, 'POST', BOOKING, body), expected);
    });
  }

  it('a text for a checkbox is refused', async () => {
    const body = { Active__c: 'true' };
    assert.equal(
      await refusal(org, USERS.integration, 'PATCH', `${TRAINER}/${trainer}`, body),
      '400 JSON_PARSER_ERROR',
    );
  });

  it('missing fields are all named in one answer', async () => {
    const { status, body } = await call(org, USERS.integration, 'POST', BOOKING, { Merchant_Name__c: 'x' });
    const [error] = body as { errorCode: string; fields: string[] }[];
    assert.equal(status, 400);
    assert.equal(error?.errorCode, 'REQUIRED_FIELD_MISSING');
    assert.ok(error.fields.includes('Trainer__c') && error.fields.includes('Start__c'));
  });

  it('the multi-select picklist keeps its own order and refuses unknown values', async () => {
    const url = `${TRAINER}/${trainer}`;
    assert.equal((await call(org, USERS.integration, 'PATCH', url, { Work_Days__c: 'Fri;Mon' })).status, 204);
    const { body } = await call(org, USERS.integration, 'GET', `${url}?fields=Work_Days__c`);
    assert.equal((body as { Work_Days__c: string }).Work_Days__c, 'Mon;Fri');
    const unknown = await refusal(org, USERS.integration, 'PATCH', url, { Work_Days__c: 'Mon;Someday' });
    assert.equal(unknown, '400 INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST');
  });

  it('a unique value is refused a second time, naming the other record; case counts where the field says so', async () => {
    const first = await call(
      org,
      USERS.integration,
      'POST',
      BOOKING,
      booking(trainer, 30, { Idempotency_Key__c: 'abc' }),
    );
    const { id } = first.body as { id: string };
    const second = await call(
      org,
      USERS.integration,
      'POST',
      BOOKING,
      booking(trainer, 32, { Idempotency_Key__c: 'abc' }),
    );
    assert.equal(second.status, 400);
    const [error] = second.body as { errorCode: string; message: string }[];
    assert.equal(error?.errorCode, 'DUPLICATE_VALUE');
    assert.match(error.message, new RegExp(`^duplicate value found: Idempotency_Key__c .* with id: ${id}$`));
    const other = await call(
      org,
      USERS.integration,
      'POST',
      BOOKING,
      booking(trainer, 34, { Idempotency_Key__c: 'ABC' }),
    );
    assert.equal(other.status, 201);
  });

  it('a trainer with bookings cannot be deleted, a booking takes its timeline along', async () => {
    const { id } = (await call(org, USERS.integration, 'POST', BOOKING, booking(trainer, 40))).body as { id: string };
    const step = {
      Booking__c: id,
      Key__c: `key-${id}`,
      Step__c: 'Booked',
      Outcome__c: 'Succeeded',
      Occurred_At__c: '2026-11-26T10:00:00Z',
    };
    const line = await call(org, USERS.integration, 'POST', '/sobjects/Booking_Timeline__c', step);
    assert.equal(line.status, 201, JSON.stringify(line.body));
    assert.equal(await refusal(org, USERS.integration, 'DELETE', `${TRAINER}/${trainer}`), '400 DELETE_FAILED');
    assert.equal((await call(org, USERS.administrator, 'DELETE', `${BOOKING}/${id}`)).status, 204);
    const count = `SELECT COUNT() FROM Booking_Timeline__c WHERE Booking__c = '${id}'`;
    assert.equal((await connection.query(count)).totalSize, 0);
    const all = await call(org, USERS.integration, 'GET', queryPath(count).replace('/query', '/queryAll'));
    assert.equal((all.body as { totalSize: number }).totalSize, 1);
  });

  it('unknown objects, records and resources are not found', async () => {
    for (const path of [
      '/sobjects/Nothing__c/a00000000000001',
      `${BOOKING}/a03TC00000zzzzz`,
      `${BOOKING}/x`,
      '/nothing',
    ]) {
      assert.equal(await refusal(org, USERS.integration, 'GET', path), '404 NOT_FOUND', path);
    }
  });

  it('a body that is not JSON, or not declared as JSON, is refused', async () => {
    assert.equal(await refusal(org, USERS.integration, 'POST', BOOKING, '{'), '400 JSON_PARSER_ERROR');
    const declared = await call(org, USERS.integration, 'POST', BOOKING, '{}', { 'content-type': 'text/plain' });
    assert.equal(declared.status, 415);
  });

  it('undocumented query parameters are refused', async () => {
    assert.equal(await refusal(org, USERS.integration, 'GET', `${TRAINER}/${trainer}?x=1`), '400 INVALID_ARGUMENT');
  });

  it('describe and describe global answer jsforce', async () => {
    const described = await connection.describe('Training_Booking__c');
    const status = described.fields.find(({ name }) => name === 'Status__c');
    const values = (status?.picklistValues ?? []) as { value: string }[];
    assert.deepEqual(
      values.map(({ value }) => value),
      ['Requested', 'Confirmed', 'Cancelled', 'Completed'],
    );
    assert.equal(described.fields.find(({ name }) => name === 'Trainer__c')?.relationshipName, 'Trainer__r');
    assert.ok((await connection.describeGlobal()).sobjects.some(({ name }) => name === 'Onboarding_Trainer__c'));
  });
});
