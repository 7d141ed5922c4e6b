import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import type { Interval } from '../../core/interval.ts';
import { dayAfter, plusDays, startOfDay } from '../../core/zoned-time.ts';

const isoDate = /^\d{4}-\d{2}-\d{2}$/;
/** Salesforce knows no time outside of this, and nobody books there. */
const isInReach = (value: string) => value.startsWith('2') && !value.startsWith('2999');
const outOfReach = 'must lie between the years 2000 and 2998';
const date = z.iso.date('must be a date, YYYY-MM-DD').refine(isInReach, outOfReach);
/** A day, or an instant. In a query string the plus of an offset often arrives as a blank. */
const moment = z
  .string('must be given once')
  .transform((value) => value.replace(/ (?=\d{2}:\d{2}$)/, '+'))
  .pipe(
    z.union(
      [z.iso.date(), z.iso.datetime({ offset: true })],
      'must be a date (YYYY-MM-DD) or an instant with its offset',
    ),
  )
  .refine(isInReach, outOfReach);
const MOST_TRAINERS = 50;
const MOST_DAYS = 31;
const id = z.string().trim();
/** Once, or several times: the answer has another shape then. */
const trainerId = z.union([id, z.array(id)], 'must be text').superRefine((given, context) => {
  const ids = [given].flat();
  const refuse = (message: string) => context.addIssue({ code: 'custom', message });
  if (ids.length > MOST_TRAINERS) refuse(`must be at most ${MOST_TRAINERS} trainers`);
  if (ids.includes('')) refuse('must not be empty');
  if (ids.some(({ length }) => length > 18)) refuse('must have at most 18 characters');
});

/** Query of `GET /api/lark/availability`. */
export const availabilityQuery = z
  .strictObject({
    trainerName: z.string('must be given once').trim().min(1, 'must not be empty').max(80).optional(),
    trainerId: trainerId.optional(),
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

/** The span that is asked for; days are whole days in `zone`, the last one included. Throws `invalid_input`. */
export function spanOf(query: AvailabilityQuery, zone: string): Interval {
  const from = query.date ?? query.from ?? '';
  const to = query.date ?? query.to ?? '';
  const start = isoDate.test(from) ? startOfDay(from, zone) : new Date(from);
  const end = isoDate.test(to) ? startOfDay(dayAfter(to), zone) : new Date(to);
  if (end <= start) throw invalid('to', 'must be after from');
  // Days of the calendar: a clock change must not make a month too long.
  if (end > plusDays(start, MOST_DAYS, zone)) throw invalid('to', `must be at most ${MOST_DAYS} days after from`);
  return { start, end };
}

function invalid(field: string, problem: string): AppError {
  return new AppError('invalid_input', `Please check the request. ${field}: ${problem}.`, {
    details: { fields: [{ field, problem }] },
  });
}
