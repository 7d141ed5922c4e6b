import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { connectionIdOf } from '../../core/connection.ts';
import type { Now } from '../../core/runtime.ts';
import { toLongId } from '../../core/salesforce-id.ts';
import type { JobDefinition, Queue } from '../../queue/queue.ts';
import { soql, type SalesforceRecords, type Soql } from '../../salesforce/records.ts';
import { bookingsInRetry, enqueueReconcile } from './reconcile-job.ts';

export interface FindBookingsDeps {
  records: Pick<SalesforceRecords, 'query'>;
  queue: Pick<Queue, 'enqueueMany' | 'waitingKeys'>;
  now: Now;
}

/** The net is cast every other minute: what was saved before has had its look, and is left to its repetition. */
const JUST_SAVED_MS = 5 * 60_000;

/**
 * The net under every other trigger: enqueues the bookings that Salesforce says are not in step, oldest first. Those
 * whose repetition waits already are left to it, unless somebody has just saved them anew.
 * @param options.alsoUnfinished also those whose last pass did not succeed or met a conflict, and those that wait for a
 *   trainer who is connected by now: at start and nightly, so that a lost database or a lost job loses nothing
 * @param options.alsoInRetry also those whose repetition waits: what they waited for is over
 * @returns how many were enqueued
 */
export async function findLostTriggers(
  deps: FindBookingsDeps,
  options: { alsoUnfinished?: boolean; alsoInRetry?: boolean } = {},
): Promise<number> {
  const behind = soql`Sync_Key__c IN ('P', 'M')`;
  const unfinished = soql`${behind} OR Sync_Status__c IN ('Pending', 'Failed')
    OR (Sync_Status__c = 'Conflict' AND End__c > ${deps.now()})
    OR ((Meeting_Link_Status__c = 'Pending Trainer Setup' OR Lark_Calendar_Event_ID__c = null)
      AND Status__c = 'Confirmed' AND End__c > ${deps.now()} AND Trainer__r.Lark_Connected__c = true)`;
  const found = await rowsWhere(deps, options.alsoUnfinished === true ? unfinished : behind);
  const ids = options.alsoInRetry === true ? [] : found.map(({ id }) => id);
  const inRetry = await bookingsInRetry(deps.queue, ids);
  const savedSince = new Date(deps.now().getTime() - JUST_SAVED_MS);
  const lost = found.filter(({ id, isSaved, modified }) => !inRetry.has(id) || (isSaved && modified >= savedSince));
  return enqueue(
    deps,
    lost.map(({ id }) => id),
    'lost-trigger',
  );
}

/**
 * A trainer has connected: the bookings that waited for it get their meeting and event, and those that were cancelled or
 * moved to somebody else lose what only this trainer can remove. @returns how many
 */
export async function retryPendingFor(deps: FindBookingsDeps, trainerId: string): Promise<number> {
  const waiting = soql`(Meeting_Link_Status__c IN ('Pending Trainer Setup', 'Not Needed')
    OR Lark_Calendar_Event_ID__c = null OR Sync_Status__c IN ('Pending', 'Failed'))`;
  const where = soql`Trainer__c = ${trainerId} AND Status__c = 'Confirmed' AND End__c > ${deps.now()} AND ${waiting}`;
  const ids = [...(await bookingsWhere(deps, where)), ...(await bookingsToClear(deps, trainerId))];
  return enqueue(deps, [...new Set(ids)], 'trainer-connected');
}

const freedTime = z.strictObject({ trainerId: z.string() });

/** Enqueued where time of a trainer became free, with that. */
export const wakeConflictsJob: JobDefinition<z.output<typeof freedTime>> = {
  name: 'wake-conflicts',
  schema: freedTime,
  retry: { limit: 10, delaySeconds: 5, maxDelaySeconds: 600 },
  expireInSeconds: 60,
  concurrency: 2,
};

/** Time of a trainer became free: their bookings in conflict are looked at again. @returns how many */
export async function wakeConflicts(deps: FindBookingsDeps, trainerId: string): Promise<number> {
  const where = soql`Trainer__c = ${trainerId} AND Sync_Status__c = 'Conflict' AND End__c > ${deps.now()}`;
  return enqueue(deps, await bookingsWhere(deps, where), 'slot-released');
}

/** Future bookings with something in the trainer's account that should not be there any more. */
async function bookingsToClear(deps: FindBookingsDeps, trainerId: string): Promise<string[]> {
  const rows = await deps.records.query(
    soql`SELECT Booking__c FROM Booking_Calendar_Event__c
      WHERE Connection_ID__c = ${connectionIdOf('lark', trainerId)} AND Status__c IN ('Active', 'Pending')
      AND Booking__r.End__c > ${deps.now()}
      AND (Booking__r.Status__c != 'Confirmed' OR Booking__r.Trainer__c != ${trainerId}
        OR Booking__r.Sync_Status__c = 'Conflict')`,
  );
  return rows.map(({ Booking__c }) => longId(Booking__c));
}

async function bookingsWhere(deps: FindBookingsDeps, where: Soql): Promise<string[]> {
  return (await rowsWhere(deps, where)).map(({ id }) => id);
}

async function rowsWhere(deps: FindBookingsDeps, where: Soql) {
  const rows = await deps.records.query(
    soql`SELECT Id, Sync_Key__c, LastModifiedDate FROM Training_Booking__c WHERE ${where} ORDER BY LastModifiedDate ASC`,
  );
  return rows.map(({ Id, Sync_Key__c, LastModifiedDate }) => ({
    id: longId(Id),
    /** By a person, and no pass has shown that revision yet. */
    isSaved: Sync_Key__c === 'P',
    modified: new Date(String(LastModifiedDate)),
  }));
}

async function enqueue(deps: FindBookingsDeps, ids: readonly string[], actor: string): Promise<number> {
  await enqueueReconcile(deps.queue, ids, { actor, requestId: randomUUID() });
  return ids.length;
}

/** Jobs of a booking meet by its id, so it has one form only. */
function longId(id: unknown): string {
  return toLongId(String(id)) ?? String(id);
}
