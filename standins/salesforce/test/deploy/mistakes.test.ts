import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { queryPath, startTestOrg, call, type TestOrg } from '../support.ts';
import { createCli, deployFiles, FORCE_APP, readPackageFiles, SETUP, type PackageFiles } from './support.ts';

const TRAINER_SET = 'permissionsets/Trainer_Connect_Trainer.permissionset';
const STAFF_SET = 'permissionsets/Trainer_Connect_Staff.permissionset';
const BOOKING = 'objects/Training_Booking__c.object';

/** A mistake: the file, the edit, and what the refusal must name. */
type Mistake = [string, string, (text: string) => string, { name: string; problem: RegExp; line?: RegExp }];

const first = (from: string | RegExp, to: string) => (text: string) => text.replace(from, to);
const added = (end: string, what: string) => (text: string) => text.replace(`</${end}>`, `${what}</${end}>`);

const MISTAKES: Mistake[] = [
  [
    'a text longer than 255',
    BOOKING,
    first(/(<fullName>Merchant_Name__c<[\s\S]*?<length>)\d+/, '$1500'),
    { name: 'Training_Booking__c.Merchant_Name__c', problem: /Text allows 1 to 255, not 500/, line: /<length>500</ },
  ],
  [
    'a field without its label',
    BOOKING,
    first(/(<fullName>Merchant_Name__c<[\s\S]*?)<label>[^<]*<\/label>/, '$1'),
    { name: 'Training_Booking__c.Merchant_Name__c', problem: /<label> is missing/ },
  ],
  [
    'a field that appears twice',
    BOOKING,
    (text) => text.replace(/<fields>\s*<fullName>Notes__c<[\s\S]*?<\/fields>/, (field) => field + field),
    { name: 'Training_Booking__c.Notes__c', problem: /Duplicate name/ },
  ],
  [
    'a value that a picklist has twice',
    BOOKING,
    (text) => text.replace(/<value>\s*<fullName>Onsite<[\s\S]*?<\/value>/, (value) => value + value),
    { name: 'Training_Booking__c.Service_Type__c', problem: /Duplicate value found: onsite/ },
  ],
  [
    'a lookup to an object that does not exist',
    BOOKING,
    first('<referenceTo>Onboarding_Trainer__c<', '<referenceTo>Coach__c<'),
    { name: 'Training_Booking__c.Trainer__c', problem: /refers to Coach__c, which does not exist/, line: />Coach__c</ },
  ],
  [
    'a validation rule on an unknown field',
    BOOKING,
    first(/(<fullName>End_After_Start<[\s\S]*?<errorConditionFormula>[^<]*)Start__c/, '$1Begin__c'),
    { name: 'Training_Booking__c.End_After_Start', problem: /Begin__c/ },
  ],
  [
    'a formula that is not closed',
    BOOKING,
    first(/(<fullName>End_After_Start<[\s\S]*?<errorConditionFormula>)/, '$1AND('),
    { name: 'Training_Booking__c.End_After_Start', problem: /End_After_Start/ },
  ],
  [
    'a list view with an unknown column',
    BOOKING,
    first('<columns>Merchant_Name__c<', '<columns>Merchant__c<'),
    {
      name: 'Training_Booking__c.All',
      problem: /no CustomField named Training_Booking__c.Merchant__c/,
      line: />Merchant__c</,
    },
  ],
  [
    'a compact layout with an unknown field',
    BOOKING,
    first(/(<compactLayouts>[\s\S]*?<fields>)Trainer__c/, '$1Coach__c'),
    { name: 'Training_Booking__c.Booking_Highlights', problem: /no CustomField named Training_Booking__c.Coach__c/ },
  ],
  [
    'field permissions on an unknown field',
    TRAINER_SET,
    first('Onboarding_Trainer__c.Active__c', 'Onboarding_Trainer__c.Nothing__c'),
    { name: 'Trainer_Connect_Trainer', problem: /Nothing__c, which does not exist/, line: /Nothing__c/ },
  ],
  [
    'field permissions on a required field',
    TRAINER_SET,
    first('Onboarding_Trainer__c.Active__c', 'Training_Booking__c.Trainer__c'),
    {
      name: 'Trainer_Connect_Trainer',
      problem: /You cannot deploy to a required field/,
      line: /Booking__c.Trainer__c/,
    },
  ],
  [
    'field permissions on a master-detail field',
    TRAINER_SET,
    first('Onboarding_Trainer__c.Active__c', 'Booking_Timeline__c.Booking__c'),
    { name: 'Trainer_Connect_Trainer', problem: /You cannot deploy to a required field/ },
  ],
  [
    'Read on a detail without its master',
    TRAINER_SET,
    (text) =>
      text.replace(
        /<objectPermissions>(?:(?!<\/objectPermissions>)[\s\S])*?>Training_Booking__c<[\s\S]*?<\/objectPermissions>/,
        '',
      ),
    {
      name: 'Trainer_Connect_Trainer',
      problem: /Permission Read \w+ depends on permission\(s\): Read Training_Booking__c/,
    },
  ],
  [
    'access to a class that does not exist',
    STAFF_SET,
    first('<apexClass>TrainingBookingController<', '<apexClass>NoSuchController<'),
    { name: 'Trainer_Connect_Staff', problem: /no ApexClass named NoSuchController found/, line: /NoSuchController/ },
  ],
  [
    'a tab setting of a tab that does not exist',
    STAFF_SET,
    added('PermissionSet', '<tabSettings><tab>No_Tab</tab><visibility>Visible</visibility></tabSettings>'),
    { name: 'Trainer_Connect_Staff', problem: /In field: tab - no CustomTab named No_Tab found/ },
  ],
  [
    'an app with an unknown tab',
    'applications/Trainer_Connect.app',
    first('<tabs>Book_Training<', '<tabs>Book_Trainings<'),
    { name: 'Trainer_Connect', problem: /no CustomTab named Book_Trainings found/, line: /Book_Trainings/ },
  ],
  [
    'a tab of an unknown page',
    'tabs/Book_Training.tab',
    first('<flexiPage>Book_Training<', '<flexiPage>Nowhere<'),
    { name: 'Book_Training', problem: /no FlexiPage named Nowhere found/ },
  ],
  [
    'a page with an unknown component',
    'flexipages/Book_Training.flexipage',
    first('bookTraining<', 'bookTrainings<'),
    { name: 'Book_Training', problem: /no LightningComponentBundle named bookTrainings found/, line: /bookTrainings/ },
  ],
  [
    'a layout with an unknown field',
    'layouts/Training_Booking__c-Training Booking Layout.layout',
    first('<field>Store_Address__c<', '<field>Address__c<'),
    {
      name: 'Training_Booking__c-Training Booking Layout',
      problem: /no CustomField named Training_Booking__c.Address__c/,
      line: />Address__c</,
    },
  ],
  [
    'a flow on an unknown field',
    'flows/Training_Booking_Before_Save.flow',
    first('$Record.Notes__c', '$Record.Remarks__c'),
    { name: 'Training_Booking_Before_Save', problem: /Remarks__c/ },
  ],
  [
    'a flow that calls an unknown class',
    'flows/Training_Booking_Sync.flow',
    first(/<actionName>TrainingBookingSync</, '<actionName>NoSuchAction<'),
    { name: 'Training_Booking_Sync', problem: /NoSuchAction has no invocable method/, line: /NoSuchAction/ },
  ],
  [
    'a class that does not compile',
    'classes/TrainerConnectGuard.cls',
    first('{', '{ public static void half( {'),
    { name: 'TrainerConnectGuard', problem: /TrainerConnectGuard\.cls:\d+/ },
  ],
  [
    'a query for an unknown field',
    'classes/TrainerConnectionsController.cls',
    first(/SELECT Id,/, 'SELECT Id, Nothing__c,'),
    { name: 'TrainerConnectionsController', problem: /No such column 'Nothing__c'/, line: /Nothing__c/ },
  ],
  [
    'a named credential without its external credential',
    'namedCredentials/Trainer_Connect.namedCredential',
    first('<externalCredential>Trainer_Connect<', '<externalCredential>Elsewhere<'),
    { name: 'Trainer_Connect', problem: /external credential Elsewhere does not exist/, line: /Elsewhere/ },
  ],
  [
    'a custom label that appears twice',
    'labels/CustomLabels.labels',
    (text) => text.replace(/<labels>[\s\S]*?<\/labels>/, (label) => label + label),
    { name: 'CustomLabels', problem: /Duplicate name: the label TC_\w+ appears more than once/ },
  ],
  [
    'a translation of an unknown label',
    'translations/fr.translation',
    first(/<name>TC_\w+</, '<name>TC_Nothing<'),
    { name: 'fr', problem: /no CustomLabel named TC_Nothing found/, line: /TC_Nothing/ },
  ],
  [
    'a component that imports an unknown label',
    'lwc/errorPanel/errorPanel.js',
    (text) => `import nothing from '@salesforce/label/c.TC_Nothing';\n${text}`,
    { name: 'errorPanel', problem: /Invalid reference c.TC_Nothing of type label/ },
  ],
  [
    'a dashboard of an unknown report',
    'dashboards/Trainer_Connect/Trainer_Connections.dashboard',
    first(/<report>Trainer_Connect\/\w+</, '<report>Trainer_Connect/Nothing<'),
    {
      name: 'Trainer_Connect/Trainer_Connections',
      problem: /no Report named Trainer_Connect\/Nothing found/,
      line: /Trainer_Connect\/Nothing/,
    },
  ],
  [
    'a report of an unknown report type',
    'reports/Trainer_Connect/Bookings_Needing_Attention.report',
    first(/<reportType>\w+__c</, '<reportType>Nothing__c<'),
    { name: 'Trainer_Connect/Bookings_Needing_Attention', problem: /no ReportType named Nothing found/ },
  ],
  [
    'ill-formed XML',
    'tabs/Book_Training.tab',
    first('</CustomTab>', ''),
    { name: 'Book_Training', problem: /not well-formed/ },
  ],
  [
    'a type that does not exist',
    'package.xml',
    added('Package', '<types><members>X</members><name>ApexKlass</name></types>'),
    { name: 'package.xml', problem: /Unknown type name 'ApexKlass' specified in package.xml/ },
  ],
  [
    'a member that the zip lacks',
    'package.xml',
    first('<members>Book_Training</members>', '<members>Book_Training</members><members>Book_More</members>'),
    { name: 'Book_More', problem: /was named in package.xml, but was not found in zipped directory/ },
  ],
];

