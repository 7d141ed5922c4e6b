import type { Database } from '../../storage/database.ts';
import { sameEnd } from './stages.ts';

/** What was told of the ends of these connections, as a function of connection and end. */
export async function toldStages(
  db: Database,
  connectionIds: readonly string[],
): Promise<(connectionId: string, endsAt: Date) => number[]> {
  const rows = await db.selectFrom('announcement').selectAll().where('connection_id', 'in', connectionIds).execute();
  return (connectionId, endsAt) =>
    rows
      .filter((row) => row.connection_id === connectionId && row.ends_at.getTime() === sameEnd(endsAt).getTime())
      .map(({ days_ahead }) => days_ahead);
}

export async function rememberTold(
  db: Database,
  told: { connectionId: string; endsAt: Date; daysAhead: number; sentAt: Date },
): Promise<void> {
  await db
    .insertInto('announcement')
    .values({
      connection_id: told.connectionId,
      ends_at: sameEnd(told.endsAt),
      days_ahead: told.daysAhead,
      sent_at: told.sentAt,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Forgets what was told of ends that are long past. */
export async function cleanUpAnnouncements({ db, now }: { db: Database; now: () => Date }): Promise<void> {
  const DAY_MS = 86_400_000;
  await db
    .deleteFrom('announcement')
    .where('ends_at', '<', new Date(now().getTime() - DAY_MS))
    .execute();
}
