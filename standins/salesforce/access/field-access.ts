import { findField, type FieldDef, type ObjectDef } from '../schema/types.ts';
import type { Actor } from './actor.ts';

/** Required, master-detail, name and system fields follow the object; the others need a field permission. */
export function canReadField(actor: Actor, object: ObjectDef, field: FieldDef): boolean {
  return permitted(actor, object, field, 'readable');
}

/** Whether the actor's own payload may set the field. What a before-save flow assigns is not asked. */
export function canWriteField(actor: Actor, object: ObjectDef, field: FieldDef): boolean {
  return permitted(actor, object, field, 'editable');
}

/** The field, unless it does not exist for this actor. */
export function visibleField(actor: Actor, object: ObjectDef, name: string): FieldDef | undefined {
  const field = findField(object, name);
  return field && canReadField(actor, object, field) ? field : undefined;
}

export function visibleFields(actor: Actor, object: ObjectDef): FieldDef[] {
  return object.fields.filter((field) => canReadField(actor, object, field));
}

function permitted(actor: Actor, object: ObjectDef, field: FieldDef, right: 'readable' | 'editable'): boolean {
  if (actor.system || !field.permissionable) return true;
  // The administrator's profile has the standard fields; custom fields come with permission sets only.
  if (actor.administrator && !field.custom) return true;
  const key = `${object.name}.${field.name}`.toLowerCase();
  return actor.permissionSets.some((set) => set.fields.get(key)?.[right] === true);
}
