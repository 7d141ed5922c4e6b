import { findField, masterField, objectOf, type CriteriaRule, type ObjectDef, type Schema } from '../schema/types.ts';
import type { Store } from '../store/open-store.ts';
import { fold, foldedColumn, quoted, textLiteral } from '../store/sql-names.ts';
import type { Actor } from './actor.ts';

export type RecordRight = 'read' | 'edit' | 'delete';

/**
 * A SQL condition for the rows of `alias` on which the actor has the right; undefined where sharing leaves none out.
 * Object permissions are asked separately. Owner: all rights. Sharing rules: Read or Edit, never Delete. Details follow
 * their master: reading needs Read on it, everything else Edit.
 */
export function rowCondition(
  schema: Schema,
  actor: Actor,
  object: ObjectDef,
  alias: string,
  right: RecordRight,
): string | undefined {
  if (actor.system || object.sharingModel === 'Setup') return undefined;
  const permission = actor.objectPermission(object);
  if (permission.modifyAll || (right === 'read' && permission.viewAll)) return undefined;
  if (object.sharingModel === 'ControlledByParent') return masterCondition(schema, actor, object, alias, right);
  if (object.sharingModel === 'ReadWrite' && right !== 'delete') return undefined;
  if (object.sharingModel === 'Read' && right === 'read') return undefined;
  const owned = `${alias}."OwnerId" = ${textLiteral(actor.userId)}`;
  if (right === 'delete') return owned;
  const shared = schema.sharingRules
    .filter((rule) => rule.object === object.name && actor.groups.has(rule.group))
    .filter((rule) => right === 'read' || rule.access === 'Edit')
    .map((rule) => criteriaCondition(rule, object, alias));
  return `(${[owned, ...shared].join(' OR ')})`;
}

/** Whether the actor has the right on one existing row. */
export function hasRecordRight(
  deps: { store: Store; schema: Schema },
  actor: Actor,
  object: ObjectDef,
  id: string,
  right: RecordRight,
): boolean {
  const condition = rowCondition(deps.schema, actor, object, 't', right);
  if (condition === undefined) return true;
  return deps.store.get(`SELECT 1 FROM ${quoted(object.name)} t WHERE t."Id" = ? AND ${condition}`, id) !== undefined;
}

function masterCondition(
  schema: Schema,
  actor: Actor,
  object: ObjectDef,
  alias: string,
  right: RecordRight,
): string | undefined {
  const field = masterField(object);
  if (!field?.reference) return undefined;
  const master = objectOf(schema, field.reference.to);
  const inner = `${alias}m`;
  const condition = rowCondition(schema, actor, master, inner, right === 'read' ? 'read' : 'edit');
  if (condition === undefined) return undefined;
  const link = `${inner}."Id" = ${alias}.${quoted(field.name)}`;
  return `EXISTS (SELECT 1 FROM ${quoted(master.name)} ${inner} WHERE ${link} AND ${condition})`;
}

function criteriaCondition(rule: CriteriaRule, object: ObjectDef, alias: string): string {
  const conditions = rule.criteria.map(({ field: name, operation, value }) => {
    const field = findField(object, name);
    if (!field) throw new Error(`The sharing rule ${rule.name} names ${name}, which ${object.name} lacks.`);
    const column = `${alias}.${quoted(foldedColumn(field))}`;
    const sought = value === '' ? 'NULL' : textLiteral(fold(field, value));
    return operation === 'equals' ? `${column} IS ${sought}` : `${column} IS NOT ${sought}`;
  });
  return `(${conditions.join(' AND ') || '1'})`;
}
