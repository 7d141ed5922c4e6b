import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import type { Log, Now } from '../../core/runtime.ts';
import type { FindTrainer, Trainer, TrainerReference } from '../../core/trainer.ts';
import type { JobDefinition } from '../../queue/queue.ts';
import type { SalesforceRecords } from '../../salesforce/records.ts';
import { takeLease } from '../../storage/lease.ts';
import { createLink, type CreateLinkDeps } from './create-link.ts';

export interface InviteTrainerDeps extends CreateLinkDeps {
  records: SalesforceRecords;
  findTrainer: FindTrainer;
  now: Now;
  log: Log;
}

/**
 * - `booking`: a training waits for the trainer's account; at most one such mail a day.
 * - `requested`: somebody asked for a link with this e-mail; unknown addresses get nothing and nobody learns of it.
 */
export const inviteSchema = z.union([
  z.strictObject({ reason: z.literal('booking'), trainerId: z.string() }),
  z.strictObject({ reason: z.literal('requested'), email: z.string() }),
]);
export type Invitation = z.infer<typeof inviteSchema>;

export const inviteTrainerJob: JobDefinition<Invitation> = {
  name: 'invite-trainer',
  schema: inviteSchema,
  retry: { limit: 8, delaySeconds: 5, maxDelaySeconds: 600 },
  expireInSeconds: 60,
  concurrency: 2,
};

const ONE_DAY_MS = 24 * 60 * 60_000;
const TEN_MINUTES_MS = 10 * 60_000;

/** Mails a trainer the link by which they connect Lark. */
export async function inviteTrainer(deps: InviteTrainerDeps, invitation: Invitation): Promise<void> {
  const reference: TrainerReference =
    invitation.reason === 'booking' ? { trainerId: invitation.trainerId } : { email: invitation.email };
  const trainer = await deps.findTrainer(reference, { fresh: true }).catch((error: unknown) => {
    if (error instanceof AppError && !error.retryable) return undefined;
    throw error;
  });
  if (trainer?.active !== true || !deps.isProviderOn('lark')) {
    deps.log.info({ reason: invitation.reason }, 'no invitation was sent: no such active trainer, or Lark is off');
    return;
  }
  if (!(await mayMail(deps, trainer, invitation.reason))) return;

  const link = await createLink(deps, {
    provider: 'lark',
    trainer: { trainerId: trainer.id },
    purpose: 'invite',
    returnUrl: undefined,
  });
  await deps.records.sendMail({ to: [trainer.email], ...letter(trainer, invitation.reason, link) });
  if (invitation.reason === 'requested') return;
  const [result] = await deps.records.update('Onboarding_Trainer__c', [
    { Id: trainer.id, Last_Reminder_At__c: deps.now().toISOString(), Reminder_Count__c: trainer.reminderCount + 1 },
  ]);
  if (result?.success !== true) {
    deps.log.error({ trainerId: trainer.id, errors: result?.errors }, 'a reminder could not be noted on the trainer');
  }
}

/** Nobody is flooded: bookings remind once a day, and a link that is asked for is mailed at most every ten minutes. */
async function mayMail(deps: InviteTrainerDeps, trainer: Trainer, reason: Invitation['reason']): Promise<boolean> {
  if (reason === 'requested') {
    return takeLease(deps, { name: `requested-link:${trainer.id}`, owner: randomUUID(), durationMs: TEN_MINUTES_MS });
  }
  // Whose account waits for an administrator can do nothing with a link.
  if (trainer.lark.status === 'On Hold') return false;
  return trainer.lastReminderAt === undefined || deps.now().getTime() - trainer.lastReminderAt.getTime() >= ONE_DAY_MS;
}

function whyOf(trainer: Trainer, reason: Invitation['reason']): string {
  if (reason === 'requested') return 'You asked for a link to connect your Lark account.';
  const booked = 'A remote training is booked with you, and its video meeting is opened with your own Lark account.';
  return trainer.lark.status === 'Not Connected'
    ? `${booked} Your account is not connected yet, so the merchant has no meeting link.`
    : `${booked} The access to your account has ended or lacks a permission, so the merchant has no meeting link until you connect it again.`;
}

function letter(trainer: Trainer, reason: Invitation['reason'], link: { url: string; expiresAt: Date }) {
  return {
    subject: reason === 'booking' ? 'A training waits for your Lark account' : 'Connect your Lark account',
    body: [
      `Hello ${trainer.name},`,
      '',
      whyOf(trainer, reason),
      '',
      'Please open this link, sign in to Lark and allow the access. It takes a minute:',
      link.url,
      '',
      `The link works once, until ${link.expiresAt.toUTCString()}. Meetings of trainings that are booked already are made by themselves afterwards.`,
      '',
      'Trainer Connect',
    ].join('\n'),
  };
}