describe('mistakes that a deployment refuses', () => {
  let org: TestOrg;
  let files: PackageFiles;
  let before_: unknown;
  const cli = createCli();
  const describeAll = async () => (await call(org, SETUP, 'GET', '/sobjects')).body;

  before(async () => {
    org = await startTestOrg({ metadata: [], sample: 'administrator' });
    const target = path.join(cli.folder, 'package');
    const folders = ['main', 'fresh-org'].flatMap((name) => ['--source-dir', path.join(FORCE_APP, name)]);
    const converted = await cli.run(['project', 'convert', 'source', ...folders, '--output-dir', target]);
    assert.equal(converted.status, 0, converted.message);
    files = readPackageFiles(target);
    before_ = await describeAll();
  });
  after(async () => {
    cli.remove();
    await org.close();
  });

  it('the package without a mistake passes the check', async () => {
    const result = await deployFiles(org, files, { checkOnly: true });
    assert.deepEqual(result.details.componentFailures, []);
    assert.equal(result.status, 'Succeeded');
  });

  for (const [mistake, file, edit, expected] of MISTAKES) {
    it(`${mistake}: refused, naming the place`, async () => {
      const text = String(files.get(file));
      const changed = edit(text);
      assert.notEqual(changed, text, 'the edit must change the file');
      const result = await deployFiles(org, new Map([...files, [file, changed]]));
      assert.equal(result.status, 'Failed');
      const failure = result.details.componentFailures.find(({ fullName }) => fullName === expected.name);
      assert.ok(failure, JSON.stringify(result.details.componentFailures.slice(0, 5), null, 1));
      assert.match(failure.problem, expected.problem);
      const bundle = file.split('/').slice(0, 2).join('/');
      assert.ok([`unpackaged/${file}`, `unpackaged/${bundle}`].includes(failure.fileName), failure.fileName);
      if (expected.line) assert.match(changed.split('\n')[failure.lineNumber - 1] ?? '', expected.line);
    });
  }

  it('none of them left anything behind', async () => {
    assert.deepEqual(await describeAll(), before_);
    const sets = await call(org, SETUP, 'GET', queryPath('SELECT COUNT() FROM PermissionSet'));
    assert.equal((sets.body as { totalSize: number }).totalSize, 0);
    const bookings = await call(org, SETUP, 'GET', queryPath('SELECT Id FROM Training_Booking__c'));
    assert.equal(bookings.status, 400);
  });
});
