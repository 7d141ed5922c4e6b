import type { Log } from '../../src/core/runtime.ts';

/** A log that keeps its lines, so that a test can look for what must not be there. */
export function createKeptLog(): Log & { lines: string[] } {
  const lines: string[] = [];
  const write = (fields: object, message: string) => void lines.push(`${message} ${JSON.stringify(fields)}`);
  return { lines, debug: write, info: write, warn: write, error: write };
}
