const SECOND = 1000;

/**
 * How long the provider asks to wait, in milliseconds: `Retry-After` (seconds or an HTTP date) or Lark's
 * `x-ogw-ratelimit-reset` (seconds). Undefined when it told nothing usable.
 */
export function retryAfterMsOf(headers: Record<string, string>, now: Date): number | undefined {
  return fromRetryAfter(headers['retry-after'], now) ?? seconds(headers['x-ogw-ratelimit-reset']);
}

function fromRetryAfter(value: string | undefined, now: Date): number | undefined {
  if (value === undefined) return undefined;
  const inSeconds = seconds(value);
  if (inSeconds !== undefined) return inSeconds;
  const instant = Date.parse(value);
  return Number.isNaN(instant) ? undefined : Math.max(0, instant - now.getTime());
}

function seconds(value: string | undefined): number | undefined {
  return value !== undefined && /^\d+(\.\d+)?$/.test(value.trim()) ? Math.ceil(Number(value) * SECOND) : undefined;
}
