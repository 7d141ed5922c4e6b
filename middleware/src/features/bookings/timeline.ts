import type { Now } from '../../core/runtime.ts';
import type { Row } from '../../salesforce/records.ts';
import type { Database, Transaction } from '../../storage/database.ts';

/** Who and what a pass works for. */
export interface PassContext {
  bookingId: string;
  /** Of the booking, as it was read. */
  revision: number;
  /** The acting Salesforce user, or the name of the calling system. */
  actor: string;
  requestId: string;
}

export interface TimelineEntry {
  step: 'Booking' | 'Slot' | 'Meeting' | 'Calendar event' | 'Invitation' | 'Meeting link' | 'Mirror' | 'Check';
  outcome:
    | 'created'
    | 'updated'
    | 'removed'
    | 'changed'
    | 'cancelled'
    | 'failed'
    | 'uncertain'
    | 'abandoned'
    | 'skipped'
    | 'conflict'
    | 'ok'
    | 'repaired';
  message: string;
  provider?: string;
  /** Keeps apart what happens more than once in one revision. */
  generation?: number;
  /** Tells what a person did inside Salesforce: true whatever becomes of the pass that saw it. */
  isByPerson?: boolean;
  durationMs?: number;
  oldLink?: string | undefined;
  newLink?: string | undefined;
}

/**
 * Keeps a line of the booking's timeline until Salesforce has it. Its key is made of what it tells, so a repeated pass
 * writes the same line again and not another one.
 */
export async function addTimelineEntry(
  deps: { db: Database | Transaction; now: Now },
  context: PassContext,
  entry: TimelineEntry,
): Promise<void> {
  const now = deps.now();
  const key = keyOf(context, entry);
  const row = JSON.stringify(timelineRow(context, entry, now));
  await deps.db
    .insertInto('timeline_entry')
    .values({ key, booking_id: context.bookingId, row, created_at: now })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ row, created_at: now }))
    .execute();
}

/** A line as a row of `Booking_Timeline__c`. */
export function timelineRow(context: PassContext, entry: TimelineEntry, at: Date): Row {
  return {
    Key__c: keyOf(context, entry),
    Booking__c: context.bookingId,
    Step__c: entry.step,
    Outcome__c: entry.outcome,
    Message__c: entry.message.slice(0, 2000),
    Provider__c: entry.provider ?? null,
    Duration_Ms__c: entry.durationMs ?? null,
    Request_ID__c: context.requestId.slice(0, 64),
    Actor__c: context.actor.slice(0, 255),
    Occurred_At__c: at.toISOString(),
    Old_Link__c: entry.oldLink ?? null,
    New_Link__c: entry.newLink ?? null,
  };
}

export function keyOf({ bookingId, revision }: PassContext, entry: Omit<TimelineEntry, 'message'>): string {
  const parts = [bookingId, revision, entry.step, entry.generation ?? 0, entry.outcome];
  return [...parts, ...(entry.isByPerson === true ? [BY_PERSON] : [])].join(':');
}

const BY_PERSON = 'by person';

export interface WaitingEntry {
  key: string;
  row: Row;
  createdAt: Date;
}

/** The lines of a booking that Salesforce does not have yet, oldest first. */
export async function waitingEntries(db: Database, bookingId: string): Promise<WaitingEntry[]> {
  const rows = await db
    .selectFrom('timeline_entry')
    .selectAll()
    .where('booking_id', '=', bookingId)
    .orderBy('created_at')
    .orderBy('key')
    .limit(200)
    .execute();
  return rows.map((entry) => ({ key: entry.key, row: JSON.parse(entry.row) as Row, createdAt: entry.created_at }));
}

export interface WaitingLinkLine {
  key: string;
  isByPerson: boolean;
  oldLink: string | undefined;
  newLink: string | undefined;
}

/** The lines about the booking's link that Salesforce is not known to have, newest first. */
export async function waitingLinkLines(db: Database | Transaction, bookingId: string): Promise<WaitingLinkLine[]> {
  const lines = await db
    .selectFrom('timeline_entry')
    .select(['key', 'row'])
    .where('booking_id', '=', bookingId)
    .where('key', 'like', '%:Meeting link:%')
    .orderBy('created_at', 'desc')
    .orderBy('key', 'desc')
    .execute();
  return lines.map(({ key, row: text }) => {
    const row = JSON.parse(text) as { Old_Link__c: string | null; New_Link__c: string | null };
    const [oldLink, newLink] = [row.Old_Link__c ?? undefined, row.New_Link__c ?? undefined];
    return { key, isByPerson: key.endsWith(`:${BY_PERSON}`), oldLink, newLink };
  });
}

/** Forgets lines that came to nothing, or that are known to be in Salesforce. */
export async function forgetLines(db: Database | Transaction, keys: readonly string[]): Promise<void> {
  if (keys.length > 0) await db.deleteFrom('timeline_entry').where('key', 'in', keys).execute();
}

/** Forgets lines that Salesforce has, unless they were written anew meanwhile. */
export async function forgetEntries(db: Database, entries: readonly WaitingEntry[]): Promise<void> {
  for (const { key, createdAt } of entries) {
    await db.deleteFrom('timeline_entry').where('key', '=', key).where('created_at', '=', createdAt).execute();
  }
}

/** Forgets lines of a booking that does not exist any more. */
export async function forgetTimeline(db: Database, bookingId: string): Promise<void> {
  await db.deleteFrom('timeline_entry').where('booking_id', '=', bookingId).execute();
}
