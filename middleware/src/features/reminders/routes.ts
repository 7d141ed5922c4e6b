import { Router } from 'express';
import { z } from 'zod';
import { toLongId } from '../../core/salesforce-id.ts';
import type { RequireScope } from '../../http/authenticate.ts';
import { callerOf } from '../../http/caller.ts';
import { parseBody } from '../../http/validate.ts';
import { startReminders, type RemindersDeps } from './remind-trainers.ts';

const trainerId = z.string().transform((text, context) => {
  const id = toLongId(text);
  if (id !== undefined) return id;
  context.addIssue({ code: 'custom', message: 'is not the id of a Salesforce record' });
  return z.NEVER;
});
const body = z
  .strictObject({
    trainerIds: z.array(trainerId).min(1, 'name at least one trainer').max(200, 'name at most 200 trainers').optional(),
    all: z.literal('not-connected', 'must be not-connected').optional(),
  })
  .refine(({ trainerIds, all }) => (trainerIds === undefined) !== (all === undefined), {
    message: 'give either trainerIds or all',
    path: ['trainerIds'],
  });

/** Reminding by hand: some trainers, or everybody who is not connected. */
export function remindersRouter(deps: RemindersDeps & { requireScope: RequireScope }): Router {
  const router = Router();
  router.post('/api/admin/reminders', deps.requireScope('salesforce', 'admin'), async (request, response) => {
    const { trainerIds, all } = parseBody(body, request);
    const { name, actor } = callerOf(response);
    const wanted = trainerIds === undefined ? { all: all ?? ('not-connected' as const) } : { trainerIds };
    const run = await startReminders(deps, wanted, actor === undefined ? name : `${name} ${actor}`);
    response.status(202).json({ runId: run.id });
  });
  return router;
}
