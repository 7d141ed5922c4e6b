import { randomUUID } from 'node:crypto';
import type { ConnectionId } from '../../core/connection.ts';
import type { Database, EffectTable } from '../../storage/database.ts';
import type { CorrectLedgerDeps } from './correct-ledger.ts';
import { hashOf } from './effect.ts';
import { reconcileJob } from './reconcile-job.ts';
import { addTimelineEntry } from './timeline.ts';
import { writeTimeline } from './write-back.ts';

/**
 * Tells ledger and timeline that an event of a booking was removed by somebody who came across it. Only while working on
 * the booking as the only one.
 */
export async function noteLeftover(
  deps: CorrectLedgerDeps,
  removed: {
    booking: { id: string; revision: number; isDeleted: boolean };
    connectionId: ConnectionId;
    eventId: string;
    message: string;
  },
): Promise<void> {
  const { booking, connectionId, eventId, message } = removed;
  const context = {
    bookingId: booking.id,
    revision: booking.revision,
    actor: 'find-orphans',
    requestId: randomUUID(),
  };
  // A number of its own for each event: several of them may go in one night.
  const generation = Number.parseInt(hashOf(eventId).slice(0, 7), 16);
  await deps.db.transaction().execute(async (trx) => {
    const known = await trx
      .updateTable('effect')
      .set({ state: 'removed', error: null, updated_at: deps.now() })
      .where('booking_id', '=', booking.id)
      .where('connection_id', '=', connectionId)
      .where('external_id', '=', eventId)
      .where('state', '!=', 'removed')
      .returning('provider_key')
      .execute();
    // The pass brings the event's row in Salesforce up to date.
    if (known.length > 0) {
      const { bookingId, actor, requestId } = context;
      await deps.queue.enqueue(reconcileJob, { bookingId, actor, requestId }, { key: bookingId, trx });
    }
    if (booking.isDeleted) return;
    await addTimelineEntry({ db: trx, now: deps.now }, context, {
      step: 'Check',
      outcome: 'removed',
      message,
      provider: 'lark',
      generation,
    });
  });
  if (booking.isDeleted) return;
  await writeTimeline(deps, booking.id).catch((error: unknown) => {
    deps.log.warn({ err: error, bookingId: booking.id }, 'a line of the timeline is not in Salesforce yet');
  });
}

/** What the ledger says of effects, for somebody who looks for those that should not exist. */
export interface LedgerLine {
  bookingId: string;
  kind: EffectTable['kind'];
  connectionId: ConnectionId;
  state: EffectTable['state'];
  externalId: string | undefined;
  updatedAt: Date;
}

/** All effects of these bookings, whatever their state. */
export async function effectsOf(db: Database, bookingIds: readonly string[]): Promise<LedgerLine[]> {
  if (bookingIds.length === 0) return [];
  const rows = await lines(db).where('booking_id', 'in', bookingIds).execute();
  return rows.map(toLine);
}

/** Hardly anybody books further ahead; what has not changed for longer is over. */
export const KNOWN_FOR_MS = 400 * 24 * 3_600_000;

/** What exists, or may exist, for the next bookings after this id, in the order of their ids. */
export async function nextEffects(
  { db, now }: Pick<CorrectLedgerDeps, 'db' | 'now'>,
  afterBookingId: string,
  bookings: number,
): Promise<LedgerLine[]> {
  const since = new Date(now().getTime() - KNOWN_FOR_MS);
  const ids = await db
    .selectFrom('effect')
    .select('booking_id')
    .distinct()
    .where('booking_id', '>', afterBookingId)
    .where('state', 'in', ['intended', 'done', 'uncertain'])
    .where('updated_at', '>', since)
    .orderBy('booking_id')
    .limit(bookings)
    .execute();
  const all = await effectsOf(
    db,
    ids.map(({ booking_id }) => booking_id),
  );
  return all.filter(({ state }) => state === 'intended' || state === 'done' || state === 'uncertain');
}

function lines(db: Database) {
  return db
    .selectFrom('effect')
    .select(['booking_id', 'kind', 'connection_id', 'state', 'external_id', 'updated_at', 'generation'])
    .orderBy('booking_id')
    .orderBy('kind')
    .orderBy('generation');
}

function toLine(row: Awaited<ReturnType<ReturnType<typeof lines>['execute']>>[number]): LedgerLine {
  return {
    bookingId: row.booking_id,
    kind: row.kind,
    connectionId: row.connection_id as ConnectionId,
    state: row.state,
    externalId: row.external_id ?? undefined,
    updatedAt: row.updated_at,
  };
}
