import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import type { JobContext, JobDefinition, Queue } from '../../queue/queue.ts';
import { reconcileBooking, type ReconcileDeps } from './reconcile-booking.ts';

const data = z.object({
  bookingId: z.string(),
  /** Who caused it, for the timeline. */
  actor: z.string(),
  requestId: z.string(),
});
export type ReconcileJobData = z.output<typeof data>;

/** Retries reach over about three hours of trouble at a provider; after that the nightly look at failed bookings goes on. */
export const reconcileJob: JobDefinition<ReconcileJobData> = {
  name: 'reconcile-booking',
  schema: data,
  retry: { limit: 13, delaySeconds: 2, maxDelaySeconds: 3600 },
  expireInSeconds: 180,
  concurrency: 5,
};

/** Reconciles the booking of one job. Throws what must be repeated. */
export async function runReconcileJob(deps: ReconcileDeps, job: ReconcileJobData, context: JobContext): Promise<void> {
  const result = await reconcileBooking(deps, { ...job, isLastAttempt: context.lastAttempt });
  if (result?.retry) throw result.retry;
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

/** Enqueues the repetition of a pass that failed in a request. */
export async function enqueueRetry(
  queue: Pick<Queue, 'enqueue'>,
  job: ReconcileJobData,
  error: unknown,
): Promise<void> {
  const waitMs = (error instanceof AppError ? error.retryAfterMs : undefined) ?? reconcileJob.retry.delaySeconds * 1000;
  await queue.enqueue(reconcileJob, job, { key: job.bookingId, startAfterSeconds: Math.ceil(waitMs / 1000) });
}
