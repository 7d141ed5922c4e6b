import { Router } from 'express';
import type { RequireScope } from '../../http/authenticate.ts';
import { callerOf } from '../../http/caller.ts';
import { parse } from '../../http/validate.ts';
import { deadLettersQuery, listDeadLetters, retryDeadLetter, type DeadLettersDeps } from './dead-letters.ts';

/** What failed for good: the list, and trying it again. */
export function deadLettersRouter(deps: DeadLettersDeps & { requireScope: RequireScope }): Router {
  const router = Router();
  router.get('/api/admin/dead-letters', deps.requireScope('admin', 'salesforce'), async (request, response) => {
    response.json(await listDeadLetters(deps, parse(deadLettersQuery, request.query)));
  });
  router.post(
    '/api/admin/dead-letters/:id/retry',
    deps.requireScope('admin', 'salesforce'),
    async (request, response) => {
      const { name, actor, requestId } = callerOf(response);
      const id = String(request.params.id);
      await retryDeadLetter(deps, { id, actor: actor ?? name, requestId });
      response.status(202).json({ id, retried: true });
    },
  );
  return router;
}
