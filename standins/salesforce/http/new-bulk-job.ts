import { visibleField } from '../access/field-access.ts';
import { SalesforceError, jsonParserError, malformedQuery } from '../errors.ts';
import { INGEST_OPERATIONS, type IngestOperation } from '../bulk/bulk-job.ts';
import type { NewJob } from '../bulk/bulk-jobs.ts';
import { DELIMITERS, LINE_ENDINGS, type CsvFormat } from '../bulk/csv.ts';
import { findObject, type ObjectDef } from '../schema/types.ts';
import { bodyObject, type ApiRequest } from './api.ts';

/** What `POST /jobs/ingest` asks for. */
export function newIngestJob(request: ApiRequest): NewJob {
  const body = bodyObject(
    request,
    'object',
    'operation',
    'externalIdFieldName',
    'contentType',
    'columnDelimiter',
    'lineEnding',
  );
  const operation = readOperation(body['operation']);
  const object = readObject(request, body['object']);
  const externalId = operation === 'upsert' ? readExternalId(request, object, body['externalIdFieldName']) : undefined;
  return {
    kind: 'ingest',
    operation,
    object: object.name,
    ...(externalId === undefined ? {} : { externalIdFieldName: externalId }),
    ...commonParts(request, body),
  };
}

/** What `POST /jobs/query` asks for; the query is refused here and now. */
export function newQueryJob(request: ApiRequest): NewJob {
  const body = bodyObject(request, 'query', 'operation', 'contentType', 'columnDelimiter', 'lineEnding');
  const { query: soql, operation } = body;
  if (operation !== 'query' && operation !== 'queryAll') throw invalidJob(`Unknown operation: ${String(operation)}`);
  if (typeof soql !== 'string' || soql === '') throw malformedQuery('A query string has to be specified');
  const { org, actor, version } = request;
  const call = { actor, version, now: org.now(), includeDeleted: operation === 'queryAll' };
  const prepared = org.queries.bulk(soql, call);
  const parts = commonParts(request, body);
  if (!org.limits.DailyBulkV2QueryJobs.take(1)) {
    throw new SalesforceError('EXCEEDEDQUOTA', 'ExceededQuota : Daily Bulk V2 query job limit exceeded');
  }
  return { kind: 'query', operation, object: prepared.object, prepared, ...parts };
}

function commonParts(
  request: ApiRequest,
  body: Record<string, unknown>,
): CsvFormat & { userId: string; apiVersion: number } {
  if ((body['contentType'] ?? 'CSV') !== 'CSV')
    throw invalidJob(`Unsupported content type: ${String(body['contentType'])}`);
  return {
    userId: request.actor.userId,
    apiVersion: Number(request.version),
    columnDelimiter: oneOf(DELIMITERS, body, 'columnDelimiter', 'COMMA'),
    lineEnding: oneOf(LINE_ENDINGS, body, 'lineEnding', 'LF'),
  };
}

function oneOf<Name extends string>(
  known: Record<Name, string>,
  body: Record<string, unknown>,
  member: string,
  standard: Name,
): Name {
  const value = body[member] ?? standard;
  if (typeof value !== 'string' || !Object.hasOwn(known, value)) {
    throw jsonParserError(`${JSON.stringify(value)} is not a valid value for ${member}`);
  }
  return value as Name;
}

function readOperation(operation: unknown): IngestOperation {
  const known = INGEST_OPERATIONS.find((name) => name === operation);
  if (known) return known;
  if (operation === 'hardDelete') {
    const message =
      'hardDelete operation requires special user profile permission, please contact your system administrator';
    throw new SalesforceError('FEATURENOTENABLED', `FeatureNotEnabled : ${message}`);
  }
  throw invalidJob(`Unknown operation: ${String(operation)}`);
}

function readObject({ org, actor }: ApiRequest, name: unknown): ObjectDef {
  const object = typeof name === 'string' ? findObject(org.schema, name) : undefined;
  const permission = object && actor.objectPermission(object);
  if (!object || !permission || (!permission.read && !permission.create)) {
    throw invalidJob(`Unable to find object: ${String(name)}`);
  }
  return object;
}

function readExternalId({ actor }: ApiRequest, object: ObjectDef, name: unknown): string {
  if (typeof name !== 'string' || name === '') {
    throw invalidJob(`External ID was blank for ${object.name}. An External ID must be specified for upsert.`);
  }
  const field = visibleField(actor, object, name);
  if (field?.type !== 'id' && !field?.externalId) {
    throw invalidJob(
      `Field name provided, ${name} does not match an External ID, Salesforce Id, or indexed field for ${object.name}`,
    );
  }
  return field.name;
}

function invalidJob(message: string): SalesforceError {
  return new SalesforceError('INVALIDJOB', `InvalidJob : ${message}`);
}
