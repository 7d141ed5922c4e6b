import { AppError } from '../../core/errors.ts';
import type { Interval } from '../../core/interval.ts';
import type { Now } from '../../core/runtime.ts';
import { isExclusionViolation, type Database, type Transaction } from '../../storage/database.ts';

export interface SlotHoldDeps {
  db: Database;
  now: Now;
}

/** A slot of one trainer, wanted by one merchant. */
export interface WantedSlot extends Interval {
  trainerId: string;
  merchantReference: string | undefined;
}

/** The hold that is in the way. */
export interface BlockingHold {
  id: string;
  state: 'tentative' | 'booked';
  bookingId: string | undefined;
  /** The same merchant wants the very same slot: it is the same booking. */
  isSame: boolean;
}

/** How long a booking may take to be made before its slot is free again. */
const TENTATIVE_MS = 2 * 60_000;

/**
 * Keeps a slot while its booking is made. Two holds of one trainer cannot overlap (exclusion constraint); tentative ones
 * that have expired are removed on the way. What they were for may exist all the same: only Salesforce knows, see
 * `whereFree`.
 * @returns the id of the hold, or the hold that is in the way
 */
export async function holdSlot(
  deps: SlotHoldDeps,
  slot: WantedSlot,
): Promise<{ holdId: string } | { blockedBy: BlockingHold | undefined }> {
  const now = deps.now();
  return deps.db.transaction().execute(async (trx) => {
    await removeLapsed(trx, slot, now);
    const row = await trx
      .insertInto('slot_hold')
      .values({
        ...columnsOf(slot),
        state: 'tentative',
        expires_at: new Date(now.getTime() + TENTATIVE_MS),
        booking_id: null,
      })
      .onConflict((conflict) => conflict.constraint('slot_hold_no_overlap').doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!row) return { blockedBy: await blockingHold(trx, slot) };
    return { holdId: row.id };
  });
}

/** Makes a tentative hold the booking's. False when it had lapsed: then `followHold` decides. */
export async function promoteHold(
  db: Database | Transaction,
  { holdId, bookingId }: { holdId: string; bookingId: string },
): Promise<boolean> {
  const updated = await db
    .updateTable('slot_hold')
    .set({ state: 'booked', booking_id: bookingId, expires_at: null })
    .where('id', '=', holdId)
    .where((where) =>
      where.not(where.exists(where.selectFrom('slot_hold').select('id').where('booking_id', '=', bookingId))),
    )
    .returning('id')
    .executeTakeFirst();
  return updated !== undefined;
}

/** Frees the slot of a booking that was not made. */
export async function releaseTentativeHold(db: Database, holdId: string): Promise<void> {
  await db.deleteFrom('slot_hold').where('id', '=', holdId).where('state', '=', 'tentative').execute();
}

/**
 * Frees the slot of a booking.
 * @param at frees it only where it still is in the way of this; a hold that has moved meanwhile stays
 * @returns the trainer whose time became free
 */
export async function releaseHoldOf(
  db: Database | Transaction,
  bookingId: string,
  at?: Pick<WantedSlot, 'trainerId' | 'start' | 'end'>,
): Promise<string | undefined> {
  const own = db.deleteFrom('slot_hold').where('booking_id', '=', bookingId);
  const there =
    at === undefined
      ? own
      : own.where('trainer_id', '=', at.trainerId).where('starts_at', '<', at.end).where('ends_at', '>', at.start);
  const row = await there.returning('trainer_id').executeTakeFirst();
  return row?.trainer_id;
}

export interface FollowHoldDeps extends SlotHoldDeps {
  /** Told whose time became free; what it enqueues exists exactly if that is so. */
  freed?: (trx: Transaction, trainerId: string) => Promise<void>;
}

/** Frees the slot of a booking that needs it no more, and tells of it. */
export async function freeHoldOf(deps: FollowHoldDeps, bookingId: string): Promise<void> {
  await deps.db.transaction().execute(async (trx) => {
    const trainerId = await releaseHoldOf(trx, bookingId);
    if (trainerId !== undefined) await deps.freed?.(trx, trainerId);
  });
}

/** A booking with its time as Salesforce has it. */
export interface BookedSlot extends WantedSlot {
  bookingId: string;
}

const ROWS_PER_STATEMENT = 200;

