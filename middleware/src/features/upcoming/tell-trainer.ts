import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import type { Log, Now } from '../../core/runtime.ts';
import type { FindTrainer, Trainer } from '../../core/trainer.ts';
import type { JobDefinition } from '../../queue/queue.ts';
import { isUnknownOutcome, type Mail, type SalesforceRecords } from '../../salesforce/records.ts';
import type { Database } from '../../storage/database.ts';
import { isLeaseHeld, releaseLease, takeLease } from '../../storage/lease.ts';

const training = { trainerId: z.string(), bookingName: z.string(), when: z.string() };
const data = z.union([
  /** The trainer has to connect before the training. */
  z.strictObject({ about: z.literal('connect'), ...training }),
  /** What the trainer did to the event in Lark was undone. */
  z.strictObject({
    about: z.literal('put-back'),
    ...training,
    bookingId: z.string(),
    what: z.enum(['deleted', 'moved']),
  }),
]);
export type TellTrainer = z.output<typeof data>;

export const tellTrainerJob: JobDefinition<TellTrainer> = {
  name: 'tell-trainer',
  schema: data,
  retry: { limit: 8, delaySeconds: 5, maxDelaySeconds: 600 },
  expireInSeconds: 60,
  concurrency: 2,
};

export interface TellTrainerDeps {
  db: Database;
  now: Now;
  log: Log;
  records: Pick<SalesforceRecords, 'sendMail'>;
  findTrainer: FindTrainer;
  /** A link by which this trainer connects, once. */
  createLink: (trainerId: string) => Promise<{ url: string; expiresAt: Date }>;
}

/** However many trainings of a day wait for the same trainer. */
const ONE_MAIL_MS = 20 * 3_600_000;
/** As long as an attempt may take. */
const ATTEMPT_MS = 60_000;

/** Mails the trainer what the check of a training found. */
export async function tellTrainer(deps: TellTrainerDeps, message: TellTrainer): Promise<void> {
  const trainer = await deps.findTrainer({ trainerId: message.trainerId });
  if (!trainer.active || trainer.email === '') {
    deps.log.warn({ trainerId: trainer.id }, 'a trainer could not be told of a training: not active, or no e-mail');
    return;
  }
  if (message.about === 'put-back') await send(deps, { to: [trainer.email], ...putBackLetter(trainer, message) });
  else await askToConnect(deps, trainer, message);
}

/** Noted as told only when the mail is out: whoever dies before that leaves it to the next attempt. */
async function askToConnect(deps: TellTrainerDeps, trainer: Trainer, message: TellTrainer): Promise<void> {
  const lease = { name: `upcoming-connect-mail:${trainer.id}`, owner: randomUUID() };
  if (!(await takeLease(deps, { ...lease, durationMs: ATTEMPT_MS }))) {
    throw new AppError('request_in_progress', 'A mail to this trainer is being written.', { retryable: true });
  }
  try {
    const told = { name: `upcoming-connect:${trainer.id}`, owner: lease.owner, durationMs: ONE_MAIL_MS };
    if (await isLeaseHeld(deps, told.name)) return;
    const link = await deps.createLink(trainer.id);
    await send(deps, { to: [trainer.email], ...connectLetter(trainer, message, link) });
    await takeLease(deps, told);
  } finally {
    await releaseLease(deps, lease);
  }
}

/** What Salesforce does not answer counts as sent: each repetition could be one more mail. */
async function send(deps: TellTrainerDeps, mail: Mail): Promise<void> {
  try {
    await deps.records.sendMail(mail);
  } catch (error) {
    if (!isUnknownOutcome(error)) throw error;
    deps.log.warn({ err: error }, 'nobody knows whether a trainer was told of a training; it counts as sent');
  }
}

function connectLetter(
  { name }: Trainer,
  { bookingName, when }: TellTrainer,
  link: { url: string; expiresAt: Date },
): { subject: string; body: string } {
  return {
    subject: 'Your training of the next day waits for your Lark account',
    body: letter(name, [
      `Your training ${bookingName} takes place ${when}, and Trainer Connect has no access to your Lark account, so its meeting and event cannot be made or kept in order.`,
      'Please open this link, sign in to Lark and allow the access. It takes a minute:',
      link.url,
      `The link works once, until ${link.expiresAt.toUTCString()}. Everything else happens by itself afterwards.`,
    ]),
  };
}

function putBackLetter(
  { name }: Trainer,
  { bookingName, when, ...message }: TellTrainer & { what: 'deleted' | 'moved' },
) {
  return {
    subject: `Your training ${bookingName} is back in your Lark calendar`,
    body: letter(name, [
      `The event of your training ${bookingName}, ${when}, was ${message.what} in Lark. The booking still stands, so the event was put back as the booking says.`,
      'To move or cancel a training, please change the booking in Salesforce: the merchant, the meeting and your calendar follow by themselves.',
    ]),
  };
}

function letter(name: string, paragraphs: readonly string[]): string {
  return [`Hello ${name},`, ...paragraphs, 'Trainer Connect'].join('\n\n');
}
