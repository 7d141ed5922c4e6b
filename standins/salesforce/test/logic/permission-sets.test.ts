import type { XmlElement } from '../../logic/metadata-xml.ts';
import assert from 'node:assert/strict';
import path from 'node:path';
import { childNamed, childrenNamed, requireText } from '../../logic/metadata-xml.ts';
import { describe, test } from 'node:test';
import { findPackageFiles, readPackageFields, readPackageFile, readPackageObjects } from './package-schema.ts';

const INTEGRATION = 'Trainer_Connect_Integration';
const OURS = [
  'Onboarding_Trainer__c',
  'Training_Booking__c',
  'Booking_Timeline__c',
  'Booking_Calendar_Event__c',
  'Trainer_Connection__c',
  'Trainer_Connect_Metric__c',
];
const STANDARD_OBJECTS = ['Account', 'Contact', 'Lead', 'Task', 'User', 'UserExternalCredential'];
const SECRETS = [
  'Onboarding_Trainer__c.Lark_Access_Token__c',
  'Onboarding_Trainer__c.Lark_Refresh_Token__c',
  'Onboarding_Trainer__c.Lark_Identity_Hash__c',
];

const fields = readPackageFields();
const objects = readPackageObjects();
const sets = new Map(
  findPackageFiles('.permissionset-meta.xml').map((file) => [
    path.basename(file, '.permissionset-meta.xml'),
    readPackageFile(file, 'PermissionSet'),
  ]),
);
const human = [...sets].filter(([name]) => name !== INTEGRATION);

function setNamed(name: string): XmlElement {
  const set = sets.get(name);
  assert.ok(set, `permission set ${name} is missing`);
  return set;
}

/** Fields of the set that may be read (or edited), as `Object.Field`. */
function fieldsOf(set: XmlElement, right: 'readable' | 'editable'): string[] {
  return childrenNamed(set, 'fieldPermissions')
    .filter((permission) => requireText(permission, right) === 'true')
    .map((permission) => requireText(permission, 'field'));
}

/** The granted rights on an object in short: C R E D, V(iew all) and M(odify all). */
function rightsOn(set: XmlElement, object: string): string {
  const permission = childrenNamed(set, 'objectPermissions').find((one) => requireText(one, 'object') === object);
  if (!permission) return '';
  const letters = {
    allowCreate: 'C',
    allowRead: 'R',
    allowEdit: 'E',
    allowDelete: 'D',
    viewAllRecords: 'V',
    modifyAllRecords: 'M',
  };
  return Object.entries(letters)
    .map(([right, letter]) => (requireText(permission, right) === 'true' ? letter : ''))
    .join('');
}

function customPermissionsOf(set: XmlElement): string[] {
  return childrenNamed(set, 'customPermissions').map((permission) => requireText(permission, 'name'));
}

test('the sets of the design exist', () => {
  for (const name of ['Trainer', 'Staff', 'Admin', 'Integration']) setNamed(`Trainer_Connect_${name}`);
});

describe('what each set may do', () => {
  const rights: Record<string, string[]> = {
    Trainer_Connect_Trainer: ['R', 'R', 'R', 'R', 'R', ''],
    Trainer_Connect_Staff: ['RV', 'CREV', 'R', 'R', '', ''],
    Trainer_Connect_Admin: ['REV', 'CREV', 'R', 'R', 'RV', 'RV'],
    Trainer_Connect_Integration: ['CREDVM', 'CREV', 'CRE', 'CRED', 'CREDVM', 'CREDVM'],
  };
  for (const [name, expected] of Object.entries(rights)) {
    test(`${name}: ${expected.join(' ')} on trainers, bookings, timeline, calendar events, connections and metrics`, () => {
      assert.deepEqual(
        OURS.map((object) => rightsOn(setNamed(name), object)),
        expected,
      );
    });
  }

  test('no set deletes or owns all bookings, whatever sets are added', () => {
    for (const [name, set] of sets) assert.doesNotMatch(rightsOn(set, 'Training_Booking__c'), /[DM]/, name);
  });

  test('trainers edit no field at all', () => {
    assert.deepEqual(fieldsOf(setNamed('Trainer_Connect_Trainer'), 'editable'), []);
  });

  test('people edit what they book and the link; results, revisions and keys are written by flow and middleware only', () => {
    const written = /\.(Lark_|Sync|Revision|Idempotency|Meeting_Link_|Session_Briefing|Last_Reminder|Reminder_)/;
    for (const [name, set] of human) {
      assert.deepEqual(
        fieldsOf(set, 'editable').filter((field) => written.test(field)),
        [],
        name,
      );
    }
    const staff = fieldsOf(setNamed('Trainer_Connect_Staff'), 'editable');
    assert.ok(staff.includes('Training_Booking__c.Remote_Training_Meeting_Link__c'));
    assert.ok(staff.every((field) => field.startsWith('Training_Booking__c.')));
  });

  test('only the integration set writes back, calls the API and has no licence; only admins manage connections', () => {
    for (const [name, set] of sets) {
      const custom = customPermissionsOf(set);
      assert.equal(custom.includes('Trainer_Connect_Write_Back'), name === INTEGRATION, name);
      assert.equal(custom.includes('Manage_Trainer_Connections'), name === 'Trainer_Connect_Admin', name);
    }
    const integration = setNamed(INTEGRATION);
    assert.equal(childNamed(integration, 'license'), undefined);
    assert.deepEqual(
      childrenNamed(integration, 'userPermissions').map((one) => requireText(one, 'name')),
      ['ApiEnabled'],
    );
  });
});

