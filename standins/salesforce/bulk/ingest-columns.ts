import type { Actor } from '../access/actor.ts';
import { canReadField, visibleField } from '../access/field-access.ts';
import type { FieldValue } from '../logic/save-context.ts';
import type { Payload } from '../save/read-payload.ts';
import { findField, objectOf, type FieldDef, type ObjectDef, type Schema } from '../schema/types.ts';
import type { IngestJob } from './bulk-job.ts';
import { DataRefused } from './csv.ts';
import { cellValue } from './csv-value.ts';

/** What the column of an upload sets: a field, or the parent of a lookup by an external id (`Trainer__r.Email__c`). */
type Column = { field: FieldDef } | { lookup: FieldDef; target: ObjectDef; key: FieldDef };

export interface IngestColumns {
  /** Where the record's id is; -1 without such a column. */
  id: number;
  /** Reads everything else. @throws SalesforceError for a value of the wrong type */
  payload(row: readonly string[]): Payload;
  /** The value by which to upsert; null where the cell is empty. */
  externalId(row: readonly string[]): FieldValue;
}

/** Reads the header of an upload. @throws DataRefused where a column is not one that this user could fill */
export function readColumns(schema: Schema, actor: Actor, object: ObjectDef, job: IngestJob): IngestColumns {
  const names = job.columns.map((name) => name.trim());
  const twice = names.find((name, index) => names.slice(0, index).some((one) => sameName(one, name)));
  if (twice !== undefined) throw new DataRefused(`InvalidBatch : Duplicate column in CSV : ${twice}`);
  const id = names.findIndex((name) => sameName(name, 'Id'));
  if (job.operation === 'delete' && (id === -1 || names.length > 1)) {
    throw new DataRefused('InvalidBatch : delete batch must contain only ids');
  }
  const key = job.externalIdFieldName ?? 'Id';
  const keyAt = names.findIndex((name) => sameName(name, key));
  const needsKey = job.operation === 'update' || job.operation === 'upsert';
  if (needsKey && keyAt === -1) throw new DataRefused(`InvalidBatch : Field name not found : ${key}`);
  const columns = names.map((name, index) => (index === id ? undefined : readColumn(schema, actor, object, name)));
  return {
    id,
    payload: (row) => {
      const payload: Payload = { values: new Map(), parents: [] };
      columns.forEach((column, index) => {
        const text = row[index] ?? '';
        if (!column || text === '' || (job.operation === 'upsert' && index === keyAt)) return;
        if ('field' in column) payload.values.set(column.field, cellValue(column.field, text));
        else {
          const { lookup, target, key: by } = column;
          payload.parents.push({ field: lookup, target, key: by, value: cellValue(by, text) });
        }
      });
      return payload;
    },
    externalId: (row) => {
      const column = columns[keyAt];
      const text = row[keyAt] ?? '';
      return text === '' || !column || !('field' in column) ? null : cellValue(column.field, text);
    },
  };
}

function readColumn(schema: Schema, actor: Actor, object: ObjectDef, name: string): Column {
  const field = visibleField(actor, object, name);
  if (field) return { field };
  const [relationship = '', keyName = '', ...more] = name.split('.');
  const lookup = object.byRelationship.get(relationship.toLowerCase());
  const target = lookup?.reference && objectOf(schema, lookup.reference.to);
  const key = target && findField(target, keyName);
  const known = lookup && target && key?.externalId && more.length === 0;
  if (!known || !canReadField(actor, object, lookup) || !canReadField(actor, target, key)) {
    throw new DataRefused(`InvalidBatch : Field name not found : ${name}`);
  }
  return { lookup, target, key };
}

const sameName = (left: string, right: string) => left.toLowerCase() === right.toLowerCase();
