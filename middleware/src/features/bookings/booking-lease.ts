import { randomUUID } from 'node:crypto';
import { AppError } from '../../core/errors.ts';
import { extendLease, releaseLease, takeLease, type LeaseDeps } from '../../storage/lease.ts';

/** Longer than any single outside call; renewed before each of them. */
const LEASE_MS = 60_000;

/**
 * Works on a booking as the only one. Throws `request_in_progress` (retryable) while somebody else does, and from
 * `keepLease` when the lease was lost meanwhile.
 */
export async function withBookingLease<T>(
  deps: LeaseDeps,
  bookingId: string,
  work: (keepLease: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const lease = { name: `booking:${bookingId}`, owner: randomUUID(), durationMs: LEASE_MS };
  if (!(await takeLease(deps, lease))) throw inProgress();
  const keepLease = async () => {
    if (!(await extendLease(deps, lease))) throw inProgress();
  };
  try {
    return await work(keepLease);
  } finally {
    await releaseLease(deps, lease);
  }
}

function inProgress(): AppError {
  return new AppError('request_in_progress', 'This booking is being worked on. Please try again shortly.', {
    retryable: true,
    retryAfterMs: 5_000,
  });
}
