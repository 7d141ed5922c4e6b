import type { FieldValue } from '../logic/save-context.ts';
import { isNumber, type FieldDef, type ObjectDef } from '../schema/types.ts';
import type { SqlRow, SqlValue, Store } from './open-store.ts';
import { fold, foldedColumn, isFolded, quoted } from './sql-names.ts';

/** A record under its exact API names, as `SaveContext` describes values. */
export type RecordValues = Record<string, FieldValue>;

export function insertRow(store: Store, object: ObjectDef, values: RecordValues): void {
  const columns = columnsOf(object, values);
  const names = columns.map(([name]) => quoted(name)).join(', ');
  const marks = columns.map(() => '?').join(', ');
  store.run(`INSERT INTO ${quoted(object.name)} (${names}) VALUES (${marks})`, ...columns.map(([, value]) => value));
}

export function updateRow(store: Store, object: ObjectDef, id: string, values: RecordValues): void {
  const columns = columnsOf(object, values);
  const sets = columns.map(([name]) => `${quoted(name)} = ?`).join(', ');
  store.run(`UPDATE ${quoted(object.name)} SET ${sets} WHERE "Id" = ?`, ...columns.map(([, value]) => value), id);
}

/** The stored record, also when it is in the recycle bin. */
export function readRow(store: Store, object: ObjectDef, id: string): RecordValues | undefined {
  const row = store.get(`SELECT * FROM ${quoted(object.name)} WHERE "Id" = ?`, id);
  return row && recordOf(object, row);
}

/** Ids of rows that are not deleted and have this value, oldest first, compared as the platform compares. */
export function idsWithValue(
  store: Store,
  object: ObjectDef,
  field: FieldDef,
  value: FieldValue,
  limit = 10,
): string[] {
  const sought = typeof value === 'string' ? fold(field, value) : toSql(value);
  return store
    .all(
      `SELECT "Id" FROM ${quoted(object.name)} WHERE ${quoted(foldedColumn(field))} = ? AND "IsDeleted" = 0 ORDER BY "Id" LIMIT ${limit}`,
      sought,
    )
    .map((row) => String(row['Id']));
}

/** Whether a row is there, in the recycle bin, or nowhere. */
export function stateOfRow(store: Store, object: ObjectDef, id: string): 'live' | 'deleted' | 'absent' {
  const row = store.get(`SELECT "IsDeleted" AS gone FROM ${quoted(object.name)} WHERE "Id" = ?`, id);
  if (!row) return 'absent';
  return row['gone'] === 1 ? 'deleted' : 'live';
}

function recordOf(object: ObjectDef, row: SqlRow): RecordValues {
  const record: RecordValues = {};
  for (const field of object.fields) record[field.name] = fromSql(field, row[field.name] ?? null);
  for (const { name, formula } of object.fields) if (formula) record[name] = formula.value(record);
  return record;
}

export function fromSql(field: FieldDef, value: SqlValue): FieldValue {
  if (value === null) return null;
  if (field.type === 'boolean') return value === 1;
  return isNumber(field) ? Number(value) : value;
}

function toSql(value: FieldValue): SqlValue {
  return typeof value === 'boolean' ? Number(value) : value;
}

function columnsOf(object: ObjectDef, values: RecordValues): [string, SqlValue][] {
  const columns: [string, SqlValue][] = [];
  for (const field of object.fields) {
    const value = values[field.name];
    if (value === undefined || field.formula) continue;
    columns.push([field.name, field.type === 'boolean' ? Number(value === true) : toSql(value)]);
    if (isFolded(field)) columns.push([foldedColumn(field), typeof value === 'string' ? fold(field, value) : null]);
  }
  return columns;
}
