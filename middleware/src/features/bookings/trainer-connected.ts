import { z } from 'zod';
import type { JobDefinition } from '../../queue/queue.ts';

const data = z.strictObject({ trainerId: z.string() });

/** A trainer has connected: their waiting bookings get meetings, see `retryPendingFor`. */
export const trainerConnectedJob: JobDefinition<z.output<typeof data>> = {
  name: 'trainer-connected',
  schema: data,
  retry: { limit: 10, delaySeconds: 5, maxDelaySeconds: 600 },
  expireInSeconds: 120,
  concurrency: 2,
};
