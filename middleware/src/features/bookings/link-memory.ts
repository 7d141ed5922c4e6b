import type { Now } from '../../core/runtime.ts';
import { soql, type SalesforceRecords } from '../../salesforce/records.ts';
import type { Database, Transaction } from '../../storage/database.ts';
import type { StoredBooking } from './booking-row.ts';
import type { Effect } from './effect.ts';
import type { SyncResults } from './sync-results.ts';
import { addTimelineEntry, forgetLines, waitingLinkLines, type PassContext } from './timeline.ts';

/** What is remembered of a booking's link beside what Salesforce shows of it. */
export interface LinkMemory {
  /** The link that Salesforce was last known to show. */
  link: string | undefined;
  /** Meetings up to this generation are to be replaced by a new one. */
  staleGeneration: number;
  emptiedLink: string | undefined;
  /** A typed link that a made one shall replace. */
  replacedLink: string | undefined;
  /** A new meeting was asked for and is not there yet. */
  isOpen: boolean;
  /** Counts what happened to the link: keeps the lines of one revision apart. */
  changes: number;
}

export const noLinkMemory: LinkMemory = {
  link: undefined,
  staleGeneration: 0,
  emptiedLink: undefined,
  replacedLink: undefined,
  isOpen: false,
  changes: 0,
};

export interface LinkMemoryDeps {
  db: Database | Transaction;
  now: Now;
}

export interface FollowLinkDeps {
  db: Database;
  now: Now;
  records: Pick<SalesforceRecords, 'query'>;
}

/** undefined: nothing is remembered, as for a booking that was never seen or after the database was lost. */
export async function readLinkMemory(db: Database | Transaction, bookingId: string): Promise<LinkMemory | undefined> {
  const row = await db.selectFrom('link_memory').selectAll().where('booking_id', '=', bookingId).executeTakeFirst();
  return (
    row && {
      link: row.link ?? undefined,
      staleGeneration: row.stale_generation,
      emptiedLink: row.emptied_link ?? undefined,
      replacedLink: row.replaced_link ?? undefined,
      isOpen: row.is_open,
      changes: row.changes,
    }
  );
}

/**
 * Remembers that a booking shall get a new meeting: every meeting that exists now is to be replaced. A second wish
 * before the first one is fulfilled is the same wish, so that it is done once, whatever crashes or is repeated.
 */
export async function askForNewMeeting(
  deps: { db: Transaction; now: Now },
  context: PassContext,
  booking: StoredBooking,
  effects: readonly Effect[],
): Promise<LinkMemory> {
  const known = (await readLinkMemory(deps.db, booking.id)) ?? noLinkMemory;
  await tellNews(deps, context, booking, known);
  const shown = booking.meetingLink ?? known.link;
  const isTyped = booking.meetingLinkStatus === 'Manual';
  const wish: LinkMemory = {
    ...known,
    link: shown,
    emptiedLink: booking.meetingLink === undefined ? shown : known.emptiedLink,
    replacedLink: isTyped ? booking.meetingLink : known.replacedLink,
    isOpen: true,
    ...(known.isOpen ? {} : { staleGeneration: newestGeneration(effects), changes: known.changes + 1 }),
  };
  await saveLinkMemory(deps, booking.id, wish);
  return wish;
}

/**
 * A person types a link: an open wish for a made one is over. A link that was typed inside Salesforce just before, and that
 * no pass has seen, is told here.
 */
export async function noteTypedLink(deps: LinkMemoryDeps, context: PassContext, booking: StoredBooking): Promise<void> {
  const known = (await readLinkMemory(deps.db, booking.id)) ?? noLinkMemory;
  await tellNews(deps, context, booking, known);
  await saveLinkMemory(deps, booking.id, {
    ...known,
    link: booking.meetingLink ?? known.link,
    replacedLink: undefined,
    isOpen: false,
    changes: known.changes + 1,
  });
}

