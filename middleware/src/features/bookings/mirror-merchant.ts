import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import type { Log, Now } from '../../core/runtime.ts';
import { isSameReference, toLongId } from '../../core/salesforce-id.ts';
import type { JobDefinition, Queue } from '../../queue/queue.ts';
import { SalesforceError, soql, type Row, type SalesforceRecords } from '../../salesforce/records.ts';
import type { Database } from '../../storage/database.ts';
import { releaseLease, takeLease } from '../../storage/lease.ts';
import { assertDeleted } from './assert-deleted.ts';
import { bookingFields, toBooking, type StoredBooking } from './booking-row.ts';
import type { MirrorSetting } from './mirror-settings.ts';
import { timelineRow } from './timeline.ts';

export interface MirrorDeps {
  records: Pick<SalesforceRecords, 'query' | 'queryAll' | 'update' | 'upsert'>;
  db: Database;
  now: Now;
  log: Log;
  mirrorSettings: () => Promise<readonly MirrorSetting[]>;
}

const data = z.strictObject({
  /** The customer's record of a merchant, 18 characters. */
  recordId: z.string(),
  /** Whose change may concern it. */
  bookingId: z.string(),
});
export type MirrorMerchant = z.output<typeof data>;

export const mirrorMerchantJob: JobDefinition<MirrorMerchant> = {
  name: 'mirror-merchant',
  schema: data,
  // Over an hour of trouble.
  retry: { limit: 13, delaySeconds: 2, maxDelaySeconds: 900 },
  expireInSeconds: 60,
  concurrency: 2,
};

/** If the process dies between saving a booking and telling so, this is how much later its merchant's record follows. */
const NET_SECONDS = 60;
const LEASE_MS = 120_000;
/** More trainings of one merchant are not looked through. */
const MOST_TRAININGS = 200;
/** A row that somebody else is writing. */
const LOCKED = 'UNABLE_TO_LOCK_ROW';

/**
 * Has the merchant's record follow a booking, if its merchant reference is the id of one; also a record that shows the
 * booking and is not its merchant's any more. Told before the results are saved and after: what is told before outlives
 * the process.
 */
export async function enqueueMirror(
  { db, queue }: { db: Database; queue: Pick<Queue, 'enqueue'> },
  booking: Pick<StoredBooking, 'id' | 'merchantReference'>,
  { isSaved }: { isSaved: boolean },
): Promise<void> {
  const named = booking.merchantReference === undefined ? undefined : toLongId(booking.merchantReference);
  const showing = await db
    .selectFrom('mirror_memory')
    .select('record_id')
    .where('booking_id', '=', booking.id)
    .execute();
  const recordIds = new Set(showing.map(({ record_id }) => record_id));
  if (named !== undefined) recordIds.add(named);
  for (const recordId of recordIds) {
    const options = isSaved ? { key: recordId } : { key: `net:${recordId}`, startAfterSeconds: NET_SECONDS };
    await queue.enqueue(mirrorMerchantJob, { recordId, bookingId: booking.id }, options);
  }
}

/**
 * Copies link and status of a merchant's next training, as Salesforce has it now, onto the customer's own record of that
 * merchant, where a setting names its object. A refusal is told on the training's timeline, once. Throws what may pass.
 */
export async function mirrorMerchant(deps: MirrorDeps, job: MirrorMerchant): Promise<void> {
  const settings = await deps.mirrorSettings();
  if (settings.length === 0) return;
  const lease = { name: `mirror-merchant:${job.recordId}`, owner: randomUUID() };
  if (!(await takeLease(deps, { ...lease, durationMs: LEASE_MS }))) {
    throw new AppError('request_in_progress', "This merchant's record is being written.", { retryable: true });
  }
  try {
    await mirrorUnderLease(deps, settings, job);
  } finally {
    await releaseLease(deps, lease);
  }
}

