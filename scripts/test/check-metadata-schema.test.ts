import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { checkFields } from '../checks/metadata-fields.ts';
import { readPackage } from '../checks/metadata-files.ts';
import { checkPlatformRules } from '../checks/metadata-platform.ts';
import { checkSchema } from '../checks/metadata-schema.ts';
import { assertFound, REPOSITORY, seededCopy, type Fault } from './seeded-faults.ts';

const MAIN = 'main/default';
const field = (object: string, name: string) => `${MAIN}/objects/${object}/fields/${name}.field-meta.xml`;
const ofBooking = (name: string) => field('Training_Booking__c', name);

const schemaFaults: Fault[] = [
  {
    name: 'ill-formed XML',
    file: `${MAIN}/flows/Training_Booking_Sync.flow-meta.xml`,
    from: '</Flow>',
    to: '</Flw>',
    at: '</Flw>',
    says: /ill-formed.*: repair/,
  },
  {
    name: 'an unknown element',
    file: ofBooking('Notes__c'),
    from: '<label>',
    to: '<lable>Notes</lable>\n    <label>',
    at: '<lable>',
    says: /<CustomField> has no element <lable>: known are/,
  },
  {
    name: 'a type that does not exist',
    file: ofBooking('Status__c'),
    from: '<type>Picklist',
    to: '<type>Picklits',
    at: 'Picklits',
    says: /<type> is 'Picklits': choose of/,
  },
  {
    name: 'a boolean that is none',
    file: ofBooking('Start__c'),
    from: '<required>true',
    to: '<required>yes',
    at: '<required>yes',
    says: /<required> is 'yes': write true or false/,
  },
  {
    name: 'a number that is none',
    file: ofBooking('Revision__c'),
    from: '<precision>',
    to: '<precision>about ',
    at: '<precision>about',
    says: /<precision> is 'about \d+': write a number/,
  },
  {
    name: 'an element that stands twice',
    file: `${MAIN}/tabs/Book_Training.tab-meta.xml`,
    from: '<motif>',
    to: '<motif>Custom26: Bell</motif>\n    <motif>',
    at: '<motif>Custom25',
    says: /<motif> stands 2 times: keep one/,
  },
  {
    name: 'another root',
    file: `${MAIN}/groups/Trainer_Connect_Staff.group-meta.xml`,
    to: '<?xml version="1.0" encoding="UTF-8"?>\n<Groups xmlns="http://soap.sforce.com/2006/04/metadata"><name>x</name></Groups>\n',
    at: '<Groups',
    says: /the root is <Groups>: \.group means <Group>/,
  },
  {
    name: 'a required element that is missing',
    file: `${MAIN}/customPermissions/Manage_Trainer_Connections.customPermission-meta.xml`,
    from: '<label>Manage Trainer Connections</label>',
    to: '',
    at: '<CustomPermission',
    says: /<CustomPermission> lacks <label>: add it/,
  },
  {
    name: 'another namespace',
    file: `${MAIN}/tabs/Training_Booking__c.tab-meta.xml`,
    from: '2006/04/metadata',
    to: '2006/04/metdata',
    at: '<CustomTab',
    says: /another xmlns: write xmlns=/,
  },
  {
    name: 'a class without its metadata',
    file: `${MAIN}/classes/TrainerConnectGuard.cls-meta.xml`,
    foundIn: `${MAIN}/classes/TrainerConnectGuard.cls`,
    says: /no -meta.xml beside it/,
  },
  {
    name: 'metadata without its class',
    file: `${MAIN}/classes/TrainingBookingSync.cls`,
    foundIn: `${MAIN}/classes/TrainingBookingSync.cls-meta.xml`,
    says: /its source is missing: add TrainingBookingSync.cls/,
  },
  {
    name: 'a component without its metadata',
    file: `${MAIN}/lwc/weekGrid/weekGrid.js-meta.xml`,
    foundIn: `${MAIN}/lwc/weekGrid/weekGrid.html`,
    says: /weekGrid has no weekGrid.js-meta.xml/,
  },
  {
    name: 'a static resource without its content',
    file: `${MAIN}/staticresources/TC_Test_Taken.json`,
    foundIn: `${MAIN}/staticresources/TC_Test_Taken.resource-meta.xml`,
    says: /its content is missing/,
  },
  {
    name: 'a kind of metadata that nobody checks',
    file: `${MAIN}/workflows/Training_Booking__c.workflow-meta.xml`,
    to: '<Workflow xmlns="http://soap.sforce.com/2006/04/metadata"/>\n',
    says: /no known kind of metadata/,
  },
];

