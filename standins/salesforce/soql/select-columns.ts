import type { FieldType as Selected, QueryBase } from '@jetstreamapp/soql-parser-js';
import { visibleFields } from '../access/field-access.ts';
import { malformedQuery } from '../errors.ts';
import type { FieldDef, ObjectDef } from '../schema/types.ts';
import { compileFunction } from './functions.ts';
import { resolvePath, type Scope } from './scope.ts';

/** One value of each answered record. */
export interface OutputColumn {
  /** Where it goes in the record: `['Trainer__r', 'Name']`. */
  path: string[];
  field: FieldDef;
  sql: string;
  compared: string;
  aggregate: boolean;
  parents: { object: ObjectDef; idColumn: string }[];
}

const MOST_ALL_FIELDS = 200;

/** Plain selects: fields, parents' fields and FIELDS(). */
export function selectFields(scope: Scope, query: QueryBase): OutputColumn[] {
  const columns: OutputColumn[] = [];
  const seen = new Set<string>();
  const add = (dotted: string) => {
    const column = resolvePath(scope, dotted);
    const key = column.path.join('.').toLowerCase();
    if (seen.has(key)) throw malformedQuery(`duplicate field selected: ${column.path.join('.')}`);
    seen.add(key);
    columns.push({ ...column, sql: column.value, aggregate: false });
  };
  for (const selected of query.fields ?? []) {
    if (selected.type === 'FieldSubquery') continue;
    if (selected.type === 'FieldFunctionExpression' && selected.functionName.toUpperCase() === 'FIELDS') {
      for (const field of fieldsOf(scope, selected.parameters[0], query.limit)) add(field.name);
      continue;
    }
    const path = pathOf(selected);
    if (path === undefined)
      throw malformedQuery(`unexpected token: ${'functionName' in selected ? selected.functionName : selected.type}`);
    if ('alias' in selected && selected.alias !== undefined && !('objectPrefix' in selected)) {
      throw malformedQuery('only aggregate expressions use field aliasing');
    }
    add(path);
  }
  return columns;
}

/** Selects of a query with aggregates or GROUP BY: results are named by alias, field name or `expr0`. */
export function selectAggregates(scope: Scope, query: QueryBase, grouped: ReadonlySet<string>): OutputColumn[] {
  let unnamed = 0;
  const columns = (query.fields ?? []).map((selected): OutputColumn => {
    if (selected.type === 'FieldFunctionExpression') {
      const call = compileFunction(scope, selected);
      if (!call.aggregate && !grouped.has(call.value)) {
        throw malformedQuery(`Field must be grouped or aggregated: ${selected.functionName}`);
      }
      const path = [selected.alias ?? `expr${unnamed++}`];
      return {
        path,
        field: call.field,
        sql: call.value,
        compared: call.compared,
        aggregate: call.aggregate,
        parents: [],
      };
    }
    const path = pathOf(selected);
    if (path === undefined) throw malformedQuery('a grouped query cannot have sub-selects');
    const column = resolvePath(scope, path);
    if (!grouped.has(column.compared)) throw malformedQuery(`Field must be grouped or aggregated: ${path}`);
    const alias = 'alias' in selected ? selected.alias : undefined;
    return {
      path: [alias ?? column.field.name],
      field: column.field,
      sql: `MIN(${column.value})`,
      compared: column.compared,
      aggregate: true,
      parents: [],
    };
  });
  const names = columns.map(({ path }) => path[0]?.toLowerCase());
  const twice = columns.find((_column, index) => names.indexOf(names[index]) < index);
  if (twice) throw malformedQuery(`duplicate alias: ${twice.path[0]}`);
  return columns;
}

function pathOf(selected: Selected): string | undefined {
  if (selected.type === 'Field') {
    return 'objectPrefix' in selected ? `${selected.objectPrefix}.${selected.field}` : selected.field;
  }
  if (selected.type !== 'FieldRelationship') return undefined;
  const prefix = 'objectPrefix' in selected ? [selected.objectPrefix] : [];
  return [...prefix, ...selected.relationships, selected.field].join('.');
}

function fieldsOf(scope: Scope, group: unknown, limit: number | undefined): FieldDef[] {
  const name = typeof group === 'string' ? group.toUpperCase() : '';
  if (name !== 'STANDARD' && (limit === undefined || limit > MOST_ALL_FIELDS)) {
    throw malformedQuery(`The SOQL FIELDS function must have a LIMIT of at most ${MOST_ALL_FIELDS}`);
  }
  const fields = visibleFields(scope.actor, scope.object);
  if (name === 'ALL') return fields;
  if (name === 'STANDARD') return fields.filter((field) => !field.custom);
  if (name === 'CUSTOM') return fields.filter((field) => field.custom);
  throw malformedQuery('FIELDS takes ALL, STANDARD or CUSTOM');
}
