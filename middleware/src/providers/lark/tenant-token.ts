import { z } from 'zod';
import { ProviderError } from '../../core/provider-error.ts';
import type { Now } from '../../core/runtime.ts';
import type { HttpClient } from '../http-client.ts';
import { parseAnswer } from './answer.ts';
import { errorOf, isUnknownAddress, unrecognized, wrongAddress } from './errors.ts';

const EARLY_MS = 3 * 60 * 1000;
const TENANT_TOKEN_INVALID = 99991663;

export interface TenantTokenDeps {
  http: HttpClient;
  config: { appId: string; appSecret: string; domain: string };
  now: Now;
}

/** The app's own identity in its company. */
export interface TenantToken {
  /** Runs `call` with a token; if Lark no longer knows the token, once more with a new one. Throws `ProviderError`. */
  use<T>(call: (token: string) => Promise<T>): Promise<T>;
}

interface Held {
  token: string;
  expiresAt: Date;
}

/** Cached until three minutes before its end; requests that need a new one at the same time share one fetch. */
export function createTenantToken(deps: TenantTokenDeps): TenantToken {
  let held: Held | undefined;
  let fetching: Promise<Held> | undefined;

  async function current(): Promise<string> {
    if (held && held.expiresAt.getTime() - EARLY_MS > deps.now().getTime()) return held.token;
    fetching ??= fetchToken(deps).finally(() => {
      fetching = undefined;
    });
    held = await fetching;
    return held.token;
  }

  return {
    async use(call) {
      const token = await current();
      try {
        return await call(token);
      } catch (error) {
        if (!(error instanceof ProviderError) || error.vendorCode !== TENANT_TOKEN_INVALID) throw error;
        if (held?.token === token) held = undefined;
        return call(await current());
      }
    },
  };
}

const tenantToken = z.object({ tenant_access_token: z.string().min(1), expire: z.number().positive() });
const unavailable = ['temporary', 'Lark is unavailable at the moment.'] as const;

async function fetchToken(deps: TenantTokenDeps): Promise<Held> {
  const { appId, appSecret, domain } = deps.config;
  const askedAt = deps.now();
  const answer = await deps.http.send({
    method: 'POST',
    route: '/auth/v3/tenant_access_token/internal',
    url: `${domain}/open-apis/auth/v3/tenant_access_token/internal`,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ app_id: appId, app_secret: appSecret }),
  });
  const parsed = parseAnswer(answer);
  // Fields lie at the top level, failures come with HTTP 200 and a code.
  if (parsed?.code === 0 && answer.status === 200) {
    const shaped = tenantToken.safeParse(parsed.body);
    if (shaped.success) {
      const { tenant_access_token: token, expire } = shaped.data;
      return { token, expiresAt: new Date(askedAt.getTime() + expire * 1000) };
    }
  }
  const failed = { ...answer, ...parsed, code: parsed?.code };
  if (!parsed && isUnknownAddress(answer.status)) throw errorOf(failed, wrongAddress, deps.now());
  const down = !parsed || answer.status >= 500;
  throw errorOf(failed, down ? unavailable : unrecognized, deps.now());
}
