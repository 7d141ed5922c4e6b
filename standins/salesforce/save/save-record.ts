import type { Actor } from '../access/actor.ts';
import { canWriteField } from '../access/field-access.ts';
import { hasRecordRight } from '../access/record-access.ts';
import { SalesforceError, noAccess, noAccessToReference, notFound } from '../errors.ts';
import type { FieldValue, SaveContext } from '../logic/save-context.ts';
import type { FieldDef, ObjectDef, Schema } from '../schema/types.ts';
import { recordId, toId18 } from '../store/ids.ts';
import type { Store } from '../store/open-store.ts';
import { idsWithValue, insertRow, readRow, updateRow, type RecordValues } from '../store/rows.ts';
import { checkOwner, checkReference, resolveParents } from './check-references.ts';
import { checkValue } from './check-value.ts';
import type { Payload } from './read-payload.ts';
import { createSaveContext } from './save-context.ts';

export interface SaveDeps {
  schema: Schema;
  store: Store;
  now: () => Date;
  actorOf: (userId: string) => Actor;
  /** Called after a save that may change what somebody is allowed to do. */
  permissionsChanged: () => void;
  /** Called inside the transaction of a save with the record as it was stored. */
  saved: (save: { actor: Actor; object: ObjectDef; context: SaveContext }) => void;
}

/** Creates one record through the whole save order and answers its id. */
export function createRecord(deps: SaveDeps, actor: Actor, object: ObjectDef, payload: Payload): string {
  if (!actor.objectPermission(object).create) {
    throw noAccess(`insufficient access rights on entity: ${object.name}`);
  }
  return deps.store.transaction(() => {
    resolveParents(deps, actor, payload);
    checkWritable(actor, object, payload, 'createable');
    const now = toSecond(deps.now());
    const record: RecordValues = {};
    for (const field of object.fields) {
      record[field.name] = field.defaultValue ?? (field.type === 'boolean' ? false : null);
    }
    if ('OwnerId' in record) record['OwnerId'] = actor.userId;
    assign(record, payload.values);
    record['Id'] = recordId(object.keyPrefix, deps.store.nextNumber(object.name));
    Object.assign(record, {
      CreatedDate: now,
      CreatedById: actor.userId,
      LastModifiedDate: now,
      LastModifiedById: actor.userId,
      SystemModstamp: now,
    });
    const context = finishRecord(deps, actor, object, record, null, payload);
    insertRow(deps.store, object, record);
    deps.saved({ actor, object, context });
    if (object.sharingModel === 'Setup') deps.permissionsChanged();
    return record['Id'];
  });
}

/** Changes one record through the whole save order. */
export function updateRecord(deps: SaveDeps, actor: Actor, object: ObjectDef, id: string, payload: Payload): void {
  deps.store.transaction(() => {
    const prior = findForChange(deps, actor, object, id, 'edit');
    resolveParents(deps, actor, payload);
    checkWritable(actor, object, payload, 'updateable');
    const ownerId = [...payload.values].find(([field]) => field.name === 'OwnerId')?.[1];
    if (ownerId !== undefined && ownerId !== prior['OwnerId'] && !mayTransfer(actor, object, prior)) {
      throw noAccess('insufficient access rights to change the owner');
    }
    const record = { ...prior };
    assign(record, payload.values);
    const now = toSecond(deps.now());
    Object.assign(record, { LastModifiedDate: now, LastModifiedById: actor.userId, SystemModstamp: now });
    const context = finishRecord(deps, actor, object, record, prior, payload);
    const changed = Object.fromEntries(Object.entries(record).filter(([name, value]) => prior[name] !== value));
    updateRow(deps.store, object, String(record['Id']), { ...changed, LastModifiedDate: now, SystemModstamp: now });
    deps.saved({ actor, object, context });
    if (object.sharingModel === 'Setup') deps.permissionsChanged();
  });
}

/**
 * The stored row that somebody wants to change.
 * @throws SalesforceError NOT_FOUND, ENTITY_IS_DELETED or the missing right.
 */
export function findForChange(
  deps: Pick<SaveDeps, 'schema' | 'store'>,
  actor: Actor,
  object: ObjectDef,
  givenId: string,
  right: 'edit' | 'delete',
): RecordValues {
  const id = toId18(givenId);
  const prior = id?.startsWith(object.keyPrefix) ? readRow(deps.store, object, id) : undefined;
  if (id === undefined || !prior) throw notFound();
  if (prior['IsDeleted'] === true) throw new SalesforceError('ENTITY_IS_DELETED', 'entity is deleted', 404, []);
  if (!actor.objectPermission(object)[right]) throw noAccess(`insufficient access rights on entity: ${object.name}`);
  if (!hasRecordRight(deps, actor, object, id, 'read')) throw noAccessToReference();
  if (!hasRecordRight(deps, actor, object, id, right)) throw noAccess('insufficient access rights on object id');
  return prior;
}

