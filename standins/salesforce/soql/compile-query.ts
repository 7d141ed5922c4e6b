import type { Query, QueryBase, Subquery } from '@jetstreamapp/soql-parser-js';
import { SalesforceError, invalidField, malformedQuery } from '../errors.ts';
import { childRelationships, isNumber, type FieldDef, type ObjectDef } from '../schema/types.ts';
import type { SqlValue } from '../store/open-store.ts';
import { quoted } from '../store/sql-names.ts';
import { canReadField } from '../access/field-access.ts';
import { compileConditions } from './compile-condition.ts';
import { compileFunction } from './functions.ts';
import { refuseUnsupported } from './parse-query.ts';
import {
  baseConditions,
  createScope,
  fromClause,
  innerScope,
  resolvePath,
  type QueryDeps,
  type Scope,
} from './scope.ts';
import { selectAggregates, selectFields, type OutputColumn } from './select-columns.ts';

/** A query in SQL, in parts, so that the runner can page it. */
export interface CompiledQuery {
  object: ObjectDef;
  /** Alias of the object in the SQL. */
  alias: string;
  kind: 'records' | 'aggregates' | 'count';
  columns: OutputColumn[];
  /** Result columns: `c0…` values, `p0…` ids of joined parents, `id`. */
  select: string;
  from: string;
  where: string;
  /** GROUP BY and HAVING. */
  grouping: string;
  orderBy: string;
  parameters: SqlValue[];
  /** Column names of the parents' ids by their SQL. */
  parentIds: Map<string, string>;
  children: CompiledChild[];
  limit: number | undefined;
  offset: number;
  longTexts: number;
}

export interface CompiledChild {
  relationshipName: string;
  foreignKey: FieldDef;
  query: CompiledQuery;
}

const LARGEST_OFFSET = 2_000;

export function compileQuery(
  deps: QueryDeps,
  query: Query & { sObject: string },
  options: { includeDeleted: boolean },
): CompiledQuery {
  const scope = createScope(deps, query.sObject, query.sObjectAlias);
  if (isAggregate(query)) return compileAggregates(scope, query, options.includeDeleted);
  return compileRecords(scope, query, options.includeDeleted);
}

function isAggregate(query: QueryBase): boolean {
  return (
    query.groupBy !== undefined ||
    (query.fields ?? []).some((field) => field.type === 'FieldFunctionExpression' && field.isAggregateFn === true)
  );
}

function compileRecords(scope: Scope, query: QueryBase, includeDeleted: boolean): CompiledQuery {
  if (query.having) throw malformedQuery('HAVING needs GROUP BY');
  const columns = selectFields(scope, query);
  const children = (query.fields ?? []).flatMap((field) =>
    field.type === 'FieldSubquery' ? [compileChild(scope, field.subquery, includeDeleted)] : [],
  );
  const twice = children.find((child, index) => children.findIndex((one) => isSameRelationship(one, child)) < index);
  if (twice) throw malformedQuery(`duplicate sub-select of relationship: ${twice.relationshipName}`);
  const parentIds = new Map<string, string>();
  for (const { parents } of columns) {
    for (const { idColumn } of parents) {
      if (!parentIds.has(idColumn)) parentIds.set(idColumn, `p${parentIds.size}`);
    }
  }
  const select = [
    ...columns.map(({ sql }, index) => `${sql} AS c${index}`),
    ...[...parentIds].map(([sql, name]) => `${sql} AS ${name}`),
    `${scope.alias}."Id" AS id`,
  ].join(', ');
  const where = whereOf(scope, query, includeDeleted);
  const order = [...orderOf(scope, query), `${scope.alias}."Id"`].join(', ');
  return {
    ...limits(query),
    object: scope.object,
    alias: scope.alias,
    kind: 'records',
    columns,
    select,
    from: fromClause(scope),
    where,
    grouping: '',
    orderBy: `ORDER BY ${order}`,
    parameters: scope.parameters,
    parentIds,
    children,
    longTexts: columns.filter(({ field }) => field.longText).length,
  };
}

function isSameRelationship(left: CompiledChild, right: CompiledChild): boolean {
  return left.foreignKey === right.foreignKey;
}

