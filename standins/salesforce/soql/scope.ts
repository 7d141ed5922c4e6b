import { DateTime } from 'luxon';
import type { Actor } from '../access/actor.ts';
import { canReadField } from '../access/field-access.ts';
import { rowCondition } from '../access/record-access.ts';
import { invalidField, malformedQuery, noSuchColumn, unsupportedType } from '../errors.ts';
import { findField, findObject, objectOf, type FieldDef, type ObjectDef, type Schema } from '../schema/types.ts';
import type { SqlValue } from '../store/open-store.ts';
import { formulaCall } from '../store/formula-sql.ts';
import { foldedColumn, quoted } from '../store/sql-names.ts';

export interface QueryDeps {
  schema: Schema;
  actor: Actor;
  now: Date;
}

/** One FROM with the parents that paths have joined so far. */
export interface Scope extends QueryDeps {
  object: ObjectDef;
  alias: string;
  /** Name by which the query may qualify its own fields. */
  prefixes: string[];
  joins: Map<string, Join>;
  /** Values of the `?` in the order of the SQL text; shared with inner queries. */
  parameters: SqlValue[];
  /** Shared with inner queries, so that aliases stay unique. */
  counter: { joins: number; semiJoins: number };
  isSemiJoin?: boolean;
}

interface Join {
  alias: string;
  object: ObjectDef;
  sql: string;
}

export interface Column {
  field: FieldDef;
  /** The value as stored. */
  value: string;
  /** What comparisons and ordering look at. */
  compared: string;
  /** Canonical path: `['Trainer__r', 'Name']`. */
  path: string[];
  /** The joined parents along the path, outermost first. */
  parents: { object: ObjectDef; idColumn: string }[];
}

const DEEPEST_PATH = 5;

export function createScope(deps: QueryDeps, objectName: string, alias?: string): Scope {
  return {
    ...scopeOf(deps, readableObject(deps, objectName), { parameters: [], counter: { joins: 0, semiJoins: 0 } }),
    prefixes: [objectName, ...(alias === undefined ? [] : [alias])].map((name) => name.toLowerCase()),
  };
}

/** The scope of a semi-join or child query inside another query. */
export function innerScope(outer: Scope, object: ObjectDef): Scope {
  return scopeOf(outer, object, outer);
}

function scopeOf(deps: QueryDeps, object: ObjectDef, shared: Pick<Scope, 'parameters' | 'counter'>): Scope {
  const { schema, actor, now } = deps;
  const alias = `t${shared.counter.joins++}`;
  const { parameters, counter } = shared;
  return { schema, actor, now, object, alias, prefixes: [], joins: new Map(), parameters, counter };
}

/** @throws SalesforceError INVALID_TYPE also for objects that the user may not read. */
export function readableObject(deps: QueryDeps, name: string): ObjectDef {
  const object = findObject(deps.schema, name);
  if (!object || !deps.actor.objectPermission(object).read) throw unsupportedType(name);
  return object;
}

/** Finds a field along parent relationships, joining the parents on the way. Invisible parents read as empty. */
export function resolvePath(scope: Scope, dotted: string): Column {
  let steps = dotted.split('.');
  const [first = ''] = steps;
  if (steps.length > 1 && scope.prefixes.includes(first.toLowerCase()) && !scope.object.byRelationship.has(first)) {
    steps = steps.slice(1);
  }
  if (steps.length > DEEPEST_PATH + 1) throw malformedQuery(`more than ${DEEPEST_PATH} relationships in ${dotted}`);
  let { object, alias } = scope;
  const path: string[] = [];
  const parents: Column['parents'] = [];
  for (const step of steps.slice(0, -1)) {
    const join = joinParent(scope, object, alias, step);
    path.push(join.relationshipName);
    ({ object, alias } = join);
    parents.push({ object, idColumn: `${alias}."Id"` });
  }
  const name = steps.at(-1) ?? '';
  const field = findField(object, name);
  if (!field || !canReadField(scope.actor, object, field)) throw noSuchColumn(name, object.name);
  return {
    field,
    ...(field.formula ? calculated(object, field, alias) : stored(field, alias)),
    path: [...path, field.name],
    parents,
  };
}

function stored(field: FieldDef, alias: string): Pick<Column, 'value' | 'compared'> {
  return { value: `${alias}.${quoted(field.name)}`, compared: `${alias}.${quoted(foldedColumn(field))}` };
}

function calculated(object: ObjectDef, field: FieldDef, alias: string): Pick<Column, 'value' | 'compared'> {
  const value = formulaCall(object, field, alias);
  return { value, compared: value };
}

function joinParent(scope: Scope, object: ObjectDef, alias: string, step: string): Join & { relationshipName: string } {
  const field = object.byRelationship.get(step.toLowerCase());
  const target = field?.reference && objectOf(scope.schema, field.reference.to);
  if (
    !field?.reference ||
    !target ||
    !canReadField(scope.actor, object, field) ||
    !scope.actor.objectPermission(target).read
  ) {
    throw invalidField(
      `Didn't understand relationship '${step}' in field path. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names.`,
    );
  }
  const { relationshipName } = field.reference;
  const key = `${alias}.${field.name}`;
  const known = scope.joins.get(key);
  if (known) return { ...known, relationshipName };
  const joined = `t${scope.counter.joins++}`;
  const visible = rowCondition(scope.schema, scope.actor, target, joined, 'read');
  const join: Join = {
    alias: joined,
    object: target,
    sql:
      `LEFT JOIN ${quoted(target.name)} ${joined} ON ${joined}."Id" = ${alias}.${quoted(field.name)}` +
      (visible === undefined ? '' : ` AND ${visible}`),
  };
  scope.joins.set(key, join);
  return { ...join, relationshipName };
}

export function fromClause(scope: Scope): string {
  const joins = [...scope.joins.values()].map((join) => ` ${join.sql}`).join('');
  return `FROM ${quoted(scope.object.name)} ${scope.alias}${joins}`;
}

/** Conditions that every query has: not deleted, and only rows that the user may see. */
export function baseConditions(scope: Scope, includeDeleted: boolean): string[] {
  const visible = rowCondition(scope.schema, scope.actor, scope.object, scope.alias, 'read');
  return [...(includeDeleted ? [] : [`${scope.alias}."IsDeleted" = 0`]), ...(visible === undefined ? [] : [visible])];
}

/** The current time in the user's zone, by which date literals are read. */
export function userNow(scope: Scope): DateTime {
  return DateTime.fromJSDate(scope.now, { zone: scope.actor.timeZone });
}
