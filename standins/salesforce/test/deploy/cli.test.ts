import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { call, queryPath, startTestOrg, type TestOrg } from '../support.ts';
import { createCli, CUSTOMER_ORG, SETUP } from './support.ts';

const MAIN = ['--source-dir', 'force-app/main'];
const BOTH = [...MAIN, '--source-dir', 'force-app/fresh-org'];

const rows = async (org: TestOrg, soql: string) =>
  ((await call(org, SETUP, 'GET', queryPath(soql))).body as { records: Record<string, unknown>[] }).records;

async function labelOf(org: TestOrg, object: string): Promise<unknown> {
  const { body } = await call(org, SETUP, 'GET', `/sobjects/${object}/describe`);
  return (body as { label: string }).label;
}

describe('the Salesforce CLI against an empty org', { concurrency: 1 }, () => {
  const cli = createCli();
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  let org: TestOrg;
  const sf = async (...args: string[]) => {
    const answer = await cli.run([...args, '--target-org', 'local']);
    assert.equal(
      answer.status,
      0,
      `${args.join(' ')}: ${answer.message} ${JSON.stringify(answer.result).slice(0, 2_000)}`,
    );
    return answer.result;
  };
  before(async () => {
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    org = await startTestOrg({ metadata: [], sample: 'administrator', clients: [{ id: 'cli', publicKey: pem }] });
    // The CLI signs with the time of this machine.
    org.clock.set(new Date());
  });
  after(async () => {
    cli.remove();
    await org.close();
  });

  it('logs in with a signed assertion, and shows the org', async () => {
    const key = path.join(cli.folder, 'jwt.key');
    writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const login = ['org', 'login', 'jwt', '--client-id', 'cli', '--jwt-key-file', key, '--username', SETUP];
    const answer = await cli.run([...login, '--instance-url', org.url, '--alias', 'local']);
    assert.equal(answer.status, 0, answer.message);
    const shown = await sf('org', 'display');
    assert.deepEqual([shown['username'], shown['apiVersion']], [SETUP, '68.0']);
  });

  it('checks both package directories without changing anything', async () => {
    const result = await sf('project', 'deploy', 'validate', ...BOTH, '--test-level', 'RunLocalTests');
    assert.deepEqual([result['status'], result['checkOnly'], result['numberTestsTotal']], ['Succeeded', true, 0]);
    assert.equal((await call(org, SETUP, 'GET', '/sobjects/Training_Booking__c/describe')).status, 404);
  });

  it('deploys both package directories', async () => {
    const result = await sf('project', 'deploy', 'start', ...BOTH);
    assert.equal(result['status'], 'Succeeded');
    assert.ok(Number(result['numberComponentsDeployed']) > 200);
    assert.equal(await labelOf(org, 'Onboarding_Trainer__c'), 'Trainer');
    const flows = await rows(org, 'SELECT ApiName FROM FlowDefinitionView WHERE IsActive = true ORDER BY ApiName');
    assert.deepEqual(
      flows.map((row) => row['ApiName']),
      ['Training_Booking_Before_Save', 'Training_Booking_Sync'],
    );
  });

  it('the environment replaced the address of the middleware', async () => {
    const { body } = await call(org, SETUP, 'POST', '/named-credentials/credential', {
      externalCredential: 'Trainer_Connect',
      principalName: 'Service',
      principalType: 'NamedPrincipal',
      authenticationProtocol: 'Custom',
      credentials: { ApiKey: { value: 'a key', encrypted: true } },
    });
    assert.equal((body as { authenticationStatus: string }).authenticationStatus, 'Configured');
    assert.equal(org.namedCredential('Trainer_Connect')?.url, 'https://trainer-connect.example.org');
  });

  it('assigns permission sets, and works with records', async () => {
    await sf('org', 'assign', 'permset', '--name', 'Trainer_Connect_Admin');
    const type = ['--sobject', 'Onboarding_Trainer__c'];
    const { id } = await sf('data', 'create', 'record', ...type, '--values', 'Name=Ada Email__c=ada@example.org');
    const record = [...type, '--record-id', String(id)];
    await sf('data', 'update', 'record', ...record, '--values', 'Time_Zone__c=Europe/London');
    const read = await sf('data', 'get', 'record', ...record);
    assert.deepEqual([read['Name'], read['Time_Zone__c']], ['Ada', 'Europe/London']);
    const soql = "SELECT Name, Owner.Name FROM Onboarding_Trainer__c WHERE Email__c = 'ada@example.org'";
    const found = await sf('data', 'query', '--query', soql);
    assert.equal(found['totalSize'], 1);
    await sf('data', 'delete', 'record', ...record);
    assert.deepEqual(await rows(org, soql), []);
  });

  it('lays out a table of a query, which takes the columns', async () => {
    const { body } = await call(
      org,
      SETUP,
      'GET',
      `${queryPath('SELECT Name, Owner.Name, (SELECT Id FROM Training_Bookings__r) FROM Onboarding_Trainer__c')}&columns=true`,
    );
    const { columnMetadata } = body as { columnMetadata: { columnName: string; joinColumns: unknown[] }[] };
    assert.deepEqual(
      columnMetadata.map(({ columnName, joinColumns }) => [columnName, joinColumns.length]),
      [
        ['Name', 0],
        ['Owner', 1],
        ['Training_Bookings__r', 1],
      ],
    );
  });

  it('lists objects, describes one, and lists limits', async () => {
    const objects = (await sf('sobject', 'list', '--sobject', 'custom')) as unknown as string[];
    assert.ok(objects.includes('Training_Booking__c'));
    const described = await sf('sobject', 'describe', '--sobject', 'Training_Booking__c');
    assert.equal(described['label'], 'Training Booking');
    const limits = (await sf('org', 'list', 'limits')) as unknown as { name: string }[];
    assert.ok(limits.some(({ name }) => name === 'DailyApiRequests'));
  });

  it('retrieves what was deployed, and deploying that again changes nothing', async () => {
    const folder = path.join(cli.folder, 'retrieved');
    const members = ['CustomObject:Training_Booking__c', 'PermissionSet', 'Flow', 'ApexClass:TrainerConnectGuard'];
    const asked = members.flatMap((member) => ['--metadata', member]);
    await sf('project', 'retrieve', 'start', ...asked, '--target-metadata-dir', folder, '--unzip');
    const again = await sf('project', 'deploy', 'start', '--metadata-dir', path.join(folder, 'unpackaged/unpackaged'));
    const { componentSuccesses } = again['details'] as {
      componentSuccesses: { fullName: string; changed: boolean | string; componentType: string }[];
    };
    assert.ok(componentSuccesses.length > 30);
    assert.deepEqual(
      componentSuccesses.filter(({ changed }) => String(changed) === 'true').map(({ fullName }) => fullName),
      [],
    );
  });
});

