import type { FunctionExp } from '@jetstreamapp/soql-parser-js';
import { invalidField, malformedQuery } from '../errors.ts';
import { defineField } from '../schema/define-field.ts';
import { isNumber, type FieldDef } from '../schema/types.ts';
import { resolvePath, type Column, type Scope } from './scope.ts';

/** A function call in SQL and the field type of its result. */
export interface FunctionColumn {
  field: FieldDef;
  value: string;
  compared: string;
  aggregate: boolean;
}

const NUMBER = defineField('expression', 'double', { precision: 18, scale: 6 });
const DAY = defineField('expression', 'date');

/** Date functions read instants in UTC, as on the platform without convertTimezone(). */
const DATE_PARTS: Record<string, string> = {
  CALENDAR_YEAR: '%Y',
  CALENDAR_MONTH: '%m',
  DAY_IN_MONTH: '%d',
  HOUR_IN_DAY: '%H',
};

/** Compiles an aggregate or date function. Everything else is refused. */
export function compileFunction(scope: Scope, call: FunctionExp): FunctionColumn {
  const name = (call.functionName ?? '').toUpperCase();
  const [argument, ...more] = call.parameters ?? [];
  if (more.length > 0 || (argument !== undefined && typeof argument !== 'string')) {
    throw malformedQuery(`unexpected arguments of ${name}`);
  }
  if (argument === undefined) {
    if (name === 'COUNT') return column(NUMBER, 'COUNT(*)', true);
    throw malformedQuery(`${name} needs a field`);
  }
  const target = resolvePath(scope, argument);
  const part = DATE_PARTS[name];
  if (part !== undefined || name === 'DAY_ONLY') return datePart(target, name, part);
  return aggregate(target, name);
}

function datePart(target: Column, name: string, part: string | undefined): FunctionColumn {
  const { type } = target.field;
  if (type !== 'datetime' && (type !== 'date' || name === 'DAY_ONLY' || name === 'HOUR_IN_DAY')) {
    throw invalidField(`${name} does not take the field ${target.field.name}`);
  }
  if (part === undefined) return column(DAY, `substr(${target.value}, 1, 10)`, false);
  return column(NUMBER, `CAST(strftime('${part}', ${target.value}) AS INTEGER)`, false);
}

function aggregate(target: Column, name: string): FunctionColumn {
  const { field, value, compared } = target;
  const refuse = () => malformedQuery(`field ${field.name} does not support aggregate operator ${name}`);
  if (field.longText) throw refuse();
  switch (name) {
    case 'COUNT':
      return column(NUMBER, `COUNT(${value})`, true);
    case 'COUNT_DISTINCT':
      return column(NUMBER, `COUNT(DISTINCT ${compared})`, true);
    case 'SUM':
    case 'AVG':
      if (!isNumber(field)) throw refuse();
      return column(NUMBER, `${name}(${value})`, true);
    case 'MIN':
    case 'MAX':
      if (field.type === 'boolean' || field.type === 'multipicklist') throw refuse();
      return column(field, `${name}(${value})`, true);
    default:
      throw malformedQuery(`unexpected function: ${name}`);
  }
}

function column(field: FieldDef, sql: string, aggregate: boolean): FunctionColumn {
  return { field, value: sql, compared: sql, aggregate };
}
