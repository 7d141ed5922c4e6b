import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createCli } from './deploy/support.ts';
import { connectAs, startTestOrg, trainerId, USERS, type TestOrg } from './support.ts';

describe('the Salesforce CLI and the Bulk API of the local org', { concurrency: 1 }, () => {
  const cli = createCli();
  let org: TestOrg;
  before(async () => {
    org = await startTestOrg();
    const login = ['org', 'login', 'access-token', '--instance-url', org.url, '--no-prompt', '--alias', 'bulk'];
    const answer = await cli.run(login, { SF_ACCESS_TOKEN: org.sessionFor(USERS.integration) });
    assert.equal(answer.status, 0, answer.message);
  });
  after(async () => {
    cli.remove();
    await org.close();
  });

  it('sf data upsert bulk saves what it can, and tells how many failed', async () => {
    const li = await trainerId(org, 'li.na@example.com');
    const file = path.join(cli.folder, 'connections.csv');
    const lines = [
      'Key__c,Trainer__c,Provider__c,Scope__c',
      `cli-1,${li},google,Trainer`,
      `cli-2,${li},nobody,Trainer`,
    ];
    writeFileSync(file, `${lines.join('\n')}\n`);
    const type = ['--sobject', 'Trainer_Connection__c', '--external-id', 'Key__c'];
    const wait = ['--wait', '2', '--target-org', 'bulk'];
    const answer = await cli.run(['data', 'upsert', 'bulk', '--file', file, ...type, ...wait, '--line-ending', 'LF']);
    assert.equal(answer.status, 1, 'one row is refused');
    assert.match(answer.message ?? '', /failed/i);
    const saved = await connectAs(org, USERS.integration).query<{ Key__c: string }>(
      "SELECT Key__c FROM Trainer_Connection__c WHERE Key__c LIKE 'cli-%'",
    );
    assert.deepEqual(
      saved.records.map(({ Key__c }) => Key__c),
      ['cli-1'],
    );
  });

  it('sf data export bulk writes what the user may see', async () => {
    const file = path.join(cli.folder, 'trainers.csv');
    const query = ['--query', 'SELECT Id, Name, Owner.Name FROM Onboarding_Trainer__c ORDER BY Name'];
    const output = ['--output-file', file, '--result-format', 'csv'];
    const answer = await cli.run([
      'data',
      'export',
      'bulk',
      ...query,
      ...output,
      '--wait',
      '2',
      '--target-org',
      'bulk',
    ]);
    assert.equal(answer.status, 0, answer.message);
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    assert.equal(lines.length, 13);
    assert.match(lines[0] ?? '', /^"?Id"?,"?Name"?,"?Owner\.Name"?$/);
  });
});
