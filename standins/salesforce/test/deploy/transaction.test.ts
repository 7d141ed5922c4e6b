import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { call, queryPath, startTestOrg, type TestOrg } from '../support.ts';
import { deployFiles, fieldElement, objectFile, SETUP, smallPackage, type DeployAnswer } from './support.ts';

const TEXT = '<length>80</length><required>false</required><type>Text</type>';
const SET = `<PermissionSet xmlns="http://soap.sforce.com/2006/04/metadata"><fieldPermissions><editable>true</editable><field>Course__c.Room__c</field><readable>true</readable></fieldPermissions><label>Courses</label></PermissionSet>`;

const course = (field: string, set = SET, more: Record<string, string> = {}) =>
  smallPackage(
    { CustomObject: ['Course__c'], CustomField: ['Course__c.Room__c'], PermissionSet: ['Courses'], ...membersOf(more) },
    {
      'objects/Course__c.object': objectFile('Course', fieldElement('Room__c', field)),
      'permissionsets/Courses.permissionset': set,
      ...more,
    },
  );

/** Tabs are the only further files of these tests. */
const membersOf = (files: Record<string, string>) => ({
  CustomTab: Object.keys(files).map((place) => path.basename(place, '.tab')),
});

const BROKEN_TAB =
  '<CustomTab xmlns="http://soap.sforce.com/2006/04/metadata"><flexiPage>Nowhere</flexiPage><label>X</label></CustomTab>';