/** What a person did to the link inside Salesforce becomes a line before something else is done to it. */
async function tellNews(
  deps: LinkMemoryDeps,
  context: PassContext,
  booking: StoredBooking,
  known: LinkMemory,
): Promise<void> {
  const isTyped = booking.meetingLinkStatus === 'Manual';
  const isNews = isTyped ? booking.meetingLink !== known.link : isEmptied(booking, known);
  if (!isNews) return;
  await addTimelineEntry(deps, context, {
    step: 'Meeting link',
    outcome: 'changed',
    message:
      booking.meetingLink === undefined ? 'A person emptied the meeting link.' : 'A person entered the meeting link.',
    generation: known.changes,
    isByPerson: true,
    oldLink: known.link,
    newLink: booking.meetingLink,
  });
}

export interface FollowedLink {
  memory: LinkMemory;
  isKnown: boolean;
  /** The link was missing already, and the timeline says so. */
  wasMissing: boolean;
}

/** Takes a link that a person emptied inside Salesforce as the wish for a new meeting. Throws `SalesforceError`. */
export async function followLink(
  deps: FollowLinkDeps,
  context: PassContext,
  booking: StoredBooking,
  effects: readonly Effect[],
): Promise<FollowedLink> {
  const known = await followTypedLink(deps, context, booking);
  if (!known) return { memory: noLinkMemory, isKnown: false, wasMissing: false };
  if (!isEmptied(booking, known)) {
    return { memory: known, isKnown: true, wasMissing: known.link !== undefined && known.emptiedLink === known.link };
  }
  const memory = await deps.db
    .transaction()
    .execute((trx) => askForNewMeeting({ db: trx, now: deps.now }, context, booking, effects));
  return { memory, isKnown: true, wasMissing: true };
}

/** What a person typed is told and remembered by whoever sees it first, whatever becomes of their work. */
export async function followTypedLink(
  deps: FollowLinkDeps,
  context: PassContext,
  booking: StoredBooking,
): Promise<LinkMemory | undefined> {
  const known = await recallLink(deps, booking);
  const isOldNews = known === undefined && booking.syncedRevision === booking.revision;
  if (booking.meetingLinkStatus !== 'Manual' || booking.meetingLink === known?.link || isOldNews) return known;
  const before = known ?? noLinkMemory;
  const memory = { ...before, link: booking.meetingLink, emptiedLink: undefined, changes: before.changes + 1 };
  await deps.db.transaction().execute(async (trx) => {
    await tellNews({ db: trx, now: deps.now }, context, booking, before);
    await saveLinkMemory({ db: trx, now: deps.now }, booking.id, memory);
  });
  return memory;
}

/**
 * What the lines of earlier passes tell that never came to remember: a pass that died after Salesforce had its results left
 * its line here, and it is in Salesforce. A line whose link was never shown, because Salesforce did not take the results,
 * is taken back.
 */
async function recallLink(deps: FollowLinkDeps, booking: StoredBooking): Promise<LinkMemory | undefined> {
  const known = await readLinkMemory(deps.db, booking.id);
  const waiting = await waitingLinkLines(deps.db, booking.id);
  const made = waiting.filter(({ isByPerson }) => !isByPerson);
  if (made.length === 0 || booking.meetingLinkStatus === undefined) return known;
  const saved = await savedLinks(
    deps,
    made.map(({ key }) => key),
  );
  const line = made.find(({ key, newLink }) => saved.has(key) && saved.get(key) === newLink);
  if (!line) {
    await forgetLines(
      deps.db,
      made.map(({ key }) => key),
    );
    return known;
  }
  // What was written down before it is in Salesforce with it.
  const older = waiting.slice(waiting.indexOf(line));
  const keys = [...new Set([...made, ...older])].map(({ key }) => key);
  const before = known ?? { ...noLinkMemory, link: line.oldLink };
  const { meetingLinkStatus } = booking;
  const isMade = line.newLink !== undefined && line.newLink !== before.link;
  const recalled = {
    ...before,
    ...linkAfter(before, { meetingLink: line.newLink, meetingLinkStatus }),
    ...(isMade ? { isOpen: false, replacedLink: undefined } : {}),
  };
  recalled.changes += isOtherLink(recalled, before) ? 1 : 0;
  // Once: what happens to the link after this must not be forgotten again.
  await deps.db.transaction().execute(async (trx) => {
    await forgetLines(trx, keys);
    await saveLinkMemory({ db: trx, now: deps.now }, booking.id, recalled);
  });
  return recalled;
}

