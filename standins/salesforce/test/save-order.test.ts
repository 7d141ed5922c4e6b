import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { booking, call, connectAs, refusal, startTestOrg, trainerId, USERS, type TestOrg } from './support.ts';

const BOOKING = '/sobjects/Training_Booking__c';

describe('before-save flow and validation rules over HTTP', () => {
  let org: TestOrg;
  let wei: string;
  before(async () => {
    org = await startTestOrg({ sample: 'trainers' });
    wei = await trainerId(org, 'wei.tan@example.com');
  });
  after(() => org.close());

  const create = async (username: string, given: Record<string, unknown> = {}) => {
    const answer = await call(org, username, 'POST', BOOKING, booking(wei, 24, given));
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return (answer.body as { id: string }).id;
  };
  const read = async (id: string) =>
    (await call(org, USERS.integration, 'GET', `${BOOKING}/${id}`)).body as Record<string, unknown>;
  const change = (username: string, id: string, fields: object) =>
    call(org, username, 'PATCH', `${BOOKING}/${id}`, fields);

  it('a booking made by staff starts at revision 1, is to be synchronised, and belongs to the trainer', async () => {
    const row = await read(await create(USERS.staff));
    assert.deepEqual([row['Revision__c'], row['Synced_Revision__c'], row['Sync_Key__c']], [1, null, 'P']);
    assert.equal(row['Sync_Status__c'], 'Pending');
    const owner = await connectAs(org, USERS.integration).sobject('User').retrieve(String(row['OwnerId']));
    assert.equal(owner['Username'], USERS.wei);
  });

  it('a booking made by the integration user is marked as its own', async () => {
    assert.equal((await read(await create(USERS.integration)))['Sync_Key__c'], 'M');
  });

  it('a changed business field raises the revision, a result alone does not', async () => {
    const id = await create(USERS.staff);
    await change(USERS.staff, id, { Notes__c: 'more' });
    assert.equal((await read(id))['Revision__c'], 2);
    await change(USERS.integration, id, { Synced_Revision__c: 2, Sync_Status__c: 'Synced' });
    const synced = await read(id);
    assert.deepEqual([synced['Revision__c'], synced['Sync_Key__c'], synced['Sync_Status__c']], [2, null, 'Synced']);
  });

  it('what the flow assigns does not ask the field permissions of staff', async () => {
    const link = { Remote_Training_Meeting_Link__c: 'https://meet.example.com/1' };
    const id = await create(USERS.staff);
    const answer = await change(USERS.staff, id, link);
    assert.equal(answer.status, 204, JSON.stringify(answer.body));
    assert.equal((await read(id))['Meeting_Link_Source__c'], 'Manual');
  });

  it('a late pass cannot set back the synchronised revision', async () => {
    const id = await create(USERS.staff);
    await change(USERS.staff, id, { Notes__c: 'more' });
    await change(USERS.integration, id, { Synced_Revision__c: 2 });
    const late = await change(USERS.integration, id, { Synced_Revision__c: 1 });
    assert.equal(late.status, 400);
    assert.deepEqual(late.body, [
      {
        message: 'A newer revision of this booking has been synchronised already.',
        errorCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
        fields: ['Synced_Revision__c'],
      },
    ]);
    assert.equal((await read(id))['Synced_Revision__c'], 2, 'nothing was stored');
  });

  it('an end before the start is refused', async () => {
    const body = booking(wei, 24, { End__c: '2026-11-20T10:00:00Z' });
    assert.equal(await refusal(org, USERS.staff, 'POST', BOOKING, body), '400 FIELD_CUSTOM_VALIDATION_EXCEPTION');
  });

  it('a smaller token generation than the stored one is refused', async () => {
    const url = `/sobjects/Onboarding_Trainer__c/${wei}`;
    const set = (generation: number) =>
      call(org, USERS.integration, 'PATCH', url, { Lark_Token_Generation__c: generation });
    assert.equal((await set(5)).status, 204);
    assert.equal((await set(4)).status, 400);
    assert.equal((await set(6)).status, 204);
  });
});
