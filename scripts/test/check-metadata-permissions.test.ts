import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { catalogOf } from '../checks/metadata-catalog.ts';
import { readPackage } from '../checks/metadata-files.ts';
import { checkProductPermissions } from '../checks/metadata-permissions-product.ts';
import { checkPermissions } from '../checks/metadata-permissions.ts';
import { assertFound, REPOSITORY, seededCopy, type Fault } from './seeded-faults.ts';

const MAIN = 'main/default';
const SET = (name: string) => `${MAIN}/permissionsets/Trainer_Connect_${name}.permissionset-meta.xml`;

/** A set that only has these entries. */
const ownSet = (...lines: string[]) =>
  [
    '<PermissionSet xmlns="http://soap.sforce.com/2006/04/metadata">',
    '<label>Seeded</label>',
    ...lines,
    '</PermissionSet>\n',
  ].join('\n');
const objectLine = (object: string, ...granted: string[]) => {
  const all = ['allowCreate', 'allowDelete', 'allowEdit', 'allowRead', 'modifyAllRecords', 'viewAllRecords'];
  const flags = all.map((name) => `<${name}>${granted.includes(name)}</${name}>`);
  return `<objectPermissions>${flags.join('')}<object>${object}</object></objectPermissions>`;
};
const fieldLine = (field: string, readable: boolean, editable: boolean) =>
  `<fieldPermissions><editable>${editable}</editable><field>${field}</field><readable>${readable}</readable></fieldPermissions>`;

const inOwnSet = (name: string, line: string, says: RegExp, also: string[] = []): Fault => ({
  name,
  file: SET(name.replaceAll(' ', '_')),
  to: ownSet(...also, line),
  at: line,
  says,
});

const deployFaults: Fault[] = [
  inOwnSet(
    'a field permission on a required field',
    fieldLine('Training_Booking__c.Trainer__c', true, true),
    /Trainer__c is required and takes no field permission: remove/,
  ),
  inOwnSet(
    'a field permission on a master-detail field',
    fieldLine('Booking_Timeline__c.Booking__c', true, false),
    /Booking__c is master-detail and takes no field permission: remove/,
  ),
  inOwnSet(
    'Edit on a formula',
    fieldLine('Trainer_Connect_Metric__c.Connection_Rate__c', true, true),
    /Connection_Rate__c is calculated and never editable: set editable to false/,
  ),
  inOwnSet(
    'Edit on a field without Read',
    fieldLine('Training_Booking__c.Notes__c', false, true),
    /editable without being readable: set readable/,
  ),
  inOwnSet(
    'Read on a detail without its master',
    objectLine('Booking_Timeline__c', 'allowRead'),
    /Read on Booking_Timeline__c without Read on its master: grant Read on Training_Booking__c/,
  ),
  inOwnSet(
    'Read on contacts without accounts',
    objectLine('Contact', 'allowRead'),
    /Read on Contact without Read on its master: grant Read on Account/,
  ),
  inOwnSet(
    'Edit without Read',
    objectLine('Training_Booking__c', 'allowEdit'),
    /Edit on Training_Booking__c needs Read: grant that/,
  ),
  inOwnSet(
    'View All without Read',
    objectLine('Trainer_Connection__c', 'viewAllRecords'),
    /View All on Trainer_Connection__c needs Read/,
  ),
  inOwnSet(
    'Delete without Edit',
    objectLine('Trainer_Connection__c', 'allowRead', 'allowDelete'),
    /Delete on Trainer_Connection__c needs Edit/,
  ),
  inOwnSet(
    'Modify All without Delete',
    objectLine('Onboarding_Trainer__c', 'allowRead', 'allowEdit', 'viewAllRecords', 'modifyAllRecords'),
    /Modify All on Onboarding_Trainer__c needs Delete/,
  ),
];

