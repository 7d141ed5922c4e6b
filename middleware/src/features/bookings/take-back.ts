import type { Queue } from '../../queue/queue.ts';
import type { Database } from '../../storage/database.ts';
import type { Now } from '../../core/runtime.ts';
import type { StoredBooking } from './booking-row.ts';
import { reconcileJob } from './reconcile-job.ts';
import { saveBooking, type SaveBookingDeps } from './save-booking.ts';
import { releaseTentativeHold } from './slot-hold.ts';
import { addTimelineEntry } from './timeline.ts';

export interface TakeBackDeps extends SaveBookingDeps {
  db: Database;
  queue: Pick<Queue, 'enqueue'>;
  now: Now;
}

/**
 * Cancels a booking that was made with data of its trainer that were out of date; nobody may delete bookings. It gives
 * up its key and its merchant, who never hear of it: what the request makes next is theirs. Throws `SalesforceError`.
 */
export async function takeBack(
  deps: TakeBackDeps,
  { actor, requestId }: { actor: string; requestId: string },
  { booking, holdId }: { booking: StoredBooking; holdId: string },
): Promise<void> {
  const { id: bookingId } = booking;
  const { revision } = await saveBooking(deps, bookingId, {
    Status__c: 'Cancelled',
    Idempotency_Key__c: null,
    Merchant_Reference__c: null,
  });
  await releaseTentativeHold(deps.db, holdId);
  await deps.db.transaction().execute(async (trx) => {
    const context = { bookingId, revision, actor, requestId };
    await addTimelineEntry({ db: trx, now: deps.now }, context, {
      step: 'Booking',
      outcome: 'cancelled',
      message:
        "The trainer's data changed while this was booked: it was taken back. If the training takes place, it has a booking of its own.",
    });
    // The pass saves the line, and removes what the search for lost triggers may have made already.
    await deps.queue.enqueue(reconcileJob, { bookingId, actor, requestId }, { key: bookingId, trx });
  });
}
