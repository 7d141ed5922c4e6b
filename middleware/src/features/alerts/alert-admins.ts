import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Log, Now } from '../../core/runtime.ts';
import type { JobDefinition, Queue } from '../../queue/queue.ts';
import { isUnknownOutcome, type SalesforceRecords } from '../../salesforce/records.ts';
import type { Database, Transaction } from '../../storage/database.ts';
import { takeLease } from '../../storage/lease.ts';

const alertSchema = z.strictObject({
  message: z.string(),
  occurredAt: z.iso.datetime(),
  /** The place of the first recipient of this mail: so many as one mail may have are a job of their own. */
  first: z.int().nonnegative().default(0),
});
export type Alert = z.infer<typeof alertSchema>;

export const alertAdminsJob: JobDefinition<Alert> = {
  name: 'alert-admins',
  schema: alertSchema,
  retry: { limit: 8, delaySeconds: 10, maxDelaySeconds: 900 },
  expireInSeconds: 60,
  concurrency: 1,
};

export interface AlertDeps {
  queue: Pick<Queue, 'enqueue'>;
  now: Now;
  log: Log;
  recipients: readonly string[];
}

const SAME_AGAIN_AFTER_MS = 60 * 60_000;
const AT_ONCE = 5;

/**
 * Makes the function that tells the administrators: in the log at once, by mail at most once an hour for one message,
 * however many servers find it.
 */
export function createAlert(deps: AlertDeps & { db: Database }): (message: string) => void {
  return (message) => {
    writeInLog(deps, message);
    deps.db
      .transaction()
      .execute((trx) => enqueueAlert(deps, message, trx))
      .catch((error: unknown) => deps.log.error({ err: error }, 'an alert could not be enqueued'));
  };
}

/** The same for an alert that is sent exactly if the transaction commits. */
export async function alertWith(deps: AlertDeps, message: string, trx: Transaction): Promise<void> {
  writeInLog(deps, message);
  await enqueueAlert(deps, message, trx);
}

function writeInLog({ log }: AlertDeps, message: string): void {
  log.error({ alert: message }, 'an administrator has to look at this');
}

async function enqueueAlert({ queue, now, recipients }: AlertDeps, message: string, trx: Transaction): Promise<void> {
  const key = createHash('sha256').update(message).digest('hex');
  const told = { name: `alert:${key}`, owner: randomUUID(), durationMs: SAME_AGAIN_AFTER_MS };
  if (!(await takeLease({ db: trx, now }, told))) return;
  const occurredAt = now().toISOString();
  for (let first = 0; first < recipients.length; first += AT_ONCE) {
    await queue.enqueue(alertAdminsJob, { message, occurredAt, first }, { key: `${key}:${first}`, trx });
  }
}

/** Mails one alert to as many of the recipients in ALERT_RECIPIENTS as one mail may have. */
export async function alertAdmins(
  deps: { records: Pick<SalesforceRecords, 'sendMail'>; log: Log; recipients: readonly string[] },
  { message, occurredAt, first }: Alert,
): Promise<void> {
  const to = deps.recipients.slice(first, first + AT_ONCE);
  if (to.length === 0) return;
  try {
    await deps.records.sendMail({
      to,
      subject: 'Trainer Connect needs an administrator',
      body: `${message}\n\nSince ${occurredAt}. The log of the middleware has the details; docs/troubleshooting.md says what to do.\n`,
    });
  } catch (error) {
    // Counts as sent: each repetition could be one more mail.
    if (!isUnknownOutcome(error)) throw error;
    deps.log.warn({ err: error, alert: message }, 'nobody knows whether the administrators were told');
  }
}
