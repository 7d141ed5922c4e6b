import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Booking } from '../../core/booking.ts';

export interface CalendarLinkDeps {
  publicUrl: string;
  /** Signs the links. */
  linkSecret: string;
}

/** A link works until a month after the training, wherever that was moved. */
const KEPT_MS = 30 * 24 * 3_600_000;

/** The address of a booking's calendar file: only we can make it, and nothing has to be remembered for it to work. */
export function calendarLinkOf(deps: CalendarLinkDeps, bookingId: string): string {
  return `${deps.publicUrl}/calendar/${bookingId}-${signatureOf(deps, bookingId)}.ics`;
}

/** The booking that a link is for; undefined: it is none of ours. */
export function bookingOfLink(deps: Pick<CalendarLinkDeps, 'linkSecret'>, token: string): string | undefined {
  const [, bookingId, signature] = /^([A-Za-z0-9]{18})-([A-Za-z0-9_-]{43})$/.exec(token) ?? [];
  if (bookingId === undefined || signature === undefined) return undefined;
  const isOurs = timingSafeEqual(Buffer.from(signature), Buffer.from(signatureOf(deps, bookingId)));
  return isOurs ? bookingId : undefined;
}

export function isLinkOver(booking: Pick<Booking, 'end'>, now: Date): boolean {
  return now.getTime() >= booking.end.getTime() + KEPT_MS;
}

/** The secret has other purposes as well: what is signed names this one. */
function signatureOf({ linkSecret }: Pick<CalendarLinkDeps, 'linkSecret'>, bookingId: string): string {
  return createHmac('sha256', linkSecret).update(`calendar-link\n${bookingId}`).digest('base64url');
}
