import type { FieldValue } from '../logic/save-context.ts';
import type { FieldDef, ObjectDef } from '../schema/types.ts';
import type { SqlRow, SqlValue } from '../store/open-store.ts';
import { fromSql } from '../store/rows.ts';
import type { CompiledQuery } from './compile-query.ts';

export type JsonRecord = Record<string, unknown>;

/** A stored value as the API writes it: instants end in `.000+0000`. */
export function jsonValue(field: FieldDef, value: FieldValue): FieldValue {
  return field.type === 'datetime' && typeof value === 'string' ? value.replace('Z', '+0000') : value;
}

export function jsonSqlValue(field: FieldDef, value: SqlValue): FieldValue {
  return jsonValue(field, fromSql(field, value));
}

export function attributesOf(object: ObjectDef, id: string, version: string): JsonRecord {
  return { type: object.name, url: `/services/data/v${version}/sobjects/${object.name}/${id}` };
}

/** One row as a record with its parents nested; an absent parent is null. */
export function renderRecord(query: CompiledQuery, row: SqlRow, version: string): JsonRecord {
  if (query.kind !== 'records') {
    const record: JsonRecord = { attributes: { type: 'AggregateResult' } };
    query.columns.forEach((column, index) => {
      record[column.path[0] ?? ''] = jsonSqlValue(column.field, row[`c${index}`] ?? null);
    });
    return record;
  }
  const record: JsonRecord = { attributes: attributesOf(query.object, String(row['id']), version) };
  query.columns.forEach(({ path, parents, field }, index) => {
    let target = record;
    for (const [depth, { object, idColumn }] of parents.entries()) {
      const step = path[depth] ?? '';
      const id = row[query.parentIds.get(idColumn) ?? ''];
      if (typeof id !== 'string') {
        target[step] = null;
        return;
      }
      target[step] ??= { attributes: attributesOf(object, id, version) };
      target = target[step] as JsonRecord;
    }
    target[path.at(-1) ?? ''] = jsonSqlValue(field, row[`c${index}`] ?? null);
  });
  return record;
}
