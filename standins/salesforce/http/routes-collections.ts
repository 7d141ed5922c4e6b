import { SalesforceError, jsonParserError } from '../errors.ts';
import { deleteRecord } from '../save/delete-record.ts';
import { isJsonObject, readPayload } from '../save/read-payload.ts';
import { createRecord, updateRecord } from '../save/save-record.ts';
import { MultipleChoices, externalIdField, upsertRecord } from '../save/upsert-record.ts';
import type { ObjectDef } from '../schema/types.ts';
import { toId18 } from '../store/ids.ts';
import { bodyObject, flagIn, onlyParameters, rowError, type ApiAnswer, type ApiRequest } from './api.ts';
import { accessibleObject, accessibleType, fieldsNamed, readVisible, renderRow } from './routes-rows.ts';

const MOST_ROWS = 200;
const MOST_READ = 2_000;
const MOST_CHUNKS = 10;

const ROLLED_BACK = 'ALL_OR_NONE_OPERATION_ROLLED_BACK';

interface RowResult {
  id?: string;
  success: boolean;
  errors: { statusCode: string; message: string; fields: string[] }[];
  created?: boolean;
}

/** One row of the call: `save` does it and answers what the result row says. */
interface RowWork {
  id?: string;
  save: (tell: (created: boolean) => void) => { id: string; created?: boolean };
}

/** `/composite/sobjects`: create, update, delete; upsert and retrieve of one type below it. */
export function collectionsRoute(request: ApiRequest): ApiAnswer | undefined {
  const [composite, resource, type, externalId, ...more] = request.path;
  if (composite !== 'composite' || resource !== 'sobjects' || more.length > 0) return undefined;
  if (type === undefined) {
    if (request.method === 'POST') return createAll(request);
    if (request.method === 'PATCH') return updateAll(request);
    if (request.method === 'DELETE') return deleteAll(request);
    return undefined;
  }
  if (externalId !== undefined) {
    return request.method === 'PATCH' ? upsertAll(request, accessibleObject(request, type), externalId) : undefined;
  }
  if (request.method === 'POST' || request.method === 'GET') return readAll(request, accessibleObject(request, type));
  return undefined;
}

function createAll(request: ApiRequest): ApiAnswer {
  const { org, actor } = request;
  const { records, allOrNone } = readRecords(request);
  const works = records.map(({ object, json }): RowWork => {
    const payload = readPayload(org.schema, actor, object, json);
    return { save: () => ({ id: createRecord(org, actor, object, payload) }) };
  });
  return runRows(request, works, allOrNone);
}

function updateAll(request: ApiRequest): ApiAnswer {
  const { org, actor } = request;
  const { records, allOrNone } = readRecords(request);
  const seen = new Set<string>();
  const works = records.map(({ object, json }): RowWork => {
    const [, given] = Object.entries(json).find(([name]) => name.toLowerCase() === 'id') ?? [];
    const payload = readPayload(org.schema, actor, object, json, ['id']);
    const id = typeof given === 'string' ? toId18(given) : undefined;
    return {
      ...(id === undefined ? {} : { id }),
      save: () => {
        if (given === undefined) throw new SalesforceError('MISSING_ARGUMENT', 'Id not specified in an update call');
        if (id === undefined) throw new SalesforceError('MALFORMED_ID', `malformed id ${JSON.stringify(given)}`);
        if (seen.has(id)) throw new SalesforceError('DUPLICATE_VALUE', `duplicate id in list: ${id}`);
        seen.add(id);
        updateRecord(org, actor, object, id, payload);
        return { id };
      },
    };
  });
  return runRows(request, works, allOrNone);
}

