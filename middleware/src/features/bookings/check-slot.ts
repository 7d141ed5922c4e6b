import { AppError } from '../../core/errors.ts';
import type { SalesforceRecords } from '../../salesforce/records.ts';
import { holderOf } from './holder-of.ts';
import { followHold, releaseHoldOf, whileHoldsChange, type FollowHoldDeps, type WantedSlot } from './slot-hold.ts';

export interface CheckSlotDeps extends FollowHoldDeps {
  records: Pick<SalesforceRecords, 'query' | 'queryAll'>;
}

/**
 * Lets the booking's hold follow it and says who is in the way. A hold whose booking has left the slot in Salesforce
 * is out of date and is given up. Throws `request_in_progress` while another booking is just being made for the time,
 * and `salesforce_unavailable`.
 * @returns in words who has the time instead; undefined: the booking has its slot
 */
export async function checkSlot(deps: CheckSlotDeps, bookingId: string, slot: WantedSlot): Promise<string | undefined> {
  const { conflict } = await whileHoldsChange(async () => {
    const blockedBy = await followHold(deps, bookingId, slot);
    if (!blockedBy) return { conflict: undefined };
    if (blockedBy.bookingId === undefined) {
      throw new AppError('request_in_progress', 'Another booking is being made for this time.', {
        retryable: true,
        retryAfterMs: 10_000,
      });
    }
    const name = await holderOf(deps, blockedBy.bookingId, slot);
    if (name !== undefined) return { conflict: `The trainer has ${name} at this time.` };
    await releaseHoldOf(deps.db, blockedBy.bookingId, slot);
    return undefined;
  });
  return conflict;
}
