import { z } from 'zod';
import type { Booking } from '../../core/booking.ts';
import { AppError } from '../../core/errors.ts';
import { dateIn, timeIn, toInstant } from '../../core/zoned-time.ts';
import { date, email, required, serviceType, time, twice, type RequestedTime } from './booking-request.ts';

/** Text that may be taken away: `null` and the empty text do so. */
const clearable = (max: number) =>
  z
    .string('must be text')
    .trim()
    .max(max, `must have at most ${max} characters`)
    .nullable()
    .transform((value) => value || null)
    .optional();

/** Body of `PATCH /api/bookings/{id}`: what is absent stays as it is. */
export const changeBookingBody = z.strictObject({
  date: date.optional(),
  startTime: time.optional(),
  endTime: time.optional(),
  timeZone: required(64).optional(),
  trainerId: required(18).optional(),
  serviceType: serviceType.optional(),
  storeAddress: clearable(255),
  contactName: clearable(120),
  contactEmail: z.union([z.literal('').transform(() => null), z.null(), email]).optional(),
  notes: clearable(4000),
});
export type ChangeBookingBody = z.output<typeof changeBookingBody>;

const link = z
  .string('must be a link')
  .trim()
  .max(255, 'must have at most 255 characters')
  .pipe(z.url({ protocol: /^https$/, error: 'must be a link that begins with https://' }));

/** Body of `POST /api/bookings/{id}/meeting-link`. */
export const meetingLinkBody = z.discriminatedUnion(
  'mode',
  [z.strictObject({ mode: z.literal('regenerate') }), z.strictObject({ mode: z.literal('manual'), link })],
  'must be regenerate or manual',
);
export type MeetingLinkBody = z.output<typeof meetingLinkBody>;

/**
 * When the training is after a change. What is absent stays as the clock in the training's zone shows it now; when only
 * the start moves, the training keeps its length. A zone alone changes how the time is shown, not when it is.
 * Throws `unknown_time_zone`, `skipped_local_time`, `end_before_start`, `start_in_past`.
 */
export function timeAfter(
  body: Pick<ChangeBookingBody, 'date' | 'startTime' | 'endTime' | 'timeZone'>,
  booking: Pick<Booking, 'start' | 'end' | 'timeZone'>,
  now: Date,
): RequestedTime {
  const timeZone = body.timeZone ?? booking.timeZone;
  const start = startAfter(body, booking, timeZone);
  const end = endAfter(body, booking, start.instant, timeZone);
  if (end.instant <= start.instant) {
    throw new AppError('end_before_start', 'The training would not end after it begins. Please check both times.');
  }
  const isMoved =
    start.instant.getTime() !== booking.start.getTime() || end.instant.getTime() !== booking.end.getTime();
  const mustBeAhead = start.instant.getTime() === booking.start.getTime() ? end.instant : start.instant;
  if (isMoved && mustBeAhead <= now) {
    const text = `${dateIn(timeZone, mustBeAhead)} ${timeIn(timeZone, mustBeAhead)} (${timeZone})`;
    throw new AppError('start_in_past', `${text} has passed already.`);
  }
  return { start: start.instant, end: end.instant, timeZone, notes: [...start.notes, ...end.notes] };
}

interface Instant {
  instant: Date;
  notes: string[];
}

function startAfter(
  { date: day, startTime }: Pick<ChangeBookingBody, 'date' | 'startTime'>,
  booking: Pick<Booking, 'start'>,
  timeZone: string,
): Instant {
  const shown = { date: dateIn(timeZone, booking.start), time: timeIn(timeZone, booking.start) };
  const wanted = { date: day ?? shown.date, time: startTime ?? shown.time };
  // What the clock shows already stays the same moment, also where it shows it twice.
  if (wanted.date === shown.date && wanted.time === shown.time) return { instant: booking.start, notes: [] };
  return read(wanted, timeZone);
}

function endAfter(
  { endTime }: Pick<ChangeBookingBody, 'endTime'>,
  booking: Pick<Booking, 'start' | 'end'>,
  start: Date,
  timeZone: string,
): Instant {
  const isStartSame = start.getTime() === booking.start.getTime();
  const isSame = endTime === undefined || (isStartSame && endTime === timeIn(timeZone, booking.end));
  if (isSame) {
    return { instant: new Date(start.getTime() + booking.end.getTime() - booking.start.getTime()), notes: [] };
  }
  return read({ date: dateIn(timeZone, start), time: endTime }, timeZone);
}

function read(local: { date: string; time: string }, zone: string): Instant {
  const { instant, ambiguous } = toInstant({ ...local, zone });
  return { instant, notes: ambiguous ? [twice(local.date, local.time, zone)] : [] };
}
