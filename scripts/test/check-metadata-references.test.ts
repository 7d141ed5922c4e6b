import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { checkMetadata } from '../check-metadata.ts';
import { catalogOf } from '../checks/metadata-catalog.ts';
import { readPackage } from '../checks/metadata-files.ts';
import { checkMetadataReferences } from '../checks/metadata-references.ts';
import { assertFound, REPOSITORY, seededCopy, type Fault } from './seeded-faults.ts';

const MAIN = 'main/default';
const BOOKING = `${MAIN}/objects/Training_Booking__c`;
const SET = (name: string) => `${MAIN}/permissionsets/Trainer_Connect_${name}.permissionset-meta.xml`;

/** One word of one file is wrong. */
const wrong = (
  name: string,
  file: string,
  from: string,
  to: string,
  says: RegExp,
  also: Partial<Fault> = {},
): Fault => ({
  name,
  file,
  from,
  to,
  at: to.split('\n')[0] ?? to,
  says,
  ...also,
});

const faults: Fault[] = [
  wrong(
    'a permission for a field that does not exist',
    SET('Staff'),
    'Training_Booking__c.Notes__c',
    'Training_Booking__c.Note__c',
    /field Training_Booking__c.Note__c does not exist: correct the name/,
  ),
  wrong(
    'a permission for an object that does not exist',
    SET('Trainer'),
    '<object>Booking_Timeline__c',
    '<object>Booking_Timelines__c',
    /object Booking_Timelines__c does not exist/,
  ),
  wrong(
    'a permission for a class that does not exist',
    SET('Trainer'),
    '<apexClass>TrainingBookingController',
    '<apexClass>TrainingBookingControler',
    /class TrainingBookingControler does not exist/,
  ),
  wrong('a tab that does not exist', SET('Staff'), '<tab>Book_Training', '<tab>Book_Trainings', /tab Book_Trainings/),
  wrong(
    'an app that does not exist',
    SET('Staff'),
    '<application>Trainer_Connect',
    '<application>Trainer_Conect',
    /app Trainer_Conect/,
  ),
  wrong(
    'a custom permission that does not exist',
    SET('Admin'),
    '<name>Manage_Trainer_Connections',
    '<name>Manage_Connections',
    /custom permission Manage_Connections/,
  ),
  wrong(
    'a principal with another hyphen',
    SET('Callout'),
    'Trainer_Connect-Service',
    'Trainer_Connect_Service',
    /principal Trainer_Connect_Service/,
  ),
  wrong(
    'a user permission with a slip',
    SET('Integration'),
    '<name>ApiEnabled',
    '<name>APIEnabled',
    /user permission APIEnabled/,
  ),
  wrong(
    'a flow that goes to an element that does not exist',
    `${MAIN}/flows/Training_Booking_Before_Save.flow-meta.xml`,
    '<targetReference>Clear_Sync_Key',
    '<targetReference>Clear_Key',
    /flow element Clear_Key/,
  ),
  wrong(
    'a flow that assigns to a field that does not exist',
    `${MAIN}/flows/Training_Booking_Before_Save.flow-meta.xml`,
    '$Record.Lark_Reserve_ID__c',
    '$Record.Lark_Reservation_ID__c',
    /flow resource \$Record.Lark_Reservation_ID__c/,
  ),
  wrong(
    'a flow whose entry condition names no field',
    `${MAIN}/flows/Training_Booking_Sync.flow-meta.xml`,
    '<field>Sync_Key__c',
    '<field>Sync_Kee__c',
    /field Training_Booking__c.Sync_Kee__c/,
  ),
  wrong(
    'a flow that gives an input which the class does not take',
    `${MAIN}/flows/Training_Booking_Sync.flow-meta.xml`,
    '<name>bookingId',
    '<name>booking',
    /input of TrainingBookingSync booking does not exist/,
  ),
  wrong(
    'an invocable that does not say that it calls out',
    `${MAIN}/classes/TrainingBookingSync.cls`,
    'callout=true',
    'callout=false',
    /TrainingBookingSync.cls calls out without saying so: write @InvocableMethod\(callout=true\)/,
    { foundIn: `${MAIN}/flows/Training_Booking_Sync.flow-meta.xml`, at: '<actionName>' },
  ),
  wrong(
    'a component that imports an Apex method which does not exist',
    `${MAIN}/lwc/bookTraining/bookTraining.js`,
    '@salesforce/apex/TrainingBookingController.',
    '@salesforce/apex/TrainingBookingController.not',
    /Apex method TrainingBookingController.not\w+ does not exist/,
  ),
  wrong(
    'a tab of a page that does not exist',
    `${MAIN}/tabs/Book_Training.tab-meta.xml`,
    '<flexiPage>Book_Training',
    '<flexiPage>Book_A_Training',
    /page Book_A_Training/,
  ),
  wrong(
    'an app with a tab that does not exist',
    `${MAIN}/applications/Trainer_Connect.app-meta.xml`,
    '<tabs>Book_Training',
    '<tabs>Booking',
    /tab Booking does not exist/,
  ),
  wrong(
    'a page with a component that does not exist',
    `${MAIN}/flexipages/Book_Training.flexipage-meta.xml`,
    '<componentName>bookTraining',
    '<componentName>bookTrainings',
    /component bookTrainings/,
  ),
  wrong(
    'a component on a kind of page that it is not for',
    `${MAIN}/flexipages/Trainer_Connections.flexipage-meta.xml`,
    '<componentName>trainerConnections',
    '<componentName>bookingMeeting',
    /bookingMeeting is not for this kind of page: add lightning__AppPage/,
  ),
  wrong(
    'a record page with a field that does not exist',
    `${MAIN}/flexipages/Trainer_Record_Page.flexipage-meta.xml`,
    'Record.Work_Days__c',
    'Record.Work_Day__c',
    /field Onboarding_Trainer__c.Work_Day__c/,
  ),
  wrong(
    'a list view with a column that does not exist',
    `${BOOKING}/listViews/All.listView-meta.xml`,
    '<columns>Start__c',
    '<columns>Begin__c',
    /field Training_Booking__c.Begin__c/,
  ),
  wrong(
    'a list view that asks for a value which the field cannot have',
    `${BOOKING}/listViews/Pending_Links.listView-meta.xml`,
    '<value>Requested,Confirmed',
    '<value>Requested,Agreed',
    /value of Training_Booking__c.Status__c Agreed/,
  ),
  wrong(
    'a compact layout with a field that does not exist',
    `${BOOKING}/compactLayouts/Booking_Highlights.compactLayout-meta.xml`,
    '<fields>Status__c',
    '<fields>State__c',
    /field Training_Booking__c.State__c/,
  ),
  wrong(
    'a layout with a field that does not exist',
    `${MAIN}/layouts/Training_Booking__c-Training Booking Layout.layout-meta.xml`,
    '<field>Store_Address__c',
    '<field>Shop_Address__c',
    /field Training_Booking__c.Shop_Address__c/,
  ),
  wrong(
    'a layout with a field that no layout takes',
    `${MAIN}/layouts/Training_Booking__c-Training Booking Layout.layout-meta.xml`,
    '<field>LastModifiedById',
    '<field>LastModifiedDate',
    /no layout takes LastModifiedDate: write LastModifiedById/,
  ),
  wrong(
    'an object whose compact layout does not exist',
    `${BOOKING}/Training_Booking__c.object-meta.xml`,
    '<compactLayoutAssignment>Booking_Highlights',
    '<compactLayoutAssignment>Highlights',
    /compact layout Highlights/,
  ),
  wrong(
    'a lookup to an object that does not exist',
    `${MAIN}/objects/Onboarding_Trainer__c/fields/User__c.field-meta.xml`,
    '<referenceTo>User',
    '<referenceTo>Users',
    /object Users/,
  ),
  wrong(
    'a sharing rule for a group that does not exist',
    `${MAIN}/sharingRules/Training_Booking__c.sharingRules-meta.xml`,
    '<group>Trainer_Connect_Admins',
    '<group>Trainer_Connect_Administrators',
    /group Trainer_Connect_Administrators/,
  ),
  wrong(
    'a named credential without its external one',
    `${MAIN}/namedCredentials/Trainer_Connect.namedCredential-meta.xml`,
    '<externalCredential>Trainer_Connect',
    '<externalCredential>Trainer_Conect',
    /external credential Trainer_Conect/,
  ),
  wrong(
    'a class that calls a named credential which does not exist',
    `${MAIN}/classes/TrainerConnectMiddleware.cls`,
    'callout:Trainer_Connect',
    'callout:Middleware',
    /named credential Middleware/,
  ),
  wrong(
    'a component that imports a label which does not exist',
    `${MAIN}/lwc/bookTraining/labels.js`,
    '@salesforce/label/c.TC_',
    '@salesforce/label/c.TX_',
    /label TX_\w+ does not exist/,
  ),
  wrong(
    'a template with a component that does not exist',
    `${MAIN}/lwc/bookTraining/bookTraining.html`,
    '<c-week-picker',
    '<c-week-chooser',
    /component week-chooser/,
  ),
  wrong(
    'a translation of a label that does not exist',
    `${MAIN}/translations/fr.translation-meta.xml`,
    '<name>TC_Common_Loading',
    '<name>TC_Common_Load',
    /label TC_Common_Load does not exist/,
  ),
  {
    name: 'a label that is not translated',
    file: `${MAIN}/translations/zh_CN.translation-meta.xml`,
    from: '<name>TC_Common_Cancel',
    to: '<name>TC_Common_Retry',
    at: '<Translations',
    says: /the label TC_Common_Cancel has no translation: add one/,
  },
  {
    name: 'settings that mirror onto a field which does not exist',
    file: `${MAIN}/customMetadata/Trainer_Connect_Mirror.Merchants.md-meta.xml`,
    to: [
      '<CustomMetadata xmlns="http://soap.sforce.com/2006/04/metadata">',
      '<values><field>Object__c</field><value>Account</value></values>',
      '<values><field>Link_Field__c</field>',
      '<value>Meeting_Link__c</value></values>',
      '</CustomMetadata>\n',
    ].join('\n'),
    at: 'Meeting_Link__c',
    says: /field Account.Meeting_Link__c does not exist/,
  },
  wrong(
    'a report type with a join that does not exist',
    `${MAIN}/reportTypes/Trainers_With_Bookings.reportType-meta.xml`,
    '<relationship>Training_Bookings__r',
    '<relationship>Bookings__r',
    /join Onboarding_Trainer__c.Bookings__r/,
  ),
  wrong(
    'a report type with a field that does not exist',
    `${MAIN}/reportTypes/Trainer_Connect_Metrics.reportType-meta.xml`,
    '<field>Day__c',
    '<field>Date__c',
    /field Trainer_Connect_Metric__c.Date__c/,
  ),
  wrong(
    'a report with a column that its type does not have',
    `${MAIN}/reports/Trainer_Connect/Trainers_Not_Connected.report-meta.xml`,
    '<field>Onboarding_Trainer__c$Email__c',
    '<field>Onboarding_Trainer__c$Mail__c',
    /column of the report type Onboarding_Trainer__c\$Mail__c/,
  ),
  wrong(
    'a report that asks for a value which the field cannot have',
    `${MAIN}/reports/Trainer_Connect/Bookings_Needing_Attention.report-meta.xml`,
    '<value>Failed,Conflict',
    '<value>Failed,Conflicts',
    /value of Training_Booking__c.Sync_Status__c Conflicts/,
  ),
  wrong(
    'a class with a label that does not exist',
    `${MAIN}/classes/TrainerConnectGuard.cls`,
    "'This account cannot be connected here.'",
    'System.Label.TC_Not_Here',
    /label TC_Not_Here does not exist/,
  ),
  wrong(
    'a dashboard with a report that does not exist',
    `${MAIN}/dashboards/Trainer_Connect/Trainer_Connections.dashboard-meta.xml`,
    '<report>Trainer_Connect/Numbers_Of_The_Last_7_Days',
    '<report>Trainer_Connect/Numbers',
    /report Trainer_Connect\/Numbers does not exist/,
  ),
  wrong(
    'a number of the dashboard that comes from a report without groups',
    `${MAIN}/reports/Trainer_Connect/Connections_Expiring_Soon.report-meta.xml`,
    '<format>Summary',
    '<format>Tabular',
    /Connections_Expiring_Soon is a table without groups: group it/,
    {
      foundIn: `${MAIN}/dashboards/Trainer_Connect/Trainer_Connections.dashboard-meta.xml`,
      at: '<report>Trainer_Connect/Connections_Expiring_Soon',
    },
  ),
];

