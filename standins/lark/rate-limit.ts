import type { MovableClock } from '../kit/clock.ts';
import { LarkError } from './errors.ts';
import type { RateLimits } from './options.ts';

/** Who words the refusal: the gateway, an old API of it (HTTP 400), or the calendar (rules 5, 10). */
export type LimitStyle = 'gateway' | 'legacy' | 'calendar';

export interface RateLimiter {
  /** Counts one call. Throws 99991400 (or 190004 in the calendar) beyond the limits. */
  count(api: string, appId: string, tenantKey: string, style: LimitStyle): void;
}

/** Per API, app and tenant, within each second and each minute of the movable clock. */
export function createRateLimiter(clock: MovableClock, limits: RateLimits): RateLimiter {
  const windows = new Map<string, { window: number; calls: number }>();
  const exceeds = (key: string, window: number, limit: number) => {
    const current = windows.get(key);
    const calls = current?.window === window ? current.calls + 1 : 1;
    windows.set(key, { window, calls });
    return calls > limit;
  };
  return {
    count(api, appId, tenantKey, style) {
      const now = clock.now().getTime();
      const key = `${api} ${appId} ${tenantKey}`;
      const overSecond = exceeds(`${key} s`, Math.floor(now / 1000), limits.perSecond);
      const overMinute = exceeds(`${key} m`, Math.floor(now / 60_000), limits.perMinute);
      if (overMinute) throw refusal(style, limits.perMinute, Math.ceil((60_000 - (now % 60_000)) / 1000));
      if (overSecond) throw refusal(style, limits.perSecond, 1);
    },
  };
}

function refusal(style: LimitStyle, limit: number, resetSeconds: number): LarkError {
  if (style === 'calendar') return new LarkError(429, 190004, 'method rate limited');
  return new LarkError(style === 'legacy' ? 400 : 429, 99991400, 'request trigger frequency limit', {
    headers: { 'x-ogw-ratelimit-limit': String(limit), 'x-ogw-ratelimit-reset': String(resetSeconds) },
  });
}
