import { sql } from 'kysely';
import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import type { Now } from '../../core/runtime.ts';
import { toLongId } from '../../core/salesforce-id.ts';
import type { DeadLetter, Queue } from '../../queue/queue.ts';
import type { Database, Transaction } from '../../storage/database.ts';

export interface DeadLettersDeps {
  db: Database;
  queue: Pick<Queue, 'deadLetters' | 'retryDeadLetter'>;
  now: Now;
  /** Enqueues a pass over a booking, exactly if the transaction commits. */
  reconcile: (trx: Transaction, bookingId: string, by: { actor: string; requestId: string }) => Promise<void>;
}

/** Something that failed and that nothing repairs by itself soon. Holds no secrets. */
export interface FailedJob {
  id: string;
  kind: string;
  /** What it is about, e.g. `{bookingId}`. */
  concerns: Record<string, string>;
  message: string;
  /** For people: what to do about it. */
  advice: string;
  /** null: not counted. */
  attempts: number | null;
  /** ISO 8601, UTC. */
  failedAt: string;
}

export interface FailedJobs {
  jobs: FailedJob[];
  /** Give it as `cursor` for the next page; null on the last one. */
  nextCursor: string | null;
}

const position = z.tuple([z.iso.datetime(), z.string().max(40)]);

export const deadLettersQuery = z.strictObject({
  limit: z.coerce
    .number('must be a whole number from 1 to 200')
    .int('must be a whole number from 1 to 200')
    .min(1, 'must be a whole number from 1 to 200')
    .max(200, 'must be a whole number from 1 to 200')
    .default(50),
  cursor: z
    .string()
    .transform((text, context) => {
      try {
        const [failedAt, id] = position.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
        return { failedAt: new Date(failedAt), id };
      } catch {
        context.addIssue({ code: 'custom', message: 'is not a nextCursor of this list' });
        return z.NEVER;
      }
    })
    .optional(),
});

/** Failed jobs and bookings, newest first. */
export async function listDeadLetters(
  deps: Pick<DeadLettersDeps, 'db' | 'queue'>,
  { limit, cursor }: z.output<typeof deadLettersQuery>,
): Promise<FailedJobs> {
  const page = { limit: limit + 1, ...(cursor === undefined ? {} : { before: cursor }) };
  const [letters, bookings] = await Promise.all([deps.queue.deadLetters(page), failedBookings(deps.db, page)]);
  const jobs = [...letters.map(presentLetter), ...bookings].toSorted(newestFirst);
  const shown = jobs.slice(0, limit);
  const last = shown.at(-1);
  return { jobs: shown, nextCursor: last && jobs.length > limit ? cursorAt(last) : null };
}

/**
 * Runs something that failed again, from its first attempt. It leaves the list at once; if it fails again, it comes back.
 * Throws `not_found` for what is not on the list (any more).
 */
export async function retryDeadLetter(
  deps: DeadLettersDeps,
  input: { id: string; actor: string; requestId: string },
): Promise<void> {
  const bookingId = toLongId(input.id);
  const isFound =
    bookingId === undefined
      ? await deps.queue.retryDeadLetter(input.id.toLowerCase())
      : await retryBooking(deps, bookingId, input);
  if (!isFound) {
    throw new AppError(
      'not_found',
      'This failed job is not on the list any more. It may have been tried again already.',
    );
  }
}

/** Remembers that a booking's last pass failed for good, or forgets it. */
export async function noteBooking(
  deps: Pick<DeadLettersDeps, 'db' | 'now'>,
  booking: { id: string; syncStatus: string | undefined; syncError: string | undefined },
): Promise<void> {
  if (booking.syncStatus !== 'Failed') {
    await deps.db.deleteFrom('failed_booking').where('booking_id', '=', booking.id).execute();
    return;
  }
  const row = { message: booking.syncError ?? 'No reason was given.', failed_at: deps.now() };
  await deps.db
    .insertInto('failed_booking')
    .values({ booking_id: booking.id, ...row })
    .onConflict((conflict) => conflict.column('booking_id').doUpdateSet(row))
    .execute();
}

/** Forgets bookings that nobody changes any more. */
export async function forgetFailedBookings(trx: Transaction, bookingIds: readonly string[]): Promise<void> {
  await trx.deleteFrom('failed_booking').where('booking_id', 'in', bookingIds).execute();
}

async function failedBookings(
  db: Database,
  { limit, before }: { limit: number; before?: { failedAt: Date; id: string } },
): Promise<FailedJob[]> {
  let query = db.selectFrom('failed_booking').selectAll();
  if (before !== undefined) {
    query = query.where(sql<boolean>`(failed_at, booking_id collate "C") < (${before.failedAt}, ${before.id})`);
  }
  const rows = await query
    .orderBy('failed_at', 'desc')
    .orderBy(sql`booking_id collate "C"`, 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    id: row.booking_id,
    kind: 'booking',
    concerns: { bookingId: row.booking_id },
    message: row.message,
    advice:
      'Open the booking: its timeline says what failed. Mend the cause, then retry; it is also tried every night.',
    attempts: null,
    failedAt: row.failed_at.toISOString(),
  }));
}

async function retryBooking(
  deps: DeadLettersDeps,
  bookingId: string,
  by: { actor: string; requestId: string },
): Promise<boolean> {
  return deps.db.transaction().execute(async (trx) => {
    const taken = await trx
      .deleteFrom('failed_booking')
      .where('booking_id', '=', bookingId)
      .returning('booking_id')
      .executeTakeFirst();
    if (!taken) return false;
    await deps.reconcile(trx, bookingId, by);
    return true;
  });
}

/** What of a job's data says what it is about; the rest stays inside. */
const TELLING = ['bookingId', 'trainerId', 'connectionId', 'runId', 'email', 'slot', 'reason'];

const advices: Record<string, string> = {
  'reconcile-booking':
    'Salesforce could not be read or did not take the results. Look at the booking, its sync error and the log; mend the cause, then retry. It is also tried once a day.',
  'invite-trainer': "Check the trainer's e-mail address and the org's mail settings (MAIL_SENDER), then retry.",
  'merchant-mail': "Check the contact's e-mail address on the booking and the org's mail settings, then retry.",
  'mirror-merchant':
    "Check the merchant's record and the integration user's rights to it, then retry. The next change of one of the merchant's bookings tries again, too.",
  'alert-admins': "Check ALERT_RECIPIENTS and the org's mail settings, then retry.",
};

function presentLetter(letter: DeadLetter): FailedJob {
  const told = Object.entries(letter.data).filter(
    ([name, value]) => TELLING.includes(name) && typeof value === 'string',
  );
  const counted = letter.data.attempt;
  return {
    id: letter.id,
    kind: letter.kind,
    concerns: Object.fromEntries(told) as Record<string, string>,
    message: (letter.message ?? 'It has failed as often as it may. The log of the middleware says why.').slice(0, 500),
    advice: advices[letter.kind] ?? 'Mend what the message names, then retry.',
    attempts: typeof counted === 'number' ? Math.max(counted, letter.attempts) : letter.attempts,
    failedAt: letter.failedAt.toISOString(),
  };
}

/** The order of both queries. */
function newestFirst(one: FailedJob, other: FailedJob): number {
  if (one.failedAt !== other.failedAt) return one.failedAt < other.failedAt ? 1 : -1;
  return one.id < other.id ? 1 : -1;
}

function cursorAt({ failedAt, id }: FailedJob): string {
  return Buffer.from(JSON.stringify([failedAt, id])).toString('base64url');
}
