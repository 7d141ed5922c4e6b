import type { Response } from 'express';

export const apiScopes = ['salesforce', 'portal', 'admin', 'metrics'] as const;
export type ApiScope = (typeof apiScopes)[number];

/** Who sent an authenticated request. */
export interface Caller {
  /** Name of the API key. */
  name: string;
  scopes: readonly ApiScope[];
  /** Acting Salesforce user, for callers with scope `salesforce`. */
  actor: string | undefined;
  requestId: string;
}

interface RequestLocals {
  requestId: string;
  caller?: Caller;
}

export function requestIdOf(response: Response): string {
  return (response.locals as RequestLocals).requestId;
}

export function setRequestId(response: Response, requestId: string): void {
  (response.locals as RequestLocals).requestId = requestId;
}

export function setCaller(response: Response, caller: Caller): void {
  (response.locals as RequestLocals).caller = caller;
}

/** The caller that `requireScope` let in; a route without it has none, which is a fault of the route. */
export function callerOf(response: Response): Caller {
  const { caller } = response.locals as RequestLocals;
  if (!caller) throw new Error('This route reads the caller but does not require a scope.');
  return caller;
}
