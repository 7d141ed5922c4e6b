import { randomBytes } from 'node:crypto';
import type { ErrorCode } from '../../core/error-codes.ts';
import { AppError } from '../../core/errors.ts';
import type { Trainer } from '../../core/trainer.ts';
import { isTimeZone } from '../../core/zoned-time.ts';
import { isUnknownOutcome, type SalesforceRecords } from '../../salesforce/records.ts';
import { findInTheWay } from './bookings-in-the-way.ts';
import {
  keyHashOf,
  requestHashOf,
  timeOf,
  trainerReferenceOf,
  type BookTrainingBody,
  type RequestedTime,
} from './booking-request.ts';
import {
  finishBooking,
  patienceOf,
  presentExisting,
  type Booked,
  type BookTrainingInput,
  type FinishBookingDeps,
} from './finish-booking.ts';
import { claimRequest, giveUpClaim, settleClaim, type Claim } from './idempotency.ts';
import { insertBooking, type InsertBookingDeps } from './insert-booking.ts';
import { readBooking, readBookingByKey, requireBooking, type BookingSnapshot } from './read-booking.ts';
import { saysTheSame } from './says-the-same.ts';
import { giveHolds, releaseTentativeHold, type WantedSlot } from './slot-hold.ts';
import { takeBack } from './take-back.ts';
import { slotTaken, takeSlot, type TakeSlotDeps } from './take-slot.ts';
import { waitUntil } from './wait-until.ts';

export interface BookTrainingDeps
  extends FinishBookingDeps, Omit<TakeSlotDeps, 'records'>, Omit<InsertBookingDeps, 'records'> {
  records: Pick<SalesforceRecords, 'query' | 'queryAll' | 'composite' | 'queryPath' | 'upsert'>;
  /** Resolves once the slots that Salesforce knows as taken are known here. */
  knowHolds: () => Promise<unknown>;
}

/**
 * Books a training: holds the slot, makes the row in Salesforce, then its meeting and event. A booking never fails
 * because of a meeting; the same request made again answers with the same booking.
 *
 * Throws `AppError`: trainer_not_found, ambiguous_trainer, trainer_inactive, trainer_changed, unknown_time_zone,
 * skipped_local_time, end_before_start, start_in_past, slot_taken, request_in_progress, idempotency_key_reused; and
 * `SalesforceError` when the booking could not be made.
 */
export async function bookTraining(deps: BookTrainingDeps, input: BookTrainingInput): Promise<Booked> {
  await deps.knowHolds();
  const { idempotencyKey } = input;
  if (idempotencyKey === undefined) {
    // The row always has a key, so that it can be found when no answer comes.
    return book(deps, input, { keyHash: randomBytes(32).toString('hex'), claim: undefined });
  }
  const keyHash = keyHashOf(input.callerName, idempotencyKey);
  const outcome = await waitUntil(
    async () => {
      const claimed = await claimRequest(deps, { keyHash, requestHash: requestHashOf(input.body) });
      return claimed.kind === 'busy' ? undefined : claimed;
    },
    { timeoutMs: patienceOf(deps).equalRequestMs, everyMs: 100 },
  );
  if (!outcome) throw inProgress('The same request is being worked on. Please try again shortly.', 10_000);
  if (outcome.kind === 'reused') throw keyReused();
  if (outcome.kind === 'booked') return presentExisting(deps, input, await requireBooking(deps, outcome.bookingId));
  try {
    const found = outcome.takenOver ? await readBookingByKey(deps, keyHash) : undefined;
    if (found) return await finishBooking(deps, input, { snapshot: found, claim: outcome.claim, holdId: undefined });
    return await book(deps, input, { keyHash, claim: outcome.claim });
  } catch (error) {
    const made = await madeBefore(deps, input, keyHash, error);
    if (made) {
      await settleClaim(deps.db, outcome.claim, made.booking.id);
      return presentExisting(deps, input, made);
    }
    await giveUpClaim(deps.db, outcome.claim);
    throw error;
  }
}

