import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { call, connectAs, queryPath, startTestOrg, USERS, type TestOrg } from './support.ts';

describe('control of the local org', () => {
  let org: TestOrg;
  before(async () => {
    org = await startTestOrg();
  });
  after(() => org.close());

  it('the sample data load: users, trainers, merchants and bookings of the current week', async () => {
    const connection = connectAs(org, USERS.integration);
    const count = async (soql: string) => (await connection.query(soql)).totalSize;
    assert.equal(await count('SELECT COUNT() FROM Onboarding_Trainer__c'), 12);
    assert.equal(await count('SELECT COUNT() FROM Training_Booking__c'), 30);
    assert.equal(await count("SELECT COUNT() FROM Training_Booking__c WHERE Sync_Key__c = 'P'"), 30);
    assert.ok((await count('SELECT COUNT() FROM Training_Booking__c WHERE Start__c = THIS_WEEK')) > 0);
    assert.equal(await count('SELECT COUNT() FROM Onboarding_Trainer__c WHERE User__c != null'), 10);
  });

  it('sample date-times move by whole weeks with the clock at the start', async () => {
    const later = await startTestOrg({
      clock: { ...org.clock, set: () => undefined, now: () => new Date('2027-03-03T12:00:00Z') },
    });
    try {
      const starts = async (of: TestOrg) =>
        (
          await connectAs(of, USERS.integration).query<{ Start__c: string }>(
            'SELECT Start__c FROM Training_Booking__c ORDER BY Name',
          )
        ).records.map(({ Start__c }) => Date.parse(Start__c));
      const [here, there] = [await starts(org), await starts(later)];
      const shifts = new Set(there.map((start, index) => (start - (here[index] ?? 0)) / (7 * 24 * 3_600_000)));
      assert.deepEqual([...shifts], [14]);
    } finally {
      await later.close();
    }
  });

  it('a session for a user is given to whoever asks on loopback; unknown users get none', async () => {
    const ask = (username: string) =>
      fetch(`${org.url}/__standin/sessions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username }),
      });
    const { accessToken, instanceUrl } = (await (await ask(USERS.wei)).json()) as Record<string, string>;
    assert.equal(instanceUrl, org.url);
    const identity = await fetch(`${org.url}/services/oauth2/userinfo`, {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    assert.equal(((await identity.json()) as { username: string }).username, USERS.wei);
    assert.equal((await ask('nobody@trainer-connect.example')).status, 404);
  });

  it('an injected UNABLE_TO_LOCK_ROW reaches the caller once, without an effect', async () => {
    const body = [{ errorCode: 'UNABLE_TO_LOCK_ROW', message: 'unable to obtain exclusive access to this record' }];
    org.faults.add({ kind: 'status', method: 'POST', path: '/sobjects/Onboarding_Trainer__c$', status: 400, body });
    const create = () => connectAs(org, USERS.integration).sobject('Onboarding_Trainer__c').create({ Name: 'Locked' });
    await assert.rejects(create(), { name: 'UNABLE_TO_LOCK_ROW' });
    await create();
    const found = await connectAs(org, USERS.integration).query(
      "SELECT Id FROM Onboarding_Trainer__c WHERE Name = 'Locked'",
    );
    assert.equal(found.totalSize, 1);
  });

  it('an answer dropped after the effect leaves the record behind', async () => {
    org.faults.add({ kind: 'effect-then-drop', method: 'POST', path: '/sobjects/Onboarding_Trainer__c$' });
    await assert.rejects(call(org, USERS.integration, 'POST', '/sobjects/Onboarding_Trainer__c', { Name: 'Dropped' }));
    const path = queryPath("SELECT Id FROM Onboarding_Trainer__c WHERE Name = 'Dropped'");
    const { body } = await call(org, USERS.integration, 'GET', path);
    assert.equal((body as { totalSize: number }).totalSize, 1);
  });

  it('the journal names path, status and error code, and hides tokens', async () => {
    const mark = org.journal.mark();
    await call(org, USERS.integration, 'POST', '/sobjects/Onboarding_Trainer__c', {
      Name: 'T',
      Lark_Access_Token__c: 'open',
    });
    await call(org, USERS.integration, 'GET', queryPath('SELECT Nothing FROM User'));
    const [created, refused] = org.journal.entries({ since: mark });
    assert.equal(created?.path, '/services/data/v65.0/sobjects/Onboarding_Trainer__c');
    assert.equal(created.status, 201);
    assert.match(JSON.stringify(created.body), /"Lark_Access_Token__c":"sha256:/);
    assert.deepEqual([refused?.status, refused?.errorCode], [400, 'INVALID_FIELD']);
  });

  it('limits count the calls of the last day', async () => {
    const remaining = async () =>
      ((await call(org, USERS.integration, 'GET', '/limits')).body as { DailyApiRequests: { Remaining: number } })
        .DailyApiRequests.Remaining;
    const before = await remaining();
    assert.equal(await remaining(), before - 1);
  });
});
