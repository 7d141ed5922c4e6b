import type { Effect } from './errors.ts';

export interface RestRequest {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below `/services/data/vNN.0`, or from `/services/` on. */
  path: string;
  body?: object;
  effect: Effect;
}

/** One REST call in the session; answers the parsed body. Throws `SalesforceError`. */
export type CallSalesforce = (request: RestRequest) => Promise<unknown>;
