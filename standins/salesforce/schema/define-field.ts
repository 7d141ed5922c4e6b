import type { FieldDef, FieldType, ObjectDef, SharingModel } from './types.ts';

const LENGTHS: Partial<Record<FieldType, number>> = {
  id: 18,
  reference: 18,
  email: 80,
  url: 255,
  phone: 40,
  picklist: 255,
  multipicklist: 4099,
};

/** A field with the platform's usual properties; `given` overrides them. */
export function defineField(name: string, type: FieldType, given: Partial<FieldDef> = {}): FieldDef {
  const required = given.required ?? false;
  return {
    name,
    label: name.replace(/__c$/, '').replace(/_/g, ' '),
    type,
    custom: name.endsWith('__c'),
    length: LENGTHS[type] ?? 0,
    precision: 0,
    scale: 0,
    required,
    permissionable: !required,
    createable: true,
    updateable: true,
    longText: false,
    externalId: false,
    unique: false,
    caseSensitive: false,
    indexed: type === 'reference',
    restricted: false,
    ...given,
  };
}

function readOnly(name: string, type: FieldType, given: Partial<FieldDef> = {}): FieldDef {
  return defineField(name, type, { permissionable: false, createable: false, updateable: false, ...given });
}

function userReference(name: string, given: Partial<FieldDef>): FieldDef {
  const relationshipName = name.replace(/Id$/, '');
  return defineField(name, 'reference', {
    label: `${relationshipName} ID`,
    permissionable: false,
    reference: { to: 'User', relationshipName, onDelete: 'Restrict', masterDetail: false },
    ...given,
  });
}

/** Id, owner, audit fields: what every object has. Detail objects have no owner of their own. */
export function systemFields(options: { owner: boolean }): FieldDef[] {
  return [
    readOnly('Id', 'id', { label: 'Record ID' }),
    ...(options.owner ? [userReference('OwnerId', {})] : []),
    readOnly('IsDeleted', 'boolean', { label: 'Deleted', defaultValue: false }),
    readOnly('CreatedDate', 'datetime', { label: 'Created Date' }),
    userReference('CreatedById', { createable: false, updateable: false, indexed: false }),
    readOnly('LastModifiedDate', 'datetime', { label: 'Last Modified Date', indexed: true }),
    userReference('LastModifiedById', { createable: false, updateable: false, indexed: false }),
    readOnly('SystemModstamp', 'datetime', { label: 'System Modstamp', indexed: true }),
  ];
}

export function defineObject(
  name: string,
  given: { label: string; pluralLabel: string; keyPrefix: string; sharingModel: SharingModel; fields: FieldDef[] },
): ObjectDef {
  const object: ObjectDef = {
    name,
    custom: name.endsWith('__c'),
    byName: new Map(),
    byRelationship: new Map(),
    validationRules: [],
    beforeSaveFlows: [],
    afterSaveFlows: [],
    ...given,
    fields: [],
  };
  for (const field of given.fields) addField(object, field);
  return object;
}

export function addField(object: ObjectDef, field: FieldDef): void {
  object.fields.push(field);
  object.byName.set(field.name.toLowerCase(), field);
  if (field.reference) object.byRelationship.set(field.reference.relationshipName.toLowerCase(), field);
}
