import type { CsvFormat, CsvTable } from './csv.ts';
import type { BulkRows } from '../soql/run-query.ts';

export const INGEST_OPERATIONS = ['insert', 'update', 'upsert', 'delete'] as const;
export type IngestOperation = (typeof INGEST_OPERATIONS)[number];

export type JobState = 'Open' | 'UploadComplete' | 'InProgress' | 'JobComplete' | 'Failed' | 'Aborted';

export const FINISHED: readonly JobState[] = ['JobComplete', 'Failed', 'Aborted'];

interface JobOfUser extends CsvFormat {
  id: string;
  userId: string;
  object: string;
  state: JobState;
  createdDate: string;
  systemModstamp: string;
  apiVersion: number;
  errorMessage?: string;
}

export interface IngestJob extends JobOfUser {
  kind: 'ingest';
  operation: IngestOperation;
  externalIdFieldName?: string;
  /** The CSV, once it is there. */
  upload?: string;
  columns: string[];
  succeeded: { id: string; created: boolean; row: string[] }[];
  failed: { id: string; error: string; row: string[] }[];
  unprocessed: string[][];
}

export interface QueryJob extends JobOfUser {
  kind: 'query';
  operation: 'query' | 'queryAll';
  /** Compiled with the rights of the user who made the job. */
  prepared: BulkRows;
  result?: CsvTable;
}

export type BulkJob = IngestJob | QueryJob;

/** What the API tells of a job. */
export function jobInfo(job: BulkJob): Record<string, unknown> {
  const { id, operation, object, userId, createdDate, systemModstamp, state, apiVersion } = job;
  const told = {
    id,
    operation,
    object,
    createdById: userId,
    createdDate,
    systemModstamp,
    state,
    concurrencyMode: 'Parallel',
    contentType: 'CSV',
    apiVersion,
    lineEnding: job.lineEnding,
    columnDelimiter: job.columnDelimiter,
    retries: 0,
    totalProcessingTime: 0,
    ...(job.errorMessage === undefined ? {} : { errorMessage: job.errorMessage }),
  };
  if (job.kind === 'query') {
    return { ...told, jobType: 'V2Query', numberRecordsProcessed: job.result?.rows.length ?? 0 };
  }
  return {
    ...told,
    jobType: 'V2Ingest',
    ...(job.externalIdFieldName === undefined ? {} : { externalIdFieldName: job.externalIdFieldName }),
    ...(job.state === 'Open'
      ? { contentUrl: `services/data/v${apiVersion.toFixed(1)}/jobs/ingest/${id}/batches` }
      : {}),
    apiActiveProcessingTime: 0,
    apexProcessingTime: 0,
    numberRecordsProcessed: job.succeeded.length + job.failed.length,
    numberRecordsFailed: job.failed.length,
  };
}

/** The three results of an ingest job. */
export function ingestResult(job: IngestJob, name: string): CsvTable | undefined {
  switch (name) {
    case 'successfulResults':
      return {
        columns: ['sf__Id', 'sf__Created', ...job.columns],
        rows: job.succeeded.map(({ id, created, row }) => [id, String(created), ...row]),
      };
    case 'failedResults':
      return {
        columns: ['sf__Id', 'sf__Error', ...job.columns],
        rows: job.failed.map(({ id, error, row }) => [id, error, ...row]),
      };
    case 'unprocessedrecords':
      return { columns: job.columns, rows: job.unprocessed };
    default:
      return undefined;
  }
}
