import { createHash } from 'node:crypto';
import type { Booking } from '../../core/booking.ts';
import { describeInterval } from '../../core/zoned-time.ts';

/** What a mail tells a merchant of a booking; kept as JSON to know later what has changed. */
export interface Told {
  isCancelled: boolean;
  contactEmail: string;
  trainerId: string;
  trainer: string;
  /** ISO 8601, UTC. */
  start: string;
  end: string;
  timeZone: string;
  serviceType: string;
  address: string | null;
  link: string | null;
  linkText: string;
}

export function toldOf(booking: Booking, trainer: { name: string }): Told {
  return {
    isCancelled: booking.status === 'Cancelled',
    contactEmail: booking.contactEmail ?? '',
    trainerId: booking.trainerId,
    trainer: trainer.name,
    start: booking.start.toISOString(),
    end: booking.end.toISOString(),
    timeZone: booking.timeZone,
    serviceType: booking.serviceType,
    address: booking.serviceType === 'Onsite' ? (booking.storeAddress ?? null) : null,
    link: booking.meetingLink ?? null,
    linkText: linkTextOf(booking),
  };
}

function linkTextOf(booking: Booking): string {
  if (booking.meetingLink !== undefined) return booking.meetingLink;
  switch (booking.meetingLinkStatus) {
    case 'Not Needed':
      return '';
    case 'Pending Trainer Setup':
      return 'Meeting link pending trainer setup. You will get another mail when it is ready.';
    case 'Failed':
      return 'The meeting link could not be made yet. Our team looks after it and you will get another mail.';
    default:
      return 'The meeting link is being made. You will get another mail when it is ready.';
  }
}

/** As much of what was told as the timeline keeps: enough to see that something else is so now, not what it was. */
export interface Trace {
  isCancelled: boolean;
  contactMark: string;
  contentMark: string;
}

/** What `changesBetween` tells of, and whom it is told. */
export function traceOf(told: Told): Trace {
  const { start, end, timeZone, trainerId, serviceType, address, link } = told;
  return {
    isCancelled: told.isCancelled,
    contactMark: markOf(told.contactEmail),
    contentMark: markOf(JSON.stringify([start, end, timeZone, trainerId, serviceType, address, link])),
  };
}

function markOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}

export type Occasion = 'booked' | 'changed' | 'cancelled';

/**
 * What a merchant who was told `before` has to be told now; undefined: nothing. Somebody new at the merchant's is told
 * everything; a training that was cancelled and is on again is booked anew.
 */
export function occasionOf(before: Trace | undefined, now: Trace): Occasion | undefined {
  if (now.isCancelled) return before === undefined || before.isCancelled ? undefined : 'cancelled';
  if (before === undefined || before.isCancelled || before.contactMark !== now.contactMark) return 'booked';
  return before.contentMark === now.contentMark ? undefined : 'changed';
}

/** In sentences, old and new. */
export function changesBetween(before: Told, now: Told): string[] {
  const changes: string[] = [];
  if (before.start !== now.start || before.end !== now.end || before.timeZone !== now.timeZone) {
    changes.push(`Time: ${timeOf(before)} → ${timeOf(now)}`);
  }
  if (before.trainerId !== now.trainerId) changes.push(`Trainer: ${before.trainer} → ${now.trainer}`);
  if (before.serviceType !== now.serviceType)
    changes.push(`Kind: ${before.serviceType.toLowerCase()} → ${now.serviceType.toLowerCase()}`);
  if (before.address !== now.address) changes.push(`Address: ${before.address ?? 'none'} → ${now.address ?? 'none'}`);
  if (before.link !== now.link) {
    changes.push(
      before.link === null
        ? 'The meeting link is ready.'
        : now.link === null
          ? 'The meeting link you have does not work any more.'
          : 'The meeting link is a new one; the old one does not work any more.',
    );
  }
  return changes;
}

export function timeOf(told: Pick<Told, 'start' | 'end' | 'timeZone'>): string {
  return describeInterval({ start: new Date(told.start), end: new Date(told.end) }, told.timeZone);
}
