import type { Actor } from '../access/actor.ts';
import type { FieldValue, SaveContext } from '../logic/save-context.ts';
import { objectOf, type ObjectDef, type Schema } from '../schema/types.ts';
import type { Store } from '../store/open-store.ts';
import { readRow, type RecordValues } from '../store/rows.ts';

/** What rules and flows see of a save. Lookups are followed without asking the user's permissions, as on the platform. */
export function createSaveContext(
  deps: { schema: Schema; store: Store; now: Date },
  actor: Actor,
  object: ObjectDef,
  record: RecordValues,
  prior: RecordValues | null,
): SaveContext {
  return {
    object: object.name,
    record,
    prior,
    related: (path) => follow(deps, object, record, path),
    hasCustomPermission: (name) => actor.customPermissions.has(name),
    userId: actor.userId,
    now: deps.now,
  };
}

function follow(
  deps: { schema: Schema; store: Store },
  start: ObjectDef,
  record: RecordValues,
  path: readonly string[],
): FieldValue {
  let object = start;
  let values: RecordValues = record;
  for (const step of path.slice(0, -1)) {
    const field = object.byRelationship.get(step.toLowerCase());
    if (!field?.reference) throw new Error(`${object.name} has no relationship ${step}.`);
    const id = values[field.name];
    if (typeof id !== 'string') return null;
    object = objectOf(deps.schema, field.reference.to);
    const parent = readRow(deps.store, object, id);
    if (!parent) return null;
    values = parent;
  }
  const value = values[path.at(-1) ?? ''];
  if (value === undefined) throw new Error(`${object.name} has no field ${path.at(-1)}.`);
  return value;
}
