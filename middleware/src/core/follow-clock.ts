import type { Log, Now } from './runtime.ts';

/**
 * Follows another process's clock (development only: the stand-ins' movable one), so that a test can move time for
 * everybody. The clock answers `{"now": "<ISO 8601>"}`.
 */
export async function followClock(deps: {
  url: string;
  fetch: typeof fetch;
  log: Log;
}): Promise<{ now: Now; stop: () => void }> {
  let offset = 0;
  const read = async () => {
    const sentAt = Date.now();
    const response = await deps.fetch(deps.url, { signal: AbortSignal.timeout(2_000) });
    const { now } = (await response.json()) as { now: string };
    offset = new Date(now).getTime() - (sentAt + Date.now()) / 2;
  };
  await read();
  const timer = setInterval(() => {
    read().catch((error: unknown) => deps.log.debug({ err: error }, 'the clock to follow does not answer'));
  }, 250);
  timer.unref();
  return { now: () => new Date(Date.now() + offset), stop: () => clearInterval(timer) };
}
