import { visibleField, visibleFields } from '../access/field-access.ts';
import { rowCondition } from '../access/record-access.ts';
import { SalesforceError, invalidField, noSuchColumn, notFound, unsupportedType } from '../errors.ts';
import type { Org } from '../org.ts';
import type { Actor } from '../access/actor.ts';
import { readJsonValue } from '../save/check-value.ts';
import { deleteRecord } from '../save/delete-record.ts';
import { readPayload } from '../save/read-payload.ts';
import { createRecord, updateRecord } from '../save/save-record.ts';
import { MultipleChoices, externalIdField, upsertRecord } from '../save/upsert-record.ts';
import { findObject, type FieldDef, type ObjectDef } from '../schema/types.ts';
import { attributesOf, jsonValue, type JsonRecord } from '../soql/render-records.ts';
import { toId18 } from '../store/ids.ts';
import { idsWithValue, readRow, type RecordValues } from '../store/rows.ts';
import { quoted } from '../store/sql-names.ts';
import { onlyParameters, type ApiAnswer, type ApiRequest } from './api.ts';

/** `/sobjects/X`, `/sobjects/X/<id>` and `/sobjects/X/<external id field>/<value>`. */
export function rowsRoute(request: ApiRequest): ApiAnswer | undefined {
  const [resource, name, second, third, ...more] = request.path;
  if (resource !== 'sobjects' || name === undefined || more.length > 0) return undefined;
  if (second === 'describe' || (second === undefined && request.method === 'GET')) return undefined;
  const object = accessibleObject(request, name);
  if (second === undefined) return request.method === 'POST' ? create(request, object) : undefined;
  if (third === undefined) return oneRow(request, object, second);
  return oneRowByExternalId(request, object, second, third);
}

/** @throws SalesforceError NOT_FOUND for objects that do not exist for this user. */
export function accessibleObject(request: Pick<ApiRequest, 'org' | 'actor'>, name: string): ObjectDef {
  const object = findObject(request.org.schema, name);
  const permission = object && request.actor.objectPermission(object);
  if (!object || !permission || (!permission.read && !permission.create)) throw notFound();
  return object;
}

/** Like `accessibleObject`, for types that come in a body. */
export function accessibleType(request: Pick<ApiRequest, 'org' | 'actor'>, name: unknown): ObjectDef {
  const object = typeof name === 'string' ? findObject(request.org.schema, name) : undefined;
  const permission = object && request.actor.objectPermission(object);
  if (!object || !permission || (!permission.read && !permission.create)) throw unsupportedType(String(name));
  return object;
}

function create(request: ApiRequest, object: ObjectDef): ApiAnswer {
  onlyParameters(request);
  const { org, actor } = request;
  const id = createRecord(org, actor, object, readPayload(org.schema, actor, object, request.body));
  return {
    status: 201,
    body: { id, success: true, errors: [] },
    headers: { Location: `/services/data/v${request.version}/sobjects/${object.name}/${id}` },
  };
}

function oneRow(request: ApiRequest, object: ObjectDef, id: string): ApiAnswer | undefined {
  const { org, actor } = request;
  switch (request.method) {
    case 'GET':
      onlyParameters(request, 'fields');
      return { status: 200, body: readOne(request, object, id) };
    case 'PATCH':
      onlyParameters(request);
      updateRecord(org, actor, object, id, readPayload(org.schema, actor, object, request.body));
      return { status: 204 };
    case 'DELETE':
      onlyParameters(request);
      deleteRecord(org, actor, object, id);
      return { status: 204 };
    default:
      return undefined;
  }
}

function oneRowByExternalId(
  request: ApiRequest,
  object: ObjectDef,
  fieldName: string,
  text: string,
): ApiAnswer | undefined {
  const { org, actor } = request;
  const field = externalIdField(actor, object, fieldName);
  const value = readJsonValue(field, field.type === 'double' ? Number(text) : text);
  if (request.method === 'PATCH') {
    onlyParameters(request, 'updateOnly');
    const payload = readPayload(org.schema, actor, object, request.body);
    if (payload.values.has(field)) {
      throw invalidField(`The ${field.name} field should not be specified in the sobject data.`);
    }
    const updateOnly = request.query.get('updateOnly') === 'true';
    const { id, created } = upsertRecord(org, actor, object, { field, value }, payload, { updateOnly });
    return { status: created ? 201 : 200, body: { id, success: true, errors: [], created } };
  }
  if (request.method !== 'GET' && request.method !== 'DELETE') return undefined;
  const ids = idsWithValue(org.store, object, field, value);
  const [id] = ids;
  if (ids.length > 1) throw new MultipleChoices(ids);
  if (id === undefined) throw notFound();
  return oneRow(request, object, id);
}

function readOne(request: ApiRequest, object: ObjectDef, givenId: string): JsonRecord {
  const { org, actor, version } = request;
  if (!actor.objectPermission(object).read) throw notFound();
  const id = toId18(givenId);
  const row = id === undefined ? undefined : readVisible(org, actor, object, id);
  if (id === undefined || !row) throw notFound();
  if (row['IsDeleted'] === true) throw new SalesforceError('ENTITY_IS_DELETED', 'entity is deleted', 404);
  const names = request.query.get('fields')?.split(',');
  const fields = names ? fieldsNamed(actor, object, names) : visibleFields(actor, object);
  return renderRow(object, id, row, fields, version);
}

/** The stored row if the actor may see it. */
export function readVisible(org: Org, actor: Actor, object: ObjectDef, id: string): RecordValues | undefined {
  const condition = rowCondition(org.schema, actor, object, 't', 'read');
  if (condition !== undefined) {
    const sql = `SELECT 1 FROM ${quoted(object.name)} t WHERE t."Id" = ? AND ${condition}`;
    if (org.store.get(sql, id) === undefined) return undefined;
  }
  return readRow(org.store, object, id);
}

export function fieldsNamed(actor: Actor, object: ObjectDef, names: readonly string[]): FieldDef[] {
  return names.map((name) => {
    const field = visibleField(actor, object, name.trim());
    if (!field) throw noSuchColumn(name, object.name);
    return field;
  });
}

export function renderRow(
  object: ObjectDef,
  id: string,
  row: RecordValues,
  fields: readonly FieldDef[],
  version: string,
): JsonRecord {
  const record: JsonRecord = { attributes: attributesOf(object, id, version) };
  for (const field of fields) record[field.name] = jsonValue(field, row[field.name] ?? null);
  record['Id'] ??= id;
  return record;
}
