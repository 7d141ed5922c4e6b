import type { Now } from '../../core/runtime.ts';
import type { Database } from '../../storage/database.ts';

interface RequestedMailsDeps {
  db: Database;
  now: Now;
}

const ONE_DAY_MS = 24 * 60 * 60_000;
const TEN_MINUTES_MS = 10 * 60_000;
/** Their links live for days: whoever needs a fourth has three that work. */
const MAILS_PER_DAY = 3;

/** Whether the trainer may get another mail that somebody asked for: not within ten minutes, nor a fourth in a day. */
export async function mayMailRequested(deps: RequestedMailsDeps, trainerId: string): Promise<boolean> {
  const sent = await deps.db
    .selectFrom('requested_mail')
    .select('sent_at')
    .where('trainer_id', '=', trainerId)
    .where('sent_at', '>', before(deps, ONE_DAY_MS))
    .execute();
  const lately = before(deps, TEN_MINUTES_MS);
  return sent.length < MAILS_PER_DAY && sent.every(({ sent_at }) => sent_at <= lately);
}

export async function noteRequestedMail(deps: RequestedMailsDeps, trainerId: string): Promise<void> {
  await deps.db
    .insertInto('requested_mail')
    .values({ trainer_id: trainerId, sent_at: deps.now() })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function forgetRequestedMails(deps: RequestedMailsDeps): Promise<void> {
  await deps.db.deleteFrom('requested_mail').where('sent_at', '<=', before(deps, ONE_DAY_MS)).execute();
}

function before({ now }: RequestedMailsDeps, ms: number): Date {
  return new Date(now().getTime() - ms);
}