/**
 * Gives bookings their holds, those that have none; where they are in each other's way, the first one gets it. Tentative
 * holds that have lapsed are in nobody's way. @returns how many were made
 */
export async function giveHolds({ db, now }: SlotHoldDeps, bookings: readonly BookedSlot[]): Promise<number> {
  await db.deleteFrom('slot_hold').where('state', '=', 'tentative').where('expires_at', '<=', now()).execute();
  let made = 0;
  for (let first = 0; first < bookings.length; first += ROWS_PER_STATEMENT) {
    const rows = bookings.slice(first, first + ROWS_PER_STATEMENT).map((booking) => ({
      ...columnsOf(booking),
      state: 'booked' as const,
      expires_at: null,
      booking_id: booking.bookingId,
    }));
    const inserted = await db
      .insertInto('slot_hold')
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .execute();
    made += inserted.length;
  }
  return made;
}

/** Others may come and go between two looks; more often than this is not by chance. */
const MOST_TRIES = 5;

/** Tries until there is an answer. Throws `request_in_progress` (retryable) when holds change too fast to tell. */
export async function whileHoldsChange<T>(attempt: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const answer = await attempt();
    if (answer !== undefined) return answer;
  }
  throw new AppError('request_in_progress', 'This time is being booked at the moment. Please try again shortly.', {
    retryable: true,
    retryAfterMs: 1_000,
  });
}

/**
 * Lets the hold of a booking follow what the booking says now: it is made, moved, or given up when the new time is taken.
 * A tentative hold of the very same merchant and slot is this booking's own, left by a request that did not end.
 * Throws `request_in_progress` (retryable) when holds change too fast to tell.
 * @returns what keeps the booking from holding its slot
 */
export async function followHold(
  deps: FollowHoldDeps,
  bookingId: string,
  slot: WantedSlot,
): Promise<BlockingHold | undefined> {
  const { blockedBy } = await whileHoldsChange(async () => {
    const current = await holdOf(deps.db, bookingId);
    if (current) {
      if (occupiesSlot(current, slot) || (await moveHold(deps, bookingId, slot))) return { blockedBy: undefined };
      await freeHoldOf(deps, bookingId);
    }
    return makeHold(deps, bookingId, slot);
  });
  return blockedBy;
}

/** Gives up what a booking held for a move. */
export async function releaseMove(db: Database | Transaction, bookingId: string): Promise<void> {
  await db.deleteFrom('slot_hold').where('moves_booking', '=', bookingId).execute();
}

/**
 * Holds the slot that a booking is about to move to, beside the hold that it has: only the part of it that is not its
 * own already. The caller works on the booking as the only one. `followHold` makes it the booking's, `releaseMove` gives
 * it up, and otherwise it lapses.
 * @returns the hold that is in the way; `retry` when it went away meanwhile
 */
export async function holdMove(
  deps: SlotHoldDeps,
  bookingId: string,
  slot: Omit<WantedSlot, 'merchantReference'>,
): Promise<'held' | 'retry' | BlockingHold> {
  const now = deps.now();
  const wanted: WantedSlot = { ...slot, merchantReference: undefined };
  try {
    return await deps.db.transaction().execute(async (trx): Promise<'held'> => {
      await removeLapsed(trx, wanted, now);
      await releaseMove(trx, bookingId);
      const own = await holdOf(trx, bookingId);
      for (const part of own?.trainer_id === slot.trainerId ? without(slot, own) : [slot]) {
        const piece = { ...wanted, ...part };
        const row = await trx
          .insertInto('slot_hold')
          .values({
            ...columnsOf(piece),
            state: 'tentative',
            expires_at: new Date(now.getTime() + TENTATIVE_MS),
            booking_id: null,
            moves_booking: bookingId,
          })
          .onConflict((conflict) => conflict.constraint('slot_hold_no_overlap').doNothing())
          .returning('id')
          .executeTakeFirst();
        if (!row) throw new InTheWay(await blockingHold(trx, piece));
      }
      return 'held';
    });
  } catch (error) {
    if (error instanceof InTheWay) return error.hold ?? 'retry';
    throw error;
  }
}

/** Undoes the transaction. */
class InTheWay extends Error {
  readonly hold: BlockingHold | undefined;
  constructor(hold: BlockingHold | undefined) {
    super('a hold is in the way');
    this.hold = hold;
  }
}

