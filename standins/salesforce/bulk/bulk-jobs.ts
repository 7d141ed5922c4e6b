import type { SaveDeps } from '../save/save-record.ts';
import { recordId } from '../store/ids.ts';
import { FINISHED, type BulkJob, type IngestJob, type QueryJob } from './bulk-job.ts';
import { runIngest } from './run-ingest.ts';

const KEY_PREFIX = '750';

/** What a route fills in of a new job; the rest is the same for all. */
export type NewJob =
  | Pick<
      IngestJob,
      | 'kind'
      | 'userId'
      | 'object'
      | 'operation'
      | 'externalIdFieldName'
      | 'apiVersion'
      | 'columnDelimiter'
      | 'lineEnding'
    >
  | Pick<
      QueryJob,
      'kind' | 'userId' | 'object' | 'operation' | 'prepared' | 'apiVersion' | 'columnDelimiter' | 'lineEnding'
    >;

/** Jobs of the Bulk API 2.0. They are kept in memory: a restart of the org forgets them. */
export interface BulkJobs {
  add(job: NewJob): BulkJob;
  /** A job of this user: nobody sees the data of somebody else's. */
  find(id: string, kind: BulkJob['kind'], userId: string): BulkJob | undefined;
  /** The user's jobs, newest first. */
  list(kind: BulkJob['kind'], userId: string): BulkJob[];
  remove(job: BulkJob): void;
  /** Works on the job in the background. */
  start(job: BulkJob): void;
  touch(job: BulkJob): void;
  /** Ends what is under way after its current transaction. */
  stop(): Promise<void>;
}

export function createBulkJobs(deps: SaveDeps): BulkJobs {
  const jobs = new Map<string, BulkJob>();
  const underWay = new Set<Promise<void>>();
  const now = () => deps.now().toISOString();

  const run = async (job: BulkJob): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    if (job.state === 'Aborted') return;
    try {
      if (job.kind === 'ingest') await runIngest(deps, job);
      else {
        job.result = { columns: job.prepared.columns, rows: job.prepared.rows() };
        job.state = 'JobComplete';
      }
    } catch (error) {
      job.state = 'Failed';
      job.errorMessage = error instanceof Error ? error.message : String(error);
    }
    job.systemModstamp = now();
  };

  return {
    add: (given) => {
      const times = { createdDate: now(), systemModstamp: now() };
      const id = recordId(KEY_PREFIX, deps.store.nextNumber('bulk jobs'));
      const job: BulkJob =
        given.kind === 'ingest'
          ? { ...given, ...times, id, state: 'Open', columns: [], succeeded: [], failed: [], unprocessed: [] }
          : { ...given, ...times, id, state: 'UploadComplete' };
      jobs.set(id, job);
      return job;
    },
    find: (id, kind, userId) => {
      const job = jobs.get(id);
      return job?.kind === kind && job.userId === userId ? job : undefined;
    },
    list: (kind, userId) => [...jobs.values()].filter((job) => job.kind === kind && job.userId === userId).reverse(),
    remove: (job) => void jobs.delete(job.id),
    start: (job) => {
      const running = run(job).finally(() => underWay.delete(running));
      underWay.add(running);
    },
    touch: (job) => {
      job.systemModstamp = now();
    },
    stop: async () => {
      for (const job of jobs.values()) if (!FINISHED.includes(job.state)) job.state = 'Aborted';
      await Promise.all(underWay);
    },
  };
}
