import { AppError } from '../../core/errors.ts';
import { soql } from '../../salesforce/records.ts';
import { assertDeleted } from './assert-deleted.ts';
import { bookingFields, eventRowsWhere, toBooking, toEventRow, type StoredBooking } from './booking-row.ts';
import type { Failure } from './classify-failure.ts';
import { desiredEffects } from './desired-effects.ts';
import { effectsInSalesforce, forgetEffects, keepEffects, readEffects } from './ledger.ts';
import { forgetLink } from './link-memory.ts';
import { isLive } from './plan-difference.ts';
import type { BookingSnapshot } from './read-booking.ts';
import type { PassDeps, ReconcileInput } from './reconcile-booking.ts';
import { runEffects } from './run-effects.ts';
import { forgetTimeline } from './timeline.ts';

/**
 * Removes what exists outside for a booking that was deleted in Salesforce, each thing by the token of its owner, and
 * forgets the booking. What cannot be removed yet is kept and tried again while the record is in the recycle bin; later
 * it is given up. Throws the failure that may pass.
 */
export async function removeDeleted(deps: PassDeps, input: ReconcileInput): Promise<void> {
  const { bookingId } = input;
  const deleted = await readDeleted(deps, bookingId);
  if (!deleted) await assertDeleted(deps.records, bookingId);
  await deps.announceDeleted?.({ id: bookingId, merchantReference: deleted?.booking.merchantReference });
  await keepEffects(deps.db, deleted ? effectsInSalesforce(deleted) : [], deps.now());
  const effects = await readEffects(deps.db, bookingId);
  if (effects.some(isLive)) {
    if (!deps.lark || deps.settings().mockLarkBooking) return;
    const isPast = deleted === undefined || deleted.booking.end <= deps.now();
    const desired = { ...nothingDesired(deps, bookingId, deleted), isPast };
    const context = { bookingId, revision: 0, actor: input.actor, requestId: input.requestId };
    const run = await runEffects({ ...deps, lark: deps.lark }, context, {
      desired,
      effects,
      settings: deps.settings(),
      findInvitee: () => Promise.resolve(undefined),
    });
    if (run.temporary) throw passing(run.temporary);
    if (run.invitation?.kind === 'temporary') throw passing(run.invitation);
    if (run.effects.some(isLive)) {
      deps.log.warn({ bookingId }, 'something of a deleted booking stays until its owner has access again');
      return;
    }
    deps.log.info({ bookingId }, 'what existed for a deleted booking is removed');
  }
  await forgetEffects(deps.db, bookingId);
  await forgetTimeline(deps.db, bookingId);
  await forgetLink(deps.db, bookingId);
}

function passing(failure: Failure): AppError {
  return new AppError('provider_unavailable', failure.message, {
    retryable: true,
    ...(failure.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs }),
  });
}

/** From the recycle bin; undefined when it is not (any more) there. */
async function readDeleted(deps: PassDeps, bookingId: string): Promise<BookingSnapshot | undefined> {
  const [row] = await deps.records.queryAll(
    soql`SELECT ${bookingFields} FROM Training_Booking__c WHERE Id = ${bookingId} AND IsDeleted = true`,
  );
  if (!row) return undefined;
  const rows = await deps.records.queryAll(eventRowsWhere(soql`Booking__c = ${bookingId}`));
  return { booking: toBooking(row), eventRows: rows.map(toEventRow) };
}

function nothingDesired(deps: PassDeps, bookingId: string, deleted: BookingSnapshot | undefined) {
  const now = deps.now();
  const start = new Date(now.getTime() + 3_600_000);
  const end = new Date(start.getTime() + 3_600_000);
  const booking = {
    ...(deleted?.booking ?? { ...unknownBooking, start, end }),
    id: bookingId,
    status: 'Cancelled' as const,
  };
  const trainer = { ...nobody, id: booking.trainerId };
  return desiredEffects({ booking, trainer, settings: deps.settings(), hasSlot: false, horizonMs: 0, now });
}

/** Stands for a booking of which nothing is known any more; an event with this content is removed as soon as it is found. */
const unknownBooking: Omit<StoredBooking, 'start' | 'end'> = {
  id: '',
  name: 'Deleted booking',
  trainerId: '',
  merchantReference: undefined,
  merchantName: undefined,
  contactName: undefined,
  contactEmail: undefined,
  timeZone: 'UTC',
  serviceType: 'Remote',
  bookingType: 'Training',
  status: 'Cancelled',
  storeAddress: undefined,
  notes: undefined,
  meetingLink: undefined,
  meetingLinkStatus: undefined,
  meetingLinkSource: undefined,
  larkReserveId: undefined,
  larkMeetingNumber: undefined,
  larkEventId: undefined,
  syncStatus: undefined,
  syncError: undefined,
  syncKey: undefined,
  revision: 0,
  syncedRevision: undefined,
};

const nobody = {
  id: '',
  name: '',
  email: '',
  active: false,
  timeZone: 'UTC',
  workDayStart: '09:00',
  workDayEnd: '17:00',
  workDays: [],
  userId: undefined,
  lark: { status: 'Not Connected' as const, userId: undefined, accountEmail: undefined },
  lastReminderAt: undefined,
  reminderCount: 0,
};
