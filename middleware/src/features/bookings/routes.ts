import { Router, type Request, type Response } from 'express';
import { AppError } from '../../core/errors.ts';
import type { RequireScope } from '../../http/authenticate.ts';
import { callerOf } from '../../http/caller.ts';
import { parse, parseBody } from '../../http/validate.ts';
import type { Queue } from '../../queue/queue.ts';
import { bookTraining, type BookTrainingDeps } from './book-training.ts';
import { bookingQuery, bookTrainingBody, idempotencyKey, type BookTrainingBody } from './booking-request.ts';
import { cancelBooking } from './cancel-booking.ts';
import { changeBooking } from './change-booking.ts';
import { changeMeetingLink } from './change-meeting-link.ts';
import { changeBookingBody, meetingLinkBody } from './change-request.ts';
import { recallEffects } from './ledger.ts';
import { presentBooking } from './present-booking.ts';
import { requireBooking } from './read-booking.ts';
import { syncBookings, syncBookingsBody } from './sync-bookings.ts';

export interface BookingsRouterDeps extends BookTrainingDeps {
  queue: Pick<Queue, 'enqueue' | 'enqueueMany'>;
  requireScope: RequireScope;
}

/** Bookings: make, read, change, cancel, their meeting links, and passes that Salesforce asks for. */
export function bookingsRouter(deps: BookingsRouterDeps): Router {
  const router = Router();

  router.post('/api/lark/book-training', deps.requireScope('salesforce', 'portal'), async (request, response) => {
    const body = parseBody(bookTrainingBody, request);
    const key = idempotencyKeyOf(request, body);
    const { isNew, booking } = await bookTraining(deps, { body, idempotencyKey: key, ...causeOf(response) });
    response.status(isNew ? 201 : 200).json(booking);
  });

  router.post('/api/bookings/sync', deps.requireScope('salesforce'), async (request, response) => {
    const { bookingIds } = parseBody(syncBookingsBody, request);
    response.status(202).json(await syncBookings(deps, { bookingIds, ...causeOf(response) }));
  });

  router.get('/api/bookings/:id', deps.requireScope('salesforce', 'portal'), async (request, response) => {
    const { bookingId, merchantId } = bookingOf(request);
    const snapshot = await requireBooking(deps, bookingId, merchantId);
    response.json(presentBooking(snapshot.booking, await recallEffects(deps.db, snapshot, deps.now())));
  });

  router.patch('/api/bookings/:id', deps.requireScope('salesforce', 'portal'), async (request, response) => {
    const body = parseBody(changeBookingBody, request);
    response.json(await changeBooking(deps, { body, ...bookingOf(request), ...causeOf(response) }));
  });

  router.delete('/api/bookings/:id', deps.requireScope('salesforce', 'portal'), async (request, response) => {
    response.json(await cancelBooking(deps, { ...bookingOf(request), ...causeOf(response) }));
  });

  router.post('/api/bookings/:id/meeting-link', deps.requireScope('salesforce'), async (request, response) => {
    const body = parseBody(meetingLinkBody, request);
    response.json(await changeMeetingLink(deps, { body, bookingId: String(request.params.id), ...causeOf(response) }));
  });

  return router;
}

/** Which booking, and of which merchant it must be. */
function bookingOf(request: Request): { bookingId: string; merchantId: string | undefined } {
  const { merchantId } = parse(bookingQuery, request.query);
  return { bookingId: String(request.params['id']), merchantId };
}

function causeOf(response: Response): { callerName: string; actor: string; requestId: string } {
  const { name, actor, requestId } = callerOf(response);
  return { callerName: name, actor: actor ?? name, requestId };
}

/** From the body or the header; two that differ are one too many. */
function idempotencyKeyOf(request: Request, body: BookTrainingBody): string | undefined {
  const header = request.get('Idempotency-Key');
  const fromHeader = header === undefined ? undefined : parse(idempotencyKey, header);
  if (fromHeader !== undefined && body.idempotencyKey !== undefined && fromHeader !== body.idempotencyKey) {
    const problem = 'differs from the header Idempotency-Key';
    throw new AppError('invalid_input', `Please check the request. idempotencyKey: ${problem}.`, {
      details: { fields: [{ field: 'idempotencyKey', problem }] },
    });
  }
  return body.idempotencyKey ?? fromHeader;
}