describe('the Salesforce CLI against an org with a trainer object of its own', { concurrency: 1 }, () => {
  const cli = createCli();
  let org: TestOrg;
  before(async () => {
    org = await startTestOrg({ metadata: [CUSTOMER_ORG], sample: 'administrator' });
  });
  after(async () => {
    cli.remove();
    await org.close();
  });

  it('force-app/main goes over it through the REST API, and nothing of it is overwritten', async () => {
    const made = await call(org, SETUP, 'POST', '/sobjects/Onboarding_Trainer__c', {});
    assert.equal(made.status, 201);
    const login = ['org', 'login', 'access-token', '--instance-url', org.url, '--no-prompt', '--alias', 'customer'];
    const loggedIn = await cli.run(login, { SF_ACCESS_TOKEN: org.sessionFor(SETUP) });
    assert.equal(loggedIn.status, 0, loggedIn.message);
    const answer = await cli.run(['project', 'deploy', 'start', ...MAIN, '--target-org', 'customer'], {
      SF_ORG_METADATA_REST_DEPLOY: 'true',
    });
    assert.equal(answer.status, 0, `${answer.message} ${JSON.stringify(answer.result).slice(0, 3_000)}`);
    assert.ok(org.journal.entries({ since: 0 }).some(({ path: place }) => place.endsWith('/metadata/deployRequest')));
    assert.equal(await labelOf(org, 'Onboarding_Trainer__c'), 'Coach');
    const { body } = await call(org, SETUP, 'GET', '/sobjects/Onboarding_Trainer__c/describe');
    const name = (body as { fields: { name: string; autoNumber: boolean }[] }).fields.find(
      (one) => one.name === 'Name',
    );
    assert.equal(name?.autoNumber, true);
    const trainers = await rows(org, 'SELECT Name FROM Onboarding_Trainer__c');
    assert.deepEqual(
      trainers.map((row) => row['Name']),
      ['COACH-0001'],
    );
    const ours = await rows(
      org,
      "SELECT Field FROM FieldPermissions WHERE Field = 'Onboarding_Trainer__c.Time_Zone__c'",
    );
    assert.ok(ours.length > 0, 'fields of the package are there');
    const theirs = await rows(
      org,
      "SELECT Field FROM FieldPermissions WHERE Field = 'Onboarding_Trainer__c.Region__c'",
    );
    assert.equal(theirs.length, 1, 'fields of the customer stay');
  });
});
