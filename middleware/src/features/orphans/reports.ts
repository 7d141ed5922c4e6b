import type { Now } from '../../core/runtime.ts';
import type { Database } from '../../storage/database.ts';
import { SHOWN_FOR_MS } from './list-calendar.ts';
import type { Reported } from './sweep-calendar.ts';

/** Stands for the whole calendar among the events that a person is told of. */
export const CALENDAR = 'calendar';

export interface ReportsDeps {
  db: Database;
  now: Now;
}

/** Those of these that nobody was told of yet; from now on they count as told. */
export async function newReports({ db, now }: ReportsDeps, reported: readonly Reported[]): Promise<Reported[]> {
  if (reported.length === 0) return [];
  const rows = await db
    .insertInto('orphan_report')
    .values(
      reported.map(({ connectionId, eventId }) => ({ connection_id: connectionId, event_id: eventId, told_at: now() })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .returning(['connection_id', 'event_id'])
    .execute();
  return reported.filter(({ connectionId, eventId }) =>
    rows.some((row) => row.connection_id === connectionId && row.event_id === eventId),
  );
}

/** It is in order again: the next time is news. */
export async function forgetReport(
  { db }: Pick<ReportsDeps, 'db'>,
  { connectionId, eventId }: Pick<Reported, 'connectionId' | 'eventId'>,
): Promise<void> {
  await db
    .deleteFrom('orphan_report')
    .where('connection_id', '=', connectionId)
    .where('event_id', '=', eventId)
    .execute();
}

/** Forgets what was told of events that no calendar shows us any more. */
export async function cleanUpReports({ db, now }: ReportsDeps): Promise<void> {
  await db
    .deleteFrom('orphan_report')
    .where('told_at', '<', new Date(now().getTime() - SHOWN_FOR_MS))
    .execute();
}