const fieldFaults: Fault[] = [
  {
    name: 'a text of more than 255',
    file: ofBooking('Merchant_Name__c'),
    from: '<length>',
    to: '<length>2',
    at: '<length>2',
    says: /a Text of \d+: 1 to 255 characters are possible/,
  },
  {
    name: 'a long text area that is too long',
    file: field('Onboarding_Trainer__c', 'Lark_Access_Token__c'),
    from: '<length>16384',
    to: '<length>163840',
    at: '163840',
    says: /a LongTextArea of 163840: 256 to 131072/,
  },
  {
    name: 'a long text area without its lines',
    file: field('Onboarding_Trainer__c', 'Lark_Refresh_Token__c'),
    from: '<visibleLines>3</visibleLines>',
    to: '',
    at: '<type>',
    says: /lacks <visibleLines>: add it/,
  },
  {
    name: 'a lookup without its object',
    file: field('Onboarding_Trainer__c', 'User__c'),
    from: '<referenceTo>User</referenceTo>',
    to: '',
    at: '<type>Lookup',
    says: /a Lookup field lacks <referenceTo>/,
  },
  {
    name: 'a required lookup that a deletion would empty',
    file: ofBooking('Trainer__c'),
    from: '<deleteConstraint>Restrict',
    to: '<deleteConstraint>SetNull',
    at: '<type>Lookup',
    says: /a required lookup that a deletion would empty: write <deleteConstraint>Restrict/,
  },
  {
    name: 'a master-detail field without its order',
    file: field('Booking_Timeline__c', 'Booking__c'),
    from: '<relationshipOrder>0</relationshipOrder>',
    to: '',
    at: '<type>MasterDetail',
    says: /a MasterDetail field lacks <relationshipOrder>/,
  },
  {
    name: 'a sum of nothing',
    file: ofBooking('Hours__c'),
    to: [
      '<CustomField xmlns="http://soap.sforce.com/2006/04/metadata">',
      '<fullName>Hours__c</fullName><label>Hours</label>',
      '<summaryForeignKey>Booking_Timeline__c.Booking__c</summaryForeignKey>',
      '<summaryOperation>sum</summaryOperation>',
      '<type>Summary</type>',
      '</CustomField>\n',
    ].join('\n'),
    at: '<type>Summary',
    says: /a sum, minimum or maximum of nothing: add <summarizedField>/,
  },
  {
    name: 'a date with a length',
    file: ofBooking('End__c'),
    from: '<type>',
    to: '<length>80</length>\n    <type>',
    at: '<length>80',
    says: /a DateTime field has no <length>: remove it/,
  },
  {
    name: 'a picklist value that stands twice',
    file: ofBooking('Service_Type__c'),
    from: '<fullName>Onsite</fullName>',
    to: '<fullName>Remote</fullName>',
    at: '<fullName>Remote',
    last: true,
    says: /the value Remote stands twice/,
  },
  {
    name: 'a field that is called otherwise than its file',
    file: ofBooking('Sync_Key__c'),
    from: '<fullName>Sync_Key__c',
    to: '<fullName>Sync_Kee__c',
    at: 'Sync_Kee__c',
    says: /<fullName> is not Sync_Key__c/,
  },
];

