import { randomUUID } from 'node:crypto';
import type { Now } from '../../core/runtime.ts';
import type { Queue } from '../../queue/queue.ts';
import { soql, type SalesforceRecords, type Soql } from '../../salesforce/records.ts';
import { enqueueReconcile } from './reconcile-job.ts';

export interface FindBookingsDeps {
  records: Pick<SalesforceRecords, 'query'>;
  queue: Pick<Queue, 'enqueueMany'>;
  now: Now;
}

/**
 * The net under every other trigger: enqueues the bookings that Salesforce says are not in step, oldest first.
 * @param options.alsoUnfinished also those whose last pass did not succeed: at start and nightly, so that a lost database
 *   loses no retry
 * @returns how many were found
 */
export async function findLostTriggers(
  deps: FindBookingsDeps,
  options: { alsoUnfinished?: boolean } = {},
): Promise<number> {
  const behind = soql`Sync_Key__c IN ('P', 'M')`;
  const where = options.alsoUnfinished === true ? soql`${behind} OR Sync_Status__c IN ('Pending', 'Failed')` : behind;
  return enqueueWhere(deps, where, 'lost-trigger');
}

/** A trainer has connected: the bookings that waited for it get their meeting and event. @returns how many */
export async function retryPendingFor(deps: FindBookingsDeps, trainerId: string): Promise<number> {
  const waiting = soql`(Meeting_Link_Status__c IN ('Pending Trainer Setup', 'Not Needed')
    OR Sync_Status__c IN ('Pending', 'Failed'))`;
  const where = soql`Trainer__c = ${trainerId} AND Status__c = 'Confirmed' AND End__c > ${deps.now()} AND ${waiting}`;
  return enqueueWhere(deps, where, 'trainer-connected');
}

/** Time of a trainer became free: their bookings in conflict are looked at again. @returns how many */
export async function wakeConflicts(deps: FindBookingsDeps, trainerId: string): Promise<number> {
  const where = soql`Trainer__c = ${trainerId} AND Sync_Status__c = 'Conflict' AND End__c > ${deps.now()}`;
  return enqueueWhere(deps, where, 'slot-released');
}

async function enqueueWhere(deps: FindBookingsDeps, where: Soql, actor: string): Promise<number> {
  const rows = await deps.records.query(
    soql`SELECT Id FROM Training_Booking__c WHERE ${where} ORDER BY LastModifiedDate ASC`,
  );
  const ids = rows.map(({ Id }) => String(Id));
  await enqueueReconcile(deps.queue, ids, { actor, requestId: randomUUID() });
  return ids.length;
}
