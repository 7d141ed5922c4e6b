import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { booking, call, connectAs, refusal, startTestOrg, trainerId, USERS, type TestOrg } from './support.ts';

const BASE = '/services/data/v65.0';

interface Subresponse {
  body: unknown;
  httpStatusCode: number;
  httpHeaders: Record<string, string>;
  referenceId: string;
}

describe('composite of the local org', () => {
  let org: TestOrg;
  let trainer: string;
  before(async () => {
    org = await startTestOrg({ sample: 'trainers' });
    trainer = await trainerId(org, 'wei.tan@example.com');
  });
  after(() => org.close());

  const insert = (referenceId: string, fields: Record<string, unknown>) => ({
    method: 'POST',
    url: `${BASE}/sobjects/Training_Booking__c`,
    referenceId,
    body: fields,
  });
  const read = (referenceId: string, soql: string) => ({
    method: 'GET',
    url: `${BASE}/query?q=${encodeURIComponent(soql).replaceAll('%40%7B', '@{').replaceAll('%7D', '}').replaceAll('%5B', '[').replaceAll('%5D', ']')}`,
    referenceId,
  });
  const composite = async (compositeRequest: unknown[], allOrNone = true) => {
    const answer = await call(org, USERS.integration, 'POST', '/composite', { allOrNone, compositeRequest });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return (answer.body as { compositeResponse: Subresponse[] }).compositeResponse;
  };
  const countBookings = async () =>
    (await connectAs(org, USERS.integration).query('SELECT COUNT() FROM Training_Booking__c')).totalSize;

  it('later subrequests use ids and query results of earlier ones, in bodies and URLs', async () => {
    const answers = await composite([
      read('Trainer', "SELECT Id FROM Onboarding_Trainer__c WHERE Email__c = 'wei.tan@example.com'"),
      insert('Booking', { ...booking(trainer, 24), Trainer__c: '@{Trainer.records[0].Id}' }),
      read('Again', "SELECT Revision__c, Trainer__r.Name FROM Training_Booking__c WHERE Id = '@{Booking.id}'"),
      {
        method: 'PATCH',
        url: `${BASE}/sobjects/Training_Booking__c/@{Booking.id}`,
        referenceId: 'Results',
        body: { Synced_Revision__c: '@{Again.records[0].Revision__c}', Sync_Status__c: 'Synced' },
      },
    ]);
    assert.deepEqual(
      answers.map(({ httpStatusCode }) => httpStatusCode),
      [200, 201, 200, 204],
      JSON.stringify(answers),
    );
    const { id } = answers[1]?.body as { id: string };
    assert.equal(answers[1]?.httpHeaders['Location'], `${BASE}/sobjects/Training_Booking__c/${id}`);
    const [record] = (answers[2]?.body as { records: { Trainer__r: { Name: string } }[] }).records;
    assert.equal(record?.Trainer__r.Name, 'Wei Tan');
  });

  it('allOrNone: one failure undoes the others, which say PROCESSING_HALTED', async () => {
    const before = await countBookings();
    const answers = await composite([
      insert('One', booking(trainer, 30)),
      insert('Two', booking(trainer, 32, { Status__c: 'Lost' })),
      insert('Three', booking(trainer, 34)),
    ]);
    assert.deepEqual(
      answers.map(({ body }) => (body as { errorCode: string }[])[0]?.errorCode),
      ['PROCESSING_HALTED', 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', 'PROCESSING_HALTED'],
    );
    assert.deepEqual(
      answers.map(({ httpStatusCode }) => httpStatusCode),
      [400, 400, 400],
    );
    assert.equal(await countBookings(), before);
  });

  it('without allOrNone only what refers to the failure is halted', async () => {
    const answers = await composite(
      [
        insert('One', booking(trainer, 40, { Status__c: 'Lost' })),
        { method: 'GET', url: `${BASE}/sobjects/Training_Booking__c/@{One.id}`, referenceId: 'Two' },
        insert('Three', booking(trainer, 42)),
      ],
      false,
    );
    assert.deepEqual(
      answers.map(({ httpStatusCode }) => httpStatusCode),
      [400, 400, 201],
    );
    assert.equal((answers[1]?.body as { errorCode: string }[])[0]?.errorCode, 'PROCESSING_HALTED');
  });

  it('the outer allOrNone rules a collection inside: one bad row undoes everything', async () => {
    const before = await countBookings();
    const typed = (fields: Record<string, unknown>) => ({ attributes: { type: 'Training_Booking__c' }, ...fields });
    const answers = await composite([
      insert('One', booking(trainer, 50)),
      {
        method: 'POST',
        url: `${BASE}/composite/sobjects`,
        referenceId: 'Rows',
        body: {
          allOrNone: false,
          records: [typed(booking(trainer, 52)), typed(booking(trainer, 54, { Status__c: 'Lost' }))],
        },
      },
    ]);
    assert.equal((answers[0]?.body as { errorCode: string }[])[0]?.errorCode, 'PROCESSING_HALTED');
    assert.equal(await countBookings(), before);
  });

  it('limits, foreign versions, unsupported resources and malformed reference ids are refused whole', async () => {
    const refused = (compositeRequest: unknown[], more: object = {}) =>
      refusal(org, USERS.integration, 'POST', '/composite', { compositeRequest, ...more });
    const query = (n: number) => read(`q${n}`, 'SELECT Id FROM User');
    const row = (n: number) => ({ method: 'GET', url: `${BASE}/sobjects/User/x`, referenceId: `r${n}` });
    const many = (length: number, make: (n: number) => object) => Array.from({ length }, (_one, n) => make(n));
    assert.equal(await refused(many(26, row)), '400 LIMIT_EXCEEDED');
    assert.equal(await refused(many(6, query)), '400 LIMIT_EXCEEDED');
    assert.equal(await refused([{ ...row(1), url: '/services/data/v66.0/sobjects/User/x' }]), '400 INVALID_INPUT');
    assert.equal(await refused([{ ...row(1), url: '/sobjects/User/x' }]), '400 INVALID_INPUT');
    assert.equal(await refused([{ ...row(1), url: `${BASE}/composite` }]), '400 INVALID_INPUT');
    assert.equal(await refused([{ ...row(1), referenceId: '1st' }]), '400 INVALID_INPUT');
    assert.equal(await refused([row(1), row(1)]), '400 INVALID_INPUT');
    assert.equal(await refused([{ ...row(1), richInput: {} }]), '400 JSON_PARSER_ERROR');
    assert.equal(await refused([row(1)], { atomic: true }), '400 JSON_PARSER_ERROR');
  });

  it('the journal counts one call and lists its subrequests', async () => {
    const mark = org.journal.mark();
    await composite([insert('One', booking(trainer, 60)), insert('Two', booking(trainer, 62, { Status__c: 'Lost' }))]);
    const entries = org.journal.entries({ since: mark });
    assert.equal(entries.length, 1);
    const { subrequests } = entries[0]?.body as { subrequests: Record<string, unknown>[] };
    assert.deepEqual(subrequests, [
      {
        method: 'POST',
        path: `${BASE}/sobjects/Training_Booking__c`,
        referenceId: 'One',
        status: 400,
        errorCode: 'PROCESSING_HALTED',
      },
      {
        method: 'POST',
        path: `${BASE}/sobjects/Training_Booking__c`,
        referenceId: 'Two',
        status: 400,
        errorCode: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      },
    ]);
  });
});
