import { z } from 'zod';
import { toLongId } from '../../core/salesforce-id.ts';
import type { Queue } from '../../queue/queue.ts';
import { enqueueReconcile } from './reconcile-job.ts';

/** Body of `POST /api/bookings/sync`: ids in either length, told in the long one. */
export const syncBookingsBody = z.strictObject({
  bookingIds: z
    .array(
      z.string('must be text').transform((id, context) => {
        const long = toLongId(id);
        if (long !== undefined) return long;
        context.addIssue({ code: 'custom', message: `"${id}" is not the id of a Salesforce record` });
        return z.NEVER;
      }),
      'must be a list of ids',
    )
    .min(1, 'must not be empty')
    .max(200, 'must have at most 200 ids'),
});

/** Accepts bookings for a pass each; when it returns, the jobs are durable. @returns how many were accepted */
export async function syncBookings(
  deps: { queue: Pick<Queue, 'enqueueMany'> },
  input: { bookingIds: readonly string[]; actor: string; requestId: string },
): Promise<{ accepted: number }> {
  const bookingIds = [...new Set(input.bookingIds)];
  await enqueueReconcile(deps.queue, bookingIds, input);
  return { accepted: bookingIds.length };
}
