import { Router, type RequestHandler } from 'express';
import type { Booking } from '../../core/booking.ts';
import { AppError } from '../../core/errors.ts';
import type { Now } from '../../core/runtime.ts';
import type { FindTrainer } from '../../core/trainer.ts';
import { calendarFile, calendarMethod } from './calendar-file.ts';
import { bookingOfLink, isLinkOver, type CalendarLinkDeps } from './calendar-link.ts';

export interface CalendarRouterDeps extends Pick<CalendarLinkDeps, 'linkSecret'> {
  now: Now;
  readBooking: (bookingId: string) => Promise<Booking | undefined>;
  findTrainer: FindTrainer;
  /** The address that mails come from; absent: the trainer's. */
  organizerEmail: string | undefined;
  /** Limit of what anybody can open. */
  limitPages: RequestHandler;
}

/** Calendar files for merchants: the link itself is the permission, and the file always shows the booking as it stands. */
export function calendarRouter(deps: CalendarRouterDeps): Router {
  const router = Router();
  router.get('/calendar/:token.ics', deps.limitPages, async (request, response) => {
    const bookingId = bookingOfLink(deps, String(request.params.token));
    const booking = bookingId === undefined ? undefined : await deps.readBooking(bookingId);
    if (!booking || isLinkOver(booking, deps.now())) {
      throw new AppError('not_found', 'This calendar link has expired, or its training does not exist any more.');
    }
    const trainer = await deps.findTrainer({ trainerId: booking.trainerId });
    const organizerEmail = deps.organizerEmail ?? trainer.email;
    const file = calendarFile({ booking, trainer, organizerEmail, now: deps.now() });
    response
      .set('Cache-Control', 'private, no-store')
      .set('Content-Disposition', `attachment; filename="${booking.name.replaceAll(/[^\w-]/g, '')}.ics"`)
      .type(`text/calendar; charset=utf-8; method=${calendarMethod(booking)}`)
      .send(file);
  });
  return router;
}
