import type { Request, Response, Router } from 'express';
import { APIS, type Api, type ApiName } from './coverage.ts';
import { admit, type Caller } from './gateway.ts';
import type { World } from './world.ts';

/** One admitted call behind the gateway. */
export interface Call {
  world: World;
  caller: Caller;
  request: Request;
  response: Response;
}

/** Serves one call of the coverage list: `handle` returns `data`, or throws a LarkError. */
export function serveApi(router: Router, world: World, name: ApiName, handle: (call: Call) => unknown): void {
  const api: Api = APIS[name];
  router[verbOf(api)](api.path, (request: Request, response: Response) => {
    const caller = admit(world, api, request);
    const data = world.store.transaction(() => handle({ world, caller, request, response }));
    response.json({ code: 0, msg: 'success', data });
  });
}

function verbOf(api: Api): 'get' | 'post' | 'put' | 'patch' | 'delete' {
  return api.method.toLowerCase() as 'get';
}
