import type { ConditionWithValueQuery, Query, WhereClause, HavingClause } from '@jetstreamapp/soql-parser-js';
import { SalesforceError, invalidField, malformedQuery } from '../errors.ts';
import type { SqlValue } from '../store/open-store.ts';
import { dayRange } from './date-literals.ts';
import { compileFunction, type FunctionColumn } from './functions.ts';
import { isIdField, isTextField, likePattern, literalValue } from './literals.ts';
import { refuseUnsupported } from './parse-query.ts';
import {
  baseConditions,
  fromClause,
  innerScope,
  readableObject,
  resolvePath,
  userNow,
  type Column,
  type Scope,
} from './scope.ts';
import { buildConditionTree, type ConditionTree } from './where-tree.ts';

const MOST_MARKS = 500;
const MOST_SEMI_JOINS = 2;

/** WHERE or HAVING as SQL. Values go to `scope.parameters` in the order in which their marks appear. */
export function compileConditions(scope: Scope, clause: WhereClause | HavingClause, part: 'where' | 'having'): string {
  const compile = (tree: ConditionTree, under: { not: boolean; or: boolean }): string => {
    switch (tree.kind) {
      case 'not':
        return `NOT (${compile(tree.inner, { ...under, not: true })})`;
      case 'and':
        return `(${compile(tree.left, under)} AND ${compile(tree.right, under)})`;
      case 'or':
        return `(${compile(tree.left, { ...under, or: true })} OR ${compile(tree.right, { ...under, or: true })})`;
      case 'condition': {
        const sql = compileCondition(scope, tree.condition, part, under);
        // SOQL knows true and false only. Under NOT, SQL's third value has to become false here; elsewhere it
        // already acts as false, and a bare comparison can use an index.
        return under.not ? `IFNULL(${sql}, 0)` : sql;
      }
    }
  };
  return compile(buildConditionTree(clause), { not: false, or: false });
}

function compileCondition(
  scope: Scope,
  condition: ConditionWithValueQuery,
  part: 'where' | 'having',
  under: { not: boolean; or: boolean },
): string {
  if (!('operator' in condition)) throw malformedQuery('unexpected end of the condition');
  const operator = (condition.operator as string).toUpperCase();
  const target: Column | FunctionColumn =
    'fn' in condition ? compileFunction(scope, condition.fn) : resolvePath(scope, condition.field);
  if (('aggregate' in target && target.aggregate) !== (part === 'having')) {
    throw malformedQuery(part === 'having' ? 'HAVING compares aggregates' : 'aggregates belong into HAVING');
  }
  if (target.field.longText) {
    throw invalidField(`field '${target.field.name}' can not be filtered in a query call`);
  }
  if ('valueQuery' in condition) {
    if (under.or || under.not) {
      throw malformedQuery(`Semi join sub-selects are not allowed with the '${under.or ? 'OR' : 'NOT'}' operator`);
    }
    return semiJoin(scope, target, operator, condition.valueQuery);
  }
  const values = Array.isArray(condition.value) ? condition.value : [condition.value];
  const types = Array.isArray(condition.literalType) ? condition.literalType : undefined;
  const literals = values.map((raw, index) => ({
    raw,
    type: (types ? types[index] : (condition.literalType as string | undefined)) ?? 'STRING',
  }));
  return compare(scope, target, operator, literals);
}

interface Literal {
  raw: string;
  type: string;
}

function compare(scope: Scope, target: Column | FunctionColumn, operator: string, literals: Literal[]): string {
  const { field, compared } = target;
  const mark = (value: SqlValue) => {
    scope.parameters.push(value);
    return '?';
  };
  const [first] = literals;
  if (!first) throw malformedQuery('a condition needs a value');
  switch (operator) {
    case 'IN':
    case 'NOT IN': {
      if (field.type === 'multipicklist') throw wrongOperator(field.name, operator);
      return listCondition(
        scope,
        compared,
        operator === 'IN',
        literals.map((one) => plainValue(target, one)),
      );
    }
    case 'INCLUDES':
    case 'EXCLUDES': {
      if (field.type !== 'multipicklist') throw wrongOperator(field.name, operator);
      const sets = literals.map((one) => String(plainValue(target, one) ?? '').split(';'));
      const all = sets.map((set) =>
        set
          .map((value) => `instr(';' || IFNULL(${compared}, '') || ';', ${mark(`;${value.trim()};`)}) > 0`)
          .join(' AND '),
      );
      const any = `(${all.map((sql) => `(${sql})`).join(' OR ')})`;
      return operator === 'INCLUDES' ? any : `NOT ${any}`;
    }
    case 'LIKE':
      if (!isTextField(field) || isIdField(field) || field.type === 'multipicklist' || first.type !== 'STRING') {
        throw wrongOperator(field.name, operator);
      }
      return `${compared} LIKE ${mark(likePattern(field, first.raw))} ESCAPE '\\'`;
    default:
      if (first.type.startsWith('DATE_')) return dateLiteralCondition(scope, target, operator, first.raw);
      return simpleCondition(field.name, field.type, compared, operator, plainValue(target, first), mark);
  }
}

