import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { call, connectAs, queryPath, refusal, startTestOrg, USERS, VERSION, type TestOrg } from './support.ts';

const JOB = { operation: 'query', query: 'SELECT Id FROM User' };

describe('limits of the local org', () => {
  let org: TestOrg;
  before(async () => {
    org = await startTestOrg({ sample: 'users' });
  });
  after(() => org.close());

  const control = async (body: unknown) => {
    const response = await fetch(`${org.url}/__standin/limits`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return {
      status: response.status,
      body: (await response.json()) as Record<string, { Max: number; Remaining: number }>,
    };
  };
  const usage = async (path: string) => {
    const { headers } = await call(org, USERS.integration, 'GET', path);
    return headers.get('sforce-limit-info');
  };

  it('every answer says how many calls were made, refusals and unknown resources too; a composite is one', async () => {
    const used = org.limits.DailyApiRequests.used();
    const max = org.limits.DailyApiRequests.max;
    assert.equal(await usage(queryPath('SELECT Id FROM User')), `api-usage=${used + 1}/${max}`);
    assert.equal(await usage(queryPath('SELECT Nothing FROM User')), `api-usage=${used + 2}/${max}`);
    assert.equal(await usage('/nothing'), `api-usage=${used + 3}/${max}`);
    const compositeRequest = ['a', 'b'].map((referenceId) => ({
      method: 'GET',
      url: `/services/data/v${VERSION}/limits`,
      referenceId,
    }));
    await call(org, USERS.integration, 'POST', '/composite', { compositeRequest });
    await fetch(`${org.url}/services/data/v${VERSION}/limits`, { headers: { authorization: 'Bearer nobody' } });
    assert.equal(org.limits.DailyApiRequests.used(), used + 4);
  });

  it('jsforce keeps the count', async () => {
    const connection = connectAs(org, USERS.integration);
    const limits = (await connection.limits()) as unknown as Record<string, { Max: number; Remaining: number }>;
    assert.equal(connection.limitInfo.apiUsage?.limit, limits['DailyApiRequests']?.Max);
    assert.equal(
      connection.limitInfo.apiUsage?.used,
      (limits['DailyApiRequests']?.Max ?? 0) - (limits['DailyApiRequests']?.Remaining ?? 0),
    );
    for (const name of [
      'SingleEmail',
      'DailyBulkApiBatches',
      'DailyBulkV2QueryJobs',
      'DataStorageMB',
      'FileStorageMB',
    ]) {
      assert.ok((limits[name]?.Remaining ?? 0) > 0, name);
    }
  });

  it('an exhausted org refuses every call until midnight UTC', async () => {
    assert.equal((await control({ name: 'DailyApiRequests', remaining: 1 })).status, 200);
    assert.equal((await call(org, USERS.integration, 'GET', '/limits')).status, 200);
    for (const path of ['/limits', queryPath('SELECT Id FROM User'), '/sobjects/User/describe', '/jobs/query']) {
      const answer = await call(org, USERS.integration, 'GET', path);
      assert.deepEqual(
        [answer.status, answer.body],
        [403, [{ message: 'TotalRequests Limit exceeded.', errorCode: 'REQUEST_LIMIT_EXCEEDED' }]],
      );
      const { max } = org.limits.DailyApiRequests;
      assert.equal(answer.headers.get('sforce-limit-info'), `api-usage=${max}/${max}`);
    }
    await assert.rejects(async () => connectAs(org, USERS.integration).query('SELECT Id FROM User'), {
      errorCode: 'REQUEST_LIMIT_EXCEEDED',
    });
    const midnight = new Date(`${org.clock.now().toISOString().slice(0, 10)}T23:59:59Z`);
    org.clock.set(midnight);
    assert.equal(await refusal(org, USERS.integration, 'GET', '/limits'), '403 REQUEST_LIMIT_EXCEEDED');
    org.clock.set(new Date(midnight.getTime() + 1_000));
    assert.equal((await call(org, USERS.integration, 'GET', '/limits')).status, 200);
    assert.equal(org.limits.DailyApiRequests.used(), 1);
  });

  it('bulk jobs have limits of their own', async () => {
    await control({ name: 'DailyBulkV2QueryJobs', remaining: 1 });
    assert.equal((await call(org, USERS.integration, 'POST', '/jobs/query', JOB)).status, 200);
    assert.equal(await refusal(org, USERS.integration, 'POST', '/jobs/query', JOB), '400 EXCEEDEDQUOTA');
    const { body } = await control({ name: 'DailyBulkV2QueryJobs', max: 12_000 });
    assert.deepEqual(body['DailyBulkV2QueryJobs'], { Max: 12_000, Remaining: 2_000 });
    assert.equal((await call(org, USERS.integration, 'POST', '/jobs/query', JOB)).status, 200);

    await control({ name: 'DailyBulkApiBatches', remaining: 0 });
    const settings = { object: 'Onboarding_Trainer__c', operation: 'insert' };
    const { id } = (await call(org, USERS.integration, 'POST', '/jobs/ingest', settings)).body as { id: string };
    const csv = { 'content-type': 'text/csv' };
    const upload = await call(org, USERS.integration, 'PUT', `/jobs/ingest/${id}/batches`, 'Name\nA\n', csv);
    assert.deepEqual([upload.status, (upload.body as { errorCode: string }[])[0]?.errorCode], [400, 'EXCEEDEDQUOTA']);
  });

  it('the control knows no other limits', async () => {
    assert.equal((await control({ name: 'DataStorageMB', remaining: 0 })).status, 404);
    assert.equal((await control({ name: 'toString', remaining: 0 })).status, 404);
  });

  it('records take storage', async () => {
    const left = async () =>
      ((await call(org, USERS.integration, 'GET', '/limits')).body as { DataStorageMB: { Remaining: number } })
        .DataStorageMB.Remaining;
    const before = await left();
    const rows = Array.from({ length: 600 }, (_one, n) => ({ Name: `Stored ${n}` }));
    await connectAs(org, USERS.integration).sobject('Onboarding_Trainer__c').create(rows, { allowRecursive: true });
    assert.ok((await left()) < before);
  });
});
