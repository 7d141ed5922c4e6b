import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import type { Interval } from '../../core/interval.ts';
import type { TrainerReference } from '../../core/trainer.ts';
import { assertTimeZone, startOfDay } from '../../core/zoned-time.ts';

const isoDate = /^\d{4}-\d{2}-\d{2}$/;
const date = z.iso.date('must be a date, YYYY-MM-DD');
/** A day, or an instant. In a query string the plus of an offset often arrives as a blank. */
const moment = z
  .string('must be given once')
  .transform((value) => value.replace(/ (?=\d{2}:\d{2}$)/, '+'))
  .pipe(z.union([date, z.iso.datetime({ offset: true })], 'must be a date (YYYY-MM-DD) or an instant with its offset'));
const id = z.string().trim().min(1, 'must not be empty').max(18, 'must have at most 18 characters');

/** Query of `GET /api/lark/availability`. */
export const availabilityQuery = z
  .strictObject({
    trainerName: z.string('must be given once').trim().min(1).max(80).optional(),
    trainerId: z
      .union([id, z.array(id)])
      .transform((ids) => (Array.isArray(ids) ? ids : [ids]))
      .pipe(z.array(id).max(20, 'must be at most 20 trainers'))
      .optional(),
    email: z.string('must be given once').trim().max(80).pipe(z.email('must be an e-mail address')).optional(),
    date: date.optional(),
    from: moment.optional(),
    to: moment.optional(),
  })
  .superRefine((query, context) => {
    if ([query.trainerName, query.trainerId, query.email].filter((value) => value !== undefined).length !== 1) {
      const message = 'say who the trainer is with exactly one of trainerId, email and trainerName';
      context.addIssue({ code: 'custom', path: ['trainerId'], message });
    }
    const isDay = query.date !== undefined && query.from === undefined && query.to === undefined;
    const isSpan = query.date === undefined && query.from !== undefined && query.to !== undefined;
    if (!isDay && !isSpan) {
      context.addIssue({ code: 'custom', path: ['date'], message: 'give either date, or from and to' });
    }
  });
export type AvailabilityQuery = z.output<typeof availabilityQuery>;

/** The trainers that are asked for; without repetition. */
export function trainerReferencesOf(query: AvailabilityQuery): TrainerReference[] {
  if (query.trainerId) return [...new Set(query.trainerId)].map((trainerId) => ({ trainerId }));
  return [query.email === undefined ? { name: query.trainerName ?? '' } : { email: query.email }];
}

/** Lark tells free and busy for at most this long. */
const LONGEST_MS = 90 * 24 * 3_600_000;

/** The span that is asked for; days are whole days in `zone`. Throws `invalid_input`. */
export function spanOf(query: AvailabilityQuery, zone: string): Interval {
  assertTimeZone(zone);
  const from = query.date ?? query.from ?? '';
  const to = query.date ?? query.to ?? '';
  const start = isoDate.test(from) ? startOfDay(from, zone) : new Date(from);
  const end = isoDate.test(to) ? startOfDay(dayAfter(to), zone) : new Date(to);
  if (end <= start) throw invalid('to', 'must be after from');
  if (end.getTime() - start.getTime() > LONGEST_MS) {
    throw invalid('to', 'must be at most 90 days after from');
  }
  return { start, end };
}

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 24 * 3_600_000).toISOString().slice(0, 10);
}

function invalid(field: string, problem: string): AppError {
  return new AppError('invalid_input', `Please check the request. ${field}: ${problem}.`, {
    details: { fields: [{ field, problem }] },
  });
}