describe('token fields', () => {
  test('no set but the integration set grants them', () => {
    for (const [name, set] of human) {
      const granted = childrenNamed(set, 'fieldPermissions').map((permission) => requireText(permission, 'field'));
      assert.deepEqual(
        granted.filter((field) => SECRETS.includes(field) || /(Access|Refresh)_Token__c$/.test(field)),
        [],
        name,
      );
    }
  });

  test('no set but the integration set sees all fields or reads past field security', () => {
    for (const [name, set] of human) {
      for (const permission of childrenNamed(set, 'objectPermissions')) {
        assert.notEqual(childNamed(permission, 'viewAllFields')?.text, 'true', name);
      }
      const wide = childrenNamed(set, 'userPermissions').map((one) => requireText(one, 'name'));
      assert.deepEqual(
        wide.filter((right) => /^(ViewAllData|ModifyAllData|ManageUsers|AuthorApex)$/.test(right)),
        [],
        name,
      );
    }
  });

  test('the integration set reads and writes every field of ours that takes a permission; formulas it reads', () => {
    const grantable = [...fields.values()].filter(
      ({ object, required, type }) => OURS.includes(object) && !required && type !== 'MasterDetail',
    );
    for (const right of ['readable', 'editable'] as const) {
      const expected = grantable
        .filter(({ calculated }) => right === 'readable' || !calculated)
        .map(({ object, name }) => `${object}.${name}`)
        .toSorted();
      const granted = fieldsOf(setNamed(INTEGRATION), right).filter((field) =>
        OURS.includes(field.split('.')[0] ?? ''),
      );
      assert.deepEqual(granted.toSorted(), expected);
    }
  });
});

describe('what a deployment would refuse', () => {
  for (const [name, set] of sets) {
    test(`${name} names each existing object, field and custom permission once`, () => {
      const objectNames = childrenNamed(set, 'objectPermissions').map((permission) =>
        requireText(permission, 'object'),
      );
      const fieldNames = childrenNamed(set, 'fieldPermissions').map((permission) => requireText(permission, 'field'));
      assert.deepEqual(
        objectNames.filter((object) => !objects.has(object) && !STANDARD_OBJECTS.includes(object)),
        [],
      );
      assert.deepEqual(
        fieldNames.filter((field) => !fields.has(field)),
        [],
      );
      assert.equal(new Set(objectNames).size, objectNames.length);
      assert.equal(new Set(fieldNames).size, fieldNames.length);
      for (const permission of customPermissionsOf(set)) {
        assert.equal(findPackageFiles(`${permission}.customPermission-meta.xml`).length, 1, permission);
      }
    });

    test(`${name} has no permission on required or master-detail fields, and edits only what it reads`, () => {
      for (const field of childrenNamed(set, 'fieldPermissions').map((permission) =>
        requireText(permission, 'field'),
      )) {
        const definition = fields.get(field);
        assert.ok(!definition?.required && definition?.type !== 'MasterDetail', field);
      }
      const readable = new Set(fieldsOf(set, 'readable'));
      assert.deepEqual(
        fieldsOf(set, 'editable').filter((field) => !readable.has(field)),
        [],
      );
    });

    test(`${name} keeps the platform's order of rights: each wider right comes with the narrower ones`, () => {
      for (const permission of childrenNamed(set, 'objectPermissions')) {
        const rights = rightsOn(set, requireText(permission, 'object'));
        assert.match(rights, /R/);
        if (rights.includes('D')) assert.match(rights, /E/);
        if (rights.includes('M')) assert.match(rights, /E.*D.*V/);
      }
    });
  }
});
