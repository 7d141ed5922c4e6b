import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Booking } from '../../core/booking.ts';
import { AppError } from '../../core/errors.ts';
import type { Log, Now, Step } from '../../core/runtime.ts';
import type { FindTrainer } from '../../core/trainer.ts';
import type { JobDefinition, Queue } from '../../queue/queue.ts';
import { isUnknownOutcome, type Mail, type SalesforceRecords } from '../../salesforce/records.ts';
import type { Database } from '../../storage/database.ts';
import { releaseLease, takeLease } from '../../storage/lease.ts';
import { calendarLinkOf, type CalendarLinkDeps } from './calendar-link.ts';
import { letterOf } from './letter.ts';
import { noteOnTimeline, traceOnTimeline } from './told-on-timeline.ts';
import { occasionOf, toldOf, traceOf, type Told } from './told.ts';

export interface MailMerchantDeps extends CalendarLinkDeps {
  db: Database;
  records: Pick<SalesforceRecords, 'query' | 'upsert' | 'sendMail'>;
  readBooking: (bookingId: string) => Promise<Booking | undefined>;
  findTrainer: FindTrainer;
  now: Now;
  log: Log;
  step: Step;
}

const schema = z.strictObject({
  bookingId: z.string(),
  /** Tell what is known, although the meeting is still being made. */
  isPatienceOver: z.boolean().optional(),
});
export type MerchantMail = z.infer<typeof schema>;

export const mailMerchantJob: JobDefinition<MerchantMail> = {
  name: 'merchant-mail',
  schema,
  retry: { limit: 8, delaySeconds: 5, maxDelaySeconds: 900 },
  expireInSeconds: 60,
  concurrency: 2,
};

/** If the process dies between saving a booking and telling so, this is how much later its merchant hears of it. */
const NET_SECONDS = 60;
/** Longer than this nobody waits for a meeting link before they hear that they are booked. */
const PATIENCE_SECONDS = 15 * 60;
const LEASE_MS = 120_000;

/**
 * Tells of a booking before its results are saved in Salesforce and after: a mail is then due if the merchant knows
 * something else. What is told before outlives the process.
 */
export async function announceBooking(
  deps: { db: MailMerchantDeps['db']; queue: Pick<Queue, 'enqueue'>; now: Now },
  booking: Booking,
  { isSaved }: { isSaved: boolean },
): Promise<void> {
  if (!concernsMerchant(booking, deps.now())) return;
  const before = await toldBefore(deps, booking.id);
  // What this database does not know, the timeline may: the job looks there.
  if (before && occasionOf(traceOf(before), traceOf(toldOf(booking, { name: '' }))) === undefined) return;
  const { id: bookingId } = booking;
  if (!isSettled(booking)) {
    const later = { key: `patience:${bookingId}`, startAfterSeconds: PATIENCE_SECONDS };
    await deps.queue.enqueue(mailMerchantJob, { bookingId, isPatienceOver: true }, later);
  } else if (isSaved) {
    await deps.queue.enqueue(mailMerchantJob, { bookingId }, { key: bookingId });
  } else {
    const net = { key: `net:${bookingId}`, startAfterSeconds: NET_SECONDS };
    await deps.queue.enqueue(mailMerchantJob, { bookingId }, net);
  }
}

/**
 * Mails the merchant's contact what they do not know yet of a booking, as Salesforce has it now; nothing if there is
 * nothing new. Once for each change: only a crash right after a mail was sent may send it a second time.
 */
export async function mailMerchant(deps: MailMerchantDeps, job: MerchantMail): Promise<void> {
  const lease = { name: `merchant-mail:${job.bookingId}`, owner: randomUUID() };
  if (!(await takeLease(deps, { ...lease, durationMs: LEASE_MS }))) {
    throw new AppError('request_in_progress', 'A mail about this booking is being written.', { retryable: true });
  }
  try {
    await mailUnderLease(deps, job);
  } finally {
    await releaseLease(deps, lease);
  }
}

async function mailUnderLease(deps: MailMerchantDeps, job: MerchantMail): Promise<void> {
  const booking = await deps.readBooking(job.bookingId);
  if (!booking || !concernsMerchant(booking, deps.now())) return;
  // Whoever settles it announces it again.
  if (!isSettled(booking) && job.isPatienceOver !== true) return;
  const trainer = await deps.findTrainer({ trainerId: booking.trainerId });
  const now = toldOf(booking, trainer);
  const before = await toldBefore(deps, booking.id);
  const trace = before ? traceOf(before) : await traceOnTimeline(deps, booking.id);
  const occasion = occasionOf(trace, traceOf(now));
  if (occasion === undefined) {
    if (trace && !before) await remember(deps, booking, now);
    return;
  }
  const calendarUrl = calendarLinkOf(deps, booking.id);
  const letter = letterOf({ booking, occasion, before, now, calendarUrl });
  await deps.step('merchant-mail.before');
  const isAnswered = await send(deps, booking, { to: [now.contactEmail], ...letter });
  await deps.step('merchant-mail.after');
  await remember(deps, booking, now);
  await noteOnTimeline(deps, booking, { occasion, told: now, isAnswered });
}

/** What Salesforce does not answer counts as sent: each repetition could be one more mail. @returns whether it answered */
async function send(deps: MailMerchantDeps, booking: Booking, mail: Mail): Promise<boolean> {
  try {
    await deps.records.sendMail(mail);
    return true;
  } catch (error) {
    if (!isUnknownOutcome(error)) throw error;
    deps.log.warn({ err: error, bookingId: booking.id }, 'nobody knows whether a merchant was told; it counts as sent');
    return false;
  }
}

/** Trainings to come, of merchants who can be written to; one in conflict is told by people. */
function concernsMerchant(booking: Booking, now: Date): boolean {
  if (booking.contactEmail === undefined || booking.end <= now) return false;
  return booking.status === 'Cancelled' || (booking.status === 'Confirmed' && booking.syncStatus !== 'Conflict');
}

/** What can be said now will not be outdated in a minute. A cancelled training needs nothing more. */
function isSettled(booking: Booking): boolean {
  return booking.status === 'Cancelled' || booking.syncedRevision === booking.revision;
}

async function toldBefore({ db }: Pick<MailMerchantDeps, 'db'>, bookingId: string): Promise<Told | undefined> {
  const row = await db
    .selectFrom('merchant_mail')
    .select('told')
    .where('booking_id', '=', bookingId)
    .executeTakeFirst();
  return row && (JSON.parse(row.told) as Told);
}

async function remember(deps: MailMerchantDeps, booking: Booking, told: Told): Promise<void> {
  const row = { told: JSON.stringify(told), revision: booking.revision, sent_at: deps.now() };
  await deps.db
    .insertInto('merchant_mail')
    .values({ booking_id: booking.id, ...row })
    .onConflict((conflict) => conflict.column('booking_id').doUpdateSet(row))
    .execute();
}