/** Whether something else is shown: what happens to the link next, in the same revision, is a line of its own. */
function isOtherLink(after: LinkMemory, before: LinkMemory): boolean {
  return after.link !== before.link || after.emptiedLink !== before.emptiedLink;
}

/** The links that lines tell of in Salesforce, by key: a line and the link that it tells of are saved together or not at all. */
async function savedLinks(
  { records }: FollowLinkDeps,
  keys: readonly string[],
): Promise<Map<string, string | undefined>> {
  const rows = await records.query(soql`SELECT Key__c, New_Link__c FROM Booking_Timeline__c WHERE Key__c IN ${keys}`);
  return new Map(rows.map((row) => [row['Key__c'] as string, (row['New_Link__c'] ?? undefined) as string | undefined]));
}

function isEmptied(booking: StoredBooking, known: LinkMemory): boolean {
  return (
    booking.meetingLink === undefined &&
    booking.meetingLinkStatus === 'Pending' &&
    known.link !== undefined &&
    known.emptiedLink !== known.link
  );
}

/** Remembers what Salesforce shows after a pass. `isFulfilled`: the pass left nothing open. */
export async function settleLink(
  deps: LinkMemoryDeps,
  bookingId: string,
  memory: LinkMemory,
  results: Pick<SyncResults, 'meetingLink' | 'meetingLinkStatus'>,
  isFulfilled: boolean,
): Promise<void> {
  const settled: LinkMemory = {
    ...memory,
    ...linkAfter(memory, results),
    ...(isFulfilled ? { isOpen: false, replacedLink: undefined } : {}),
  };
  settled.changes += isOtherLink(settled, memory) ? 1 : 0;
  const isSame = (Object.keys(settled) as (keyof LinkMemory)[]).every((name) => settled[name] === memory[name]);
  if (!isSame) await saveLinkMemory(deps, bookingId, settled);
}

/** A link that is missing for a while is remembered, so that the timeline can tell what the next one replaces. */
function linkAfter(
  memory: LinkMemory,
  { meetingLink, meetingLinkStatus }: Pick<SyncResults, 'meetingLink' | 'meetingLinkStatus'>,
): Partial<LinkMemory> {
  if (meetingLink !== undefined) return { link: meetingLink, emptiedLink: undefined };
  // Our own blank is not a person's wish.
  return meetingLinkStatus === 'Not Needed'
    ? { link: undefined, emptiedLink: undefined }
    : { emptiedLink: memory.link };
}

/** The link that people knew before this pass. */
export function linkBefore(booking: StoredBooking, { memory, isKnown }: FollowedLink): string | undefined {
  const isOurs = booking.meetingLink !== undefined && booking.meetingLinkStatus !== 'Manual';
  const isOldNews = !isKnown && booking.syncedRevision === booking.revision;
  return isOurs || isOldNews ? booking.meetingLink : memory.link;
}

function newestGeneration(effects: readonly Effect[]): number {
  return Math.max(0, ...effects.filter(({ kind }) => kind !== 'invitation').map(({ generation }) => generation));
}

async function saveLinkMemory({ db, now }: LinkMemoryDeps, bookingId: string, memory: LinkMemory): Promise<void> {
  const row = {
    link: memory.link ?? null,
    stale_generation: memory.staleGeneration,
    emptied_link: memory.emptiedLink ?? null,
    replaced_link: memory.replacedLink ?? null,
    is_open: memory.isOpen,
    changes: memory.changes,
    updated_at: now(),
  };
  await db
    .insertInto('link_memory')
    .values({ booking_id: bookingId, ...row })
    .onConflict((conflict) => conflict.column('booking_id').doUpdateSet(row))
    .execute();
}

/** Forgets a booking that does not exist any more. */
export async function forgetLink(db: Database, bookingId: string): Promise<void> {
  await db.deleteFrom('link_memory').where('booking_id', '=', bookingId).execute();
}