function deleteAll(request: ApiRequest): ApiAnswer {
  const { org, actor } = request;
  onlyParameters(request, 'ids', 'allOrNone');
  const ids = [...new Set((request.query.get('ids') ?? '').split(',').filter((id) => id !== ''))];
  if (ids.length === 0) throw new SalesforceError('MISSING_ARGUMENT', 'ids not specified');
  checkCount(ids.length);
  const works = ids.map((given): RowWork => {
    const id = toId18(given);
    return {
      ...(id === undefined ? {} : { id }),
      save: () => {
        if (id === undefined) throw new SalesforceError('MALFORMED_ID', `malformed id ${given}`);
        const object = [...org.schema.objects.values()].find(({ keyPrefix }) => id.startsWith(keyPrefix));
        if (!object) throw new SalesforceError('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
        deleteRecord(org, actor, object, id);
        return { id };
      },
    };
  });
  return runRows(request, works, request.query.get('allOrNone') === 'true');
}

function upsertAll(request: ApiRequest, object: ObjectDef, fieldName: string): ApiAnswer {
  const { org, actor } = request;
  const field = externalIdField(actor, object, fieldName);
  const { records, allOrNone } = readRecords(request, object);
  const seen = new Set<unknown>();
  const works = records.map(({ json }): RowWork => {
    const payload = readPayload(org.schema, actor, object, json);
    const value = payload.values.get(field) ?? null;
    payload.values.delete(field);
    return {
      save: (tell) => {
        const same = typeof value === 'string' && !field.caseSensitive ? value.toLowerCase() : value;
        if (value !== null && seen.has(same)) {
          throw new SalesforceError('DUPLICATE_VALUE', `Duplicate external id specified: ${value}`, 400, [field.name]);
        }
        seen.add(same);
        return upsertRecord(org, actor, object, { field, value }, payload, { onAttempt: tell });
      },
    };
  });
  return runRows(request, works, allOrNone);
}

function readAll(request: ApiRequest, object: ObjectDef): ApiAnswer {
  const { ids, fields } = request.method === 'POST' ? readBody(request) : readParameters(request);
  if (ids.length > MOST_READ) throw tooMany(MOST_READ);
  const selected = fieldsNamed(request.actor, object, fields);
  const body = ids.map((given) => {
    const id = toId18(given);
    if (id === undefined) throw new SalesforceError('MALFORMED_ID', `malformed id ${given}`);
    const row = readVisible(request.org, request.actor, object, id);
    if (!row || row['IsDeleted'] === true) return null;
    return renderRow(object, id, row, selected, request.version);
  });
  return { status: 200, body };
}

function readBody(request: ApiRequest): { ids: string[]; fields: string[] } {
  onlyParameters(request);
  const { ids, fields } = bodyObject(request, 'ids', 'fields');
  const areTexts = (list: unknown): list is string[] =>
    Array.isArray(list) && list.length > 0 && list.every((one) => typeof one === 'string');
  if (!areTexts(ids) || !areTexts(fields)) throw jsonParserError('ids and fields must be lists of texts');
  return { ids, fields };
}

function readParameters(request: ApiRequest): { ids: string[]; fields: string[] } {
  onlyParameters(request, 'ids', 'fields');
  const list = (name: string) => (request.query.get(name) ?? '').split(',').filter((one) => one !== '');
  const [ids, fields] = [list('ids'), list('fields')];
  if (ids.length === 0 || fields.length === 0) {
    throw new SalesforceError('MISSING_ARGUMENT', 'ids and fields must be specified');
  }
  return { ids, fields };
}

function readRecords(
  request: ApiRequest,
  only?: ObjectDef,
): { records: { object: ObjectDef; json: Record<string, unknown> }[]; allOrNone: boolean } {
  onlyParameters(request);
  const body = bodyObject(request, 'allOrNone', 'records');
  const { records } = body;
  if (!Array.isArray(records) || records.length === 0) throw jsonParserError('records must be a list');
  checkCount(records.length);
  const read = records.map((json: unknown) => {
    const attributes = isJsonObject(json) ? json['attributes'] : undefined;
    if (!isJsonObject(json) || !isJsonObject(attributes) || attributes['type'] === undefined) {
      throw new SalesforceError(
        'INVALID_INPUT',
        'Missing entity type information. sObject requires a separate attributes field.',
      );
    }
    const object = accessibleType(request, attributes['type']);
    if (only && object !== only) throw new SalesforceError('INVALID_TYPE', `all records must be of type ${only.name}`);
    return { object, json };
  });
  const chunks = read.filter(({ object }, index) => index === 0 || read[index - 1]?.object !== object).length;
  if (chunks > MOST_CHUNKS) {
    throw new SalesforceError('LIMIT_EXCEEDED', `record types alternate more than ${MOST_CHUNKS} times in this call`);
  }
  return { records: read, allOrNone: flagIn(body, 'allOrNone') };
}

/** Does every row on its own; with `allOrNone`, one failure undoes them all. `created` is kept either way. */
function runRows(request: ApiRequest, works: readonly RowWork[], allOrNone: boolean): ApiAnswer {
  const { store } = request.org;
  const results = store.attempt(
    () => works.map((work) => runRow(work)),
    (rows) => !allOrNone || rows.every((row) => row.success),
  );
  const partlyFailed = results.some((row) => !row.success);
  if (!allOrNone || !partlyFailed) return { status: 200, body: results, partlyFailed };
  const body = results.map((row, index) => {
    if (!row.success) return row;
    const message = 'Record rolled back because not all records were valid and the request was using AllOrNone header';
    return {
      ...row,
      id: works[index]?.id,
      success: false,
      errors: [{ statusCode: ROLLED_BACK, message, fields: [] }],
    };
  });
  return { status: 200, body, partlyFailed };
}

function runRow(work: RowWork): RowResult {
  let created: boolean | undefined;
  try {
    const saved = work.save((answer) => {
      created = answer;
    });
    return {
      id: saved.id,
      success: true,
      errors: [],
      ...(saved.created === undefined ? {} : { created: saved.created }),
    };
  } catch (error) {
    const refused =
      error instanceof MultipleChoices ? new SalesforceError('DUPLICATE_EXTERNAL_ID', error.message, 400, []) : error;
    if (!(refused instanceof SalesforceError)) throw error;
    return {
      ...(work.id === undefined ? {} : { id: work.id }),
      success: false,
      errors: [rowError(refused)],
      ...(created === undefined ? {} : { created }),
    };
  }
}

function checkCount(count: number): void {
  if (count > MOST_ROWS) throw tooMany(MOST_ROWS);
}

function tooMany(most: number): SalesforceError {
  const message = `record limit reached. cannot submit more than ${most} records into this call`;
  return new SalesforceError('EXCEEDED_MAX_SIZE_REQUEST', message);
}
