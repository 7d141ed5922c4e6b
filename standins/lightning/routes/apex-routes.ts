import type { Express } from 'express';
import { readJsonObject } from './read-json.ts';
import { identify, type LightningDeps } from './visitor.ts';

/** Runs an `@AuraEnabled` method as a user; what it throws carries the words for them. */
export interface Apex {
  call(username: string, method: string, params: object): Promise<unknown>;
}

/** Calls of `@salesforce/apex/Class.method`. */
export function addApexRoutes(app: Express, deps: LightningDeps & { apex: () => Apex }): void {
  app.post('/apex/:method', async (request, response) => {
    const { user } = await identify(deps, request);
    const params = readJsonObject(request);
    try {
      response.json((await deps.apex().call(user.username, request.params.method, params)) ?? null);
    } catch (error) {
      // The client wraps this as { status, body: { message } }, which is what components get on the platform.
      const message = error instanceof Error ? error.message : String(error);
      response.locals.errorCode = 'APEX';
      response.status(500).json({ message });
    }
  });
}
