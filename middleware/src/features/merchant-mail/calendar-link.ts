import { createHmac, randomBytes } from 'node:crypto';
import type { Booking } from '../../core/booking.ts';
import type { Now } from '../../core/runtime.ts';
import type { Database } from '../../storage/database.ts';

export interface CalendarLinkDeps {
  db: Database;
  now: Now;
  publicUrl: string;
  /** Keys the hash under which a link is kept. */
  linkSecret: string;
}

/** A link works until a month after the training, and never shorter than a month. */
const KEPT_MS = 30 * 24 * 3_600_000;

/** Makes an address that nobody can guess, at which the booking's calendar file can be fetched. */
export async function createCalendarLink(
  deps: CalendarLinkDeps,
  booking: Pick<Booking, 'id' | 'end'>,
): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  const lastUse = Math.max(booking.end.getTime(), deps.now().getTime());
  await deps.db
    .insertInto('calendar_link')
    .values({ token_hash: hashOf(deps, token), booking_id: booking.id, expires_at: new Date(lastUse + KEPT_MS) })
    .execute();
  return `${deps.publicUrl}/calendar/${token}.ics`;
}

/** The booking that a link is for; undefined if there is no such link, or its time is over. */
export async function bookingOfLink(deps: CalendarLinkDeps, token: string): Promise<string | undefined> {
  const row = await deps.db
    .selectFrom('calendar_link')
    .select('booking_id')
    .where('token_hash', '=', hashOf(deps, token))
    .where('expires_at', '>', deps.now())
    .executeTakeFirst();
  return row?.booking_id;
}

/** Drops links whose time is over. */
export async function cleanUpMerchantMail({ db, now }: Pick<CalendarLinkDeps, 'db' | 'now'>): Promise<void> {
  await db.deleteFrom('calendar_link').where('expires_at', '<=', now()).execute();
}

function hashOf({ linkSecret }: CalendarLinkDeps, token: string): string {
  return createHmac('sha256', linkSecret).update(`calendar\n${token}`).digest('hex');
}
