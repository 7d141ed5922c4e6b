import type { AfterSaveFlow } from '../logic/after-save-flow.ts';
import type { FieldFormula } from '../logic/formula-field.ts';
import type { FieldValue, SaveContext } from '../logic/save-context.ts';

/** Field types as `describe` names them. */
export type FieldType =
  | 'id'
  | 'string'
  | 'email'
  | 'url'
  | 'phone'
  | 'textarea'
  | 'double'
  | 'percent'
  | 'boolean'
  | 'datetime'
  | 'date'
  | 'picklist'
  | 'multipicklist'
  | 'reference';

export interface FieldDef {
  name: string;
  label: string;
  type: FieldType;
  custom: boolean;
  /** Characters; 0 for types without a length. */
  length: number;
  precision: number;
  scale: number;
  /** Must have a value. Such fields, master-detail fields and system fields follow the object's permission. */
  required: boolean;
  /** Field permissions apply to it. */
  permissionable: boolean;
  createable: boolean;
  updateable: boolean;
  /** LongTextArea: neither filterable nor sortable. */
  longText: boolean;
  externalId: boolean;
  unique: boolean;
  caseSensitive: boolean;
  indexed: boolean;
  defaultValue?: FieldValue;
  values?: readonly string[];
  restricted: boolean;
  autoNumberFormat?: string;
  reference?: Reference;
  /** Calculated when it is read, never stored. */
  formula?: FieldFormula;
  helpText?: string;
}

/** Types whose values are numbers. */
export function isNumber(field: FieldDef): boolean {
  return field.type === 'double' || field.type === 'percent';
}

export interface Reference {
  to: string;
  /** How a child names its parent in a path: `Trainer__r`, `Owner`. */
  relationshipName: string;
  /** How the parent names its children in a subquery: `Training_Bookings__r`. */
  childRelationshipName?: string;
  onDelete: 'SetNull' | 'Restrict' | 'Cascade';
  masterDetail: boolean;
}

export type SharingModel = 'Private' | 'Read' | 'ReadWrite' | 'ControlledByParent' | 'Setup';

export interface ObjectDef {
  name: string;
  label: string;
  pluralLabel: string;
  custom: boolean;
  /** Assigned by the store for custom objects. */
  keyPrefix: string;
  sharingModel: SharingModel;
  fields: FieldDef[];
  /** By lower-case name. */
  byName: Map<string, FieldDef>;
  /** Lookup and master-detail fields by lower-case relationship name. */
  byRelationship: Map<string, FieldDef>;
  validationRules: ValidationRule[];
  beforeSaveFlows: BeforeSaveFlow[];
  afterSaveFlows: AfterSaveFlow[];
}

export interface ChildRelationship {
  child: ObjectDef;
  field: FieldDef;
}

export interface ValidationRule {
  name: string;
  object: string;
  active: boolean;
  message: string;
  errorField?: string;
  references: string[];
  fails(context: SaveContext): boolean;
}

export interface BeforeSaveFlow {
  name: string;
  object: string;
  on: 'Create' | 'Update' | 'CreateAndUpdate';
  references: string[];
  run(context: SaveContext): Record<string, FieldValue>;
}

export interface ObjectPermission {
  create: boolean;
  read: boolean;
  edit: boolean;
  delete: boolean;
  viewAll: boolean;
  modifyAll: boolean;
}

export interface PermissionSetDef {
  name: string;
  label: string;
  /** By lower-case object name. */
  objects: Map<string, ObjectPermission>;
  /** By lower-case `object.field`. */
  fields: Map<string, { readable: boolean; editable: boolean }>;
  customPermissions: Set<string>;
  userPermissions: Set<string>;
  /** Apex classes whose methods LWC and flows may call. */
  apexClasses: Set<string>;
  /** Principals of External Credentials: `Trainer_Connect-Service`. */
  credentialPrincipals: Set<string>;
}

export interface CriteriaRule {
  name: string;
  object: string;
  group: string;
  access: 'Read' | 'Edit';
  criteria: { field: string; operation: 'equals' | 'notEqual'; value: string }[];
}

export interface Schema {
  /** By lower-case name. */
  objects: Map<string, ObjectDef>;
  permissionSets: PermissionSetDef[];
  customPermissions: Set<string>;
  groups: { name: string; label: string }[];
  sharingRules: CriteriaRule[];
}

export function findObject(schema: Schema, name: string): ObjectDef | undefined {
  return schema.objects.get(name.toLowerCase());
}

/** An object that is known to exist, for names that come from the schema itself. */
export function objectOf(schema: Schema, name: string): ObjectDef {
  const object = findObject(schema, name);
  if (!object) throw new Error(`The schema has no object ${name}.`);
  return object;
}

export function findField(object: ObjectDef, name: string): FieldDef | undefined {
  return object.byName.get(name.toLowerCase());
}

export function childRelationships(schema: Schema, parent: ObjectDef): ChildRelationship[] {
  return [...schema.objects.values()].flatMap((child) =>
    child.fields.filter((field) => field.reference?.to === parent.name).map((field) => ({ child, field })),
  );
}

/** The master of a detail object, through its first master-detail field. */
export function masterField(object: ObjectDef): FieldDef | undefined {
  return object.fields.find((field) => field.reference?.masterDetail);
}