describe('a deployment as one transaction', () => {
  let org: TestOrg;
  before(async () => {
    org = await startTestOrg({ metadata: [], sample: 'administrator' });
  });
  after(() => org.close());

  const query = async (soql: string) => (await call(org, SETUP, 'GET', queryPath(soql))).body;
  const field = async () => {
    const described = await call(org, SETUP, 'GET', '/sobjects/Course__c/describe');
    const { fields } = described.body as { fields: { name: string; type: string; length: number }[] };
    return fields.find(({ name }) => name === 'Room__c');
  };
  const changes = (answer: DeployAnswer) =>
    answer.details.componentSuccesses.map(({ fullName, changed, created }) => [fullName, changed, created]);

  it('who does not administer the org cannot deploy', async () => {
    const other = await startTestOrg();
    await assert.rejects(
      deployFiles(other, course(TEXT), {}, 'sam.staff@trainer-connect.example'),
      /403 .*Modify Metadata.*INSUFFICIENT_ACCESS/,
    );
    await other.close();
  });

  it('a check changes nothing', async () => {
    const answer = await deployFiles(org, course(TEXT), { checkOnly: true });
    assert.deepEqual([answer.success, answer.checkOnly, answer.numberComponentsDeployed], [true, true, 3]);
    assert.equal((await call(org, SETUP, 'GET', '/sobjects/Course__c/describe')).status, 404);
    assert.deepEqual(await query("SELECT Id FROM PermissionSet WHERE Name = 'Courses'"), {
      totalSize: 0,
      done: true,
      records: [],
    });
  });

  it('asked for tests, it says that none was run', async () => {
    const answer = await deployFiles(org, course(TEXT), { checkOnly: true, testLevel: 'RunLocalTests' });
    assert.equal(answer.numberTestsTotal, 0);
    assert.match(answer.details.runTestResult.codeCoverageWarnings?.[0]?.message ?? '', /does not execute Apex/);
  });

  it('one wrong component keeps all others out', async () => {
    const answer = await deployFiles(org, course(TEXT, SET, { 'tabs/Wrong.tab': BROKEN_TAB }));
    assert.deepEqual([answer.status, answer.success], ['Failed', false]);
    assert.equal((await call(org, SETUP, 'GET', '/sobjects/Course__c/describe')).status, 404);
    assert.equal((await call(org, SETUP, 'GET', queryPath('SELECT Id FROM Course__c'))).status, 400);
  });

  it('without rollback the right components stay', async () => {
    const answer = await deployFiles(org, course(TEXT, SET, { 'tabs/Wrong.tab': BROKEN_TAB }), {
      rollbackOnError: false,
    });
    assert.equal(answer.status, 'SucceededPartial');
    assert.deepEqual(
      answer.details.componentFailures.map(({ fullName }) => fullName),
      ['Wrong'],
    );
    assert.equal((await call(org, SETUP, 'GET', '/sobjects/Course__c/describe')).status, 200);
  });

  it('the schema is there at once, for describe, records and queries', async () => {
    const [set] = (
      (await query("SELECT Id FROM PermissionSet WHERE Name = 'Courses'")) as { records: { Id: string }[] }
    ).records;
    const [user] = ((await query(`SELECT Id FROM User WHERE Username = '${SETUP}'`)) as { records: { Id: string }[] })
      .records;
    const assignment = { PermissionSetId: set?.Id, AssigneeId: user?.Id };
    assert.equal((await call(org, SETUP, 'POST', '/sobjects/PermissionSetAssignment', assignment)).status, 201);
    assert.deepEqual([(await field())?.type, (await field())?.length], ['string', 80]);
    const created = await call(org, SETUP, 'POST', '/sobjects/Course__c', { Name: 'One', Room__c: 'A long room name' });
    assert.equal(created.status, 201);
    const rights = await query("SELECT Field, Parent.Name FROM FieldPermissions WHERE Field = 'Course__c.Room__c'");
    assert.equal((rights as { totalSize: number }).totalSize, 1);
  });

  it('the same package again changes nothing and keeps the records', async () => {
    const answer = await deployFiles(org, course(TEXT));
    assert.deepEqual(changes(answer), [
      ['Course__c', false, false],
      ['Course__c.Room__c', false, false],
      ['Courses', false, false],
      ['package.xml', false, false],
    ]);
    const rows = (await query('SELECT Name, Room__c FROM Course__c')) as { records: Record<string, unknown>[] };
    assert.equal(rows.records[0]?.['Room__c'], 'A long room name');
  });

  for (const [change, element, problem] of [
    [
      'another type',
      '<precision>4</precision><scale>0</scale><required>false</required><type>Number</type>',
      /Cannot change Room__c from string to double/,
    ],
    ['a shorter text', '<length>5</length><required>false</required><type>Text</type>', /Cannot shorten Room__c/],
  ] as const) {
    it(`${change} that would lose data is refused, and everything stays`, async () => {
      const answer = await deployFiles(org, course(element));
      assert.equal(answer.status, 'Failed');
      assert.match(answer.details.componentFailures[0]?.problem ?? '', problem);
      assert.equal(answer.details.componentFailures[0]?.fullName, 'Course__c.Room__c');
      assert.equal((await field())?.length, 80);
      const rows = (await query('SELECT Room__c FROM Course__c')) as { records: Record<string, unknown>[] };
      assert.equal(rows.records[0]?.['Room__c'], 'A long room name');
    });
  }

  it('a text may grow', async () => {
    const answer = await deployFiles(org, course('<length>120</length><required>false</required><type>Text</type>'));
    assert.deepEqual(changes(answer)[1], ['Course__c.Room__c', true, false]);
    assert.equal((await field())?.length, 120);
  });

  it('another type is taken where no record has a value', async () => {
    const [row] = ((await query('SELECT Id FROM Course__c')) as { records: { Id: string }[] }).records;
    await call(org, SETUP, 'PATCH', `/sobjects/Course__c/${row?.Id ?? ''}`, { Room__c: null });
    const number = '<precision>4</precision><scale>0</scale><required>false</required><type>Number</type>';
    const answer = await deployFiles(org, course(number));
    assert.equal(answer.status, 'Succeeded', JSON.stringify(answer.details.componentFailures));
    const patched = await call(org, SETUP, 'PATCH', `/sobjects/Course__c/${row?.Id ?? ''}`, { Room__c: 12 });
    assert.equal(patched.status, 204);
    const found = (await query('SELECT Room__c FROM Course__c WHERE Room__c > 11')) as { totalSize: number };
    assert.equal(found.totalSize, 1);
  });

  it('a master-detail field is refused where there are records', async () => {
    const detail =
      '<referenceTo>Account</referenceTo><relationshipName>Courses</relationshipName><type>MasterDetail</type>';
    const answer = await deployFiles(
      org,
      smallPackage(
        { CustomField: ['Course__c.Client__c'] },
        {
          'objects/Course__c.object': `<CustomObject xmlns="http://soap.sforce.com/2006/04/metadata">${fieldElement('Client__c', detail)}</CustomObject>`,
        },
      ),
    );
    assert.match(answer.details.componentFailures[0]?.problem ?? '', /master-detail field cannot be added/);
  });

  it('deletions are refused honestly', async () => {
    const files = smallPackage({}, { 'destructiveChanges.xml': '<Package></Package>' });
    const answer = await deployFiles(org, files);
    assert.match(answer.details.componentFailures[0]?.problem ?? '', /does not delete metadata/);
  });

  it('custom metadata become records, and the same name replaces one', async () => {
    const record = (place: string) =>
      `<CustomMetadata xmlns="http://soap.sforce.com/2006/04/metadata" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><label>Main</label><values><field>Place__c</field><value xsi:type="xsd:string">${place}</value></values></CustomMetadata>`;
    const type = `<CustomObject xmlns="http://soap.sforce.com/2006/04/metadata"><label>Room Plan</label><pluralLabel>Room Plans</pluralLabel><visibility>Public</visibility>${fieldElement('Place__c', '<length>40</length><required>false</required><type>Text</type>')}</CustomObject>`;
    const plan = (place: string) =>
      smallPackage(
        {
          CustomObject: ['Room_Plan__mdt'],
          CustomField: ['Room_Plan__mdt.Place__c'],
          CustomMetadata: ['Room_Plan.Main'],
        },
        { 'objects/Room_Plan__mdt.object': type, 'customMetadata/Room_Plan.Main.md': record(place) },
      );
    for (const place of ['Lyon', 'Oslo']) {
      const answer = await deployFiles(org, plan(place));
      assert.deepEqual(answer.details.componentFailures, []);
    }
    const rows = (await query('SELECT DeveloperName, Place__c FROM Room_Plan__mdt')) as {
      records: Record<string, unknown>[];
    };
    assert.deepEqual(
      rows.records.map((row) => [row['DeveloperName'], row['Place__c']]),
      [['Main', 'Oslo']],
    );
  });
});

describe('what was deployed outlives a restart', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'deployed-org-'));
  after(() => rmSync(folder, { recursive: true }));

  it('with its records', async () => {
    const options = { metadata: [], sample: 'administrator' as const, file: path.join(folder, 'org.sqlite') };
    const first = await startTestOrg(options);
    assert.equal((await deployFiles(first, course(TEXT))).status, 'Succeeded');
    await call(first, SETUP, 'POST', '/sobjects/Course__c', { Name: 'Kept' });
    await first.close();
    const second = await startTestOrg(options);
    const rows = await call(second, SETUP, 'GET', queryPath('SELECT Name FROM Course__c'));
    assert.equal((rows.body as { records: { Name: string }[] }).records[0]?.Name, 'Kept');
    const again = await deployFiles(second, course(TEXT));
    assert.deepEqual(
      again.details.componentSuccesses.filter(({ changed }) => changed),
      [],
    );
    await second.close();
  });
});