/**
 * What cannot be booked now may have been booked with this key before the database was lost; Salesforce still knows.
 * Asked only when the request would be refused, so that a new booking costs no extra call.
 */
async function madeBefore(
  deps: BookTrainingDeps,
  { body }: BookTrainingInput,
  keyHash: string,
  refusal: unknown,
): Promise<BookingSnapshot | undefined> {
  const mayHideIt: readonly ErrorCode[] = ['slot_taken', 'start_in_past', 'trainer_inactive'];
  if (!(refusal instanceof AppError) || !mayHideIt.includes(refusal.code)) return undefined;
  const found = await readBookingByKey(deps, keyHash).catch(() => undefined);
  return found?.booking.merchantReference === body.merchantId ? found : undefined;
}

interface Key {
  keyHash: string;
  claim: Claim | undefined;
}

async function book(deps: BookTrainingDeps, input: BookTrainingInput, key: Key, attempt = 1): Promise<Booked> {
  const { body } = input;
  const trainer = await deps.findTrainer(trainerReferenceOf(body), { fresh: attempt > 1 });
  if (!trainer.active) {
    throw new AppError('trainer_inactive', `${trainer.name} does not give trainings at the moment.`);
  }
  const time = timeIn(body, trainer, deps.now());
  const slot: WantedSlot = {
    trainerId: trainer.id,
    start: time.start,
    end: time.end,
    merchantReference: body.merchantId,
  };
  const wanted = { trainer, slot, timeZone: time.timeZone };
  const taken = await takeSlot(deps, { ...wanted, waitMs: patienceOf(deps).equalRequestMs });
  if (taken.kind === 'same') {
    if (!isAskedFor(input, taken.snapshot)) throw await slotTaken(deps, wanted);
    if (key.claim) await settleClaim(deps.db, key.claim, taken.snapshot.booking.id);
    return presentExisting(deps, input, taken.snapshot);
  }
  const { holdId } = taken;
  const inserted = await insertUnderHold(deps, { body, trainer, time, keyHash: key.keyHash }, holdId);
  if (inserted.kind === 'exists') {
    await releaseTentativeHold(deps.db, holdId);
    refuseOther(inserted.snapshot, slot);
    return goOnWith(deps, input, key, inserted.snapshot);
  }
  if (inserted.kind === 'not-free') {
    await releaseTentativeHold(deps.db, holdId);
    const booked = await meetOthers(deps, input, key, wanted);
    if (booked) return booked;
    if (attempt > 1) throw inProgress('This time is being booked at the moment. Please try again shortly.', 1_000);
    return book(deps, input, key, attempt + 1);
  }
  const { snapshot } = inserted;
  if (hasChanged(trainer, inserted.trainer, body)) {
    await takeBack(deps, input, { booking: snapshot.booking, holdId });
    if (attempt > 1) {
      throw new AppError('trainer_changed', `The record of ${trainer.name} is being changed. Please try again.`, {
        retryable: true,
      });
    }
    return book(deps, input, key, attempt + 1);
  }
  await deps.step('booking.inserted');
  return finishBooking(deps, input, { snapshot, trainer: inserted.trainer, claim: key.claim, holdId, time });
}

/** As `timeOf`, and says whose zone is to be corrected when it is not that of the request. */
function timeIn(body: BookTrainingBody, { id, name, timeZone }: Trainer, now: Date): RequestedTime {
  if (body.timeZone === undefined && !isTimeZone(timeZone)) {
    throw new AppError(
      'unknown_time_zone',
      `The record of ${name} in Salesforce has the time zone "${timeZone}", which is none we know. Correct it there to an IANA name such as Asia/Singapore, or send timeZone with the request.`,
      { details: { timeZone, trainerId: id } },
    );
  }
  return timeOf(body, timeZone, now);
}

