import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { after, describe, it } from 'node:test';
import { middlewareUrl } from '../org/middleware-url.ts';
import { startWorld, type World } from '../../middleware/test/kit/world.ts';
import {
  createCli,
  CUSTOMER_ORG,
  deployFiles,
  REPOSITORY,
  SETUP,
  smallPackage,
} from '../../standins/salesforce/test/deploy/support.ts';
import { call, queryPath, startTestOrg, type TestOrg } from '../../standins/salesforce/test/support.ts';

type Cli = ReturnType<typeof createCli>;

const URL_OF_MIDDLEWARE = 'https://bookings.example.org';
const SECRET = 'key-of-these-tests';

async function logIn(
  cli: Cli,
  org: { url: string; sessionFor(username: string): string },
  alias: string,
): Promise<void> {
  const answer = await cli.run(
    ['org', 'login', 'access-token', '--instance-url', org.url, '--no-prompt', '--alias', alias],
    { SF_ACCESS_TOKEN: org.sessionFor(SETUP) },
  );
  assert.equal(answer.status, 0, answer.message);
}

function run(
  cli: Cli,
  script: string,
  args: readonly string[],
  options: { env?: Record<string, string>; input?: string } = {},
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const place = path.join(REPOSITORY, 'scripts', `${script}.ts`);
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', place, ...args], {
      env: {
        PATH: process.env['PATH'],
        HOME: path.join(cli.folder, 'home'),
        SF_USE_GENERIC_UNIX_KEYCHAIN: 'true',
        ...options.env,
      },
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stdin.end(options.input ?? '');
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

const rows = async (org: TestOrg, soql: string) =>
  ((await call(org, SETUP, 'GET', queryPath(soql))).body as { records: Record<string, unknown>[] }).records;

async function assignToSetup(org: TestOrg, permissionSet: string): Promise<void> {
  const [set] = await rows(org, `SELECT Id FROM PermissionSet WHERE Name = '${permissionSet}'`);
  const [user] = await rows(org, `SELECT Id FROM User WHERE Username = '${SETUP}'`);
  const body = { PermissionSetId: set?.['Id'], AssigneeId: user?.['Id'] };
  assert.equal((await call(org, SETUP, 'POST', '/sobjects/PermissionSetAssignment', body)).status, 201);
}

// Most of the time is starts of the CLI: the orgs do not know of each other.
describe('org commands', { concurrency: 2 }, () => {
  describe('commands for an org that has trainers of its own', { concurrency: 1 }, () => {
    // One login a user: each suite has a home of its own.
    const cli = createCli();
    after(() => cli.remove());
    let org: TestOrg;
    after(() => org.close());

    it('preflight names what stands in the way, and what stays as it is', async () => {
      org = await startTestOrg({ metadata: [CUSTOMER_ORG], sample: 'administrator' });
      await assignToSetup(org, 'Coaching');
      for (const mail of ['ada@example.org', 'ada@example.org', null]) {
        const made = await call(org, SETUP, 'POST', '/sobjects/Onboarding_Trainer__c', { Email__c: mail });
        assert.equal(made.status, 201);
      }
      await logIn(cli, org, 'customer');
      const { code, output } = await run(cli, 'org-preflight', ['--target-org', 'customer', '--json']);
      const { findings, hasTrainer, ready } = JSON.parse(output) as {
        findings: { level: string; what: string; remedy?: string }[];
        hasTrainer: boolean;
        ready: boolean;
      };
      assert.deepEqual([code, hasTrainer, ready], [1, true, false]);
      const errors = findings.filter(({ level }) => level === 'error');
      assert.deepEqual(
        errors.map(({ what }) => what),
        ['2 trainers have the e-mail ada@example.org'],
      );
      const said = (pattern: RegExp) => findings.some(({ what }) => pattern.test(what));
      assert.ok(said(/Onboarding_Trainer__c exists \("Coach"\): fields are added, the object stays as it is/), output);
      assert.ok(said(/Trainers without an e-mail: COACH-0003/), output);
      assert.ok(said(/Flows will be active/), output);
      assert.ok(said(/Mails a day/), output);
      assert.ok(said(/Licences "Salesforce Integration".*5 left/), output);
      assert.ok(said(/No active user has the permission set Trainer_Connect_Integration yet/), output);
      // The local org does not know the object that lists them.
      assert.ok(said(/Which languages the org translates cannot be read/), output);
      assert.ok(findings.every(({ level, remedy }) => level === 'info' || remedy !== undefined));
    });

    it('deploy does nothing while there are errors', async () => {
      const { code, output } = await run(cli, 'org-deploy', ['--target-org', 'customer'], {
        env: { TRAINER_CONNECT_URL: URL_OF_MIDDLEWARE },
      });
      assert.equal(code, 1);
      assert.match(output, /ERROR.*2 trainers have the e-mail.*Not deployed/s);
      assert.equal((await call(org, SETUP, 'GET', '/sobjects/Training_Booking__c/describe')).status, 404);
    });

    it('a dry run over it takes force-app/main alone, and changes nothing', async () => {
      const [twin] = await rows(org, "SELECT Id FROM Onboarding_Trainer__c WHERE Email__c = 'ada@example.org' LIMIT 1");
      const place = `/sobjects/Onboarding_Trainer__c/${String(twin?.['Id'])}`;
      assert.equal((await call(org, SETUP, 'PATCH', place, { Email__c: 'ben@example.org' })).status, 204);
      const { code, output } = await run(cli, 'org-deploy', ['--target-org', 'customer', '--dry-run'], {
        env: { TRAINER_CONNECT_URL: URL_OF_MIDDLEWARE },
      });
      assert.equal(code, 0, output);
      assert.match(output, /Checking force-app\/main; your trainer object stays as it is/);
      assert.match(output, /components, \d+ of them would change/);
      assert.equal((await call(org, SETUP, 'GET', '/sobjects/Training_Booking__c/describe')).status, 404);
    });
  });

  describe('commands for an empty org', { concurrency: 1 }, () => {
    // One login a user: each suite has a home of its own.
    const cli = createCli();
    after(() => cli.remove());
    let org: TestOrg;
    after(() => org.close());

    it('deploy brings everything, the address and the secret', async () => {
      org = await startTestOrg({ metadata: [], sample: 'administrator' });
      await logIn(cli, org, 'fresh');
      const { code, output } = await run(
        cli,
        'org-deploy',
        ['--target-org', 'fresh', '--assign', 'Trainer_Connect_Admin', '--api-key-stdin'],
        { env: { TRAINER_CONNECT_URL: URL_OF_MIDDLEWARE }, input: `${SECRET}\n` },
      );
      assert.equal(code, 0, output);
      assert.match(output, /force-app\/main and force-app\/fresh-org/);
      assert.match(output, /Trainer_Connect_Admin assigned/);
      assert.match(output, /key for the middleware was entered/);
      assert.ok(!output.includes(SECRET));
      assert.ok(!JSON.stringify(org.journal.entries({ since: 0 })).includes(SECRET));
      const credential = await call(
        org,
        SETUP,
        'GET',
        '/named-credentials/credential?externalCredential=Trainer_Connect&principalName=Service&principalType=NamedPrincipal',
      );
      assert.equal((credential.body as { authenticationStatus: string }).authenticationStatus, 'Configured');
      assert.equal(org.namedCredential('Trainer_Connect')?.url, URL_OF_MIDDLEWARE);
    });

    it('seed fills it once', async () => {
      const first = await run(cli, 'org-seed', ['--target-org', 'fresh']);
      assert.equal(first.code, 0, first.output);
      assert.match(first.output, /\d+ records created/);
      const trainers = await rows(org, 'SELECT Id FROM Onboarding_Trainer__c');
      assert.ok(trainers.length > 5);
      const second = await run(cli, 'org-seed', ['--target-org', 'fresh']);
      assert.match(second.output, /Nothing done: \d+ of the sample trainers are there already/);
      assert.equal((await rows(org, 'SELECT Id FROM Onboarding_Trainer__c')).length, trainers.length);
    });

    it('smoke says what it did not run, and does not pass', async () => {
      const { code, output } = await run(cli, 'org-smoke', ['--target-org', 'fresh']);
      assert.equal(code, 3, output);
      assert.match(output, /NOT RUN Apex tests not run: this org does not execute Apex/);
      assert.match(output, /Flow Training_Booking_Before_Save is active/);
      assert.match(output, /NOT RUN Booking round trip not run/);
      assert.match(output, /Incomplete/);
      assert.doesNotMatch(output, /passed(?!\.$)/m);
    });

    it('preflight names who reads a token beside the integration user, and who writes no results', async () => {
      await assignToSetup(org, 'Trainer_Connect_Integration');
      const field = 'Onboarding_Trainer__c.Lark_Refresh_Token__c';
      const set = `<PermissionSet xmlns="http://soap.sforce.com/2006/04/metadata"><fieldPermissions><editable>false</editable><field>${field}</field><readable>true</readable></fieldPermissions><label>Auditors</label></PermissionSet>`;
      const files = smallPackage({ PermissionSet: ['Auditors'] }, { 'permissionsets/Auditors.permissionset': set });
      assert.equal((await deployFiles(org, files)).status, 'Succeeded');
      const { code, output } = await run(cli, 'org-preflight', ['--target-org', 'fresh']);
      assert.equal(code, 1, output);
      assert.match(
        output,
        /ERROR +The permission set Auditors reads the token field \S+Lark_Refresh_Token__c → take Read away/,
      );
      assert.doesNotMatch(output, /permission set Trainer Connect Integration reads/);
      assert.match(output, new RegExp(`WARNING ${SETUP} .* not in the public group Trainer_Connect_Middleware`));
      assert.match(output, /Not ready/);
    });
  });

  describe('smoke against a running middleware', { concurrency: 1 }, () => {
    const cli = createCli();
    after(() => cli.remove());
    let world: World;
    after(() => world.close());

    it('books, reads back and leaves nothing behind', async () => {
      world = await startWorld();
      const org = world.standins.salesforce as unknown as TestOrg;
      await assignToSetup(org, 'Trainer_Connect_Admin');
      await logIn(cli, org, 'running');
      const before = await world.soql('SELECT Id FROM Training_Booking__c');
      const trainer = await world.trainer(0);
      const { code, output } = await run(cli, 'org-smoke', ['--target-org', 'running'], {
        env: {
          TRAINER_CONNECT_URL: world.base(),
          TRAINER_CONNECT_PORTAL_KEY: 'offline-key-of-the-portal',
          TRAINER_CONNECT_SMOKE_TRAINER: trainer.Email__c,
        },
      });
      assert.match(output, /A booking went through the middleware into the org and back/);
      assert.equal(code, 3, output);
      assert.deepEqual(await world.soql('SELECT Id FROM Training_Booking__c'), before);
    });
  });

  describe('the address of the middleware', () => {
    for (const [given, problem] of [
      [undefined, /is missing/],
      ['bookings.example.org', /is no address/],
      ['http://bookings.example.org', /must start with https/],
      ['https://me:secret@bookings.example.org', /must not hold a password/],
    ] as const) {
      it(`refuses ${given ?? 'none'}`, () => {
        assert.throws(() => middlewareUrl(given === undefined ? {} : { TRAINER_CONNECT_URL: given }), problem);
      });
    }

    it('takes https, and http on this machine', () => {
      assert.equal(middlewareUrl({ TRAINER_CONNECT_URL: 'https://a.example.org/' }), 'https://a.example.org');
      assert.equal(middlewareUrl({ TRAINER_CONNECT_URL: 'http://127.0.0.1:3000' }), 'http://127.0.0.1:3000');
    });
  });
});
