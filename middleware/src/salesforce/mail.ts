import { z } from 'zod';
import { errorsIn } from './error-answer.ts';
import { fromErrors, misfit } from './errors.ts';
import { isUnknownOutcome, SalesforceError, type Mail } from './records.ts';
import type { CallSalesforce } from './rest.ts';

const MOST_RECIPIENTS = 5;
const results = z.array(z.looseObject({ isSuccess: z.boolean() })).min(1);

/** Sends plain text through the org's standard e-mail action. `sender` is an org-wide address. */
export async function sendSimpleMail(call: CallSalesforce, mail: Mail, sender: string | undefined): Promise<void> {
  if (mail.to.length === 0 || mail.to.length > MOST_RECIPIENTS) {
    throw new RangeError(`A mail goes to 1 to ${MOST_RECIPIENTS} addresses, not ${mail.to.length}.`);
  }
  const input = {
    emailAddresses: mail.to.join(','),
    emailSubject: mail.subject,
    emailBody: mail.body,
    ...(sender === undefined ? {} : { senderType: 'OrgWideEmailAddress', senderAddress: sender }),
  };
  const answer = await call({
    method: 'POST',
    path: '/actions/standard/emailSimple',
    body: { inputs: [input] },
    effect: 'write',
  }).catch((error: unknown) => {
    throw isNotTaken(error) ? new SalesforceError('unreachable', error.message, { cause: error }) : error;
  });
  const parsed = results.safeParse(answer);
  if (!parsed.success) throw misfit('write', parsed.error);
  const failed = parsed.data.filter(({ isSuccess }) => !isSuccess);
  if (failed.length > 0) throw fromErrors(errorsIn(failed));
}

/** A maintenance page: during one no mail may pass for sent, or all mails of those hours are lost. */
function isNotTaken(error: unknown): error is SalesforceError {
  return isUnknownOutcome(error) && error.code === 'HTTP_503';
}