/** The parts of the slot before and after what is held. */
function without(slot: Interval, held: { starts_at: Date; ends_at: Date }): Interval[] {
  const before = { start: slot.start, end: earlier(slot.end, held.starts_at) };
  const after = { start: later(slot.start, held.ends_at), end: slot.end };
  return [before, after].filter(({ start, end }) => start < end);
}

const earlier = (one: Date, other: Date) => (one < other ? one : other);
const later = (one: Date, other: Date) => (one > other ? one : other);

function holdOf(db: Database | Transaction, bookingId: string) {
  return db.selectFrom('slot_hold').selectAll().where('booking_id', '=', bookingId).executeTakeFirst();
}

/** undefined: what was in the way has gone, or it is a hold that the booking got meanwhile. Then it is looked at again. */
async function makeHold(
  deps: SlotHoldDeps,
  bookingId: string,
  slot: WantedSlot,
): Promise<{ blockedBy: BlockingHold | undefined } | undefined> {
  return deps.db.transaction().execute(async (trx) => {
    await removeLapsed(trx, slot, deps.now());
    await releaseMove(trx, bookingId);
    const row = await trx
      .insertInto('slot_hold')
      .values({ ...columnsOf(slot), state: 'booked', expires_at: null, booking_id: bookingId })
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst();
    if (row) return { blockedBy: undefined };
    const blockedBy = await blockingHold(trx, slot);
    if (!blockedBy || blockedBy.bookingId === bookingId) return undefined;
    if (blockedBy.state !== 'tentative' || !blockedBy.isSame) return { blockedBy };
    const isOwn = await promoteHold(trx, { holdId: blockedBy.id, bookingId });
    return isOwn ? { blockedBy: undefined } : undefined;
  });
}

/** False: the new time is taken, or the hold has gone. */
async function moveHold(deps: FollowHoldDeps, bookingId: string, slot: WantedSlot): Promise<boolean> {
  try {
    return await deps.db.transaction().execute(async (trx) => {
      await removeLapsed(trx, slot, deps.now());
      await releaseMove(trx, bookingId);
      const before = await holdOf(trx, bookingId);
      if (!before) return false;
      await trx.updateTable('slot_hold').set(columnsOf(slot)).where('id', '=', before.id).execute();
      await deps.freed?.(trx, before.trainer_id);
      return true;
    });
  } catch (error) {
    if (isExclusionViolation(error)) return false;
    throw error;
  }
}

function columnsOf(slot: WantedSlot) {
  return {
    trainer_id: slot.trainerId,
    starts_at: slot.start,
    ends_at: slot.end,
    merchant_reference: slot.merchantReference ?? null,
  };
}

/** The hold that overlaps the slot; undefined when it went away meanwhile. */
async function blockingHold(trx: Transaction, slot: WantedSlot): Promise<BlockingHold | undefined> {
  const row = await trx
    .selectFrom('slot_hold')
    .selectAll()
    .where('trainer_id', '=', slot.trainerId)
    .where('starts_at', '<', slot.end)
    .where('ends_at', '>', slot.start)
    .orderBy('starts_at')
    .limit(1)
    .executeTakeFirst();
  return row && { id: row.id, state: row.state, bookingId: row.booking_id ?? undefined, isSame: isSameSlot(row, slot) };
}

async function removeLapsed(trx: Transaction, slot: WantedSlot, now: Date): Promise<void> {
  await trx
    .deleteFrom('slot_hold')
    .where('trainer_id', '=', slot.trainerId)
    .where('starts_at', '<', slot.end)
    .where('ends_at', '>', slot.start)
    .where('state', '=', 'tentative')
    .where('expires_at', '<=', now)
    .execute();
}

interface HeldSlot {
  trainer_id: string;
  starts_at: Date;
  ends_at: Date;
  merchant_reference: string | null;
}

function occupiesSlot(hold: HeldSlot, slot: WantedSlot): boolean {
  return (
    hold.trainer_id === slot.trainerId &&
    hold.starts_at.getTime() === slot.start.getTime() &&
    hold.ends_at.getTime() === slot.end.getTime()
  );
}

function isSameSlot(hold: HeldSlot, slot: WantedSlot): boolean {
  return (
    occupiesSlot(hold, slot) &&
    slot.merchantReference !== undefined &&
    hold.merchant_reference === slot.merchantReference
  );
}
