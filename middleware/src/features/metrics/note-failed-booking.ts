import { providerOf, type ConnectionId, type ProviderId } from '../../core/connection.ts';
import type { Now } from '../../core/runtime.ts';
import type { Database } from '../../storage/database.ts';
import { dayOf } from './utc-day.ts';

/** Remembers that a booking failed for good today, once a day and provider however often it is tried. */
export async function noteFailedBooking(
  { db, now, meetingProvider }: { db: Database; now: Now; meetingProvider: ProviderId },
  booking: { id: string; syncStatus: string | undefined },
): Promise<void> {
  if (booking.syncStatus !== 'Failed') return;
  const failed = await db
    .selectFrom('effect')
    .select('connection_id')
    .distinct()
    .where('booking_id', '=', booking.id)
    .where('state', 'in', ['failed', 'uncertain'])
    .execute();
  const providers = new Set(failed.map((effect) => providerOf(effect.connection_id as ConnectionId)));
  // What failed before anything was tried concerns the meeting.
  if (providers.size === 0) providers.add(meetingProvider);
  await db
    .insertInto('metric_failed_booking')
    .values([...providers].map((provider) => ({ day: dayOf(now()), provider, booking_id: booking.id })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
