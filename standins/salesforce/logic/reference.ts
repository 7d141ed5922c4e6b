import type { FieldValue, SaveContext } from './save-context.ts';
import { UnsupportedMetadata } from './save-context.ts';

/**
 * Validation rules and formula fields name fields plainly, the latter those of their own record only; flows name
 * `$Record.Field`, `$Record__Prior.Field` and their own resources.
 */
export type Dialect = 'rule' | 'flow' | 'field';

export type Reference =
  | { kind: 'field'; path: readonly [string, ...string[]] }
  | { kind: 'prior'; field: string }
  | { kind: 'permission'; name: string }
  | { kind: 'user' }
  | { kind: 'resource'; name: string };

/** What references are looked up in; `resource` answers for formulas, constants and variables of a flow. */
export interface ReferenceScope {
  context: SaveContext;
  resource(name: string): FieldValue;
}

/** Reads a dotted name. Throws UnsupportedMetadata for every global or form outside the vocabulary of the dialect. */
export function parseReference(text: string, dialect: Dialect): Reference {
  const [head = '', ...rest] = text.split('.');
  const [first] = rest;
  if (dialect === 'field') {
    if (first === undefined && !head.startsWith('$')) return { kind: 'field', path: [head] };
    throw new UnsupportedMetadata(`reference ${text} is not supported in a formula field`);
  }
  if (head === '$Permission' && first && rest.length === 1) return { kind: 'permission', name: first };
  if (text === '$User.Id') return { kind: 'user' };
  if (dialect === 'rule' && !head.startsWith('$')) return { kind: 'field', path: [head, ...rest] };
  if (dialect === 'flow' && head === '$Record' && first) return { kind: 'field', path: [first, ...rest.slice(1)] };
  if (dialect === 'flow' && head === '$Record__Prior' && first && rest.length === 1) {
    return { kind: 'prior', field: first };
  }
  if (dialect === 'flow' && head && !head.startsWith('$') && !first) return { kind: 'resource', name: head };
  throw new UnsupportedMetadata(`reference ${text} is not supported here`);
}

/** The value behind a reference. A prior value is null while a record is being created. */
export function resolveReference(reference: Reference, scope: ReferenceScope): FieldValue {
  const { context } = scope;
  switch (reference.kind) {
    case 'field':
      return reference.path.length === 1
        ? readField(context.record, reference.path[0], context.object)
        : context.related(reference.path);
    case 'prior':
      return context.prior === null ? null : readField(context.prior, reference.field, context.object);
    case 'permission':
      return context.hasCustomPermission(reference.name);
    case 'user':
      return context.userId;
    case 'resource':
      return scope.resource(reference.name);
  }
}

/** One field of a whole record; a name that the record does not know is an error, never a blank. */
export function readField(record: Readonly<Record<string, FieldValue>>, field: string, object: string): FieldValue {
  const value = record[field];
  if (value === undefined) throw new UnsupportedMetadata(`${object} has no field ${field}`);
  return value;
}

/** The field of the object that a reference needs: for `Trainer__r.Name` it is `Trainer__c`, for `Owner.Name` `OwnerId`. */
export function fieldOfReference(reference: Reference): string | undefined {
  if (reference.kind === 'prior') return reference.field;
  if (reference.kind !== 'field') return undefined;
  const [head, next] = reference.path;
  if (next === undefined) return head;
  return head.endsWith('__r') ? head.replace(/__r$/, '__c') : `${head}Id`;
}
