import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import type { JobContext, JobDefinition, Queue } from '../../queue/queue.ts';
import { reconcileBooking, type ReconcileDeps } from './reconcile-booking.ts';

const data = z.object({
  bookingId: z.string(),
  /** Who caused it, for the timeline. */
  actor: z.string(),
  requestId: z.string(),
  /** Which attempt of its chain this is; absent: the first. */
  attempt: z.int().positive().optional(),
});
export type ReconcileJobData = z.output<typeof data>;

/** The queue itself repeats only what died on the way. A pass that failed enqueues its own repetition, see `enqueueRetry`. */
export const reconcileJob: JobDefinition<ReconcileJobData> = {
  name: 'reconcile-booking',
  schema: data,
  retry: { limit: 3, delaySeconds: 2, maxDelaySeconds: 60 },
  expireInSeconds: 180,
  concurrency: 5,
};

/** A chain of attempts reaches over about three hours of trouble. */
const MOST_ATTEMPTS = 14;
const FIRST_DELAY_MS = 2_000;
const LONGEST_DELAY_MS = 3_600_000;
/** A vendor that asks for more is asked again sooner: its clock, or its answer, may be wrong. */
const LONGEST_RETRY_AFTER_MS = 15 * 60_000;
/** What a whole chain could not bring into Salesforce is tried once a day, until somebody mends it. */
const REST_MS = 24 * 3_600_000;

/** Reconciles the booking of one job; a pass that failed is enqueued again for later. */
export async function runReconcileJob(
  deps: ReconcileDeps & { queue: Pick<Queue, 'enqueue'> },
  job: ReconcileJobData,
  context: JobContext,
): Promise<void> {
  // An attempt in which the process died counts as well.
  const attempt = (job.attempt ?? 1) + context.attempt - 1;
  const error = await failureOf(deps, job, attempt >= MOST_ATTEMPTS);
  if (error === undefined) return;
  const { bookingId } = job;
  if (attempt < MOST_ATTEMPTS) deps.log.warn({ err: error, bookingId, attempt }, 'a pass over a booking is repeated');
  else
    deps.log.error({ err: error, bookingId, attempt }, 'a booking cannot be brought in step; it is tried once a day');
  await enqueueRetry(deps.queue, { ...job, attempt }, error);
}

async function failureOf(deps: ReconcileDeps, job: ReconcileJobData, isLastAttempt: boolean): Promise<unknown> {
  try {
    return (await reconcileBooking(deps, { ...job, isLastAttempt }))?.retry;
  } catch (error) {
    return error;
  }
}

/** Enqueues one pass over each booking; passes that wait for the same booking are one. */
export async function enqueueReconcile(
  queue: Pick<Queue, 'enqueueMany'>,
  bookingIds: readonly string[],
  { actor, requestId }: { actor: string; requestId: string },
): Promise<void> {
  if (bookingIds.length === 0) return;
  await queue.enqueueMany(
    reconcileJob,
    bookingIds.map((bookingId) => ({ data: { bookingId, actor, requestId }, key: bookingId })),
  );
}

/**
 * Enqueues the repetition of a pass that failed: after a delay that doubles each time, and not before the provider wants
 * it. It waits under a key of its own, so it never keeps a new trigger from running at once, and a booking has one chain
 * of repetitions: a new one that is due sooner takes the place of one that has grown slow. If a new trigger was faster,
 * the pass finds nothing to do.
 * @param job the attempt that failed
 * @param random between 0 and 1: bookings that failed together do not come back together
 */
export async function enqueueRetry(
  queue: Pick<Queue, 'enqueue'>,
  job: ReconcileJobData,
  error: unknown,
  random: () => number = Math.random,
): Promise<void> {
  const attempt = job.attempt ?? 1;
  const isOver = attempt >= MOST_ATTEMPTS;
  const delayMs = isOver ? REST_MS : delayAfter(attempt, error, random());
  await queue.enqueue(
    reconcileJob,
    { ...job, attempt: isOver ? attempt : attempt + 1 },
    {
      key: isOver ? restKey(job.bookingId) : retryKey(job.bookingId),
      startAfterSeconds: Math.ceil(delayMs / 1000),
      replacesLater: true,
    },
  );
}

/** Bookings among these whose repetition waits or runs already. */
export async function bookingsInRetry(
  queue: Pick<Queue, 'waitingKeys'>,
  bookingIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (bookingIds.length === 0) return new Set();
  const keys = await queue.waitingKeys(reconcileJob);
  return new Set(bookingIds.filter((id) => keys.has(retryKey(id)) || keys.has(restKey(id))));
}

function delayAfter(attempt: number, error: unknown, random: number): number {
  const backOff = Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), LONGEST_DELAY_MS) * (1 + random / 4);
  const asked = error instanceof AppError ? (error.retryAfterMs ?? 0) : 0;
  return Math.max(backOff, Math.min(asked, LONGEST_RETRY_AFTER_MS));
}

function retryKey(bookingId: string): string {
  return `retry:${bookingId}`;
}

function restKey(bookingId: string): string {
  return `rest:${bookingId}`;
}
