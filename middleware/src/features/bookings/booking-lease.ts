import { randomUUID } from 'node:crypto';
import { AppError } from '../../core/errors.ts';
import { extendLease, isLeaseHeld, releaseLease, takeLease, type LeaseDeps } from '../../storage/lease.ts';
import { waitUntil } from './wait-until.ts';

/** Longer than any single outside call; renewed before each of them. */
const LEASE_MS = 60_000;

/**
 * Works on a booking as the only one. Throws `request_in_progress` (retryable) while somebody else does, and from
 * `keepLease` when the lease was lost meanwhile.
 * @param options.waitMs how long to wait for somebody else to end
 */
export async function withBookingLease<T>(
  deps: LeaseDeps,
  bookingId: string,
  work: (keepLease: () => Promise<void>) => Promise<T>,
  options: { waitMs?: number } = {},
): Promise<T> {
  const lease = { name: nameOf(bookingId), owner: randomUUID(), durationMs: LEASE_MS };
  const take = async () => (await takeLease(deps, lease)) || undefined;
  const isTaken = options.waitMs === undefined ? take() : waitUntil(take, { timeoutMs: options.waitMs, everyMs: 50 });
  if ((await isTaken) === undefined) throw inProgress();
  const keepLease = async () => {
    if (!(await extendLease(deps, lease))) throw inProgress();
  };
  try {
    return await work(keepLease);
  } finally {
    await releaseLease(deps, lease);
  }
}

/** Waits until nobody works on a booking, at most `timeoutMs`. @returns whether somebody did */
export async function waitForOthers(deps: LeaseDeps, bookingId: string, timeoutMs: number): Promise<boolean> {
  const isBusy = () => isLeaseHeld(deps, nameOf(bookingId));
  if (!(await isBusy())) return false;
  await waitUntil(async () => ((await isBusy()) ? undefined : true), { timeoutMs, everyMs: 50 });
  return true;
}

function nameOf(bookingId: string): string {
  return `booking:${bookingId}`;
}

function inProgress(): AppError {
  return new AppError('request_in_progress', 'This booking is being worked on. Please try again shortly.', {
    retryable: true,
    retryAfterMs: 5_000,
  });
}
