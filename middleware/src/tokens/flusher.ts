import type { ConnectionId } from '../core/connection.ts';
import { flushUnsaved, PAGE, type FlushDeps, type Flushed } from './flush.ts';

export interface Flusher {
  /** Something changed: write it within a second, together with what else changes until then. */
  soon(): void;
  /** Writes one connection now; when Salesforce does not answer it is written later. */
  now(connectionId: ConnectionId): Promise<void>;
  /** Writes everything now. Throws when Salesforce does not answer. */
  all(): Promise<Flushed>;
  stop(): Promise<void>;
}

const WITHIN_MS = 750;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

/**
 * Brings token pairs to Salesforce soon, in batches, for as long as it takes: after 200 changes or within a second,
 * one flush after the other.
 */
export function createFlusher(deps: FlushDeps): Flusher {
  /** Why the timer runs: something changed, some rows were locked, or Salesforce did not answer. */
  let pending: 'change' | 'rows' | 'outage' | undefined;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let changes = 0;
  let retryMs = FIRST_RETRY_MS;
  let stopped = false;

  const schedule = (reason: NonNullable<typeof pending>, delayMs: number) => {
    if (stopped) return;
    clearTimeout(timer);
    pending = reason;
    timer = setTimeout(() => void begin(), delayMs);
    timer.unref();
  };

  /** What changes while an earlier flush runs joins the one that waits for it. */
  const begin = () => {
    clearTimeout(timer);
    running = running.then(async () => {
      if (stopped) return;
      pending = undefined;
      changes = 0;
      await flush();
    });
    return running;
  };

  const flush = async () => {
    try {
      const { written, waiting, left } = await flushUnsaved(deps, undefined, { fullPagesOnly: true });
      // Without progress the same first page would come again and again; the minute's tick writes the rest.
      if (left > 0 && written > 0 && pending === undefined) schedule('change', WITHIN_MS);
      if (waiting === 0) retryMs = FIRST_RETRY_MS;
      else retry('rows');
    } catch (error) {
      deps.log.warn({ err: error, retryMs }, 'token pairs wait for Salesforce');
      retry('outage');
    }
  };

  const retry = (reason: 'rows' | 'outage') => {
    if (pending === undefined || reason === 'outage') schedule(reason, retryMs);
    retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
  };

  return {
    soon: () => {
      changes++;
      if (pending === undefined || pending === 'rows') schedule('change', WITHIN_MS);
      else if (pending === 'change' && changes === PAGE) void begin();
    },
    now: async (connectionId) => {
      try {
        const { waiting } = await flushUnsaved(deps, connectionId);
        if (waiting > 0 && pending === undefined) schedule('rows', FIRST_RETRY_MS);
      } catch (error) {
        deps.log.warn({ err: error, connectionId }, 'a connection waits for Salesforce');
        if (pending === undefined || pending === 'rows') schedule('outage', retryMs);
      }
    },
    all: () => {
      const flushed = running.then(() => flushUnsaved(deps));
      running = flushed.then(
        () => undefined,
        () => undefined,
      );
      return flushed;
    },
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
