import { randomUUID } from 'node:crypto';
import type { Now } from '../../core/runtime.ts';
import { toLongId } from '../../core/salesforce-id.ts';
import type { Queue } from '../../queue/queue.ts';
import { soql, type SalesforceRecords } from '../../salesforce/records.ts';
import type { Database } from '../../storage/database.ts';
import { enqueueReconcile } from './reconcile-job.ts';

export interface FindDeletedBookingsDeps {
  records: Pick<SalesforceRecords, 'queryAll'>;
  queue: Pick<Queue, 'enqueueMany'>;
  db: Database;
  now: Now;
}

const DAY_MS = 24 * 3_600_000;
/** A night or two may be missed. */
const LOOK_BACK_MS = 3 * DAY_MS;

/**
 * Enqueues a pass over each future booking that was deleted in Salesforce of late, or of which something is still known
 * here: nobody else tells. The pass removes what exists outside. @returns how many
 */
export async function findDeletedBookings(deps: FindDeletedBookingsDeps): Promise<number> {
  const rows = await deps.records.queryAll(
    soql`SELECT Id, SystemModstamp FROM Training_Booking__c WHERE IsDeleted = true AND End__c > ${deps.now()}`,
  );
  const deleted = rows.map((row) => ({
    id: toLongId(String(row.Id)) ?? String(row.Id),
    at: Date.parse(String(row.SystemModstamp)),
  }));
  const known = await withEffects(
    deps.db,
    deleted.map(({ id }) => id),
  );
  const since = deps.now().getTime() - LOOK_BACK_MS;
  const ids = deleted.filter(({ id, at }) => at >= since || known.has(id)).map(({ id }) => id);
  await enqueueReconcile(deps.queue, ids, { actor: 'deleted', requestId: randomUUID() });
  return ids.length;
}

async function withEffects(db: Database, bookingIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (bookingIds.length === 0) return new Set();
  const rows = await db
    .selectFrom('effect')
    .select('booking_id')
    .distinct()
    .where('booking_id', 'in', bookingIds)
    .where('state', 'not in', ['removed', 'abandoned'])
    .execute();
  return new Set(rows.map(({ booking_id }) => booking_id));
}
