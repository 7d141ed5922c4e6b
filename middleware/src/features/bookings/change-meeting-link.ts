import { AppError } from '../../core/errors.ts';
import type { MeetingLinkBody } from './change-request.ts';
import { changeUnderLease, requireOpen, type Changed, type ChangeInput } from './change-under-lease.ts';
import { needsMeeting } from './desired-effects.ts';
import type { FinishBookingDeps } from './finish-booking.ts';
import { recallEffects } from './ledger.ts';
import { askForNewMeeting, followTypedLink, noteTypedLink } from './link-memory.ts';
import type { PresentedBooking } from './present-booking.ts';
import type { BookingSnapshot } from './read-booking.ts';
import { reconcileJob } from './reconcile-job.ts';
import { saveBooking } from './save-booking.ts';

/**
 * Gives a booking a new meeting, also in place of a link that was typed, or the link that a person typed. The old link
 * stays until the new one is there; the timeline shows both. A new meeting that was asked for is made once, whatever
 * crashes: asking again before it is there is the same wish.
 *
 * Throws `AppError`: booking_not_found, booking_cancelled, booking_completed, meeting_not_needed, request_in_progress;
 * and `SalesforceError`.
 */
export async function changeMeetingLink(
  deps: FinishBookingDeps,
  input: ChangeInput & { body: MeetingLinkBody },
): Promise<PresentedBooking> {
  const { body } = input;
  return changeUnderLease(deps, input, async (snapshot) => {
    requireOpen(snapshot.booking, deps.now());
    return body.mode === 'manual' ? typeLink(deps, input, snapshot, body.link) : regenerate(deps, input, snapshot);
  });
}

async function regenerate(deps: FinishBookingDeps, input: ChangeInput, snapshot: BookingSnapshot): Promise<Changed> {
  const { booking } = snapshot;
  if (!needsMeeting(booking, deps.settings())) {
    throw new AppError('meeting_not_needed', `${booking.name} takes place without an online meeting.`);
  }
  const effects = await recallEffects(deps.db, snapshot, deps.now());
  const { actor, requestId } = input;
  // If this process ends now, another one does it.
  await deps.db.transaction().execute(async (trx) => {
    const context = { bookingId: booking.id, revision: booking.revision, actor, requestId };
    await askForNewMeeting({ db: trx, now: deps.now }, context, booking, effects);
    await deps.queue.enqueue(reconcileJob, { bookingId: booking.id, actor, requestId }, { key: booking.id, trx });
  });
  return { isChanged: true, booking };
}

async function typeLink(
  deps: FinishBookingDeps,
  { actor, requestId }: ChangeInput,
  { booking }: BookingSnapshot,
  link: string,
): Promise<Changed> {
  if (booking.meetingLinkStatus === 'Manual' && booking.meetingLink === link) return { isChanged: false };
  const saved = await saveBooking(deps, booking.id, {
    Remote_Training_Meeting_Link__c: link,
    Meeting_Link_Status__c: 'Manual',
    Meeting_Link_Source__c: 'Manual',
    // The link of an own save raises no revision; a blank asks for a pass, also when this process ends now.
    Synced_Revision__c: null,
  });
  const context = { bookingId: booking.id, revision: booking.revision, actor, requestId };
  await noteTypedLink(deps, context, booking);
  // Told at once: the pass after this may not come so far, and the link may be another one by the next.
  await followTypedLink(deps, { ...context, revision: saved.revision }, saved);
  return { isChanged: true, booking: saved };
}
