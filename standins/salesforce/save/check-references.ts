import { canReadField } from '../access/field-access.ts';
import { loadActor, type Actor } from '../access/actor.ts';
import { hasRecordRight } from '../access/record-access.ts';
import { SalesforceError, noAccessToReference } from '../errors.ts';
import type { FieldValue } from '../logic/save-context.ts';
import { objectOf, type FieldDef, type ObjectDef } from '../schema/types.ts';
import { idsWithValue, stateOfRow } from '../store/rows.ts';
import type { Payload } from './read-payload.ts';
import type { SaveDeps } from './save-record.ts';

/** Turns parents named by an external id into lookup values of the payload. */
export function resolveParents(deps: SaveDeps, actor: Actor, payload: Payload): void {
  for (const { field, target, key, value } of payload.parents) {
    const ids = value === null ? [] : idsWithValue(deps.store, target, key, value, 2);
    const [id] = ids;
    if (id === undefined || ids.length > 1 || !canReadField(actor, target, key)) {
      const message = `Foreign key external ID: ${String(value)} not found for field ${key.name} in entity ${target.name}`;
      throw new SalesforceError('INVALID_FIELD', message, 400, []);
    }
    payload.values.set(field, id);
  }
}

/**
 * Checks that a lookup points to a record of the right kind that exists and that the actor may see; a master must be
 * editable by them. `asked` is false for what a flow assigned: then only existence counts.
 */
export function checkReference(deps: SaveDeps, actor: Actor, field: FieldDef, value: FieldValue, asked: boolean): void {
  if (!field.reference || typeof value !== 'string') return;
  const target = objectOf(deps.schema, field.reference.to);
  if (!value.startsWith(target.keyPrefix)) {
    const message = `${field.label}: id value of incorrect type: ${value}`;
    throw new SalesforceError('FIELD_INTEGRITY_EXCEPTION', message, 400, [field.name]);
  }
  const state = stateOfRow(deps.store, target, value);
  if (state === 'absent') {
    throw new SalesforceError('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', 400, [field.name]);
  }
  if (state === 'deleted') throw new SalesforceError('ENTITY_IS_DELETED', 'entity is deleted', 400, [field.name]);
  if (!asked) return;
  const right = field.reference.masterDetail ? 'edit' : 'read';
  if (!actor.objectPermission(target).read || !hasRecordRight(deps, actor, target, value, right)) {
    throw noAccessToReference([field.name]);
  }
}

/** A new owner must be active and able to read the object. */
export function checkOwner(deps: SaveDeps, object: ObjectDef, ownerId: string): void {
  const owner = loadActor(deps.store, deps.schema, ownerId);
  const active = deps.store.get('SELECT "IsActive" AS active FROM "User" WHERE "Id" = ?', ownerId)?.['active'] === 1;
  if (!owner || !active) {
    const message = `operation performed with inactive user [${ownerId}] as owner of ${object.label}`;
    throw new SalesforceError('INACTIVE_OWNER_OR_USER', message, 400, ['OwnerId']);
  }
  if (!owner.objectPermission(object).read) {
    throw new SalesforceError('TRANSFER_REQUIRES_READ', 'The new owner must have read permission', 400, ['OwnerId']);
  }
}
