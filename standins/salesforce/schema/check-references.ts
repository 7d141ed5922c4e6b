import { UnsupportedMetadata } from '../logic/save-context.ts';
import { findField, findObject, type ObjectDef, type Schema } from './types.ts';

/**
 * Checks that what a validation rule, flow or formula field names exists: `Start__c`, `Trainer__r.User__r.IsActive`, and custom
 * permissions as `$Permission.Name`.
 */
export function checkReferences(references: readonly string[], object: ObjectDef, schema: Schema): void {
  for (const reference of references) {
    const permission = /^\$Permission\.(.+)$/.exec(reference)?.[1];
    if (permission !== undefined) {
      if (!schema.customPermissions.has(permission)) {
        throw new UnsupportedMetadata(`the custom permission ${permission} does not exist`);
      }
      continue;
    }
    checkPath(reference, object, schema);
  }
}

function checkPath(reference: string, start: ObjectDef, schema: Schema): void {
  const steps = reference.split('.');
  let object: ObjectDef | undefined = start;
  for (const step of steps.slice(0, -1)) {
    const target: string | undefined = object?.byRelationship.get(step.toLowerCase())?.reference?.to;
    object = target === undefined ? undefined : findObject(schema, target);
  }
  const field = object && findField(object, steps.at(-1) ?? '');
  if (!field) throw new UnsupportedMetadata(`${start.name} has no ${reference}`);
  // It is calculated when it is read: nothing that runs while a record is saved would see its new value here.
  if (field.formula) throw new UnsupportedMetadata(`${reference} is a formula field, which cannot be used here`);
}
