import { randomUUID } from 'node:crypto';
import type { Log, Now } from '../../core/runtime.ts';
import type { Queue } from '../../queue/queue.ts';
import { soql, type SalesforceRecords } from '../../salesforce/records.ts';
import { enqueueReconcile } from './reconcile-job.ts';

export interface CompletePastBookingsDeps {
  records: Pick<SalesforceRecords, 'query' | 'update'>;
  queue: Pick<Queue, 'enqueueMany'>;
  now: Now;
  log: Log;
}

/** Sets confirmed bookings that are over to Completed. @returns how many were set, and how many Salesforce refused */
export async function completePastBookings(
  deps: CompletePastBookingsDeps,
): Promise<{ completed: number; refused: number }> {
  const rows = await deps.records.query(
    soql`SELECT Id FROM Training_Booking__c WHERE Status__c = 'Confirmed' AND End__c < ${deps.now()}`,
  );
  if (rows.length === 0) return { completed: 0, refused: 0 };
  const results = await deps.records.update(
    'Training_Booking__c',
    rows.map(({ Id }) => ({ Id, Status__c: 'Completed' })),
  );
  const completed = rows.filter((_, index) => results[index]?.success === true).map(({ Id }) => String(Id));
  results.forEach(({ success, errors }, index) => {
    if (!success) deps.log.error({ bookingId: rows[index]?.Id, errors }, 'a past booking could not be completed');
  });
  // The change of status raised the revision: a pass brings it in step again.
  await enqueueReconcile(deps.queue, completed, { actor: 'schedule', requestId: randomUUID() });
  return { completed: completed.length, refused: rows.length - completed.length };
}
