import { Router } from 'express';
import type { Interval } from '../../core/interval.ts';
import type { RequireScope } from '../../http/authenticate.ts';
import { parse } from '../../http/validate.ts';
import { availabilityQuery, spanOf, trainerReferencesOf } from './availability-request.ts';
import { findAvailability, type Availability, type FindAvailabilityDeps } from './find-availability.ts';

export interface AvailabilityRouterDeps extends FindAvailabilityDeps {
  requireScope: RequireScope;
}

/** `GET /api/lark/availability` */
export function availabilityRouter(deps: AvailabilityRouterDeps): Router {
  const router = Router();
  router.get('/api/lark/availability', deps.requireScope('salesforce', 'portal'), async (request, response) => {
    const query = parse(availabilityQuery, request.query);
    const trainers = await Promise.all(trainerReferencesOf(query).map((reference) => deps.findTrainer(reference)));
    const asked = trainers.map((trainer) => ({ trainer, span: spanOf(query, trainer.timeZone) }));
    const [first, ...others] = (await findAvailability(deps, asked)).map(present);
    response.json(others.length === 0 ? first : { trainers: [first, ...others] });
  });
  return router;
}

function present({ trainer, span, busy, unknown, slots, notes }: Availability) {
  return {
    trainer: { id: trainer.id, name: trainer.name, larkConnected: trainer.lark.status === 'Connected' },
    timeZone: trainer.timeZone,
    ...inIso(span, 'from', 'to'),
    busy: busy.map((interval) => ({ ...inIso(interval, 'start', 'end'), source: interval.source })),
    slots: slots.map((slot) => inIso(slot, 'start', 'end')),
    unknown: unknown.map((interval) => ({ ...inIso(interval, 'start', 'end'), reason: interval.reason })),
    notes,
  };
}

function inIso({ start, end }: Interval, startName: string, endName: string): Record<string, string> {
  return { [startName]: start.toISOString(), [endName]: end.toISOString() };
}
