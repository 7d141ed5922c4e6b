import { defineField, defineObject, systemFields } from './define-field.ts';
import type { FieldDef, ObjectDef } from './types.ts';

const text = (name: string, length: number, given: Partial<FieldDef> = {}) =>
  defineField(name, 'string', { length, label: name, ...given });

const setup = (name: string, length: number, given: Partial<FieldDef> = {}) =>
  text(name, length, { permissionable: false, ...given });

const computed = { createable: false, updateable: false, permissionable: false };

function lookup(name: string, to: string, childRelationshipName?: string, given: Partial<FieldDef> = {}): FieldDef {
  return defineField(name, 'reference', {
    label: `${name.replace(/Id$/, '')} ID`,
    reference: {
      to,
      relationshipName: name.replace(/Id$/, ''),
      childRelationshipName,
      onDelete: 'SetNull',
      masterDetail: false,
    },
    ...given,
  });
}

const right = (name: string) => defineField(name, 'boolean', { ...computed, defaultValue: false });

/** The standard objects that the local org knows, with the fields that are used of them. */
export function standardObjects(): ObjectDef[] {
  return [
    defineObject('Organization', {
      label: 'Organization',
      pluralLabel: 'Organizations',
      keyPrefix: '00D',
      sharingModel: 'Setup',
      fields: [
        ...systemFields({ owner: false }),
        setup('Name', 80, computed),
        setup('InstanceName', 5, computed),
        setup('OrganizationType', 40, computed),
        setup('NamespacePrefix', 15, computed),
        setup('TimeZoneSidKey', 40, computed),
        defineField('IsSandbox', 'boolean', { ...computed, defaultValue: false }),
        defineField('TrialExpirationDate', 'datetime', computed),
      ],
    }),
    defineObject('User', {
      label: 'User',
      pluralLabel: 'Users',
      keyPrefix: '005',
      sharingModel: 'Setup',
      fields: [
        ...systemFields({ owner: false }).filter((field) => field.name !== 'IsDeleted'),
        setup('Username', 80, { required: true, unique: true }),
        setup('FirstName', 40),
        setup('LastName', 80, { required: true }),
        setup('Name', 121, { ...computed, indexed: true }),
        defineField('Email', 'email', { required: true, length: 128 }),
        setup('Alias', 8, { required: true }),
        setup('TimeZoneSidKey', 40, { required: true }),
        setup('LanguageLocaleKey', 40, { required: true }),
        setup('LocaleSidKey', 40, { required: true }),
        setup('EmailEncodingKey', 40, { required: true }),
        defineField('IsActive', 'boolean', { permissionable: false, defaultValue: true }),
        setup('UserType', 40, computed),
        lookup('ProfileId', 'Profile', 'Users', { required: true, permissionable: false }),
      ],
    }),
    defineObject('Profile', {
      label: 'Profile',
      pluralLabel: 'Profiles',
      keyPrefix: '00e',
      sharingModel: 'Setup',
      fields: [...systemFields({ owner: false }), setup('Name', 255, { required: true })],
    }),
    defineObject('PermissionSet', {
      label: 'Permission Set',
      pluralLabel: 'Permission Sets',
      keyPrefix: '0PS',
      sharingModel: 'Setup',
      fields: [
        ...systemFields({ owner: false }),
        setup('Name', 80, { ...computed, indexed: true }),
        setup('Label', 80, computed),
        // Profiles have a permission set of their own, which the local org does not show.
        right('IsOwnedByProfile'),
        lookup('ProfileId', 'Profile', 'PermissionSets', computed),
      ],
    }),
    defineObject('ObjectPermissions', {
      label: 'Object Permissions',
      pluralLabel: 'Object Permissions',
      keyPrefix: '110',
      sharingModel: 'Setup',
      fields: [
        ...systemFields({ owner: false }),
        lookup('ParentId', 'PermissionSet', 'ObjectPerms', computed),
        setup('SobjectType', 255, computed),
        ...['Read', 'Create', 'Edit', 'Delete', 'ViewAllRecords', 'ModifyAllRecords'].map((name) =>
          right(`Permissions${name}`),
        ),
      ],
    }),
    defineObject('FieldPermissions', {
      label: 'Field Permissions',
      pluralLabel: 'Field Permissions',
      keyPrefix: '01k',
      sharingModel: 'Setup',
      fields: [
        ...systemFields({ owner: false }),
        lookup('ParentId', 'PermissionSet', 'FieldPerms', computed),
        setup('SobjectType', 255, computed),
        setup('Field', 255, computed),
        right('PermissionsRead'),
        right('PermissionsEdit'),
      ],
    }),
    defineObject('FlowDefinitionView', {
      label: 'Flow Definition',
      pluralLabel: 'Flow Definitions',
      keyPrefix: '3dd',
      sharingModel: 'Setup',
      fields: [
        ...systemFields({ owner: false }),
        setup('ApiName', 255, computed),
        setup('Label', 255, computed),
        setup('ProcessType', 80, computed),
        setup('TriggerType', 80, computed),
        right('IsActive'),
      ],
    }),
    defineObject('UserLicense', {
      label: 'User License',
      pluralLabel: 'User Licenses',
      keyPrefix: '100',
      sharingModel: 'Setup',
      fields: [
        ...systemFields({ owner: false }),
        setup('Name', 80, computed),
        setup('Status', 40, computed),
        defineField('TotalLicenses', 'double', { ...computed, precision: 9 }),
        defineField('UsedLicenses', 'double', { ...computed, precision: 9 }),
      ],
    }),
    defineObject('PermissionSetAssignment', {
      label: 'Permission Set Assignment',
      pluralLabel: 'Permission Set Assignments',
      keyPrefix: '0Pa',
      sharingModel: 'Setup',
      fields: [
        ...systemFields({ owner: false }),
        lookup('PermissionSetId', 'PermissionSet', 'Assignments', { required: true, updateable: false }),
        lookup('AssigneeId', 'User', 'PermissionSetAssignments', { required: true, updateable: false }),
      ],
    }),
    defineObject('Group', {
      label: 'Group',
      pluralLabel: 'Group',
      keyPrefix: '00G',
      sharingModel: 'Setup',
      fields: [
        ...systemFields({ owner: false }),
        setup('Name', 80, { ...computed, indexed: true }),
        setup('DeveloperName', 80, computed),
        setup('Type', 40, computed),
      ],
    }),
    defineObject('GroupMember', {
      label: 'Group Member',
      pluralLabel: 'Group Member',
      keyPrefix: '011',
      sharingModel: 'Setup',
      fields: [
        ...systemFields({ owner: false }),
        lookup('GroupId', 'Group', 'GroupMembers', { required: true, updateable: false }),
        lookup('UserOrGroupId', 'User', undefined, {
          required: true,
          updateable: false,
          reference: { to: 'User', relationshipName: 'UserOrGroup', onDelete: 'SetNull', masterDetail: false },
        }),
      ],
    }),
    defineObject('EmailTemplate', {
      label: 'Email Template',
      pluralLabel: 'Email Templates',
      keyPrefix: '00X',
      sharingModel: 'Setup',
      fields: [
        ...systemFields({ owner: false }),
        setup('Name', 80, computed),
        setup('DeveloperName', 80, { ...computed, indexed: true }),
        setup('TemplateType', 40, computed),
        setup('Encoding', 40, computed),
        right('IsActive'),
        setup('Subject', 255, computed),
        defineField('Body', 'textarea', { ...computed, length: 384_000, longText: true }),
      ],
    }),
    defineObject('OrgWideEmailAddress', {
      label: 'Organization-wide From Email Address',
      pluralLabel: 'Organization-wide From Email Addresses',
      keyPrefix: '0D2',
      sharingModel: 'Setup',
      fields: [
        ...systemFields({ owner: false }),
        defineField('Address', 'email', { ...computed, length: 80 }),
        setup('DisplayName', 80, computed),
        right('IsAllowAllProfiles'),
      ],
    }),
    defineObject('Account', {
      label: 'Account',
      pluralLabel: 'Accounts',
      keyPrefix: '001',
      sharingModel: 'ReadWrite',
      fields: [
        ...systemFields({ owner: true }),
        text('Name', 255, { label: 'Account Name', required: true, indexed: true }),
        text('AccountNumber', 40, { label: 'Account Number' }),
        defineField('Phone', 'phone'),
        defineField('Website', 'url'),
        text('BillingStreet', 255, { label: 'Billing Street' }),
        text('BillingCity', 40, { label: 'Billing City' }),
        text('BillingPostalCode', 20, { label: 'Billing Zip/Postal Code' }),
        text('BillingCountry', 80, { label: 'Billing Country' }),
        defineField('Description', 'textarea', { length: 32000, longText: true }),
      ],
    }),
    defineObject('Contact', {
      label: 'Contact',
      pluralLabel: 'Contacts',
      keyPrefix: '003',
      sharingModel: 'ReadWrite',
      fields: [
        ...systemFields({ owner: true }),
        text('FirstName', 40, { label: 'First Name' }),
        text('LastName', 80, { label: 'Last Name', required: true }),
        text('Name', 121, { ...computed, label: 'Full Name', indexed: true }),
        lookup('AccountId', 'Account', 'Contacts'),
        defineField('Email', 'email', { indexed: true }),
        defineField('Phone', 'phone'),
      ],
    }),
  ];
}
