import { Router, type Request, type Response } from 'express';
import { AppError } from '../../core/errors.ts';
import type { RequireScope } from '../../http/authenticate.ts';
import { callerOf } from '../../http/caller.ts';
import { parse } from '../../http/validate.ts';
import type { Queue } from '../../queue/queue.ts';
import { bookTraining, type BookTrainingDeps } from './book-training.ts';
import { bookTrainingBody, idempotencyKey, type BookTrainingBody } from './booking-request.ts';
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
    const body = parse(bookTrainingBody, request.body);
    const key = idempotencyKeyOf(request, body);
    const { isNew, booking } = await bookTraining(deps, { body, idempotencyKey: key, ...causeOf(response) });
    response.status(isNew ? 201 : 200).json(booking);
  });

  router.post('/api/bookings/sync', deps.requireScope('salesforce'), async (request, response) => {
    const { bookingIds } = parse(syncBookingsBody, request.body);
    response.status(202).json(await syncBookings(deps, { bookingIds, ...causeOf(response) }));
  });

  router.get('/api/bookings/:id', deps.requireScope('salesforce', 'portal'), async (request, response) => {
    const snapshot = await requireBooking(deps, String(request.params.id));
    response.json(presentBooking(snapshot.booking, await recallEffects(deps.db, snapshot, deps.now())));
  });

  router.patch('/api/bookings/:id', deps.requireScope('salesforce', 'portal'), async (request, response) => {
    const body = parse(changeBookingBody, request.body);
    response.json(await changeBooking(deps, { body, bookingId: String(request.params.id), ...causeOf(response) }));
  });

  router.delete('/api/bookings/:id', deps.requireScope('salesforce', 'portal'), async (request, response) => {
    response.json(await cancelBooking(deps, { bookingId: String(request.params.id), ...causeOf(response) }));
  });

  router.post('/api/bookings/:id/meeting-link', deps.requireScope('salesforce'), async (request, response) => {
    const body = parse(meetingLinkBody, request.body);
    response.json(await changeMeetingLink(deps, { body, bookingId: String(request.params.id), ...causeOf(response) }));
  });

  return router;
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
