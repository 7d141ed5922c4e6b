import type { Log, Now, Step } from '../../core/runtime.ts';
import { SalesforceError, type CompositeRequest, type Row, type SalesforceRecords } from '../../salesforce/records.ts';
import type { Database } from '../../storage/database.ts';
import type { EventRow, StoredBooking } from './booking-row.ts';
import type { Effect, EffectKind, EffectState } from './effect.ts';
import { eventHash } from './event-content.ts';
import type { DesiredEffects } from './desired-effects.ts';
import type { SyncResults } from './sync-results.ts';
import { forgetEntries, waitingEntries, type WaitingEntry } from './timeline.ts';

export interface WriteBackDeps {
  records: Pick<SalesforceRecords, 'composite' | 'upsert'>;
  db: Database;
  now: Now;
  log: Log;
  step: Step;
}

export interface WriteBack {
  booking: StoredBooking;
  eventRows: readonly EventRow[];
  results: SyncResults;
  effects: readonly Effect[];
  /** Effects as they were before the pass: what has not changed since is not written again. */
  effectsBefore: readonly Effect[];
  desired: DesiredEffects;
}

/**
 * Writes the results of a pass to Salesforce in one composite: the booking, its event rows, its timeline. Only what
 * differs is sent; nothing at all when nothing does. A refusal because a newer pass has written is not an error. Any
 * other one is thrown when the rest is there. Throws `SalesforceError`.
 * @param pass.settle called as soon as the booking shows these results
 * @returns whether the booking shows these results now; not when a newer pass has written
 */
export async function writeBack(
  deps: WriteBackDeps,
  pass: WriteBack & { settle: () => Promise<void> },
): Promise<boolean> {
  const entries = await waitingEntries(deps.db, pass.booking.id);
  const patch = bookingPatch(pass.booking, pass.results);
  const rows = changedEventRows(pass, deps.now());
  const requests: CompositeRequest[] = [];
  if (Object.keys(patch).length > 0) {
    const path = `/sobjects/Training_Booking__c/${pass.booking.id}`;
    requests.push({ method: 'PATCH', path, referenceId: 'booking', body: patch });
  }
  if (rows.length > 0) requests.push(upsertRequest('Booking_Calendar_Event__c', 'events', rows));
  requests.push(...timelineRequests(entries));
  if (requests.length === 0) {
    await pass.settle();
    return true;
  }
  await deps.step('write-back.before');
  const { refusal, isNewer: isOutdated } = await send(deps, requests, entries, pass);
  await deps.step('write-back.after');
  if (!refusal && !isOutdated) await pass.settle();
  await forgetEntries(deps.db, entries);
  if (refusal) throw refusal;
  return !isOutdated;
}

/** Sends the lines of the timeline that wait, apart from any results. Throws `SalesforceError`. */
export async function writeTimeline(
  deps: Pick<WriteBackDeps, 'records' | 'db' | 'log'>,
  bookingId: string,
): Promise<void> {
  const entries = await waitingEntries(deps.db, bookingId);
  if (entries.length === 0) return;
  await sendOneByOne(deps, entries);
  await forgetEntries(deps.db, entries);
}

interface Sent {
  /** Of what Salesforce will not take although it should; the rest is there. */
  refusal: SalesforceError | undefined;
  /** A newer pass has written the booking. */
  isNewer: boolean;
}

async function send(
  deps: WriteBackDeps,
  requests: readonly CompositeRequest[],
  entries: readonly WaitingEntry[],
  pass: WriteBack,
): Promise<Sent> {
  try {
    await deps.records.composite(requests);
    return { refusal: undefined, isNewer: false };
  } catch (error) {
    if (!(error instanceof SalesforceError) || error.failure !== 'refused') throw error;
    // The composite was undone as a whole; what Salesforce does not mind is sent again without the rest.
    const rest = requests.filter(({ referenceId }) => referenceId !== error.referenceId);
    if (rest.length === requests.length) throw error;
    if (isNewer(error)) {
      const others = rest.filter(({ referenceId }) => referenceId !== 'timeline');
      const told = entries.filter(({ row }) => !tellsOfUnseenLink(row, pass));
      return { ...(await sendRest(deps, [...others, ...timelineRequests(told)], told, pass)), isNewer: true };
    }
    const sent = await sendRest(deps, rest, entries, pass);
    if (error.referenceId === 'timeline') await sendOneByOne(deps, entries);
    else return { ...sent, refusal: error };
    return sent;
  }
}

async function sendRest(...[deps, rest, entries, pass]: Parameters<typeof send>): Promise<Sent> {
  return rest.length === 0 ? { refusal: undefined, isNewer: false } : send(deps, rest, entries, pass);
}

/**
 * When the results of a pass are refused, the link that it made or took away was never shown, and the newer pass tells
 * its own story. What a person did to the link is told all the same.
 */
function tellsOfUnseenLink(row: Row, { booking, results }: WriteBack): boolean {
  if (row['Step__c'] !== 'Meeting link' || results.meetingLink === booking.meetingLink) return false;
  return (row['New_Link__c'] ?? undefined) === results.meetingLink;
}

function timelineRequests(entries: readonly WaitingEntry[]): CompositeRequest[] {
  if (entries.length === 0) return [];
  const rows = entries.map(({ row }) => row);
  return [upsertRequest('Booking_Timeline__c', 'timeline', rows)];
}

const fences = ['Revision__c', 'Synced_Revision__c'];

