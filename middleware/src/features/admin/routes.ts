import { Router, type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import type { RequireScope } from '../../http/authenticate.ts';
import { callerOf } from '../../http/caller.ts';
import { parse, parseBody } from '../../http/validate.ts';
import { readRun } from '../../storage/runs.ts';
import { refreshScopes } from '../../tokens/port.ts';
import { presentRun } from './present-run.ts';
import { refreshConnection, type RefreshConnectionDeps } from './refresh-connection.ts';
import { runResults, runResultsQuery, type RunResultsDeps } from './run-results.ts';
import { sweepAndWait, type SweepAndWaitDeps } from './sweep-and-wait.ts';

export interface AdminRouterDeps extends SweepAndWaitDeps, RefreshConnectionDeps, RunResultsDeps {
  requireScope: RequireScope;
  requireCronSecret: RequestHandler;
}

const scope = z.enum(refreshScopes, `must be ${refreshScopes.join(' or ')}`);
const cronQuery = z.object({ scope: scope.default('due') });
const refreshBody = z.strictObject({ scope: scope.default('all') });
const CRON = '/api/cron/refresh-lark-tokens';

/** Keeping connections alive by hand, and following what runs over many of them. */
export function adminRouter(deps: AdminRouterDeps): Router {
  const router = Router();
  const forStaff = deps.requireScope('salesforce', 'admin');

  const refreshByCron: RequestHandler = async (request, response) => {
    const run = await sweepAndWait(deps, { ...parse(cronQuery, request.query), startedBy: 'cron' });
    if (run.finishedAt === undefined) {
      response.status(202).json({ runId: run.id });
      return;
    }
    response.json({
      success: run.failed === 0 && run.state === 'done',
      runId: run.id,
      total: run.total,
      refreshed: run.succeeded,
      errors: run.errors,
      skipped: run.skipped,
      ...(run.note === undefined ? {} : { note: run.note }),
    });
  };
  router.get(CRON, deps.requireCronSecret, refreshByCron);
  router.post(CRON, deps.requireCronSecret, refreshByCron);

  router.post('/api/admin/refresh', forStaff, async (request, response) => {
    const wanted = parseBody(refreshBody, request, {});
    const run = await deps.refreshRuns.start({ ...wanted, startedBy: nameOf(response) });
    response.status(202).json({ runId: run.id });
  });

  router.get('/api/admin/runs/:runId', forStaff, async (request, response) => {
    const run = await readRun(deps, String(request.params['runId']));
    if (!run) throw new AppError('not_found', 'There is no run with this id.');
    response.json(presentRun(run));
  });

  router.get('/api/admin/runs/:runId/results', forStaff, async (request, response) => {
    const query = parse(runResultsQuery, request.query);
    response.json(await runResults(deps, String(request.params['runId']), query));
  });

  router.post('/api/admin/connections/:id/refresh', forStaff, async (request, response) => {
    response.json(await refreshConnection(deps, { connectionId: String(request.params['id']) }));
  });
  return router;
}

function nameOf(response: Response): string {
  const { name, actor } = callerOf(response);
  return actor === undefined ? name : `${name} ${actor}`;
}
