import assert from 'node:assert/strict';
import { test } from 'node:test';
import { salesforceAnswering, salesforceErrorOf } from './salesforce-under-test.ts';

const limitOf = (Max: number, Remaining: number) => ({ Max, Remaining });

test('the nearest of the limits that count our mails', async () => {
  await using under = await salesforceAnswering(() => ({
    json: {
      SingleEmail: limitOf(5_000, 4_000),
      DailyWorkflowEmails: limitOf(1_000, 900),
      DailyApiRequests: limitOf(1, 1),
    },
  }));
  assert.deepEqual(await under.salesforce.mailAllowance(), { max: 1_000, remaining: 900 });
});

test('limits are for users with View Setup and Configuration: without it nobody knows them', async () => {
  await using under = await salesforceAnswering(() => ({
    json: [{ errorCode: 'FORBIDDEN', message: 'You do not have access' }],
    status: 403,
  }));
  assert.equal(await under.salesforce.mailAllowance(), undefined);
});

test('a Salesforce that is away is no org without limits', async () => {
  await using under = await salesforceAnswering(() => ({ text: 'down', status: 503 }));
  const error = await salesforceErrorOf(under.salesforce.mailAllowance());
  assert.equal(error.failure, 'unreachable');
});
