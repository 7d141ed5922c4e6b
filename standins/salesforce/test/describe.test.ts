import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { DescribeSObjectResult, Field } from 'jsforce';
import { call, connectAs, refusal, startTestOrg, USERS, VERSION, type TestOrg } from './support.ts';

const BOOKING = 'Training_Booking__c';

describe('describe in the local org', () => {
  let org: TestOrg;
  let booking: DescribeSObjectResult;
  before(async () => {
    org = await startTestOrg({ sample: 'users' });
    booking = await connectAs(org, USERS.integration).describe(BOOKING);
  });
  after(() => org.close());

  const field = (name: string): Partial<Field> => booking.fields.find((one) => one.name === name) ?? {};
  const pick = (name: string, ...properties: (keyof Field)[]) =>
    Object.fromEntries(properties.map((property) => [property, field(name)[property]]));
  const since = async (path: string, instant: Date) => {
    const headers = { 'if-modified-since': instant.toUTCString() };
    return call(org, USERS.integration, 'GET', path, undefined, headers);
  };

  it('fields have the types, lengths and rules of the metadata', () => {
    assert.deepEqual(pick('Merchant_Name__c', 'type', 'nillable', 'custom'), {
      type: 'string',
      nillable: true,
      custom: true,
    });
    assert.deepEqual(pick('Start__c', 'type', 'soapType', 'nillable'), {
      type: 'datetime',
      soapType: 'xsd:dateTime',
      nillable: false,
    });
    assert.deepEqual(pick('Idempotency_Key__c', 'externalId', 'unique', 'caseSensitive', 'idLookup'), {
      externalId: true,
      unique: true,
      caseSensitive: true,
      idLookup: true,
    });
    assert.deepEqual(pick('Name', 'autoNumber', 'nameField', 'createable'), {
      autoNumber: true,
      nameField: true,
      createable: false,
    });
    assert.deepEqual(pick('Session_Briefing__c', 'filterable', 'sortable', 'groupable'), {
      filterable: false,
      sortable: false,
      groupable: false,
    });
  });

  it('picklists, lookups and children are described', () => {
    assert.equal(field('Service_Type__c').restrictedPicklist, true);
    assert.deepEqual(
      field('Service_Type__c').picklistValues?.map(({ value, active }) => [value, active] as const),
      [
        ['Remote', true],
        ['Onsite', true],
      ],
    );
    assert.deepEqual(pick('Trainer__c', 'type', 'referenceTo', 'relationshipName', 'restrictedDelete'), {
      type: 'reference',
      referenceTo: ['Onboarding_Trainer__c'],
      relationshipName: 'Trainer__r',
      restrictedDelete: true,
    });
    const children = booking.childRelationships.map(({ childSObject, field: by, cascadeDelete }) => [
      childSObject,
      by,
      cascadeDelete,
    ]);
    assert.deepEqual(children.toSorted(), [
      ['Booking_Calendar_Event__c', 'Booking__c', true],
      ['Booking_Timeline__c', 'Booking__c', true],
    ]);
  });

  it('an object without record types has the master', () => {
    assert.deepEqual(
      booking.recordTypeInfos.map(({ name, master, available, defaultRecordTypeMapping, recordTypeId }) => [
        name,
        master,
        available,
        defaultRecordTypeMapping,
        recordTypeId,
      ]),
      [['Master', true, true, true, '012000000000000AAA']],
    );
  });

  it('describe global lists what the user may read, with their rights', async () => {
    const objects = async (username: string) =>
      new Map((await connectAs(org, username).describeGlobal()).sobjects.map((one) => [one.name, one]));
    const [integration, staff, wei] = [
      await objects(USERS.integration),
      await objects(USERS.staff),
      await objects(USERS.wei),
    ];
    assert.deepEqual(
      [integration, staff, wei].map((list) => list.get(BOOKING)?.createable),
      [true, true, false],
    );
    assert.deepEqual(
      [integration, staff, wei].map((list) => list.has('Trainer_Connection__c')),
      [true, false, true],
    );
    assert.ok(integration.get(BOOKING)?.keyPrefix?.startsWith('a'));
    assert.equal(integration.get(BOOKING)?.urls['describe'], `/services/data/v${VERSION}/sobjects/${BOOKING}/describe`);
  });

  for (const path of [`/sobjects/${BOOKING}/describe`, '/sobjects']) {
    it(`${path} is answered 304 until something changes`, async () => {
      const first = await call(org, USERS.integration, 'GET', path);
      const changed = new Date(first.headers.get('last-modified') ?? '');
      assert.ok(!Number.isNaN(changed.getTime()));
      const again = await since(path, changed);
      assert.deepEqual([again.status, again.body], [304, undefined]);
      assert.equal((await since(path, new Date(changed.getTime() - 1_000))).status, 200);
    });
  }

  it('a change of rights is a change of what is described', async () => {
    const path = `/sobjects/${BOOKING}/describe`;
    const before = new Date(org.clock.now().getTime() + 1_000);
    const other = await startTestOrg({ metadata: [], sample: 'administrator' });
    try {
      const setup = 'setup@trainer-connect.example';
      const ask = (instant: Date) =>
        call(other, setup, 'GET', '/sobjects', undefined, { 'if-modified-since': instant.toUTCString() });
      assert.equal((await ask(before)).status, 304);
      other.clock.advance(60_000);
      const me = (await connectAs(other, setup).identity()).user_id;
      await connectAs(other, setup).sobject('User').update({ Id: me, Alias: 'other' });
      assert.equal((await ask(before)).status, 200);
    } finally {
      await other.close();
    }
    assert.equal((await since(path, before)).status, 304);
  });

  for (const path of [
    '/nothing',
    '/sobjects/Nothing__c',
    '/sobjects/Nothing__c/describe',
    `/sobjects/${BOOKING}/describe/more`,
    `/sobjects/${BOOKING}/listviews`,
    '/search?q=FIND+%7Bx%7D',
    '/jobs/other',
    '/jobs/query/750TC0000000001/results',
    '/analytics/reports',
    '/composite/graph',
    '/recent',
  ]) {
    it(`${path}, which is not there, is answered with the platform's error`, async () => {
      const answer = await call(org, USERS.integration, 'GET', path);
      assert.deepEqual(
        [answer.status, answer.body],
        [404, [{ message: 'The requested resource does not exist', errorCode: 'NOT_FOUND' }]],
      );
    });
  }

  it('a parameter that a resource does not have is refused', async () => {
    assert.equal(await refusal(org, USERS.integration, 'GET', '/sobjects?x=1'), '400 INVALID_ARGUMENT');
    assert.equal(await refusal(org, USERS.integration, 'GET', '/limits?x=1'), '400 INVALID_ARGUMENT');
  });

  it('the list of resources names those that are there, and who is asking', async () => {
    const { body } = await call(org, USERS.integration, 'GET', '/');
    const { identity, ...resources } = body as Record<string, string>;
    assert.match(identity ?? '', new RegExp(`^${org.url}/id/${org.orgId}/005`));
    assert.deepEqual(Object.keys(resources), [
      'actions',
      'composite',
      'jobs',
      'limits',
      'query',
      'queryAll',
      'sobjects',
      'tooling',
    ]);
  });
});
