import { SalesforceError, notFound } from '../errors.ts';
import { FINISHED, ingestResult, jobInfo, type BulkJob, type IngestJob, type QueryJob } from '../bulk/bulk-job.ts';
import { writeCsv } from '../bulk/csv.ts';
import { bodyObject, onlyParameters, type ApiAnswer, type ApiRequest } from './api.ts';
import { newIngestJob, newQueryJob } from './new-bulk-job.ts';

/** `/jobs/ingest` and `/jobs/query`: the Bulk API 2.0. */
export function bulkRoute(request: ApiRequest): ApiAnswer | undefined {
  const [jobs, kind, id, part, ...more] = request.path;
  if (jobs !== 'jobs' || (kind !== 'ingest' && kind !== 'query') || more.length > 0) return undefined;
  if (id === undefined) return allJobs(request, kind);
  const { bulk } = request.org;
  const job = bulk.find(id, kind, request.actor.userId);
  if (!job) throw notFound();
  if (part === undefined) return oneJob(request, job);
  if (job.kind === 'query')
    return part === 'results' && request.method === 'GET' ? queryResult(request, job) : undefined;
  if (part === 'batches') return request.method === 'PUT' ? upload(request, job) : undefined;
  return request.method === 'GET' ? resultOfIngest(request, job, part) : undefined;
}

function allJobs(request: ApiRequest, kind: BulkJob['kind']): ApiAnswer | undefined {
  const { bulk } = request.org;
  onlyParameters(request);
  if (request.method === 'GET') {
    const records = bulk.list(kind, request.actor.userId).map(jobInfo);
    return { status: 200, body: { done: true, records, nextRecordsUrl: null } };
  }
  if (request.method !== 'POST') return undefined;
  const job = bulk.add(kind === 'ingest' ? newIngestJob(request) : newQueryJob(request));
  if (job.kind === 'query') bulk.start(job);
  return { status: 200, body: jobInfo(job) };
}

function oneJob(request: ApiRequest, job: BulkJob): ApiAnswer | undefined {
  onlyParameters(request);
  const { bulk } = request.org;
  switch (request.method) {
    case 'GET':
      return { status: 200, body: jobInfo(job) };
    case 'PATCH':
      changeState(request, job, bodyObject(request, 'state')['state']);
      return { status: 200, body: jobInfo(job) };
    case 'DELETE':
      if (!FINISHED.includes(job.state)) throw wrongState(`Deleting a job in state ${job.state} is not allowed`);
      bulk.remove(job);
      return { status: 204 };
    default:
      return undefined;
  }
}

function changeState({ org: { bulk } }: ApiRequest, job: BulkJob, state: unknown): void {
  const isClosing = state === 'UploadComplete' && job.state === 'Open';
  const isAborting = state === 'Aborted' && !FINISHED.includes(job.state);
  if (!isClosing && !isAborting) {
    throw wrongState(`Changing the state of a job from ${job.state} to ${String(state)} is not allowed`);
  }
  job.state = isClosing ? 'UploadComplete' : 'Aborted';
  bulk.touch(job);
  if (isClosing) bulk.start(job);
}

function upload(request: ApiRequest, job: IngestJob): ApiAnswer {
  onlyParameters(request);
  if (job.state !== 'Open') throw wrongState(`Uploading data to a job in state ${job.state} is not allowed`);
  if (job.upload !== undefined) {
    const message = `Found multiple contents for job: <${job.id}>, please 'Close' / 'Abort' / 'Delete' the current Job then create a new Job and make sure you only do 'PUT' once on a given Job.`;
    throw new SalesforceError('CLIENTINPUTERROR', `ClientInputError : ${message}`);
  }
  if (request.body !== undefined && typeof request.body !== 'string') {
    throw new SalesforceError('UNSUPPORTED_MEDIA_TYPE', 'Content-Type must be text/csv', 415);
  }
  if (!request.org.limits.DailyBulkApiBatches.take(1)) {
    throw new SalesforceError('EXCEEDEDQUOTA', 'ExceededQuota : Daily batch limit exceeded');
  }
  job.upload = request.body ?? '';
  return { status: 201 };
}

function resultOfIngest(request: ApiRequest, job: IngestJob, name: string): ApiAnswer | undefined {
  onlyParameters(request);
  const table = ingestResult(job, name);
  if (!table) return undefined;
  if (!FINISHED.includes(job.state)) throw notFinished(job);
  return { status: 200, body: writeCsv(table, job) };
}

function queryResult(request: ApiRequest, job: QueryJob): ApiAnswer {
  onlyParameters(request, 'locator', 'maxRecords');
  if (!job.result) throw notFinished(job);
  const { columns, rows } = job.result;
  const locator = request.query.get('locator');
  const start = locator === null ? 0 : Number(Buffer.from(locator, 'base64url').toString());
  if (!Number.isInteger(start) || start < 0 || (start > 0 && start >= rows.length)) {
    throw new SalesforceError('INVALID_QUERY_LOCATOR', 'invalid query locator');
  }
  const asked = request.query.get('maxRecords');
  if (asked !== null && !/^[1-9]\d{0,8}$/.test(asked)) {
    throw new SalesforceError('INVALID_ARGUMENT', 'maxRecords must be a positive number');
  }
  const end = asked === null ? rows.length : start + Number(asked);
  const shown = rows.slice(start, end);
  const next = end < rows.length ? Buffer.from(String(end)).toString('base64url') : 'null';
  return {
    status: 200,
    body: writeCsv({ columns, rows: shown }, job),
    headers: { 'Sforce-Locator': next, 'Sforce-NumberOfRecords': String(shown.length) },
  };
}

function notFinished(job: BulkJob): SalesforceError {
  return wrongState(`Results of a job in state ${job.state} are not available`);
}

function wrongState(message: string): SalesforceError {
  return new SalesforceError('INVALIDJOBSTATE', `InvalidJobState : ${message}`);
}
