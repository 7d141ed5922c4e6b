import { changeUnderLease, requireNotOver, type ChangeInput } from './change-under-lease.ts';
import type { FinishBookingDeps } from './finish-booking.ts';
import type { PresentedBooking } from './present-booking.ts';
import { saveBooking } from './save-booking.ts';
import { addTimelineEntry } from './timeline.ts';

/**
 * Cancels a booking: its slot is free, meeting and events go. Cancelling again answers the same.
 * Throws `AppError`: booking_not_found, booking_completed, request_in_progress; and `SalesforceError`.
 */
export async function cancelBooking(deps: FinishBookingDeps, input: ChangeInput): Promise<PresentedBooking> {
  return changeUnderLease(deps, input, async ({ booking }) => {
    if (booking.status === 'Cancelled') return { isChanged: false };
    requireNotOver(booking, deps.now());
    const saved = await saveBooking(deps, booking.id, { Status__c: 'Cancelled' });
    const context = { bookingId: saved.id, revision: saved.revision, actor: input.actor, requestId: input.requestId };
    await addTimelineEntry(deps, context, {
      step: 'Booking',
      outcome: 'cancelled',
      message: 'The training is cancelled.',
    });
    return { isChanged: true, booking: saved };
  });
}
