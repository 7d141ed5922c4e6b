import { AppError } from '../../core/errors.ts';
import type { JobContext, Queue } from '../../queue/queue.ts';
import { SalesforceError } from '../../salesforce/records.ts';
import { mailMerchant, mailMerchantJob, type MailMerchantDeps, type MerchantMail } from './mail-merchant.ts';

/** The queue's own attempts reach over half an hour; what lasts longer is met again after this. */
const OUTAGE_SECONDS = 15 * 60;
/** The org's mails are used up until the day is over, or somebody gets it more of them. */
const LIMIT_SECONDS = 60 * 60;

/**
 * Mails the merchant however long Salesforce is away or takes no more mails, as long as the training is not over: until
 * then nothing announces it again.
 */
export async function mailInTime(
  deps: MailMerchantDeps & { queue: Pick<Queue, 'enqueue'>; isOn: boolean },
  job: MerchantMail,
  { lastAttempt }: Pick<JobContext, 'lastAttempt'>,
): Promise<void> {
  // What waited when the mails were switched off is not sent any more.
  if (!deps.isOn) return;
  try {
    await mailMerchant(deps, job);
  } catch (error) {
    const isLimit = error instanceof SalesforceError && error.code === 'SINGLE_EMAIL_LIMIT_EXCEEDED';
    if (!isLimit && !(lastAttempt && isPassing(error))) throw error;
    deps.log.warn({ err: error, bookingId: job.bookingId }, 'a mail to a merchant waits for Salesforce');
    // Who waits for a link and who waits no longer must not become one.
    const key = `${job.isPatienceOver === true ? 'patience' : 'later'}:${job.bookingId}`;
    const startAfterSeconds = isLimit ? LIMIT_SECONDS : OUTAGE_SECONDS;
    await deps.queue.enqueue(mailMerchantJob, job, { key, startAfterSeconds });
  }
}

function isPassing(error: unknown): boolean {
  return (error instanceof SalesforceError || error instanceof AppError) && error.retryable;
}
