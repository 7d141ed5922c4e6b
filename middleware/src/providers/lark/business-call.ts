import { z } from 'zod';
import { ProviderError } from '../../core/provider-error.ts';
import type { Now } from '../../core/runtime.ts';
import type { HttpAnswer, HttpClient } from '../http-client.ts';
import type { Turns } from '../turns.ts';
import { parseAnswer } from './answer.ts';
import { errorAs, errorOf, isGatewayTrouble, isUnknownAddress, unrecognized, wrongAddress } from './errors.ts';

/**
 * What a call does there when its answer is lost:
 * - `read`: nothing;
 * - `repeatable`: something, but the same call again does no more (keyed, or an update or deletion);
 * - `once`: something that a second call would do again.
 */
export type Effect = 'read' | 'repeatable' | 'once';

export interface BusinessCall<T> {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/open-apis`; `:name` is filled from `path`. */
  route: string;
  path?: Record<string, string>;
  query?: Record<string, string>;
  body?: object;
  /** User or tenant access token. */
  token: string;
  effect: Effect;
  /** Shape of `data`. */
  data: z.ZodType<T>;
}

export type CallLark = <T>(call: BusinessCall<T>) => Promise<T>;

/** Calls to Lark's business APIs. `code ≠ 0` is a failure whatever the HTTP status. Throws `ProviderError`. */
export function createCallLark(deps: { http: HttpClient; turns: Turns; baseUrl: string; now: Now }): CallLark {
  return async (call) => {
    // Lark counts each API by itself.
    const api = `${call.method} ${call.route}`;
    await deps.turns.take(api);
    const answer = await deps.http.send({
      method: call.method,
      route: call.route,
      url: urlOf(deps.baseUrl, call),
      headers: {
        authorization: `Bearer ${call.token}`,
        ...(call.body ? { 'content-type': 'application/json; charset=utf-8' } : {}),
      },
      ...(call.body ? { body: JSON.stringify(call.body) } : {}),
    });
    try {
      return readData(call, answer, deps.now());
    } catch (error) {
      await pauseIfAsked(deps.turns, api, error);
      throw error;
    }
  };
}

/** "Fewer requests" is meant for everybody who would send the next one. */
export async function pauseIfAsked(turns: Turns, api: string, error: unknown): Promise<void> {
  if (error instanceof ProviderError && error.failure === 'rate-limited') {
    await turns.pause(api, error.retryAfterMs ?? 0);
  }
}

function readData<T>(call: BusinessCall<T>, answer: HttpAnswer, now: Date): T {
  const parsed = parseAnswer(answer);
  if (parsed?.code === 0 && isSuccess(answer.status)) {
    const shaped = z.object({ data: call.data }).safeParse(parsed.body);
    if (shaped.success) return shaped.data.data;
    throw misfit(call.effect, answer, shaped.error);
  }
  const failed = { ...answer, ...parsed, code: parsed?.code };
  if (call.effect === 'once' && isGatewayTrouble(failed)) throw errorAs(lost, failed, now);
  if (failed.code) throw errorOf(failed, isDown(answer.status, call.effect) ? unavailable : unrecognized, now);
  if (!parsed && isUnknownAddress(answer.status)) throw errorOf(failed, wrongAddress, now);
  // Lark itself said nothing: a gateway or proxy answered in its place.
  if (!parsed || answer.status >= 500) throw errorOf(failed, call.effect === 'once' ? lost : unavailable, now);
  if (isSuccess(answer.status)) throw misfit(call.effect, answer);
  throw errorOf(failed, unrecognized, now);
}

const unavailable = ['temporary', 'Lark is unavailable at the moment.'] as const;
const lost = ['unknown-outcome', 'Lark gave no usable answer.'] as const;

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

function isDown(status: number, effect: Effect): boolean {
  return status >= 500 && effect !== 'once';
}

function misfit(effect: Effect, answer: HttpAnswer, cause?: unknown): ProviderError {
  return new ProviderError(
    'lark',
    effect === 'read' ? 'unrecognized' : 'unknown-outcome',
    'Lark answered in a form that this version does not know.',
    { providerRequestId: answer.headers['x-tt-logid'], cause },
  );
}

function urlOf(baseUrl: string, call: Pick<BusinessCall<unknown>, 'route' | 'path' | 'query'>): string {
  const path = call.route.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(call.path?.[name] ?? ''));
  const query = call.query ? `?${new URLSearchParams(call.query).toString()}` : '';
  return `${baseUrl}/open-apis${path}${query}`;
}
