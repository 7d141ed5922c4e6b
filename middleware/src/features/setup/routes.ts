import { Router } from 'express';
import { AppError } from '../../core/errors.ts';
import type { RequireScope } from '../../http/authenticate.ts';
import { larkChecks, type CheckLarkDeps } from './check-lark.ts';
import { salesforceChecks } from './check-salesforce.ts';
import { runChecks, type RunChecksDeps } from './checks.ts';
import { showSetup, type ShowSetupDeps } from './show-setup.ts';

export interface SetupRouterDeps extends ShowSetupDeps, RunChecksDeps {
  /** Absent: Lark is off. */
  lark: CheckLarkDeps['lark'] | undefined;
  requireScope: RequireScope;
}

/** What administrators see of the set-up, and a live check of each part. */
export function setupRouter(deps: SetupRouterDeps): Router {
  const router = Router();
  const forStaff = deps.requireScope('salesforce', 'admin');

  router.get('/api/admin/setup', forStaff, async (_request, response) => {
    response.json(await showSetup(deps));
  });

  router.post('/api/admin/setup/:subject/check', forStaff, async (request, response) => {
    const subject = String(request.params['subject']);
    response.json(await runChecks(deps, subject, checksOf(deps, subject)));
  });
  return router;
}

function checksOf(deps: SetupRouterDeps, subject: string) {
  if (subject === 'salesforce') return salesforceChecks(deps);
  const provider = deps.providers.find(({ id }) => id === subject);
  if (!provider) throw new AppError('not_found', 'There is nothing of this name to check.');
  if (subject !== 'lark' || !deps.lark) {
    throw new AppError('provider_off', `${provider.name} is not set up on this server: there is nothing to check.`);
  }
  return larkChecks({ db: deps.db, lark: deps.lark, scopes: provider.scopes });
}
