import { mkdirSync, rmSync, statSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/**
 * Does the work while no other process does it; whoever comes later waits. The lock is a directory.
 * @param options.atMostMs a lock that is older was left behind by a process that was killed
 */
export async function oneProcessAtATime<T>(
  lock: string,
  options: { atMostMs: number; signal?: AbortSignal },
  work: () => Promise<T>,
): Promise<T> {
  while (!tookLock(lock, options.atMostMs)) await wait(100, undefined, options);
  try {
    return await work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function tookLock(lock: string, atMostMs: number): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - since > atMostMs) rmSync(lock, { recursive: true, force: true });
    return false;
  }
}
