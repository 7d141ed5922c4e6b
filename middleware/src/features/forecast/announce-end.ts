import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { providerOf, trainerIdOf, type ConnectionId, type ProviderId } from '../../core/connection.ts';
import { AppError } from '../../core/errors.ts';
import type { WriteLetter } from '../../core/mail-templates.ts';
import type { Log, Now, Step } from '../../core/runtime.ts';
import type { FindTrainer, Trainer } from '../../core/trainer.ts';
import type { JobDefinition } from '../../queue/queue.ts';
import { isUnknownOutcome, type Mail, type SalesforceRecords } from '../../salesforce/records.ts';
import type { Database } from '../../storage/database.ts';
import { releaseLease, takeLease } from '../../storage/lease.ts';
import { rememberTold, toldStages } from './announcements.ts';
import type { EndOfAccess } from './end-of-access.ts';
import { accessColumns, endToAnnounce, providersInOutage } from './ends.ts';
import { dayInWords, forecastSentence, nameOfProvider, remindText } from './remind-text.ts';
import { dueStage } from './stages.ts';

export interface AnnounceEndDeps {
  db: Database;
  records: Pick<SalesforceRecords, 'sendMail' | 'update'>;
  findTrainer: FindTrainer;
  /** A one-time link by which the trainer connects again. Throws `provider_off`, `trainer_inactive`. */
  createInvite: (provider: ProviderId, trainerId: string) => Promise<{ url: string; expiresAt: Date }>;
  writeLetter: WriteLetter;
  publicUrl: string;
  now: Now;
  log: Log;
  step: Step;
}

export const announceEndSchema = z.strictObject({ connectionId: z.string() });
export type AnnounceEnd = z.infer<typeof announceEndSchema>;

export const announceEndJob: JobDefinition<AnnounceEnd> = {
  name: 'announce-end',
  schema: announceEndSchema,
  // The hourly tick brings it again anyway.
  retry: { limit: 4, delaySeconds: 30, maxDelaySeconds: 600 },
  expireInSeconds: 60,
  concurrency: 2,
};

const LEASE_MS = 60_000;

/**
 * Tells one trainer by mail that their access ends, if that is still so. A stage is noted as told once Salesforce has
 * taken the mail: a crash before that, or an answer that is lost, sends it again with the next hour. Throws
 * `SalesforceError`.
 */
export async function announceEnd(deps: AnnounceEndDeps, { connectionId }: AnnounceEnd): Promise<void> {
  const lease = { name: `announce:${connectionId}`, owner: randomUUID(), durationMs: LEASE_MS };
  if (!(await takeLease(deps, lease))) return;
  try {
    const due = await whatIsDue(deps, connectionId);
    if (due) await tell(deps, connectionId as ConnectionId, due);
  } finally {
    await releaseLease(deps, lease);
  }
}

interface Due {
  end: EndOfAccess;
  daysAhead: number;
}

/** Read again: the trainer may have connected, disconnected or been told since the tick. */
async function whatIsDue(deps: AnnounceEndDeps, connectionId: string): Promise<Due | undefined> {
  const head = await deps.db
    .selectFrom('token_head')
    .select(accessColumns)
    .where('connection_id', '=', connectionId)
    .executeTakeFirst();
  const now = deps.now();
  const end = head && endToAnnounce(head, await providersInOutage(deps.db), now);
  if (!end) return undefined;
  const told = await toldStages(deps.db, [connectionId]);
  const daysAhead = dueStage(end.endsAt, told(connectionId, end.endsAt), now);
  return daysAhead === undefined ? undefined : { end, daysAhead };
}

async function tell(deps: AnnounceEndDeps, connectionId: ConnectionId, { end, daysAhead }: Due): Promise<void> {
  const provider = providerOf(connectionId);
  const addressed = await unlessRefused(async () => {
    const trainer = await deps.findTrainer({ trainerId: trainerIdOf(connectionId) }, { fresh: true });
    if (!trainer.active || trainer.email === '') return undefined;
    return { trainer, invite: await deps.createInvite(provider, trainer.id) };
  });
  if (!addressed) {
    deps.log.info({ connectionId }, 'an end was not announced: no such active trainer, or the provider is off');
    return;
  }
  const { trainer, invite } = addressed;
  const now = deps.now();
  const askUrl = `${deps.publicUrl}/trainers/authorize`;
  const letter = await deps.writeLetter(
    'Trainer_Connect_Forecast',
    {
      trainerName: trainer.name,
      provider: nameOfProvider(provider),
      link: invite.url,
      endsOn: dayInWords(end.endsAt, trainer.timeZone),
      reason: forecastSentence(provider, end, trainer.timeZone, now),
    },
    remindText({ provider, end, trainer, invite, askUrl, now }),
  );
  if (!(await isTaken(deps, connectionId, { to: [trainer.email], ...letter }))) return;
  await deps.step('announce.mailed');
  await rememberTold(deps.db, { connectionId, endsAt: end.endsAt, daysAhead, sentAt: now });
  await noteOnTrainer(deps, trainer);
}

/** What Salesforce did not answer is sent again with the next hour, not at once: each repetition could be one more mail. */
async function isTaken(deps: AnnounceEndDeps, connectionId: ConnectionId, mail: Mail): Promise<boolean> {
  try {
    await deps.records.sendMail(mail);
    return true;
  } catch (error) {
    if (!isUnknownOutcome(error)) throw error;
    deps.log.warn({ err: error, connectionId }, 'nobody knows whether an end was announced; tried again in an hour');
    return false;
  }
}

/** For the people who look at the record; nothing hangs on it. */
async function noteOnTrainer(deps: AnnounceEndDeps, trainer: Trainer): Promise<void> {
  const change = {
    Id: trainer.id,
    Last_Reminder_At__c: deps.now().toISOString(),
    Reminder_Count__c: trainer.reminderCount + 1,
  };
  try {
    const [result] = await deps.records.update('Onboarding_Trainer__c', [change]);
    if (result?.success === true) return;
    deps.log.error({ trainerId: trainer.id, errors: result?.errors }, 'a reminder could not be noted on the trainer');
  } catch (error) {
    deps.log.warn({ err: error, trainerId: trainer.id }, 'a reminder could not be noted on the trainer');
  }
}

/** Undefined where trying again would change nothing. */
async function unlessRefused<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AppError && !error.retryable) return undefined;
    throw error;
  }
}