/** Makes the row; when it surely was not made, the slot is free again. */
async function insertUnderHold(deps: BookTrainingDeps, booking: Parameters<typeof insertBooking>[1], holdId: string) {
  try {
    return await insertBooking(deps, booking);
  } catch (error) {
    const mayExist = isUnknownOutcome(error);
    if (!mayExist) await releaseTentativeHold(deps.db, holdId);
    throw error;
  }
}

/**
 * Salesforce has bookings in the way of which we had no hold: made or moved there, or by a request whose answer was lost.
 * From now on their holds tell. One of them may be what is asked for. Throws `slot_taken`; undefined when they have gone.
 */
async function meetOthers(
  deps: BookTrainingDeps,
  input: BookTrainingInput,
  key: Key,
  wanted: { trainer: Trainer; slot: WantedSlot; timeZone: string },
): Promise<Booked | undefined> {
  const { slot } = wanted;
  const inTheWay = await findInTheWay(deps.records, slot);
  if (inTheWay.length === 0) return undefined;
  await giveHolds(deps, inTheWay);
  const own = inTheWay.find(({ keyHash }) => keyHash === key.keyHash);
  const equal = own ?? inTheWay.find((booking) => isSameSlot(booking, slot));
  const snapshot = equal && (await readBooking(deps, equal.bookingId));
  if (snapshot && own) refuseOther(snapshot, slot);
  if (!snapshot || !(own || isAskedFor(input, snapshot))) throw await slotTaken(deps, wanted);
  return goOnWith(deps, input, key, snapshot);
}

/** An equal merchant and time is the same booking; for a request with a key only if it asks for nothing else. */
function isAskedFor({ body, idempotencyKey }: BookTrainingInput, { booking }: BookingSnapshot): boolean {
  return idempotencyKey === undefined || saysTheSame(body, booking);
}

/** The booking of this request exists already; a request that died may have left it without its effects. */
async function goOnWith(
  deps: BookTrainingDeps,
  input: BookTrainingInput,
  { claim }: Key,
  snapshot: BookingSnapshot,
): Promise<Booked> {
  const { booking } = snapshot;
  if (booking.syncedRevision === undefined && booking.status !== 'Cancelled') {
    return finishBooking(deps, input, { snapshot, claim, holdId: undefined });
  }
  if (claim) await settleClaim(deps.db, claim, booking.id);
  return presentExisting(deps, input, snapshot);
}

/** What was read in the cache and decides about the booking. */
function hasChanged(known: Trainer, fresh: Trainer, body: BookTrainingBody): boolean {
  const usesZone = body.timeZone === undefined;
  const usesName = body.trainerName !== undefined;
  return (
    !fresh.active ||
    fresh.email.toLowerCase() !== known.email.toLowerCase() ||
    (usesZone && fresh.timeZone !== known.timeZone) ||
    (usesName && fresh.name.toLowerCase() !== known.name.toLowerCase())
  );
}

/** The database was lost and with it what the key was used for; Salesforce still shows when it was something else. */
function refuseOther({ booking }: BookingSnapshot, slot: WantedSlot): void {
  const isSameMerchant = booking.merchantReference === slot.merchantReference;
  // A booking that was changed since may differ from the request that made it.
  const isUnchanged = booking.revision <= 1;
  if (!isSameMerchant || (isUnchanged && !isSameSlot(booking, slot))) throw keyReused();
}

function isSameSlot(one: WantedSlot, other: WantedSlot): boolean {
  return (
    one.merchantReference === other.merchantReference &&
    one.trainerId === other.trainerId &&
    one.start.getTime() === other.start.getTime() &&
    one.end.getTime() === other.end.getTime()
  );
}

function keyReused(): AppError {
  return new AppError(
    'idempotency_key_reused',
    'This idempotency key was used for a different booking. Use a new key for a new booking.',
  );
}

function inProgress(message: string, retryAfterMs: number): AppError {
  return new AppError('request_in_progress', message, { retryable: true, retryAfterMs });
}
