import { AppError } from '../../core/errors.ts';
import { overlaps } from '../../core/interval.ts';
import { toLongId } from '../../core/salesforce-id.ts';
import { soql, type SalesforceRecords } from '../../salesforce/records.ts';
import { followHold, releaseHoldOf, type SlotHoldDeps, type WantedSlot } from './slot-hold.ts';

export interface CheckSlotDeps extends SlotHoldDeps {
  records: Pick<SalesforceRecords, 'query'>;
}

/** Whether the booking has its slot; `conflict` says in words who has it instead. */
export interface SlotCheck {
  conflict: string | undefined;
  /** Trainers whose time became free. */
  released: readonly string[];
}

/**
 * Lets the booking's hold follow it and says who is in the way. A hold whose booking has left the slot in Salesforce
 * is out of date and is given up. Throws `request_in_progress` while another booking is just being made for the time.
 */
export async function checkSlot(deps: CheckSlotDeps, bookingId: string, slot: WantedSlot): Promise<SlotCheck> {
  const released: string[] = [];
  for (;;) {
    const { blockedBy, released: trainerId } = await followHold(deps, bookingId, slot);
    if (trainerId !== undefined) released.push(trainerId);
    if (!blockedBy) return { conflict: undefined, released };
    if (blockedBy.bookingId === undefined) {
      throw new AppError('request_in_progress', 'Another booking is being made for this time.', {
        retryable: true,
        retryAfterMs: 10_000,
      });
    }
    const name = await holderOf(deps, blockedBy.bookingId, slot);
    if (name !== undefined) return { conflict: `The trainer has ${name} at this time.`, released };
    await releaseHoldOf(deps.db, blockedBy.bookingId, slot);
  }
}

/** The name of the booking if it really has time of the slot, as Salesforce says. */
export async function holderOf(
  deps: Pick<CheckSlotDeps, 'records'>,
  bookingId: string,
  slot: WantedSlot,
): Promise<string | undefined> {
  const [row] = await deps.records.query(
    soql`SELECT Name, Status__c, Trainer__c, Start__c, End__c FROM Training_Booking__c WHERE Id = ${bookingId}`,
  );
  if (!row || row.Status__c === 'Cancelled' || toLongId(String(row.Trainer__c)) !== slot.trainerId) return undefined;
  const taken = { start: new Date(String(row.Start__c)), end: new Date(String(row.End__c)) };
  return overlaps(taken, slot) ? String(row.Name) : undefined;
}
