import { Router } from 'express';
import type { FindTrainer, FindTrainers, Trainer } from '../../core/trainer.ts';
import { isTimeZone } from '../../core/zoned-time.ts';
import type { RequireScope } from '../../http/authenticate.ts';
import { parse } from '../../http/validate.ts';
import { availabilityQuery, spanOf, type AvailabilityQuery } from './availability-request.ts';
import { findAvailability, type FindAvailabilityDeps } from './find-availability.ts';
import { presentOne, presentSeveral } from './present-availability.ts';

export interface AvailabilityRouterDeps extends FindAvailabilityDeps {
  requireScope: RequireScope;
  findTrainer: FindTrainer;
  findTrainers: FindTrainers;
}

/** `GET /api/lark/availability` */
export function availabilityRouter(deps: AvailabilityRouterDeps): Router {
  const router = Router();
  router.get('/api/lark/availability', deps.requireScope('salesforce', 'portal'), async (request, response) => {
    const query = parse(availabilityQuery, request.query);
    const trainers = await trainersOf(deps, query);
    const asked = trainers.map((trainer) => ({ trainer, span: spanOf(query, usableZone(trainer)) }));
    const found = await findAvailability(deps, asked);
    const [first] = found;
    response.json(first && !Array.isArray(query.trainerId) ? presentOne(first) : presentSeveral(found));
  });
  return router;
}

async function trainersOf(deps: AvailabilityRouterDeps, query: AvailabilityQuery): Promise<readonly Trainer[]> {
  if (Array.isArray(query.trainerId)) return deps.findTrainers(query.trainerId);
  if (query.trainerId !== undefined) return [await deps.findTrainer({ trainerId: query.trainerId })];
  return [
    await deps.findTrainer(query.email === undefined ? { name: query.trainerName ?? '' } : { email: query.email }),
  ];
}

/** Days must be read somewhere, also for a trainer whose zone is wrong; the answer says that it is. */
function usableZone({ timeZone }: Trainer): string {
  return isTimeZone(timeZone) ? timeZone : 'UTC';
}
