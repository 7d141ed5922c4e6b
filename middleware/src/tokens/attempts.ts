import type { ProviderError } from '../core/provider-error.ts';
import type { Now } from '../core/runtime.ts';
import type { Database } from '../storage/database.ts';
import type { Head } from './head.ts';

const FIRST_DELAY_MS = 2_000;
const LONGEST_DELAY_MS = 60_000;
/** A provider that asks for more is asked again sooner: its clock, or its answer, may be wrong. */
const LONGEST_RETRY_AFTER_MS = 15 * 60_000;

/** Columns of a head whose latest exchange succeeded: a success clears everything. */
export const succeeded = {
  attempt_failure: null,
  failures: 0,
  retry_at: null,
  strikes: 0,
  struck_at: null,
  marked_at: null,
} as const;

/**
 * Remembers a failed exchange: for the outage breaker, and so that the next one waits (design: Failures). What is
 * remembered here concerns nobody but us, so the head's version stays.
 */
export async function noteFailure(
  deps: { db: Database; now: Now; random?: () => number },
  head: Head,
  error: ProviderError,
): Promise<void> {
  const now = deps.now();
  const { random = Math.random } = deps;
  const failures = head.failures + 1;
  // An open intent has its own time to wait.
  const comesBack = error.retryable && error.failure !== 'unknown-outcome';
  await deps.db
    .updateTable('token_head')
    .set({
      failures,
      retry_at: comesBack ? new Date(now.getTime() + delayAfter(failures, error.retryAfterMs, random())) : null,
      // Being asked to slow down says nothing about the provider's health.
      ...(error.failure === 'rate-limited' ? {} : { attempted_at: now, attempt_failure: error.failure }),
    })
    .where('connection_id', '=', head.connection_id)
    .where('epoch', '=', head.epoch)
    .execute();
}

/** Doubles with each failure, with jitter; never sooner than the provider asks. */
export function delayAfter(failures: number, retryAfterMs = 0, random = 0): number {
  const backOff = Math.min(FIRST_DELAY_MS * 2 ** (failures - 1), LONGEST_DELAY_MS) * (1 + random / 4);
  return Math.max(backOff, Math.min(retryAfterMs, LONGEST_RETRY_AFTER_MS));
}