describe('the check of both packages', () => {
  it('finds what main takes from the package for empty orgs, which is not deployed where trainers exist', () => {
    const group = (place: string) => `${place}/default/groups/Trainer_Connect_Admins.group-meta.xml`;
    const text = '<Group xmlns="http://soap.sforce.com/2006/04/metadata"><name>Trainer Connect Admins</name></Group>\n';
    using copy = seededCopy([{ file: group('main') }, { file: group('fresh-org'), to: text }]);
    assertFound(checkMetadata(copy.root), copy.root, {
      name: 'a group of fresh-org',
      file: `${MAIN}/sharingRules/Training_Booking__c.sharingRules-meta.xml`,
      at: '<group>Trainer_Connect_Admins',
      says: /group Trainer_Connect_Admins does not exist: .* to the package that is deployed without fresh-org$/,
    });
  });

  it('finds nothing in the repository', () => {
    assert.deepEqual(checkMetadata(REPOSITORY), []);
  });
});

describe('the check of references', () => {
  const problemsIn = (root: string) => {
    const source = readPackage(root);
    return checkMetadataReferences(source, catalogOf(source));
  };
  const copy = seededCopy(faults);
  after(() => copy[Symbol.dispose]());
  const problems = problemsIn(copy.root);

  for (const fault of faults) it(`finds ${fault.name}`, () => assertFound(problems, copy.root, fault));
});