/**
 * The platform's order of execution: system checks, before-save flows, system checks of what they assigned,
 * validation rules, uniqueness.
 */
function finishRecord(
  deps: SaveDeps,
  actor: Actor,
  object: ObjectDef,
  record: RecordValues,
  prior: RecordValues | null,
  payload: Payload,
): SaveContext {
  checkFields(deps, actor, object, record, new Set(payload.values.keys()), true);
  fillNames(deps, object, record, prior);
  const context = createSaveContext({ ...deps, now: deps.now() }, actor, object, record, prior);
  const event = prior ? 'Update' : 'Create';
  for (const flow of object.beforeSaveFlows) {
    if (flow.on !== event && flow.on !== 'CreateAndUpdate') continue;
    const assigned = flow.run(context);
    const fields = new Set(object.fields.filter((field) => field.name in assigned));
    Object.assign(record, assigned);
    checkFields(deps, actor, object, record, fields, false);
  }
  const ownerId = record['OwnerId'];
  const ownedBySystem = actor.system && ownerId === actor.userId;
  if (typeof ownerId === 'string' && ownerId !== prior?.['OwnerId'] && !ownedBySystem) {
    checkOwner(deps, object, ownerId);
  }
  for (const rule of object.validationRules) {
    if (!rule.active || !rule.fails(context)) continue;
    const fields = rule.errorField === undefined ? [] : [rule.errorField];
    throw new SalesforceError('FIELD_CUSTOM_VALIDATION_EXCEPTION', rule.message, 400, fields);
  }
  checkUnique(deps.store, object, record, prior);
  return context;
}

function checkFields(
  deps: SaveDeps,
  actor: Actor,
  object: ObjectDef,
  record: RecordValues,
  changed: ReadonlySet<FieldDef>,
  asked: boolean,
): void {
  const missing = object.fields.filter((field) => field.required && record[field.name] === null);
  if (missing.length > 0) {
    const names = missing.map((field) => field.name);
    const message = `Required fields are missing: [${names.join(', ')}]`;
    throw new SalesforceError('REQUIRED_FIELD_MISSING', message, 400, names);
  }
  for (const field of changed) {
    const value = checkValue(field, record[field.name] ?? null);
    record[field.name] = value;
    checkReference(deps, actor, field, value, asked && !actor.system);
  }
}

function checkWritable(actor: Actor, object: ObjectDef, payload: Payload, property: 'createable' | 'updateable'): void {
  const refused = [...payload.values.keys()]
    .filter((field) => !field[property] || !canWriteField(actor, object, field))
    .map((field) => field.name);
  if (refused.length === 0) return;
  const message = `Unable to create/update fields: ${refused.join(', ')}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.`;
  throw new SalesforceError('INVALID_FIELD_FOR_INSERT_UPDATE', message, 400, refused);
}

function checkUnique(store: Store, object: ObjectDef, record: RecordValues, prior: RecordValues | null): void {
  for (const field of object.fields) {
    const value = record[field.name] ?? null;
    if (!field.unique || value === null || value === prior?.[field.name]) continue;
    const other = idsWithValue(store, object, field, value).find((id) => id !== record['Id']);
    if (other === undefined) continue;
    const message = `duplicate value found: ${field.name} duplicates value on record with id: ${other}`;
    throw new SalesforceError('DUPLICATE_VALUE', message, 400, []);
  }
}

/** Auto numbers, names of people, and the id as the name of a custom record without one. */
function fillNames(deps: SaveDeps, object: ObjectDef, record: RecordValues, prior: RecordValues | null): void {
  for (const field of object.fields) {
    if (field.autoNumberFormat === undefined || prior) continue;
    const number = String(deps.store.nextNumber(`${object.name}.${field.name}`));
    record[field.name] = field.autoNumberFormat.replace(/\{(0+)\}/, (_all, zeros: string) =>
      number.padStart(zeros.length, '0'),
    );
  }
  if (object.byName.has('lastname')) {
    record['Name'] = [record['FirstName'], record['LastName']].filter((part) => part !== null).join(' ');
  } else if (object.custom && record['Name'] === null) {
    record['Name'] = record['Id'] ?? null;
  }
}

function mayTransfer(actor: Actor, object: ObjectDef, prior: RecordValues): boolean {
  return actor.system || prior['OwnerId'] === actor.userId || actor.objectPermission(object).modifyAll;
}

function assign(record: RecordValues, values: ReadonlyMap<FieldDef, FieldValue>): void {
  for (const [field, value] of values) record[field.name] = field.type === 'boolean' && value === null ? false : value;
}

/** The platform keeps instants to the second. */
export function toSecond(instant: Date): string {
  return new Date(Math.floor(instant.getTime() / 1000) * 1000).toISOString();
}