/** The validation rules of ours name these fields; other ones, which an org may add, name others. */
function isNewer({ referenceId, code, fields }: SalesforceError): boolean {
  return (
    referenceId === 'booking' &&
    code === 'FIELD_CUSTOM_VALIDATION_EXCEPTION' &&
    fields.some((field) => fences.includes(field))
  );
}

/** One bad line must not keep the others from the timeline. */
async function sendOneByOne(
  deps: Pick<WriteBackDeps, 'records' | 'log'>,
  entries: readonly WaitingEntry[],
): Promise<void> {
  const results = await deps.records.upsert(
    'Booking_Timeline__c',
    'Key__c',
    entries.map(({ row }) => row),
  );
  results.forEach(({ success, errors }, index) => {
    if (!success) deps.log.error({ key: entries[index]?.key, errors }, 'a line of the timeline was refused');
  });
}

function bookingPatch(booking: StoredBooking, results: SyncResults): Row {
  const after: Row = {
    Remote_Training_Meeting_Link__c: results.meetingLink ?? null,
    Meeting_Link_Status__c: results.meetingLinkStatus,
    Meeting_Link_Source__c: results.meetingLinkSource ?? null,
    Lark_Reserve_ID__c: results.larkReserveId ?? null,
    Lark_Meeting_Number__c: results.larkMeetingNumber ?? null,
    Lark_Calendar_Event_ID__c: results.larkEventId ?? null,
    Sync_Error__c: results.syncError?.slice(0, 255) ?? null,
    // Pending belongs to the before-save flow as long as the revision is not done.
    ...(results.isDone ? { Sync_Status__c: results.syncStatus, Synced_Revision__c: booking.revision } : {}),
  };
  const before: Row = {
    Remote_Training_Meeting_Link__c: booking.meetingLink ?? null,
    Meeting_Link_Status__c: booking.meetingLinkStatus ?? null,
    Meeting_Link_Source__c: booking.meetingLinkSource ?? null,
    Lark_Reserve_ID__c: booking.larkReserveId ?? null,
    Lark_Meeting_Number__c: booking.larkMeetingNumber ?? null,
    Lark_Calendar_Event_ID__c: booking.larkEventId ?? null,
    Sync_Error__c: booking.syncError ?? null,
    Sync_Status__c: booking.syncStatus ?? null,
    Synced_Revision__c: booking.syncedRevision ?? null,
  };
  const patch = Object.fromEntries(Object.entries(after).filter(([field, value]) => before[field] !== value));
  // With every result goes the revision that was read: it lets Salesforce refuse what a late pass brings.
  if (Object.keys(patch).length === 0) return patch;
  patch.Revision__c = booking.revision;
  if (results.isDone) patch.Synced_Revision__c = booking.revision;
  return patch;
}

const statusOf: Record<EffectState, string> = {
  intended: 'Pending',
  done: 'Active',
  uncertain: 'Failed',
  failed: 'Failed',
  removed: 'Removed',
  abandoned: 'Abandoned',
};

const kindOf: Record<EffectKind, EventRow['kind']> = {
  event: 'Event',
  reservation: 'Meeting',
  invitation: 'Invitation',
};

function changedEventRows({ booking, eventRows, effects, effectsBefore, desired }: WriteBack, now: Date): Row[] {
  const stored = new Map(eventRows.map((row) => [row.key, row]));
  return effects
    .filter((effect) => {
      const row = stored.get(effect.providerKey);
      // What came and went without Salesforce hearing of it needs no row.
      if (!row) return effect.state !== 'removed';
      const before = effectsBefore.find(({ providerKey }) => providerKey === effect.providerKey);
      const isKnown = row.status === statusOf[effect.state] && row.eventId === effect.externalId;
      return !isKnown || before?.contentHash !== effect.contentHash || before?.error !== effect.error;
    })
    .map((effect) => ({
      Key__c: effect.providerKey,
      Booking__c: booking.id,
      Provider__c: 'lark',
      Kind__c: kindOf[effect.kind],
      Connection_ID__c: effect.connectionId,
      Generation__c: effect.generation,
      External_Event_ID__c: effect.externalId ?? null,
      Calendar_ID__c: effect.calendarId ?? null,
      Status__c: statusOf[effect.state],
      Error__c: effect.error?.slice(0, 255) ?? null,
      Last_Synced_At__c: now.toISOString(),
      ...(showsBooking(effect, desired)
        ? {
            Start__c: booking.start.toISOString(),
            End__c: booking.end.toISOString(),
            Synced_Revision__c: booking.revision,
          }
        : {}),
    }));
}

function showsBooking(effect: Effect, desired: DesiredEffects): boolean {
  if (effect.state !== 'done') return false;
  if (effect.kind === 'invitation') return effect.contentHash === eventHash(desired.invitation);
  if (effect.kind !== 'event' || effect.meeting === undefined) return false;
  const meeting =
    effect.meeting === 'link'
      ? ({ kind: 'link', url: effect.link ?? '' } as const)
      : ({ kind: effect.meeting } as const);
  return effect.contentHash === eventHash(desired.event(meeting));
}

function upsertRequest(object: string, referenceId: string, rows: readonly Row[]): CompositeRequest {
  return {
    method: 'PATCH',
    path: `/composite/sobjects/${object}/Key__c`,
    referenceId,
    body: { allOrNone: true, records: rows.map((row) => ({ attributes: { type: object }, ...row })) },
  };
}
