import type { Actor } from '../access/actor.ts';
import { canReadField, canWriteField, visibleFields } from '../access/field-access.ts';
import {
  childRelationships,
  isNumber,
  type FieldDef,
  type FieldType,
  type ObjectDef,
  type Schema,
} from '../schema/types.ts';

const SOAP_TYPES: Partial<Record<FieldType, string>> = {
  id: 'tns:ID',
  reference: 'tns:ID',
  boolean: 'xsd:boolean',
  double: 'xsd:double',
  percent: 'xsd:double',
  date: 'xsd:date',
  datetime: 'xsd:dateTime',
};

/** What describe global lists of an object, with this user's rights. */
export function briefDescribe(actor: Actor, object: ObjectDef, version: string): Record<string, unknown> {
  const permission = actor.objectPermission(object);
  const url = `/services/data/v${version}/sobjects/${object.name}`;
  return {
    name: object.name,
    label: object.label,
    labelPlural: object.pluralLabel,
    keyPrefix: object.keyPrefix,
    custom: object.custom,
    customSetting: false,
    createable: permission.create,
    updateable: permission.edit,
    deletable: permission.delete,
    undeletable: permission.delete,
    queryable: permission.read,
    retrieveable: permission.read,
    searchable: false,
    layoutable: object.sharingModel !== 'Setup',
    triggerable: object.sharingModel !== 'Setup',
    replicateable: true,
    mergeable: false,
    feedEnabled: false,
    deprecatedAndHidden: false,
    urls: { sobject: url, describe: `${url}/describe`, rowTemplate: `${url}/{ID}` },
  };
}

/** The package has no record types: every object has the one that all have. */
const MASTER_RECORD_TYPE = {
  active: true,
  available: true,
  defaultRecordTypeMapping: true,
  developerName: 'Master',
  master: true,
  name: 'Master',
  recordTypeId: '012000000000000AAA',
  urls: {},
};

export function fullDescribe(
  schema: Schema,
  actor: Actor,
  object: ObjectDef,
  version: string,
): Record<string, unknown> {
  return {
    ...briefDescribe(actor, object, version),
    fields: visibleFields(actor, object).map((field) => describeField(actor, object, field)),
    childRelationships: childRelationships(schema, object)
      .filter(({ child, field }) => actor.objectPermission(child).read && canReadField(actor, child, field))
      .map(({ child, field }) => ({
        childSObject: child.name,
        field: field.name,
        relationshipName: field.reference?.childRelationshipName ?? null,
        cascadeDelete: field.reference?.onDelete === 'Cascade',
        restrictedDelete: field.reference?.onDelete === 'Restrict',
        deprecatedAndHidden: false,
        junctionIdListNames: [],
        junctionReferenceTo: [],
      })),
    recordTypeInfos: [MASTER_RECORD_TYPE],
    supportedScopes: [],
    namedLayoutInfos: [],
    actionOverrides: [],
  };
}

function describeField(actor: Actor, object: ObjectDef, field: FieldDef): Record<string, unknown> {
  const writable = canWriteField(actor, object, field);
  const sortable = !field.longText && field.type !== 'multipicklist';
  return {
    name: field.name,
    label: field.label,
    type: field.type,
    soapType: SOAP_TYPES[field.type] ?? 'xsd:string',
    length: field.length,
    byteLength: field.length * 3,
    precision: field.precision,
    scale: field.scale,
    digits: 0,
    custom: field.custom,
    nillable: !field.required && field.type !== 'boolean' && (field.createable || field.permissionable),
    createable: field.createable && writable,
    updateable: field.updateable && writable,
    permissionable: field.permissionable,
    defaultedOnCreate: field.type === 'boolean' || field.autoNumberFormat !== undefined || field.name === 'OwnerId',
    defaultValue: field.defaultValue ?? null,
    externalId: field.externalId,
    idLookup: field.type === 'id' || field.externalId,
    unique: field.unique,
    caseSensitive: field.caseSensitive,
    autoNumber: field.autoNumberFormat !== undefined,
    nameField: field.name === 'Name',
    calculated: field.formula !== undefined,
    filterable: !field.longText,
    sortable,
    groupable: sortable && field.type !== 'datetime' && !isNumber(field),
    aggregatable: sortable && field.type !== 'boolean',
    restrictedPicklist: field.restricted,
    picklistValues: (field.values ?? []).map((value) => ({
      value,
      label: value,
      active: true,
      defaultValue: value === field.defaultValue,
      validFor: null,
    })),
    referenceTo: field.reference ? [field.reference.to] : [],
    relationshipName: field.reference?.relationshipName ?? null,
    relationshipOrder: field.reference?.masterDetail ? 0 : null,
    cascadeDelete: field.reference?.onDelete === 'Cascade',
    restrictedDelete: field.reference?.onDelete === 'Restrict',
    writeRequiresMasterRead: false,
    inlineHelpText: field.helpText ?? null,
    extraTypeInfo: field.longText ? 'plaintextarea' : null,
    compoundFieldName: null,
    controllerName: null,
    dependentPicklist: false,
    encrypted: false,
    htmlFormatted: false,
    namePointing: false,
    polymorphicForeignKey: false,
    deprecatedAndHidden: false,
  };
}
