import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Log, Now } from '../../core/runtime.ts';
import type { JobDefinition, Queue } from '../../queue/queue.ts';
import type { SalesforceRecords } from '../../salesforce/records.ts';

const alertSchema = z.strictObject({ message: z.string(), occurredAt: z.iso.datetime() });
export type Alert = z.infer<typeof alertSchema>;

export const alertAdminsJob: JobDefinition<Alert> = {
  name: 'alert-admins',
  schema: alertSchema,
  retry: { limit: 8, delaySeconds: 10, maxDelaySeconds: 900 },
  expireInSeconds: 60,
  concurrency: 1,
};

const SAME_AGAIN_AFTER_MS = 60 * 60_000;
const AT_ONCE = 5;

/** Makes the function that tells the administrators: in the log at once, by mail at most once an hour for one message. */
export function createAlert(deps: { queue: Queue; now: Now; log: Log }): (message: string) => void {
  const lastSent = new Map<string, number>();
  return (message) => {
    const now = deps.now();
    deps.log.error({ alert: message }, 'an administrator has to look at this');
    if (now.getTime() - (lastSent.get(message) ?? -Infinity) < SAME_AGAIN_AFTER_MS) return;
    if (lastSent.size > 1_000) lastSent.clear();
    lastSent.set(message, now.getTime());
    const key = createHash('sha256').update(message).digest('hex');
    deps.queue
      .enqueue(alertAdminsJob, { message, occurredAt: now.toISOString() }, { key })
      .catch((error: unknown) => deps.log.error({ err: error }, 'an alert could not be enqueued'));
  };
}

/** Mails one alert to the recipients in ALERT_RECIPIENTS. */
export async function alertAdmins(
  deps: { records: SalesforceRecords; recipients: readonly string[] },
  alert: Alert,
): Promise<void> {
  for (let first = 0; first < deps.recipients.length; first += AT_ONCE) {
    await deps.records.sendMail({
      to: deps.recipients.slice(first, first + AT_ONCE),
      subject: 'Trainer Connect needs an administrator',
      body: `${alert.message}\n\nSince ${alert.occurredAt}. The log of the middleware has the details; docs/troubleshooting.md says what to do.\n`,
    });
  }
}