function simpleCondition(
  name: string,
  type: string,
  compared: string,
  operator: string,
  value: SqlValue,
  mark: (value: SqlValue) => string,
): string {
  if (operator === '=' || operator === '!=' || operator === '<>') {
    const equal = operator === '=';
    if (value === null) return `${compared} IS ${equal ? '' : 'NOT '}NULL`;
    // IS NOT is true for null, as SOQL's != is.
    return equal ? `${compared} = ${mark(value)}` : `${compared} IS NOT ${mark(value)}`;
  }
  if (!['<', '>', '<=', '>='].includes(operator)) throw malformedQuery(`unexpected token: '${operator}'`);
  if (value === null || type === 'boolean' || type === 'multipicklist') throw wrongOperator(name, operator);
  return `${compared} ${operator} ${mark(value)}`;
}

function listCondition(scope: Scope, compared: string, included: boolean, values: SqlValue[]): string {
  const withNull = values.includes(null);
  const present = values.filter((value) => value !== null);
  if (present.length > MOST_MARKS) scope.parameters.push(JSON.stringify(present));
  else scope.parameters.push(...present);
  const list = present.length > MOST_MARKS ? 'SELECT value FROM json_each(?)' : present.map(() => '?').join(', ');
  const inList = `${compared} IN (${list})`;
  if (included) return withNull ? `(${inList} OR ${compared} IS NULL)` : inList;
  return withNull ? `(${compared} IS NOT NULL AND NOT ${inList})` : `(${compared} IS NULL OR NOT ${inList})`;
}

function dateLiteralCondition(
  scope: Scope,
  target: Column | FunctionColumn,
  operator: string,
  literal: string,
): string {
  const { field, compared } = target;
  if (field.type !== 'date' && field.type !== 'datetime') {
    throw invalidField(`value of filter criterion for field '${field.name}' must not be a date`);
  }
  const range = dayRange(literal, userNow(scope));
  const [from, to] = [range.from, range.to].map((day) =>
    field.type === 'date' ? day.toISODate() : day.toUTC().toISO(),
  ) as [string, string];
  const add = (...values: string[]) => void scope.parameters.push(...values);
  switch (operator) {
    case '=':
      add(from, to);
      return `(${compared} >= ? AND ${compared} < ?)`;
    case '!=':
    case '<>':
      add(from, to);
      return `(${compared} IS NULL OR ${compared} < ? OR ${compared} >= ?)`;
    case '<':
      add(from);
      return `${compared} < ?`;
    case '<=':
      add(to);
      return `${compared} < ?`;
    case '>':
      add(to);
      return `${compared} >= ?`;
    case '>=':
      add(from);
      return `${compared} >= ?`;
    default:
      throw wrongOperator(field.name, operator);
  }
}

function semiJoin(scope: Scope, target: Column | FunctionColumn, operator: string, query: Query): string {
  refuseUnsupported(query);
  if (scope.isSemiJoin) throw malformedQuery('Nesting of semi join sub-selects is not supported');
  if (++scope.counter.semiJoins > MOST_SEMI_JOINS) throw malformedQuery('maximum 2 semi join sub-selects are allowed');
  const [selected, ...more] = query.fields ?? [];
  if (!selected || more.length > 0 || (selected.type !== 'Field' && selected.type !== 'FieldRelationship')) {
    throw malformedQuery('a semi join sub-select selects one field');
  }
  if (query.limit !== undefined || query.offset !== undefined || query.orderBy || query.groupBy || query.having) {
    throw malformedQuery('a semi join sub-select takes a WHERE only');
  }
  if (operator !== 'IN' && operator !== 'NOT IN') throw wrongOperator(target.field.name, operator);
  const inner = { ...innerScope(scope, readableObject(scope, query.sObject ?? '')), isSemiJoin: true };
  const path = selected.type === 'Field' ? selected.field : [...selected.relationships, selected.field].join('.');
  const column = resolvePath(inner, path);
  if (!isIdField(target.field) || !isIdField(column.field)) {
    throw malformedQuery('semi joins compare ids and references only');
  }
  const filter = query.where ? [compileConditions(inner, query.where, 'where')] : [];
  const where = [...baseConditions(inner, false), ...filter, `${column.value} IS NOT NULL`].join(' AND ');
  const inList = `${target.compared} IN (SELECT ${column.value} ${fromClause(inner)} WHERE ${where})`;
  return operator === 'IN' ? inList : `(${target.compared} IS NULL OR NOT ${inList})`;
}

function plainValue(target: Column | FunctionColumn, literal: Literal): SqlValue {
  return literalValue(target.field, literal.type, literal.raw);
}

function wrongOperator(field: string, operator: string): SalesforceError {
  return new SalesforceError('INVALID_QUERY_FILTER_OPERATOR', `invalid operator ${operator} for field '${field}'`);
}
