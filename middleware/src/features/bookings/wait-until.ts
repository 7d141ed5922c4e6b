import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again and again until there is an answer; undefined when `timeoutMs` have passed without one. */
export async function waitUntil<T>(
  ask: () => Promise<T | undefined>,
  options: { timeoutMs: number; everyMs: number },
): Promise<T | undefined> {
  const signal = AbortSignal.timeout(options.timeoutMs);
  for (;;) {
    const answer = await ask();
    if (answer !== undefined || signal.aborted) return answer;
    await sleep(options.everyMs);
  }
}

/** What `work` gives if it ends in time; the work itself goes on. */
export async function within<T>(
  timeoutMs: number,
  work: Promise<T>,
): Promise<{ ended: true; value: T } | { ended: false }> {
  const stop = new AbortController();
  const deadline = sleep(timeoutMs, undefined, { signal: stop.signal }).then(
    () => ({ ended: false }) as const,
    () => ({ ended: false }) as const,
  );
  try {
    return await Promise.race([work.then((value) => ({ ended: true, value }) as const), deadline]);
  } finally {
    stop.abort();
  }
}
