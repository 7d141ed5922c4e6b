import { Router } from 'express';
import type { RequireScope } from '../../http/authenticate.ts';
import { callerOf } from '../../http/caller.ts';
import { parseBody } from '../../http/validate.ts';
import { switchesBody, type SwitchBoard } from './switches.ts';

/** What an administrator takes out of service, and back into it. */
export function switchesRouter(deps: { switches: SwitchBoard; requireScope: RequireScope }): Router {
  const router = Router();
  router.get('/api/admin/switches', deps.requireScope('admin'), async (_request, response) => {
    response.json(await deps.switches.report());
  });
  router.put('/api/admin/switches', deps.requireScope('admin'), async (request, response) => {
    const { name, actor } = callerOf(response);
    const by = actor === undefined ? name : `${name} (${actor})`;
    response.json(await deps.switches.set(parseBody(switchesBody, request), by));
  });
  return router;
}