async function mirrorUnderLease(
  deps: MirrorDeps,
  settings: readonly MirrorSetting[],
  { recordId, bookingId }: MirrorMerchant,
): Promise<void> {
  const training = await shownTraining(deps, recordId);
  if (!training) await assertDeleted(deps.records, bookingId);
  const before = await deps.db
    .selectFrom('mirror_memory')
    .selectAll()
    .where('record_id', '=', recordId)
    .executeTakeFirst();
  const link = training?.meetingLink ?? null;
  const status = training?.meetingLinkStatus ?? null;
  const isWritten = before?.refusal === null && before.link === link && before.status === status;
  const refusal = isWritten ? undefined : await copy(deps, settings, { recordId, link, status });
  const isTold = before?.refusal === refusal && before?.booking_id === training?.id;
  if (refusal !== undefined && !isTold && training) await tellRefusal(deps, training, refusal);
  const row = {
    booking_id: training?.id ?? null,
    link,
    status,
    refusal: refusal ?? null,
    updated_at: deps.now(),
  };
  await deps.db
    .insertInto('mirror_memory')
    .values({ record_id: recordId, ...row })
    .onConflict((conflict) => conflict.column('record_id').doUpdateSet(row))
    .execute();
}

/**
 * A merchant with several trainings sees the next one, which a finished or cancelled one must not hide; when none is to
 * come, the last one as it stands.
 */
async function shownTraining(deps: MirrorDeps, recordId: string): Promise<StoredBooking | undefined> {
  const rows = await deps.records.query(
    soql`SELECT ${bookingFields} FROM Training_Booking__c
      WHERE Merchant_Reference__c IN (${recordId}, ${recordId.slice(0, 15)})
      ORDER BY Start__c DESC LIMIT ${MOST_TRAININGS}`,
  );
  // Queries do not tell upper from lower case, by which short ids differ.
  const trainings = rows
    .map(toBooking)
    .filter(({ merchantReference = '' }) => isSameReference(merchantReference, recordId));
  const now = deps.now();
  return (
    trainings.findLast(
      ({ status, meetingLinkStatus, end }) => status === 'Confirmed' && meetingLinkStatus !== 'Not Needed' && end > now,
    ) ?? trainings[0]
  );
}

/** @returns why it was not copied, in words. Throws what may pass: the same values again do no harm. */
async function copy(
  deps: MirrorDeps,
  settings: readonly MirrorSetting[],
  { recordId, link, status }: { recordId: string; link: string | null; status: string | null },
): Promise<string | undefined> {
  const refusals: string[] = [];
  let passing: Error | undefined;
  for (const { object, linkField, statusField } of settings) {
    const fields: Row = {
      ...(linkField === undefined ? {} : { [linkField]: link }),
      ...(statusField === undefined ? {} : { [statusField]: status }),
    };
    if (Object.keys(fields).length === 0) continue;
    try {
      const [result] = await deps.records.update(object, [{ Id: recordId, ...fields }]);
      if (result?.success === true) return undefined;
      const text = result?.errors.map(({ message }) => message).join(' ') ?? 'no answer';
      if (result?.errors.some(({ code }) => code === LOCKED) === true) passing = new Error(text);
      else refusals.push(text);
    } catch (error) {
      if (!(error instanceof SalesforceError)) throw error;
      if (error.retryable) passing = error;
      else refusals.push(error.message);
    }
  }
  if (passing) throw passing;
  if (refusals.length > 0) deps.log.warn({ recordId, refusals }, 'a merchant record was not updated');
  return refusals.length === 0 ? undefined : refusals.join(' ').slice(0, 500);
}

/** By itself: the lines that wait beside it belong to whoever works on the booking. */
async function tellRefusal(deps: MirrorDeps, { id, revision }: StoredBooking, refusal: string): Promise<void> {
  const context = { bookingId: id, revision, actor: 'mirror-merchant', requestId: randomUUID() };
  const message = `Link and status could not be copied onto the merchant's record: ${refusal}`;
  const row = timelineRow(context, { step: 'Mirror', outcome: 'failed', message }, deps.now());
  const [result] = await deps.records.upsert('Booking_Timeline__c', 'Key__c', [row]);
  if (result?.success !== true) {
    deps.log.error({ bookingId: id, errors: result?.errors }, 'a line of the timeline was refused');
  }
}
