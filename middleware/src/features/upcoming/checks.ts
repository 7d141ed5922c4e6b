import type { Database, Transaction } from '../../storage/database.ts';
import type { ExpectedTraining } from './expected-training.ts';

type Checked = Pick<ExpectedTraining, 'bookingId' | 'revision'>;

/** In place of a revision: nobody could look at the training at its last check. */
const UNSEEN = -1;
/** Trainings are looked at every hour: one that was not for so long is over, or needs no look any more. */
const UNSEEN_FOR_MS = 3 * 3_600_000;

export async function keepChecked(trx: Transaction, { bookingId, revision }: Checked, now: Date): Promise<void> {
  const row = { revision, checked_at: now };
  await trx
    .insertInto('upcoming_check')
    .values({ booking_id: bookingId, ...row })
    .onConflict((conflict) => conflict.column('booking_id').doUpdateSet(row))
    .execute();
}

/** The training stays unchecked until somebody can look at it. */
export async function keepUnseen(trx: Transaction, { bookingId }: Checked, now: Date): Promise<void> {
  await keepChecked(trx, { bookingId, revision: UNSEEN }, now);
}

/** Is there a training that nobody can look at for the time being? */
export async function isAnyUnseen(trx: Transaction, now: Date): Promise<boolean> {
  const row = await trx
    .selectFrom('upcoming_check')
    .select('booking_id')
    .where('revision', '=', UNSEEN)
    .where('checked_at', '>', new Date(now.getTime() - UNSEEN_FOR_MS))
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

export async function isChecked(db: Database, { bookingId, revision }: Checked): Promise<boolean> {
  const row = await db
    .selectFrom('upcoming_check')
    .select('revision')
    .where('booking_id', '=', bookingId)
    .executeTakeFirst();
  return row !== undefined && row.revision >= revision;
}
