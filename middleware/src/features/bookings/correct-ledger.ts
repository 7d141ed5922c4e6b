import type { Log, Now } from '../../core/runtime.ts';
import type { Queue } from '../../queue/queue.ts';
import type { SalesforceRecords } from '../../salesforce/records.ts';
import type { Database, Transaction } from '../../storage/database.ts';
import { withBookingLease } from './booking-lease.ts';
import type { Effect } from './effect.ts';
import { readEffects, saveEffect } from './ledger.ts';
import { askForNewMeeting } from './link-memory.ts';
import { readBooking } from './read-booking.ts';
import { reconcileJob } from './reconcile-job.ts';
import { addTimelineEntry, type TimelineEntry } from './timeline.ts';
import { writeTimeline } from './write-back.ts';

export interface CorrectLedgerDeps {
  records: Pick<SalesforceRecords, 'composite' | 'queryPath' | 'upsert'>;
  queue: Pick<Queue, 'enqueue'>;
  db: Database;
  now: Now;
  log: Log;
}

/**
 * What somebody saw at the provider that the ledger does not know.
 * - `gone`: it does not exist any more; the next pass makes another one.
 * - `changed`: it does not show what was written there; the next pass writes it again.
 * - `meeting-gone`: the meeting by which people join is not there any more; they get a new one.
 */
export interface Correction {
  /** The effect's provider key. */
  key: string;
  /** What it was known as when it was looked at. */
  externalId: string;
  as: 'gone' | 'changed' | 'meeting-gone';
  /** Of something that is gone: a link went with it. */
  withLink?: boolean;
}

/**
 * Writes what was seen into the ledger, with a line of the timeline, and enqueues the pass that sets it right; all of it
 * or nothing. Throws `request_in_progress` while a pass works on the booking, and `SalesforceError`.
 * @param input.also written in the same transaction
 * @returns false: the booking or its effects have changed since they were looked at, and nothing was written
 */
export async function correctLedger(
  deps: CorrectLedgerDeps,
  input: {
    bookingId: string;
    revision: number;
    corrections: readonly Correction[];
    entry: TimelineEntry;
    actor: string;
    requestId: string;
    also?: (trx: Transaction) => Promise<void>;
  },
): Promise<boolean> {
  const { bookingId, revision, corrections, actor, requestId } = input;
  const context = { bookingId, revision, actor, requestId };
  return withBookingLease(deps, bookingId, async () => {
    const snapshot = await readBooking(deps, bookingId);
    if (snapshot?.booking.revision !== revision) return false;
    const effects = await readEffects(deps.db, bookingId);
    const corrected = corrections.map((correction) => ({ correction, effect: findEffect(effects, correction) }));
    if (corrected.some(({ effect }) => effect === undefined)) return false;
    await deps.db.transaction().execute(async (trx) => {
      for (const { correction, effect } of corrected) {
        if (effect) await saveEffect(trx, afterwards(effect, correction), deps.now());
      }
      if (corrections.some(losesLink)) {
        await askForNewMeeting({ db: trx, now: deps.now }, context, snapshot.booking, effects);
      }
      await addTimelineEntry({ db: trx, now: deps.now }, context, input.entry);
      if (corrections.length > 0) {
        await deps.queue.enqueue(reconcileJob, { bookingId, actor, requestId }, { key: bookingId, trx });
      }
      await input.also?.(trx);
    });
    await writeTimeline(deps, bookingId).catch((error: unknown) => {
      deps.log.warn({ err: error, bookingId }, 'a line of the timeline is not in Salesforce yet');
    });
    return true;
  });
}

function findEffect(effects: readonly Effect[], { key, externalId }: Correction): Effect | undefined {
  return effects.find(
    (effect) => effect.providerKey === key && effect.state === 'done' && effect.externalId === externalId,
  );
}

function afterwards(effect: Effect, { as }: Correction): Effect {
  if (as === 'gone') return { ...effect, state: 'removed', error: undefined };
  return { ...effect, contentHash: undefined };
}

function losesLink({ as, withLink }: Correction): boolean {
  return as === 'meeting-gone' || (as === 'gone' && withLink === true);
}
