import type { DatabaseSync } from 'node:sqlite';
import { findField, type FieldDef, type ObjectDef, type Schema } from '../schema/types.ts';
import type { SqlValue } from './open-store.ts';
import { fromSql, type RecordValues } from './rows.ts';
import { quoted, textLiteral } from './sql-names.ts';

const FUNCTION = 'field_formula';

/** A formula field in SQL: the database asks our own evaluation, so that it filters, sorts and counts like any column. */
export function formulaCall(object: ObjectDef, field: FieldDef, alias: string): string {
  const values = inputsOf(object, field).map(({ name }) => `${alias}.${quoted(name)}`);
  return `${FUNCTION}(${[textLiteral(keyOf(object, field)), ...values].join(', ')})`;
}

/** Lets the database calculate the formula fields of the schema. */
export function addFormulas(database: DatabaseSync, schema: Schema): void {
  const known = new Map<string, { field: FieldDef; inputs: FieldDef[] }>();
  for (const object of schema.objects.values()) {
    for (const field of object.fields.filter(({ formula }) => formula)) {
      known.set(keyOf(object, field), { field, inputs: inputsOf(object, field) });
    }
  }
  database.function(FUNCTION, { varargs: true, deterministic: true }, (key, ...values) => {
    const { field, inputs } = known.get(String(key)) ?? { inputs: [] };
    const record: RecordValues = Object.fromEntries(
      inputs.map((input, index) => [input.name, fromSql(input, (values[index] ?? null) as SqlValue)]),
    );
    return (field?.formula?.value(record) ?? null) as SqlValue;
  });
}

function keyOf(object: ObjectDef, field: FieldDef): string {
  return `${object.name}.${field.name}`;
}

function inputsOf(object: ObjectDef, field: FieldDef): FieldDef[] {
  return (field.formula?.references ?? []).map((name) => {
    const input = findField(object, name);
    if (!input) throw new Error(`${keyOf(object, field)} calculates with ${name}, which ${object.name} does not have.`);
    return input;
  });
}
