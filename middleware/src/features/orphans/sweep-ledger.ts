import type { Log, Now } from '../../core/runtime.ts';
import { areBookingsShown, type SalesforceRecords } from '../../salesforce/records.ts';
import { hasLeftover } from './judge-ledger.ts';
import { readKnownBookings, type KnownEffect } from './known-booking.ts';

export interface SweepLedgerDeps {
  records: Pick<SalesforceRecords, 'query' | 'queryAll'>;
  now: Now;
  log: Log;
  /** What exists or may exist, of the next bookings after this id, in the order of their ids. */
  nextEffects: (afterBookingId: string, bookings: number) => Promise<KnownEffect[]>;
  /** Enqueues a pass over each booking. */
  bringInStep: (bookingIds: readonly string[]) => Promise<void>;
}

export const BOOKINGS_PER_PAGE = 200;

/**
 * Compares one page of the effect ledger with Salesforce and hands bookings with leftovers to a pass, which removes them
 * by their owners' tokens. Throws `SalesforceError`.
 * @returns the last booking of the page; undefined when there was none left
 */
export async function sweepLedger(
  deps: SweepLedgerDeps,
  afterBookingId: string,
): Promise<{ last: string | undefined; handedOver: number }> {
  const effects = await deps.nextEffects(afterBookingId, BOOKINGS_PER_PAGE);
  const ids = [...new Set(effects.map(({ bookingId }) => bookingId))];
  if (ids.length === 0) return { last: undefined, handedOver: 0 };
  const bookings = await readKnownBookings(deps.records, ids);
  const withLeftovers = ids.filter((id) =>
    hasLeftover(
      bookings.get(id),
      effects.filter(({ bookingId }) => bookingId === id),
      deps.now(),
    ),
  );
  const missing = withLeftovers.filter((id) => !bookings.has(id));
  const isBlind = missing.length > 0 && !(await areBookingsShown(deps.records));
  if (isBlind)
    deps.log.error({ missing: missing.length }, 'Salesforce shows no booking at all: no leftover is removed');
  const chosen = isBlind ? withLeftovers.filter((id) => bookings.has(id)) : withLeftovers;
  if (chosen.length > 0) await deps.bringInStep(chosen);
  return { last: ids.at(-1), handedOver: chosen.length };
}
