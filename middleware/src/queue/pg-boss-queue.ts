import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { fromKysely, fromPglite, PgBoss, type WorkWithMetadataHandler } from 'pg-boss';
import { messageOf } from '../core/errors.ts';
import type { Log } from '../core/runtime.ts';
import type { Database, Transaction } from '../storage/database.ts';
import type { OpenDatabase } from '../storage/open-database.ts';
import { DEAD_LETTERS, listDeadLetters, takeDeadLetter } from './dead-letters.ts';
import type { EnqueueOptions, JobDefinition, Queue } from './queue.ts';

export interface PgBossQueueDeps {
  database: OpenDatabase;
  log: Log;
}

/** One waiting job a key, and any number running. */
const POLICY = 'short';

type JobSettings = Omit<JobDefinition<unknown>, 'schema'>;

interface Registered {
  job: JobSettings;
  handler: (data: unknown, context: { attempt: number; lastAttempt: boolean }) => Promise<void>;
}

const KEEP_DEAD_LETTERS_SECONDS = 60 * 60 * 24 * 90;

/** The queue port on pg-boss, in the same database as everything else, so that a job can commit with a row. */
export function createPgBossQueue(deps: PgBossQueueDeps): Queue {
  const { database, log } = deps;
  const boss = new PgBoss(
    database.kind === 'postgres'
      ? { connectionString: database.url, max: 4, useListenNotify: true }
      : { db: fromPglite(database.pglite), backend: 'pglite', useListenNotify: true },
  );
  // Without a listener an error event would end the process.
  boss.on('error', (error) => log.error({ err: error }, 'the queue reports an error'));
  const registered = new Map<string, Registered>();
  let started = false;

  return {
    enqueue: async (job, data, options = {}) => {
      const send = async (trx: Transaction | undefined) => {
        if (options.replacesLater === true) await dropLater(trx ?? database.db, job.name, options);
        await boss.send(job.name, checked(job, data), {
          singletonKey: options.key ?? randomUUID(),
          ...(options.startAfterSeconds === undefined ? {} : { startAfter: options.startAfterSeconds }),
          ...(trx === undefined ? {} : { db: fromKysely(trx) }),
        });
      };
      const isTwoSteps = options.trx === undefined && options.replacesLater === true;
      await (isTwoSteps ? database.db.transaction().execute(send) : send(options.trx));
    },
    enqueueMany: async (job, items) => {
      if (items.length === 0) return;
      await boss.insert(
        job.name,
        items.map(({ data, key }) => ({ data: checked(job, data), singletonKey: key ?? randomUUID() })),
      );
    },
    work: (job, handler) => {
      if (started) throw new Error(`The queue runs already: register ${job.name} before start().`);
      registered.set(job.name, {
        job,
        handler: (data, context) => handler(job.schema.parse(data), context),
      });
    },
    start: async () => {
      started = true;
      await boss.start();
      await boss.createQueue(DEAD_LETTERS, { retentionSeconds: KEEP_DEAD_LETTERS_SECONDS });
      for (const { job } of registered.values()) {
        await boss.createQueue(job.name, { policy: POLICY, ...queueOptions(job) });
        // A queue that an older version made keeps that version's settings.
        await boss.updateQueue(job.name, queueOptions(job));
      }
      for (const [name, { job, handler }] of registered) {
        const run: WorkWithMetadataHandler<object> = async (jobs) => {
          for (const { data, retryCount, retryLimit, id } of jobs) {
            try {
              await handler(data, { attempt: retryCount + 1, lastAttempt: retryCount >= retryLimit });
            } catch (error) {
              log.warn({ job: name, jobId: id, attempt: retryCount + 1, err: error }, 'a job failed');
              // pg-boss stores what is thrown: the message only, never the cause with its request.
              throw new Error(messageOf(error));
            }
          }
        };
        await boss.work(
          name,
          {
            includeMetadata: true,
            batchSize: 1,
            burstWhenBatchFull: true,
            localConcurrency: job.concurrency,
            pollingIntervalSeconds: 0.5,
            // A queue with notify polls every 30 s only, which would keep delayed jobs and retries waiting.
            notifyPollingIntervalSeconds: 1,
          },
          run,
        );
      }
    },
    stop: async (timeoutMs) => {
      if (!started) return;
      await boss.stop({ graceful: true, timeout: timeoutMs, close: true });
    },
    // pg-boss lists jobs a page at a time, finished ones among them; the keys that wait are few.
    waitingKeys: async ({ name }) => {
      const { rows } = await sql<{ key: string }>`
        select distinct singleton_key as key from pgboss.job
        where name = ${name} and state in ('created', 'retry', 'active') and singleton_key is not null
      `.execute(database.db);
      return new Set(rows.map(({ key }) => key));
    },
    deadLetters: (page) => listDeadLetters(database.db, page),
    retryDeadLetter: (id) =>
      database.db.transaction().execute(async (trx) => {
        const letter = await takeDeadLetter(trx, id, [...registered.keys()]);
        if (!letter) return false;
        await boss.send(letter.kind, letter.data, {
          singletonKey: letter.key ?? randomUUID(),
          db: fromKysely(trx),
        });
        return true;
      }),
  };
}

function checked<T>(job: JobDefinition<T>, data: T): object {
  return job.schema.parse(data) as object;
}

/** Jobs of this key that wait for a later time than the new one. Those that wait after a crash are not later: they are due. */
async function dropLater(db: Database | Transaction, name: string, { key, startAfterSeconds = 0 }: EnqueueOptions) {
  await sql`
    delete from pgboss.job where name = ${name} and singleton_key = ${key} and state = 'created'
      and start_after > now() + make_interval(secs => ${startAfterSeconds})
  `.execute(db);
}

function queueOptions(job: JobSettings) {
  return {
    notify: true,
    retryLimit: job.retry.limit,
    retryDelay: job.retry.delaySeconds,
    retryBackoff: true,
    retryDelayMax: job.retry.maxDelaySeconds,
    expireInSeconds: job.expireInSeconds,
    deadLetter: DEAD_LETTERS,
  };
}
