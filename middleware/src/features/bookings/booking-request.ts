import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { BookingType, ServiceType } from '../../core/booking.ts';
import { AppError } from '../../core/errors.ts';
import type { TrainerReference } from '../../core/trainer.ts';
import { toInstant } from '../../core/zoned-time.ts';

/** Lengths are those of the Salesforce fields. */
export const required = (max: number) =>
  z.string('must be text').trim().min(1, 'must not be empty').max(max, `must have at most ${max} characters`);
const optional = (max: number) =>
  z
    .string('must be text')
    .trim()
    .max(max, `must have at most ${max} characters`)
    .transform((value) => (value === '' ? undefined : value))
    .optional();

export const date = z.iso.date('must be a date, YYYY-MM-DD');
export const time = z.string('must be a time, HH:mm').regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time, HH:mm');
export const email = z.string('must be text').trim().max(80).pipe(z.email('must be an e-mail address'));

const bookingTypeNames: Record<string, BookingType> = {
  training: 'Training',
  installation: 'Installation',
  golive: 'Go Live',
};
const bookingType = z.string('must be training, installation or go live').transform((value, context): BookingType => {
  const known = bookingTypeNames[value.toLowerCase().replaceAll(/[\s_-]/g, '')];
  if (known) return known;
  context.addIssue({ code: 'custom', message: 'must be training, installation or go live' });
  return z.NEVER;
});
export const serviceType = z
  .string('must be remote or onsite')
  .transform((value) => value.trim().toLowerCase())
  .pipe(z.enum(['remote', 'onsite'], 'must be remote or onsite'))
  .transform((value): ServiceType => (value === 'remote' ? 'Remote' : 'Onsite'));

/** A key that a caller chose for its request, in the body or in the header `Idempotency-Key`. */
export const idempotencyKey = required(255);

const merchantId = required(80);

/** Query of the routes of one booking. What is misspelt must not pass for a merchant that was not named. */
export const bookingQuery = z.strictObject({ merchantId: merchantId.optional() });

/** Body of `POST /api/lark/book-training`. */
export const bookTrainingBody = z
  .strictObject({
    merchantId,
    merchantName: required(255),
    trainerName: required(80).optional(),
    trainerId: required(18).optional(),
    trainerEmail: email.optional(),
    date,
    startTime: time,
    endTime: time,
    timeZone: required(64).optional(),
    bookingType,
    serviceType: serviceType.optional(),
    storeAddress: optional(255),
    contactName: optional(120),
    contactEmail: email.optional(),
    notes: optional(4000),
    idempotencyKey: idempotencyKey.optional(),
  })
  .superRefine((body, context) => {
    const named = [body.trainerName, body.trainerId, body.trainerEmail].filter((value) => value !== undefined);
    if (named.length === 1) return;
    context.addIssue({
      code: 'custom',
      path: ['trainerId'],
      message: 'say who the trainer is with exactly one of trainerId, trainerEmail and trainerName',
    });
  });
export type BookTrainingBody = z.output<typeof bookTrainingBody>;

/** Which trainer the body means. */
export function trainerReferenceOf(body: BookTrainingBody): TrainerReference {
  if (body.trainerId !== undefined) return { trainerId: body.trainerId };
  if (body.trainerEmail !== undefined) return { email: body.trainerEmail };
  return { name: body.trainerName ?? '' };
}

/** Onsite is meant when an address is given and nothing else is said. */
export function serviceTypeOf(body: BookTrainingBody): ServiceType {
  return body.serviceType ?? (body.storeAddress === undefined ? 'Remote' : 'Onsite');
}

export interface RequestedTime {
  start: Date;
  end: Date;
  timeZone: string;
  /** For people: what was read differently than they may think. */
  notes: string[];
}

/**
 * The instants that a request means, read in its own zone or else in the trainer's.
 * Throws `unknown_time_zone`, `skipped_local_time`, `end_before_start`, `start_in_past`.
 */
export function timeOf(
  body: Pick<BookTrainingBody, 'date' | 'startTime' | 'endTime' | 'timeZone'>,
  trainerZone: string,
  now: Date,
): RequestedTime {
  const timeZone = body.timeZone ?? trainerZone;
  const start = toInstant({ date: body.date, time: body.startTime, zone: timeZone });
  const end = toInstant({ date: body.date, time: body.endTime, zone: timeZone });
  if (end.instant <= start.instant) {
    throw new AppError(
      'end_before_start',
      `The training ends at ${body.endTime}, which is not after ${body.startTime}.`,
    );
  }
  if (start.instant <= now) {
    throw new AppError('start_in_past', `${body.date} ${body.startTime} (${timeZone}) has passed already.`);
  }
  const notes = [
    ...(start.ambiguous ? [twice(body.date, body.startTime, timeZone)] : []),
    ...(end.ambiguous ? [twice(body.date, body.endTime, timeZone)] : []),
  ];
  return { start: start.instant, end: end.instant, timeZone, notes };
}

export function twice(day: string, wallTime: string, zone: string): string {
  return `On ${day} the clocks in ${zone} are put back and show ${wallTime} twice: the first time is meant.`;
}

/** Fingerprint of what is asked for, to know a key that is used again for something else. */
export function requestHashOf(body: BookTrainingBody): string {
  const asked = Object.entries(body)
    .filter(([name, value]) => name !== 'idempotencyKey' && value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(asked)).digest('hex');
}

/** `Idempotency_Key__c`: SHA-256 of caller and key, so that callers cannot meet each other's bookings. */
export function keyHashOf(callerName: string, key: string): string {
  return createHash('sha256')
    .update(JSON.stringify([callerName, key]))
    .digest('hex');
}
