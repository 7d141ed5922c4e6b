import type { Request, Response } from 'express';
import { z } from 'zod';
import { currentAppToken, type AppTokenKind } from './app-tokens.ts';
import { LarkError } from './errors.ts';
import { readRawBody } from './parse-body.ts';
import { readSettings } from './settings.ts';
import { findApp, type World } from './world.ts';

const BODY = z.strictObject({ app_id: z.string().min(1), app_secret: z.string().min(1) });

/**
 * `POST auth/v3/{tenant|app}_access_token/internal` (rule 3). Fields are at the top level, failures are HTTP 200:
 * 10003 malformed, 99991543 unknown app, 10015 wrong secret, 10014 app unavailable.
 */
export function answerAppToken(world: World, kind: AppTokenKind, request: Request, response: Response): void {
  const raw = readRawBody(request);
  const parsed = BODY.safeParse(raw.kind === 'json' ? raw.value : undefined);
  if (!parsed.success) throw new LarkError(200, 10003, 'invalid param');
  const app = findApp(world, parsed.data.app_id);
  if (!app) throw new LarkError(200, 99991543, 'app id or secret is invalid');
  world.limiter.count(`POST ${kind}_access_token`, app.id, app.tenantKey, 'legacy');
  if (app.secret !== parsed.data.app_secret) throw new LarkError(200, 10015, 'app secret is invalid');
  const settings = readSettings(world.store);
  if (settings.appDisabled || !settings.appInstalled) throw new LarkError(200, 10014, 'app is unavailable');
  const { token, expire } = currentAppToken(world, app, kind);
  response.json({ code: 0, msg: 'ok', [`${kind}_access_token`]: token, expire });
}
