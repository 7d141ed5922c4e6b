import type { ConnectionId } from '../../core/connection.ts';
import type { Database, EffectTable, Transaction } from '../../storage/database.ts';
import type { Selectable } from 'kysely';
import type { EventRow, StoredBooking } from './booking-row.ts';
import { connectionIdOf } from '../../core/connection.ts';
import type { Effect, EffectState } from './effect.ts';

/** All effects of a booking, oldest generation first. */
export async function readEffects(db: Database, bookingId: string): Promise<Effect[]> {
  const rows = await db
    .selectFrom('effect')
    .selectAll()
    .where('booking_id', '=', bookingId)
    .orderBy('kind')
    .orderBy('generation')
    .execute();
  return rows.map(toEffect);
}

/** Writes what is known of an effect now. */
export async function saveEffect(db: Database | Transaction, effect: Effect, now: Date): Promise<void> {
  const { booking_id, kind, generation, created_at, ...changed } = toRow(effect, now);
  await db
    .insertInto('effect')
    .values({ booking_id, kind, generation, created_at, ...changed })
    .onConflict((conflict) => conflict.columns(['booking_id', 'kind', 'generation']).doUpdateSet(changed))
    .execute();
}

/**
 * Adds what Salesforce knows and the ledger does not: after the database was lost, the effects are still there.
 * @returns all effects
 */
export async function recallEffects(
  db: Database,
  snapshot: { booking: StoredBooking; eventRows: readonly EventRow[] },
  now: Date,
): Promise<Effect[]> {
  const known = await readEffects(db, snapshot.booking.id);
  const lost = effectsInSalesforce(snapshot).filter(
    (effect) => !known.some(({ kind, generation }) => kind === effect.kind && generation === effect.generation),
  );
  if (lost.length === 0) return known;
  await keepEffects(db, lost, now);
  return readEffects(db, snapshot.booking.id);
}

/** Adds effects; those that the ledger knows stay as it knows them. */
export async function keepEffects(db: Database, effects: readonly Effect[], now: Date): Promise<void> {
  if (effects.length === 0) return;
  await db
    .insertInto('effect')
    .values(effects.map((effect) => toRow(effect, now)))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function forgetEffects(db: Database, bookingId: string): Promise<void> {
  await db.deleteFrom('effect').where('booking_id', '=', bookingId).execute();
}

const stateOfStatus: Record<string, EffectState> = {
  Pending: 'intended',
  Active: 'done',
  Removed: 'removed',
  Abandoned: 'abandoned',
  Failed: 'failed',
};

/** The effects that the rows of Salesforce tell of. Their content is unknown, so it will be written again. */
export function effectsInSalesforce({
  booking,
  eventRows,
}: {
  booking: StoredBooking;
  eventRows: readonly EventRow[];
}): Effect[] {
  return eventRows.map((row): Effect => {
    const state = stateOfStatus[row.status ?? 'Active'] ?? 'done';
    const common = {
      bookingId: booking.id,
      generation: row.generation,
      connectionId: (row.connectionId ?? connectionIdOf('lark', booking.trainerId)) as ConnectionId,
      providerKey: row.key,
      externalId: row.eventId,
      calendarId: row.calendarId,
    };
    if (row.kind === 'Invitation') return { ...common, kind: 'invitation', state };
    if (row.kind === 'Meeting') {
      // Whether a reservation that was on its way exists cannot be found out.
      const meetingState = state === 'intended' ? 'uncertain' : state;
      const own = row.eventId === booking.larkReserveId && booking.meetingLinkStatus !== 'Manual';
      return {
        ...common,
        kind: 'reservation',
        state: meetingState,
        link: own ? booking.meetingLink : undefined,
        meetingNumber: own ? booking.larkMeetingNumber : undefined,
      };
    }
    const meeting = meetingOf(booking);
    return { ...common, kind: 'event', state, meeting, link: meeting === 'none' ? undefined : booking.meetingLink };
  });
}

function meetingOf(booking: StoredBooking): 'own' | 'link' | 'none' {
  if (booking.meetingLink === undefined) return 'none';
  return booking.meetingLinkSource === 'Lark Calendar' ? 'own' : 'link';
}

function toEffect(row: Selectable<EffectTable>): Effect {
  return {
    bookingId: row.booking_id,
    kind: row.kind,
    generation: row.generation,
    connectionId: row.connection_id as ConnectionId,
    providerKey: row.provider_key,
    state: row.state,
    externalId: row.external_id ?? undefined,
    calendarId: row.calendar_id ?? undefined,
    link: row.link ?? undefined,
    meetingNumber: row.meeting_number ?? undefined,
    meeting: row.meeting ?? undefined,
    contentHash: row.content_hash ?? undefined,
    error: row.error ?? undefined,
  };
}

function toRow(effect: Effect, now: Date) {
  return {
    booking_id: effect.bookingId,
    kind: effect.kind,
    generation: effect.generation,
    connection_id: effect.connectionId,
    provider_key: effect.providerKey,
    state: effect.state,
    external_id: effect.externalId ?? null,
    calendar_id: effect.calendarId ?? null,
    link: effect.link ?? null,
    meeting_number: effect.meetingNumber ?? null,
    meeting: effect.meeting ?? null,
    content_hash: effect.contentHash ?? null,
    error: effect.error ?? null,
    created_at: now,
    updated_at: now,
  };
}