const productFaults: Fault[] = [
  inOwnSet(
    'Delete on bookings',
    objectLine('Training_Booking__c', 'allowRead', 'allowEdit', 'allowDelete'),
    /Delete on bookings, whose meetings would stay behind: set allowDelete/,
  ),
  inOwnSet(
    'Modify All on bookings',
    objectLine('Training_Booking__c', 'allowRead', 'allowEdit', 'viewAllRecords', 'modifyAllRecords'),
    /Delete on bookings, whose meetings would stay behind: set allowDelete/,
  ),
  {
    name: 'Modify All on bookings for the middleware',
    file: SET('Integration'),
    from: '<modifyAllRecords>false</modifyAllRecords>\n        <object>Training_Booking__c',
    to: '<modifyAllRecords>true</modifyAllRecords>\n        <object>Training_Booking__c',
    at: '<modifyAllRecords>true',
    last: true,
    says: /Delete on bookings, whose meetings would stay behind/,
  },
  inOwnSet(
    'a token field for people',
    fieldLine('Onboarding_Trainer__c.Lark_Access_Token__c', true, false),
    /Lark_Access_Token__c is opened: only Trainer_Connect_Integration may open tokens/,
    [objectLine('Onboarding_Trainer__c', 'allowRead')],
  ),
  inOwnSet(
    'all fields of an object',
    `<objectPermissions><allowRead>true</allowRead><object>Trainer_Connection__c</object><viewAllFields>true</viewAllFields></objectPermissions>`,
    /all fields of Trainer_Connection__c are opened: name the fields/,
  ),
  inOwnSet(
    'a permission past all others',
    '<userPermissions><enabled>true</enabled><name>ViewAllData</name></userPermissions>',
    /ViewAllData goes past every other permission/,
  ),
  inOwnSet(
    'fields of an object that cannot be read',
    fieldLine('Trainer_Connection__c.Status__c', true, false),
    /fields of Trainer_Connection__c without Read on it/,
  ),
  {
    name: 'a token on a layout',
    file: `${MAIN}/layouts/Training_Booking__c-Training Booking Layout.layout-meta.xml`,
    from: '<field>Store_Address__c',
    to: '<field>Lark_Refresh_Token__c',
    at: 'Lark_Refresh_Token__c',
    says: /shows Lark_Refresh_Token__c: remove it/,
  },
  {
    name: 'a token on a record page',
    file: `${MAIN}/flexipages/Trainer_Record_Page.flexipage-meta.xml`,
    from: 'Record.Work_Days__c',
    to: 'Record.Lark_Access_Token__c',
    at: 'Record.Lark_Access_Token__c',
    says: /shows Record.Lark_Access_Token__c/,
  },
  {
    name: 'a history of tokens',
    file: `${MAIN}/objects/Trainer_Connection__c/fields/Refresh_Token__c.field-meta.xml`,
    from: '<trackHistory>false',
    to: '<trackHistory>true',
    at: '<trackHistory>',
    says: /keeps old tokens in the field history/,
  },
  {
    name: 'a class that nobody may call',
    file: SET('Callout'),
    from: '<apexClass>TrainingBookingSync',
    to: '<apexClass>TrainerConnectMiddleware',
    foundIn: `${MAIN}/classes/TrainingBookingSync.cls`,
    at: '@InvocableMethod',
    says: /no permission set opens the class TrainingBookingSync: add classAccesses/,
  },
  {
    name: 'a field that the middleware is not granted',
    file: SET('Integration'),
    from: '<field>Training_Booking__c.Session_Briefing__c',
    to: '<field>Training_Booking__c.Notes__c',
    at: '<PermissionSet',
    says: /Training_Booking__c.Session_Briefing__c is not granted to the middleware: add/,
  },
];

const checks = [
  { name: 'permissions that a deploy refuses', faults: deployFaults, check: checkPermissions },
  { name: "permissions that break the product's promises", faults: productFaults, check: checkProductPermissions },
];

for (const { name, faults, check } of checks) {
  describe(`the check of ${name}`, () => {
    const problemsIn = (root: string) => {
      const source = readPackage(root);
      return check(source, catalogOf(source));
    };
    const copy = seededCopy(faults);
    after(() => copy[Symbol.dispose]());
    const problems = problemsIn(copy.root);

    for (const fault of faults) it(`finds ${fault.name}`, () => assertFound(problems, copy.root, fault));

    it('finds nothing in the repository', () => {
      assert.deepEqual(problemsIn(REPOSITORY), []);
    });
  });
}
