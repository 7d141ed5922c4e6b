import type { Actor } from '../access/actor.ts';
import { visibleField } from '../access/field-access.ts';
import { SalesforceError, notFound } from '../errors.ts';
import type { FieldValue } from '../logic/save-context.ts';
import type { FieldDef, ObjectDef } from '../schema/types.ts';
import { idsWithValue } from '../store/rows.ts';
import type { Payload } from './read-payload.ts';
import { createRecord, updateRecord, type SaveDeps } from './save-record.ts';

/** Several records have the external id; the answer lists them with status 300. */
export class MultipleChoices extends Error {
  override name = 'MultipleChoices';
  readonly ids: string[];
  constructor(ids: string[]) {
    super(`more than one record found for external id field: [${ids.join(', ')}]`);
    this.ids = ids;
  }
}

/** The external id field by which to upsert, as far as this user can use it. */
export function externalIdField(actor: Actor, object: ObjectDef, name: string): FieldDef {
  const field = visibleField(actor, object, name);
  if (!field?.externalId) throw notFound(`Provided external ID field does not exist or is not accessible: ${name}`);
  return field;
}

/**
 * Updates the one record with this external id, or creates it. A failed save says in `onAttempt` which of the two it
 * was, because Collections report that too.
 */
export function upsertRecord(
  deps: SaveDeps,
  actor: Actor,
  object: ObjectDef,
  key: { field: FieldDef; value: FieldValue },
  payload: Payload,
  options: { updateOnly?: boolean; onAttempt?: (created: boolean) => void } = {},
): { id: string; created: boolean } {
  if (key.value === null) {
    throw new SalesforceError('MISSING_ARGUMENT', `${key.field.name} not specified`, 400, [key.field.name]);
  }
  const ids = idsWithValue(deps.store, object, key.field, key.value);
  const [id] = ids;
  if (ids.length > 1) throw new MultipleChoices(ids);
  options.onAttempt?.(id === undefined);
  if (id !== undefined) {
    updateRecord(deps, actor, object, id, payload);
    return { id, created: false };
  }
  if (options.updateOnly) throw notFound();
  payload.values.set(key.field, key.value);
  return { id: createRecord(deps, actor, object, payload), created: true };
}
