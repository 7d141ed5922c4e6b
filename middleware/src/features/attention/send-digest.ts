import { randomUUID } from 'node:crypto';
import { SalesforceError, type SalesforceRecords } from '../../salesforce/records.ts';
import { isLeaseHeld, releaseLease, takeLease } from '../../storage/lease.ts';
import { findWhatNeedsAttention, type Finding, type FindingsDeps } from './findings.ts';

export interface SendDigestDeps extends FindingsDeps {
  records: Pick<SalesforceRecords, 'composite' | 'queryPath' | 'sendMail'>;
  recipients: readonly string[];
}

/** A digest that may have been sent is not sent again on its day, whichever replica is asked. */
const SAME_DAY_MS = 20 * 3_600_000;
const AT_ONCE = 5;

/** Mails the administrators what needs their attention: once a day, and only when there is something. */
export async function sendDigest(deps: SendDigestDeps): Promise<void> {
  const now = deps.now();
  const groups = await groupsToMail(deps, now);
  if (groups.length === 0) return;
  const findings = await findWhatNeedsAttention(deps);
  if (findings.every(({ isBackground }) => isBackground)) return;
  const letter = letterOf(findings);
  let isSent = false;
  for (const { name, to } of groups) {
    const sent = { name, owner: randomUUID(), durationMs: SAME_DAY_MS };
    if (!(await takeLease(deps, sent))) continue;
    try {
      await deps.records.sendMail({ to, ...letter });
    } catch (error) {
      const mayBeSent = error instanceof SalesforceError && error.failure === 'unknown-outcome';
      if (!mayBeSent) await releaseLease(deps, sent);
      throw error;
    }
    isSent = true;
  }
  const told = findings.flatMap(({ notes = [] }) => notes);
  if (!isSent || told.length === 0) return;
  // What was noted meanwhile is for tomorrow.
  await deps.db.deleteFrom('attention_note').where('message', 'in', told).where('last_at', '<=', now).execute();
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
