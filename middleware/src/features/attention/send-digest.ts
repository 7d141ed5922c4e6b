import { randomUUID } from 'node:crypto';
import { AppError } from '../../core/errors.ts';
import { isUnknownOutcome, type Mail, type SalesforceRecords } from '../../salesforce/records.ts';
import { extendLease, isLeaseHeld, releaseLease, takeLease } from '../../storage/lease.ts';
import { findWhatNeedsAttention, type Finding, type FindingsDeps } from './findings.ts';

export interface SendDigestDeps extends FindingsDeps {
  records: Pick<SalesforceRecords, 'composite' | 'queryPath' | 'sendMail'>;
  recipients: readonly string[];
}

/** A digest that may have been sent is not sent again on its day, whichever replica is asked. */
const SAME_DAY_MS = 20 * 3_600_000;
/** Longer than it takes to find what there is to tell, or to send one mail. */
const WORKING_MS = 60_000;
const AT_ONCE = 5;

/**
 * Mails the administrators what needs their attention: once a day, and only when there is something. Whoever dies before
 * a mail is out leaves it to the next tick; while somebody else works on it, it is refused. Throws `SalesforceError`.
 */
export async function sendDigest(deps: SendDigestDeps): Promise<void> {
  const now = deps.now();
  if ((await groupsToMail(deps, now)).length === 0) return;
  const lease = { name: 'digest', owner: randomUUID(), durationMs: WORKING_MS };
  if (!(await takeLease(deps, lease))) throw inOtherHands();
  try {
    const findings = await findWhatNeedsAttention(deps);
    if (findings.every(({ isBackground }) => isBackground)) return;
    // Read again: whoever had the lease before may have mailed some.
    const groups = await groupsToMail(deps, now);
    const letter = letterOf(findings);
    for (const { name, to } of groups) {
      if (!(await extendLease(deps, lease))) throw inOtherHands();
      await mailGroup(deps, { to, ...letter }, { name, owner: lease.owner, durationMs: SAME_DAY_MS });
    }
    const told = findings.flatMap(({ notes = [] }) => notes);
    if (groups.length === 0 || told.length === 0) return;
    // What was noted meanwhile is for tomorrow.
    await deps.db.deleteFrom('attention_note').where('message', 'in', told).where('last_at', '<=', now).execute();
  } finally {
    await releaseLease(deps, lease);
  }
}

async function mailGroup(
  deps: SendDigestDeps,
  mail: Mail,
  sent: { name: string; owner: string; durationMs: number },
): Promise<void> {
  try {
    await deps.records.sendMail(mail);
  } catch (error) {
    const mayBeSent = isUnknownOutcome(error);
    if (mayBeSent) await takeLease(deps, sent);
    throw error;
  }
  await takeLease(deps, sent);
}

function inOtherHands(): AppError {
  return new AppError('request_in_progress', 'The mail of the day is being written.', { retryable: true });
}

/** The recipients, as many as one mail may have, who had no mail today. */
async function groupsToMail(deps: SendDigestDeps, now: Date): Promise<{ name: string; to: readonly string[] }[]> {
  const groups: { name: string; to: readonly string[] }[] = [];
  for (let first = 0; first < deps.recipients.length; first += AT_ONCE) {
    const name = `digest:${now.toISOString().slice(0, 10)}:${first}`;
    if (await isLeaseHeld(deps, name)) continue;
    groups.push({ name, to: deps.recipients.slice(first, first + AT_ONCE) });
  }
  return groups;
}

function letterOf(findings: readonly Finding[]): { subject: string; body: string } {
  const paragraphs = findings.map(({ title, lines }) => [title, ...lines.map((line) => `- ${line}`)].join('\n'));
  return {
    subject: 'Trainer Connect: what needs attention today',
    body: [
      ...paragraphs,
      'The monitor in Salesforce shows everything and what to do about it; docs/troubleshooting.md explains it. This mail comes once a day while there is something to tell.',
      'Trainer Connect',
    ].join('\n\n'),
  };
}
