import type { z } from 'zod';
import type { Transaction } from '../storage/database.ts';

/** A kind of job: declared beside its handler. */
export interface JobDefinition<T> {
  name: string;
  schema: z.ZodType<T>;
  /** Attempts after the first one; the delay doubles each time, with jitter, up to `maxDelaySeconds`. */
  retry: { limit: number; delaySeconds: number; maxDelaySeconds: number };
  /** An attempt that takes longer counts as crashed and is run again. */
  expireInSeconds: number;
  /** How many run at once in one process. */
  concurrency: number;
}

export interface JobContext {
  /** 1 for the first attempt. */
  attempt: number;
  lastAttempt: boolean;
}

export interface EnqueueOptions {
  /** Jobs of one key coalesce while they wait, never into one that is running. */
  key?: string;
  startAfterSeconds?: number;
  /** Takes the place of a job of this key that waits for a later time, instead of coalescing into it. */
  replacesLater?: boolean;
  /** The job exists exactly if this transaction commits. */
  trx?: Transaction;
}

/** Jobs whose key begins so have failed as often as they may and are only tried once in a long while: they count as dead. */
export const REST_KEY_PREFIX = 'rest:';

/** A job that nothing repairs by itself soon. */
export interface DeadLetter {
  id: string;
  /** Name of its kind. */
  kind: string;
  data: Readonly<Record<string, unknown>>;
  /** Of the last error; undefined when the queue was not told. */
  message: string | undefined;
  /** Of the queue itself; a job may count more in its data. */
  attempts: number;
  failedAt: Date;
}

/** At least once: handlers are repeatable and take ids, not records. */
export interface Queue {
  enqueue<T>(job: JobDefinition<T>, data: T, options?: EnqueueOptions): Promise<void>;
  enqueueMany<T>(job: JobDefinition<T>, items: readonly { data: T; key?: string }[]): Promise<void>;
  /** Registers the handler; it runs from `start` on. A throw leads to a retry, after the last one to the dead letters. */
  work<T>(job: JobDefinition<T>, handler: (data: T, context: JobContext) => Promise<void>): void;
  start(): Promise<void>;
  /** Waits for running jobs, at most `timeoutMs`. */
  stop(timeoutMs: number): Promise<void>;
  /** Keys of the jobs of this kind that wait, for their time or after a crash, or run. */
  waitingKeys<T>(job: JobDefinition<T>): Promise<ReadonlySet<string>>;
  /** Newest first; `before` is the last one of the page before. */
  deadLetters(page: { limit: number; before?: { failedAt: Date; id: string } }): Promise<DeadLetter[]>;
  /** Enqueues it anew and takes it off the list, both or nothing. False: it is not on the list, or its kind is unknown. */
  retryDeadLetter(id: string): Promise<boolean>;
}