const platformFaults: Fault[] = [
  {
    name: 'a label on an AsyncAfterCommit path',
    file: `${MAIN}/flows/Training_Booking_Sync.flow-meta.xml`,
    from: '<pathType>AsyncAfterCommit',
    to: '<label>Later</label>\n            <pathType>AsyncAfterCommit',
    at: '<label>Later',
    says: /an AsyncAfterCommit path has no <label>: remove it/,
  },
  {
    name: 'an action without a fault path',
    file: `${MAIN}/flows/Training_Booking_Sync.flow-meta.xml`,
    from: '<faultConnector>\n            <targetReference>Keep_The_Fault</targetReference>\n        </faultConnector>',
    to: '',
    at: '<actionCalls>',
    says: /Tell_The_Middleware has no fault path: connect one/,
  },
  {
    name: 'a legacy element in a named credential',
    file: `${MAIN}/namedCredentials/Trainer_Connect.namedCredential-meta.xml`,
    from: '<label>',
    to: '<endpoint>https://trainer-connect.example.com</endpoint>\n    <label>',
    at: '<endpoint>',
    says: /<endpoint> belongs to legacy credentials: remove it/,
  },
  {
    name: 'a header that a formatter broke',
    file: `${MAIN}/externalCredentials/Trainer_Connect.externalCredential-meta.xml`,
    from: '<parameterValue>',
    to: '<parameterValue>\n            ',
    at: '<parameterValue>',
    says: /white space around it: write it on one line/,
  },
  {
    name: 'keys of the external client app',
    file: 'fresh-org/default/extlClntAppGlobalOauthSets/Trainer_Connect.ecaGlblOauth-meta.xml',
    to: '<ExtlClntAppGlobalOauthSettings xmlns="http://soap.sforce.com/2006/04/metadata"/>\n',
    says: /holds the key and secret/,
  },
  {
    name: 'a custom metadata value without its type',
    file: `${MAIN}/customMetadata/Trainer_Connect_Mirror.Merchants.md-meta.xml`,
    to: [
      '<CustomMetadata xmlns="http://soap.sforce.com/2006/04/metadata" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">',
      '<label>Merchants</label>',
      '<values><field>Object__c</field>',
      '<value>Account</value></values>',
      '</CustomMetadata>\n',
    ].join('\n'),
    at: '<value>Account',
    says: /a value without xsi:type: write/,
  },
  {
    name: 'a description that is too long',
    file: `${MAIN}/permissionsets/Trainer_Connect_Callout.permissionset-meta.xml`,
    from: '<description>',
    to: `<description>${'Very '.repeat(50)}`,
    at: '<description>',
    says: /<description> has \d+ characters: keep to 255/,
  },
  {
    name: 'a class that is opened twice',
    file: `${MAIN}/permissionsets/Trainer_Connect_Staff.permissionset-meta.xml`,
    from: '<classAccesses>',
    to: '<classAccesses>\n        <apexClass>TrainingBookingController</apexClass>\n        <enabled>true</enabled>\n    </classAccesses>\n    <classAccesses>',
    at: '<apexClass>TrainingBookingController',
    last: true,
    says: /<classAccesses> of TrainingBookingController stands twice/,
  },
];

const checks = [
  { name: 'structure', faults: schemaFaults, check: checkSchema },
  { name: 'types of fields', faults: fieldFaults, check: checkFields },
  { name: 'rules of the platform', faults: platformFaults, check: checkPlatformRules },
];

for (const { name, faults, check } of checks) {
  describe(`the check of ${name}`, () => {
    const copy = seededCopy(faults);
    after(() => copy[Symbol.dispose]());
    const problems = check(readPackage(copy.root));

    for (const fault of faults) {
      it(`finds ${fault.name}`, () => {
        assertFound(problems, copy.root, fault);
      });
    }

    it('finds nothing in the repository', () => {
      assert.deepEqual(check(readPackage(REPOSITORY)), []);
    });
  });
}
