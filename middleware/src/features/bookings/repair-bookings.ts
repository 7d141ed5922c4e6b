import { findDeletedBookings, type FindDeletedBookingsDeps } from './find-deleted-bookings.ts';
import { findLostTriggers, type FindBookingsDeps } from './find-lost-triggers.ts';

/**
 * After Lark was out of service: every booking that waits, also one whose repetition is due much later, gets a pass now,
 * and so does what was deleted meanwhile. @returns how many were enqueued
 */
export async function repairBookings(deps: FindBookingsDeps & FindDeletedBookingsDeps): Promise<number> {
  const waiting = await findLostTriggers(deps, { alsoUnfinished: true, alsoInRetry: true });
  return waiting + (await findDeletedBookings(deps));
}
