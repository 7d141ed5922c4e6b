import { z } from 'zod';
import type { JobDefinition } from '../../queue/queue.ts';

const data = z.strictObject({ bookingId: z.string() });

/** The check of one training that starts within a day, see `checkTraining`. */
export const checkTrainingJob: JobDefinition<z.output<typeof data>> = {
  name: 'check-training',
  schema: data,
  retry: { limit: 5, delaySeconds: 20, maxDelaySeconds: 600 },
  expireInSeconds: 120,
  concurrency: 4,
};
