import { AppError, messageOf } from '../../core/errors.ts';
import type { Interval } from '../../core/interval.ts';
import type { Log } from '../../core/runtime.ts';
import type { Trainer } from '../../core/trainer.ts';
import { describeInterval } from '../../core/zoned-time.ts';
import type { SalesforceRecords } from '../../salesforce/records.ts';
import { assertDeleted } from './assert-deleted.ts';
import { holderOf } from './holder-of.ts';
import { readBooking, type BookingSnapshot } from './read-booking.ts';
import { holdSlot, releaseHoldOf, type BlockingHold, type SlotHoldDeps, type WantedSlot } from './slot-hold.ts';
import { waitUntil } from './wait-until.ts';

export interface TakeSlotDeps extends SlotHoldDeps {
  records: Pick<SalesforceRecords, 'query' | 'queryAll' | 'composite' | 'queryPath'>;
  log: Log;
  /** Free slots of the trainer after an instant, to offer instead of a taken one. */
  nextFreeSlots: (trainer: Trainer, after: Date, wanted: { durationMs: number; count: number }) => Promise<Offers>;
}

/** Slots to choose from, and for people why there may be few or none. */
export interface Offers {
  slots: readonly Interval[];
  /** Why nobody knows whether there are more. */
  unknown: readonly string[];
  notes: readonly string[];
}

export type TakenSlot =
  | { kind: 'held'; holdId: string }
  /** The same merchant has this very slot: the same booking. */
  | { kind: 'same'; snapshot: BookingSnapshot };

const OFFERED = 3;

/**
 * Holds the slot for a booking that is about to be made. Waits for an equal request that is on its way.
 * Throws `slot_taken` with the next free slots, `request_in_progress` when the equal request takes too long, and
 * `salesforce_unavailable`.
 */
export async function takeSlot(
  deps: TakeSlotDeps,
  wanted: { trainer: Trainer; slot: WantedSlot; timeZone: string; waitMs: number },
): Promise<TakenSlot> {
  const taken = await waitUntil(
    async (): Promise<TakenSlot | undefined> => {
      const hold = await holdSlot(deps, wanted.slot);
      if ('holdId' in hold) return { kind: 'held', ...hold };
      return hold.blockedBy && askHolder(deps, wanted, hold.blockedBy);
    },
    { timeoutMs: wanted.waitMs, everyMs: 100 },
  );
  if (taken) return taken;
  throw new AppError(
    'request_in_progress',
    'The same booking is being made by another request. Please try again shortly.',
    {
      retryable: true,
      retryAfterMs: 10_000,
    },
  );
}

/** undefined: try again, the hold is on its way to something else. */
async function askHolder(
  deps: TakeSlotDeps,
  wanted: { trainer: Trainer; slot: WantedSlot; timeZone: string },
  hold: BlockingHold,
): Promise<TakenSlot | undefined> {
  if (hold.bookingId === undefined) {
    if (hold.isSame) return undefined;
    throw await slotTaken(deps, wanted);
  }
  if (hold.isSame) {
    const snapshot = await readBooking(deps, hold.bookingId);
    if (!snapshot) await assertDeleted(deps.records, hold.bookingId);
    else if (isStillThere(snapshot, wanted.slot)) return { kind: 'same', snapshot };
  } else if ((await holderOf(deps, hold.bookingId, wanted.slot)) !== undefined) {
    throw await slotTaken(deps, wanted);
  }
  // Salesforce says that the booking has left the slot: the hold is out of date.
  await releaseHoldOf(deps.db, hold.bookingId, wanted.slot);
  return undefined;
}

function isStillThere({ booking }: BookingSnapshot, slot: WantedSlot): boolean {
  return (
    booking.status !== 'Cancelled' &&
    booking.trainerId === slot.trainerId &&
    booking.start.getTime() === slot.start.getTime() &&
    booking.end.getTime() === slot.end.getTime()
  );
}

export async function slotTaken(
  deps: Pick<TakeSlotDeps, 'nextFreeSlots' | 'log'>,
  { trainer, slot, timeZone }: { trainer: Trainer; slot: Interval; timeZone: string },
): Promise<AppError> {
  const when = describeInterval(slot, timeZone);
  const durationMs = slot.end.getTime() - slot.start.getTime();
  const offers = await deps
    .nextFreeSlots(trainer, slot.start, { durationMs, count: OFFERED })
    .catch((error: unknown) => {
      deps.log.warn({ err: messageOf(error), trainerId: trainer.id }, 'no slots to offer instead');
      return undefined;
    });
  return new AppError('slot_taken', `${trainer.name} is not free on ${when}. Please choose another time.`, {
    details: {
      start: slot.start.toISOString(),
      end: slot.end.toISOString(),
      ...(offers && {
        nextSlots: offers.slots.map(({ start, end }) => ({ start: start.toISOString(), end: end.toISOString() })),
        unknown: offers.unknown,
        notes: offers.notes,
      }),
    },
  });
}
