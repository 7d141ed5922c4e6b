import type { Actor } from '../access/actor.ts';
import { SalesforceError } from '../errors.ts';
import { deleteRecord } from '../save/delete-record.ts';
import { createRecord, updateRecord, type SaveDeps } from '../save/save-record.ts';
import { MultipleChoices, externalIdField, upsertRecord } from '../save/upsert-record.ts';
import { objectOf, type ObjectDef } from '../schema/types.ts';
import { rowError } from '../http/api.ts';
import { toId18 } from '../store/ids.ts';
import type { IngestJob, JobState } from './bulk-job.ts';
import { DataRefused, parseCsv } from './csv.ts';
import { readColumns, type IngestColumns } from './ingest-columns.ts';

/** Triggers and flows see no more records at once. */
const CHUNK = 200;

type RowSave = (row: readonly string[]) => { id: string; created: boolean };

/**
 * Saves the rows of an upload as its user, each on its own, in transactions of 200. Between them others get their
 * turn, and an abort is noticed: what is saved stays, the rest is unprocessed.
 */
export async function runIngest(deps: SaveDeps, job: IngestJob): Promise<void> {
  const stateNow = (): JobState => job.state;
  const actor = deps.actorOf(job.userId);
  const object = objectOf(deps.schema, job.object);
  let rows: string[][];
  let save: RowSave;
  try {
    const table = parseCsv(job.upload ?? '', job);
    job.columns = table.columns;
    rows = job.unprocessed = table.rows;
    if (rows.length === 0) {
      job.state = 'JobComplete';
      return;
    }
    save = rowSave(deps, actor, object, job, readColumns(deps.schema, actor, object, job));
  } catch (error) {
    if (!(error instanceof DataRefused)) throw error;
    job.state = 'Failed';
    job.errorMessage = error.message;
    return;
  }
  for (let start = 0; start < rows.length; start += CHUNK) {
    await new Promise((resolve) => setImmediate(resolve));
    if (stateNow() === 'Aborted') return;
    job.state = 'InProgress';
    const chunk = rows.slice(start, start + CHUNK);
    deps.store.transaction(() => chunk.forEach((row) => saveRow(job, row, save)));
    job.unprocessed = rows.slice(start + CHUNK);
  }
  job.state = 'JobComplete';
}

function saveRow(job: IngestJob, row: string[], save: RowSave): void {
  try {
    job.succeeded.push({ ...save(row), row });
  } catch (error) {
    const refused =
      error instanceof MultipleChoices ? new SalesforceError('DUPLICATE_EXTERNAL_ID', error.message) : error;
    if (!(refused instanceof SalesforceError)) throw error;
    const at = job.columns.findIndex((name) => name.trim().toLowerCase() === 'id');
    const id = at === -1 ? undefined : toId18(row[at] ?? '');
    job.failed.push({ id: id ?? '', error: errorText(refused), row });
  }
}

/** `REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --` */
function errorText(error: SalesforceError): string {
  const { statusCode, message, fields } = rowError(error);
  return `${statusCode}:${message}:${fields.map((field) => `${field} `).join('')}--`;
}

function rowSave(deps: SaveDeps, actor: Actor, object: ObjectDef, job: IngestJob, columns: IngestColumns): RowSave {
  const idIn = (row: readonly string[]) => row[columns.id]?.trim() ?? '';
  const create: RowSave = (row) => {
    // Clients that were given objects write the column of the id, and leave it empty.
    if (idIn(row) !== '') {
      throw new SalesforceError('INVALID_FIELD_FOR_INSERT_UPDATE', 'cannot specify Id in an insert call', 400, ['Id']);
    }
    return { id: createRecord(deps, actor, object, columns.payload(row)), created: true };
  };
  const existing = (row: readonly string[]): string => {
    if (idIn(row) === '') throw new SalesforceError('MISSING_ARGUMENT', `Id not specified in an ${job.operation} call`);
    const id = toId18(idIn(row));
    if (id === undefined) throw new SalesforceError('MALFORMED_ID', `malformed id ${idIn(row)}`);
    return id;
  };
  const update: RowSave = (row) => {
    const id = existing(row);
    updateRecord(deps, actor, object, id, columns.payload(row));
    return { id, created: false };
  };
  switch (job.operation) {
    case 'insert':
      return create;
    case 'update':
      return update;
    case 'delete':
      return (row) => {
        const id = existing(row);
        deleteRecord(deps, actor, object, id);
        return { id, created: false };
      };
    case 'upsert': {
      const name = job.externalIdFieldName ?? '';
      if (name.toLowerCase() === 'id') return (row) => (idIn(row) === '' ? create(row) : update(row));
      const field = externalIdField(actor, object, name);
      return (row) => {
        if (idIn(row) !== '') {
          throw new SalesforceError('INVALID_FIELD', `cannot specify Id and ${field.name} in an upsert call`, 400, [
            'Id',
          ]);
        }
        return upsertRecord(deps, actor, object, { field, value: columns.externalId(row) }, columns.payload(row));
      };
    }
  }
}