function compileAggregates(scope: Scope, query: QueryBase, includeDeleted: boolean): CompiledQuery {
  const fields = query.fields ?? [];
  const [only] = fields;
  const counts = only?.type === 'FieldFunctionExpression' && only.parameters.length === 0;
  if (counts && (fields.length > 1 || query.groupBy))
    throw malformedQuery('COUNT() must be the only element in the SELECT list');
  const groups = groupsOf(scope, query);
  const columns = selectAggregates(scope, query, new Set(groups));
  const where = whereOf(scope, query, includeDeleted);
  const having = query.having ? ` HAVING ${compileConditions(scope, query.having, 'having')}` : '';
  if (having !== '' && groups.length === 0) throw malformedQuery('HAVING needs GROUP BY');
  const order = orderOf(scope, query, new Set(groups));
  return {
    ...limits(query),
    object: scope.object,
    alias: scope.alias,
    kind: counts ? 'count' : 'aggregates',
    columns,
    select: columns.map(({ sql }, index) => `${sql} AS c${index}`).join(', '),
    from: fromClause(scope),
    where,
    grouping: (groups.length > 0 ? `GROUP BY ${groups.join(', ')}` : '') + having,
    orderBy: order.length > 0 ? `ORDER BY ${order.join(', ')}` : '',
    parameters: scope.parameters,
    parentIds: new Map(),
    children: [],
    longTexts: 0,
  };
}

function compileChild(outer: Scope, query: Subquery, includeDeleted: boolean): CompiledChild {
  refuseUnsupported(query);
  if (query.groupBy || query.having || query.offset !== undefined || isAggregate(query)) {
    throw malformedQuery('a sub-select of children takes WHERE, ORDER BY and LIMIT only');
  }
  if ((query.fields ?? []).some((field) => field.type === 'FieldSubquery')) {
    throw malformedQuery('sub-selects cannot be nested here');
  }
  const wanted = query.relationshipName.toLowerCase();
  const found = childRelationships(outer.schema, outer.object).find(
    ({ field }) => field.reference?.childRelationshipName?.toLowerCase() === wanted,
  );
  const readable =
    found && outer.actor.objectPermission(found.child).read && canReadField(outer.actor, found.child, found.field);
  if (!found || !readable) {
    throw new SalesforceError(
      'INVALID_TYPE',
      `Didn't understand relationship '${query.relationshipName}' in FROM part of query call. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name.`,
    );
  }
  const scope = { ...innerScope(outer, found.child), parameters: [] };
  const compiled = compileRecords(scope, query, includeDeleted);
  return {
    relationshipName: found.field.reference?.childRelationshipName ?? query.relationshipName,
    foreignKey: found.field,
    query: { ...compiled, select: `${compiled.select}, ${scope.alias}.${quoted(found.field.name)} AS parent` },
  };
}

function whereOf(scope: Scope, query: QueryBase, includeDeleted: boolean): string {
  const filter = query.where ? [compileConditions(scope, query.where, 'where')] : [];
  return [...baseConditions(scope, includeDeleted), ...filter].join(' AND ') || '1';
}

function groupsOf(scope: Scope, query: QueryBase): string[] {
  return [query.groupBy ?? []].flat().map((group) => {
    if ('fn' in group) {
      const call = compileFunction(scope, group.fn);
      if (call.aggregate) throw malformedQuery('cannot group by an aggregate');
      return call.value;
    }
    const { field, compared } = resolvePath(scope, group.field);
    if (field.longText || field.type === 'datetime' || isNumber(field) || field.type === 'multipicklist') {
      throw invalidField(`field '${field.name}' can not be grouped in a query call`);
    }
    return compared;
  });
}

function orderOf(scope: Scope, query: QueryBase, grouped?: ReadonlySet<string>): string[] {
  return [query.orderBy ?? []].flat().map((order) => {
    const column = 'fn' in order ? compileFunction(scope, order.fn) : resolvePath(scope, order.field);
    if (column.field.longText || column.field.type === 'multipicklist') {
      throw invalidField(`field '${column.field.name}' can not be sorted in a query call`);
    }
    const aggregate = 'aggregate' in column && column.aggregate;
    if (aggregate && !grouped) throw malformedQuery('ORDER BY an aggregate needs GROUP BY');
    if (grouped && !aggregate && !grouped.has(column.compared)) {
      throw malformedQuery(`Ordered field must be grouped or aggregated: ${column.field.name}`);
    }
    // The plus keeps SQLite from walking an index in this order, which would read wide rows one by one.
    const sortBy = column.field.type === 'id' ? column.compared : `+${column.compared}`;
    return `${sortBy} ${order.order ?? 'ASC'} NULLS ${order.nulls ?? 'FIRST'}`;
  });
}

function limits(query: QueryBase): { limit: number | undefined; offset: number } {
  const offset = query.offset ?? 0;
  if (offset > LARGEST_OFFSET) {
    throw new SalesforceError('NUMBER_OUTSIDE_VALID_RANGE', `Maximum SOQL offset allowed is ${LARGEST_OFFSET}`);
  }
  return { limit: query.limit, offset };
}
