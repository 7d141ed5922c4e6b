import express, { type Router } from 'express';
import { z } from 'zod';
import type { RequireScope } from '../../http/authenticate.ts';
import { callerOf } from '../../http/caller.ts';
import { parseBody } from '../../http/validate.ts';
import { changeKeyRotation, keyRotationActions, showKeyRotation, type ChangeKeyRotationDeps } from './key-rotation.ts';

export interface KeyRotationRouterDeps extends ChangeKeyRotationDeps {
  requireScope: RequireScope;
}

const body = z.strictObject({ action: z.enum(keyRotationActions, 'must be start, pause or resume') });

/** For operators only: whoever may act for Salesforce has no say in keys. */
export function keyRotationRouter(deps: KeyRotationRouterDeps): Router {
  const router = express.Router();
  const forOperators = deps.requireScope('admin');

  router.get('/api/admin/key-rotation', forOperators, async (_request, response) => {
    response.json(await showKeyRotation(deps));
  });
  router.post('/api/admin/key-rotation', forOperators, async (request, response) => {
    const { action } = parseBody(body, request);
    const status = await changeKeyRotation(deps, { action, startedBy: callerOf(response).name });
    response.status(action === 'pause' ? 200 : 202).json(status);
  });
  return router;
}
