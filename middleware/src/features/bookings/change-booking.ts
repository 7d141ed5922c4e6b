import { AppError } from '../../core/errors.ts';
import type { Trainer } from '../../core/trainer.ts';
import { describeInterval } from '../../core/zoned-time.ts';
import { isUnknownOutcome, type Row } from '../../salesforce/records.ts';
import { findInTheWay, isNotFree, type GuardedSlot } from './bookings-in-the-way.ts';
import type { RequestedTime } from './booking-request.ts';
import type { StoredBooking } from './booking-row.ts';
import { timeAfter, type ChangeBookingBody } from './change-request.ts';
import { changeUnderLease, requireOpen, type Changed, type ChangeInput } from './change-under-lease.ts';
import type { FinishBookingDeps } from './finish-booking.ts';
import { moveToSlot, type MoveToSlotDeps } from './move-to-slot.ts';
import type { PresentedBooking } from './present-booking.ts';
import { saveBooking } from './save-booking.ts';
import { giveHolds, releaseMove } from './slot-hold.ts';
import { slotTaken } from './take-slot.ts';
import { addTimelineEntry } from './timeline.ts';

export interface ChangeBookingDeps extends FinishBookingDeps, Omit<MoveToSlotDeps, 'records'> {
  /** Resolves once the slots that Salesforce knows as taken are known here. */
  knowHolds: () => Promise<unknown>;
}

/**
 * Moves a booking, gives it to another trainer or changes what is said about it: the new slot first, then Salesforce,
 * then meeting and events. What is asked for already changes nothing, so a repeated request answers the same.
 *
 * Throws `AppError`: booking_not_found, booking_cancelled, booking_completed, trainer_not_found, trainer_inactive,
 * unknown_time_zone, skipped_local_time, end_before_start, start_in_past, slot_taken, request_in_progress; and
 * `SalesforceError` when it could not be saved.
 */
export async function changeBooking(
  deps: ChangeBookingDeps,
  input: ChangeInput & { body: ChangeBookingBody },
): Promise<PresentedBooking> {
  await deps.knowHolds();
  return changeUnderLease(deps, input, ({ booking }) => change(deps, input, booking));
}

async function change(
  deps: ChangeBookingDeps,
  input: ChangeInput & { body: ChangeBookingBody },
  booking: StoredBooking,
): Promise<Changed> {
  const { body } = input;
  requireOpen(booking, deps.now());
  const time = timeAfter(body, booking, deps.now());
  const trainer = await deps.findTrainer(
    { trainerId: body.trainerId ?? booking.trainerId },
    { fresh: body.trainerId !== undefined },
  );
  const fields = changedFields(booking, body, time, trainer);
  if (Object.keys(fields).length === 0) return { isChanged: false };
  const isReassigned = 'Trainer__c' in fields;
  if (isReassigned && !trainer.active) {
    throw new AppError('trainer_inactive', `${trainer.name} does not give trainings at the moment.`);
  }
  const takesSlot = isReassigned || 'Start__c' in fields || 'End__c' in fields;
  const saved = takesSlot
    ? await move(deps, booking, fields, { trainer, time })
    : await saveBooking(deps, booking.id, fields);
  const context = { bookingId: saved.id, revision: saved.revision, actor: input.actor, requestId: input.requestId };
  await addTimelineEntry(deps, context, {
    step: 'Booking',
    outcome: 'changed',
    message: describeChange(booking, saved, trainer, fields),
  });
  return { isChanged: true, booking: saved, trainer, notes: time.notes };
}

/** When it surely was not saved, the new slot is free again; when nobody knows, it lapses or becomes the booking's. */
async function move(
  deps: ChangeBookingDeps,
  booking: StoredBooking,
  fields: Row,
  { trainer, time }: { trainer: Trainer; time: RequestedTime },
): Promise<StoredBooking> {
  await moveToSlot(deps, { booking, trainer, time });
  const slot: GuardedSlot = { trainerId: trainer.id, start: time.start, end: time.end, of: booking.id };
  try {
    return await saveBooking(deps, booking.id, fields, slot);
  } catch (error) {
    if (!isUnknownOutcome(error)) await releaseMove(deps.db, booking.id);
    if (!isNotFree(error)) throw error;
    // Something that nobody has told us of: from now on its hold does.
    await giveHolds(deps, await findInTheWay(deps.records, slot));
    throw await slotTaken(deps, { trainer, slot, timeZone: time.timeZone });
  }
}

function changedFields(booking: StoredBooking, body: ChangeBookingBody, time: RequestedTime, trainer: Trainer): Row {
  const after: Row = {
    Trainer__c: trainer.id,
    Start__c: time.start.toISOString(),
    End__c: time.end.toISOString(),
    ...(body.timeZone === undefined ? {} : { Time_Zone__c: time.timeZone }),
    ...(body.serviceType === undefined ? {} : { Service_Type__c: body.serviceType }),
    ...(body.storeAddress === undefined ? {} : { Store_Address__c: body.storeAddress }),
    ...(body.contactName === undefined ? {} : { Merchant_Contact_Name__c: body.contactName }),
    ...(body.contactEmail === undefined ? {} : { Merchant_Contact_Email__c: body.contactEmail }),
    ...(body.notes === undefined ? {} : { Notes__c: body.notes }),
  };
  const before: Row = {
    Trainer__c: booking.trainerId,
    Start__c: booking.start.toISOString(),
    End__c: booking.end.toISOString(),
    Time_Zone__c: booking.timeZone,
    Service_Type__c: booking.serviceType,
    Store_Address__c: booking.storeAddress ?? null,
    Merchant_Contact_Name__c: booking.contactName ?? null,
    Merchant_Contact_Email__c: booking.contactEmail ?? null,
    Notes__c: booking.notes ?? null,
  };
  return Object.fromEntries(Object.entries(after).filter(([field, value]) => before[field] !== value));
}

function describeChange(before: StoredBooking, after: StoredBooking, trainer: Trainer, fields: Row): string {
  const others = Object.keys(fields).filter((field) => !['Trainer__c', 'Start__c', 'End__c'].includes(field));
  const parts = [
    'Start__c' in fields || 'End__c' in fields
      ? `Moved from ${describeInterval(before, after.timeZone)} to ${describeInterval(after, after.timeZone)}.`
      : undefined,
    'Trainer__c' in fields ? `Given to ${trainer.name}.` : undefined,
    others.length > 0 ? `Changed: ${others.map(inWords).join(', ')}.` : undefined,
  ];
  return parts.filter((part) => part !== undefined).join(' ');
}

/** `Store_Address__c` → `store address` */
function inWords(field: string): string {
  return field.replace(/__c$/, '').replaceAll('_', ' ').toLowerCase();
}
