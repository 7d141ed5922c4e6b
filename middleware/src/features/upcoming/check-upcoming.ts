import type { Now } from '../../core/runtime.ts';
import { toLongId } from '../../core/salesforce-id.ts';
import type { Queue } from '../../queue/queue.ts';
import { soql, type SalesforceRecords } from '../../salesforce/records.ts';
import type { Database } from '../../storage/database.ts';
import { checkTrainingJob } from './check-training-job.ts';

export interface CheckUpcomingDeps {
  records: Pick<SalesforceRecords, 'query'>;
  queue: Pick<Queue, 'enqueueMany'>;
  db: Database;
  now: Now;
}

const HOUR_MS = 3_600_000;
/** A day, and the hour until the next look. */
const AHEAD_MS = 25 * HOUR_MS;
const PAGE = 200;
const CHECKS_KEPT_MS = 60 * 24 * HOUR_MS;

/**
 * Enqueues a check of each confirmed training that starts within a day and was not checked as it is now, whether it came
 * within reach just now, was booked or changed late, or was missed while nothing ran. Safe to repeat. @returns how many
 */
export async function checkUpcoming(deps: CheckUpcomingDeps): Promise<number> {
  const now = deps.now();
  await deps.db
    .deleteFrom('upcoming_check')
    .where('checked_at', '<', new Date(now.getTime() - CHECKS_KEPT_MS))
    .execute();
  const until = new Date(now.getTime() + AHEAD_MS);
  let enqueued = 0;
  let after = '';
  for (;;) {
    const rows = await deps.records.query(
      soql`SELECT Id, Revision__c FROM Training_Booking__c
        WHERE Status__c = 'Confirmed' AND Start__c > ${now} AND Start__c <= ${until}
        ${after === '' ? soql`` : soql`AND Id > ${after}`} ORDER BY Id LIMIT ${PAGE}`,
    );
    const page = rows.map(({ Id, Revision__c }) => ({
      id: toLongId(String(Id)) ?? String(Id),
      revision: Number(Revision__c ?? 0),
    }));
    const open = await notChecked(deps.db, page);
    await deps.queue.enqueueMany(
      checkTrainingJob,
      open.map((bookingId) => ({ data: { bookingId }, key: bookingId })),
    );
    enqueued += open.length;
    const last = page.at(-1);
    if (page.length < PAGE || !last) return enqueued;
    after = last.id;
  }
}

async function notChecked(db: Database, page: readonly { id: string; revision: number }[]): Promise<string[]> {
  if (page.length === 0) return [];
  const rows = await db
    .selectFrom('upcoming_check')
    .select(['booking_id', 'revision'])
    .where(
      'booking_id',
      'in',
      page.map(({ id }) => id),
    )
    .execute();
  const checked = new Map(rows.map(({ booking_id, revision }) => [booking_id, revision]));
  return page.filter(({ id, revision }) => (checked.get(id) ?? -1) < revision).map(({ id }) => id);
}
