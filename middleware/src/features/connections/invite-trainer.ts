import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import type { Log, Now } from '../../core/runtime.ts';
import type { FindTrainer, Trainer, TrainerReference } from '../../core/trainer.ts';
import type { JobDefinition } from '../../queue/queue.ts';
import { isUnknownOutcome, type SalesforceRecords } from '../../salesforce/records.ts';
import { releaseLease, takeLease } from '../../storage/lease.ts';
import { createLink, type CreateLinkDeps } from './create-link.ts';
import { mayMailRequested, noteRequestedMail } from './requested-mails.ts';

export interface InviteTrainerDeps extends CreateLinkDeps {
  records: Pick<SalesforceRecords, 'sendMail'>;
  findTrainer: FindTrainer;
  /** Sends a mail that counts as a reminder, unless a reminder or another such mail has come before it. */
  mailAsReminder: (
    trainer: Trainer,
    mail: { isDue: (lastReminderAt: Date | undefined) => boolean; send: () => Promise<void> },
  ) => Promise<void>;
  now: Now;
  log: Log;
}

/**
 * - `booking`: a training waits for the trainer's account; at most one such mail a day.
 * - `requested`: somebody asked for a link with this e-mail; unknown addresses get nothing and nobody learns of it.
 *   Anybody may ask for anybody's link, so the trainer gets one in ten minutes and few on a day.
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
/** As long as an attempt may take. */
const ONE_MINUTE_MS = 60_000;

/** Mails a trainer the link by which they connect Lark; what Salesforce did not answer counts as sent. */
export async function inviteTrainer(deps: InviteTrainerDeps, invitation: Invitation): Promise<void> {
  const { reason } = invitation;
  const reference = reason === 'booking' ? { trainerId: invitation.trainerId } : { email: invitation.email };
  const found = await findInvitable(deps, reference);
  if (!found) return;
  const lease = { name: `invite:${found.id}`, owner: randomUUID(), durationMs: ONE_MINUTE_MS };
  if (!(await takeLease(deps, lease))) {
    throw new Error('Another mail to this trainer is under way: whether this one is needed shows when it is done.');
  }
  try {
    await (reason === 'booking' ? inviteForBookings(deps, found) : mailRequestedLink(deps, found));
  } finally {
    await releaseLease(deps, lease);
  }
}

/** However many trainings are booked at once: one mail a day. Reminders count, since they carry the same link. */
async function inviteForBookings(deps: InviteTrainerDeps, trainer: Trainer): Promise<void> {
  // Whose account waits for an administrator can do nothing with a link.
  if (trainer.lark.status === 'On Hold') return;
  await deps.mailAsReminder(trainer, {
    isDue: (last) => last === undefined || deps.now().getTime() - last.getTime() >= ONE_DAY_MS,
    send: () => mailLink(deps, trainer, 'booking'),
  });
}

async function mailRequestedLink(deps: InviteTrainerDeps, trainer: Trainer): Promise<void> {
  if (!(await mayMailRequested(deps, trainer.id))) {
    deps.log.info({ trainerId: trainer.id }, 'a requested link was not mailed: this trainer has got some already');
    return;
  }
  try {
    await mailLink(deps, trainer, 'requested');
  } catch (error) {
    if (!isUnknownOutcome(error)) throw error;
    deps.log.warn({ err: error, trainerId: trainer.id }, 'nobody knows whether a mail was sent; it counts as sent');
  }
  await noteRequestedMail(deps, trainer.id);
}

async function findInvitable(deps: InviteTrainerDeps, reference: TrainerReference): Promise<Trainer | undefined> {
  const trainer = await deps.findTrainer(reference, { fresh: true }).catch((error: unknown) => {
    if (error instanceof AppError && !error.retryable) return undefined;
    throw error;
  });
  if (trainer?.active === true && deps.isProviderOn('lark')) return trainer;
  deps.log.info({}, 'no invitation was sent: no such active trainer, or Lark is off');
  return undefined;
}

async function mailLink(deps: InviteTrainerDeps, trainer: Trainer, reason: Invitation['reason']): Promise<void> {
  const link = await createLink(deps, {
    provider: 'lark',
    trainer: { trainerId: trainer.id },
    purpose: 'invite',
    returnUrl: undefined,
    isMailed: true,
  });
  await deps.records.sendMail({ to: [trainer.email], ...letter(trainer, reason, link) });
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
