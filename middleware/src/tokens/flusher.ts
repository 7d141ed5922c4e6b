import type { ConnectionId } from '../core/connection.ts';
import { flushUnsaved, type FlushDeps } from './flush.ts';

export interface Flusher {
  /** Something changed: write it within a second, together with what else changes until then. */
  soon(): void;
  /** Writes one connection now; when Salesforce does not answer it is written later. */
  now(connectionId: ConnectionId): Promise<void>;
  /** Writes everything now. Throws when Salesforce does not answer. */
  all(): Promise<{ written: number }>;
  stop(): Promise<void>;
}

const WITHIN_MS = 250;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

/** Brings token pairs to Salesforce soon, in batches, for as long as it takes. */
export function createFlusher(deps: FlushDeps): Flusher {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> = Promise.resolve();
  let retryMs = FIRST_RETRY_MS;
  let stopped = false;

  const schedule = (delayMs: number) => {
    if (stopped || timer) return;
    timer = setTimeout(() => {
      timer = undefined;
      running = flushUnsaved(deps).then(
        () => {
          retryMs = FIRST_RETRY_MS;
        },
        (error: unknown) => {
          deps.log.warn({ err: error, retryMs }, 'token pairs wait for Salesforce');
          schedule(retryMs);
          retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
        },
      );
    }, delayMs);
    timer.unref();
  };

  return {
    soon: () => schedule(WITHIN_MS),
    now: async (connectionId) => {
      await flushUnsaved(deps, connectionId).catch((error: unknown) => {
        deps.log.warn({ err: error, connectionId }, 'a connection waits for Salesforce');
        schedule(retryMs);
      });
    },
    all: () => flushUnsaved(deps),
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
