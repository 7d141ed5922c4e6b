import type { Log, Now } from '../../core/runtime.ts';
import { toLongId } from '../../core/salesforce-id.ts';
import { SalesforceError, soql, type Row, type SalesforceRecords } from '../../salesforce/records.ts';
import type { Database } from '../../storage/database.ts';
import type { StoredBooking } from './booking-row.ts';
import { addTimelineEntry, type PassContext } from './timeline.ts';

/** Onto which object of the customer link and status are copied: `Trainer_Connect_Mirror__mdt`. */
export interface MirrorSetting {
  object: string;
  linkField: string | undefined;
  statusField: string | undefined;
}

export interface MirrorDeps {
  records: Pick<SalesforceRecords, 'query' | 'update'>;
  db: Database;
  now: Now;
  log: Log;
  mirrorSettings: () => Promise<readonly MirrorSetting[]>;
}

const KEPT_MS = 60_000;

/** Reads the settings, at most once a minute. What cannot be read mirrors nothing until it can. */
export function createMirrorSettings(deps: { records: Pick<SalesforceRecords, 'query'>; now: Now; log: Log }) {
  let known: { settings: readonly MirrorSetting[]; readAt: number } | undefined;
  return async (): Promise<readonly MirrorSetting[]> => {
    const now = deps.now().getTime();
    if (!known || now - known.readAt >= KEPT_MS) known = { settings: await read(deps), readAt: now };
    return known.settings;
  };
}

async function read(deps: { records: Pick<SalesforceRecords, 'query'>; log: Log }): Promise<MirrorSetting[]> {
  try {
    const rows = await deps.records.query(
      soql`SELECT Object__c, Link_Field__c, Status_Field__c FROM Trainer_Connect_Mirror__mdt WHERE Active__c = true`,
    );
    return rows.map((row) => ({
      object: String(row.Object__c),
      linkField: textOf(row.Link_Field__c),
      statusField: textOf(row.Status_Field__c),
    }));
  } catch (error) {
    deps.log.warn({ err: error }, 'the settings of the mirror could not be read; nothing is copied for a minute');
    return [];
  }
}

/**
 * Copies link and status of a booking onto the customer's own record, where a setting names its object and the booking's
 * merchant reference is the id of such a record. Never fails a booking: a refusal is told once on its timeline.
 * @returns whether there is a new line for the timeline
 */
export async function mirrorBooking(deps: MirrorDeps, context: PassContext, booking: StoredBooking): Promise<boolean> {
  const recordId = booking.merchantReference === undefined ? undefined : toLongId(booking.merchantReference);
  if (recordId === undefined) return false;
  const settings = await deps.mirrorSettings();
  if (settings.length === 0) return false;
  const link = booking.meetingLink ?? null;
  const status = booking.meetingLinkStatus ?? null;
  const before = await deps.db
    .selectFrom('mirror_memory')
    .selectAll()
    .where('booking_id', '=', booking.id)
    .executeTakeFirst();
  if (before && before.refusal === null && before.link === link && before.status === status) return false;
  const refusal = await copy(deps, settings, recordId, booking);
  const row = { link, status, refusal: refusal ?? null, updated_at: deps.now() };
  await deps.db
    .insertInto('mirror_memory')
    .values({ booking_id: booking.id, ...row })
    .onConflict((conflict) => conflict.column('booking_id').doUpdateSet(row))
    .execute();
  if (refusal === undefined || refusal === before?.refusal) return false;
  await addTimelineEntry(deps, context, {
    step: 'Mirror',
    outcome: 'failed',
    message: `Link and status could not be copied onto the merchant's record: ${refusal}`,
  });
  return true;
}

/** @returns why it was not copied, in words */
async function copy(
  deps: MirrorDeps,
  settings: readonly MirrorSetting[],
  recordId: string,
  booking: StoredBooking,
): Promise<string | undefined> {
  const refusals: string[] = [];
  const shown = await nextTraining(deps, booking);
  for (const { object, linkField, statusField } of settings) {
    const fields: Row = {
      ...(linkField === undefined ? {} : { [linkField]: shown.link }),
      ...(statusField === undefined ? {} : { [statusField]: shown.status }),
    };
    if (Object.keys(fields).length === 0) continue;
    try {
      const [result] = await deps.records.update(object, [{ Id: recordId, ...fields }]);
      if (result?.success === true) return undefined;
      refusals.push(result?.errors.map(({ message }) => message).join(' ') ?? 'no answer');
    } catch (error) {
      if (!(error instanceof SalesforceError)) throw error;
      refusals.push(error.message);
    }
  }
  if (refusals.length > 0) deps.log.warn({ bookingId: booking.id, refusals }, 'a merchant record was not updated');
  return refusals.length === 0 ? undefined : refusals.join(' ').slice(0, 500);
}

/** A merchant with several trainings sees the next one; a cancelled one must not hide it. */
async function nextTraining(deps: MirrorDeps, booking: StoredBooking): Promise<{ link: unknown; status: unknown }> {
  const [row] = await deps.records
    .query(
      soql`SELECT Remote_Training_Meeting_Link__c, Meeting_Link_Status__c FROM Training_Booking__c
        WHERE Merchant_Reference__c = ${booking.merchantReference ?? null} AND Status__c = 'Confirmed'
        AND Meeting_Link_Status__c != 'Not Needed' AND End__c > ${deps.now()} ORDER BY Start__c ASC LIMIT 1`,
    )
    .catch(() => []);
  return row
    ? { link: row.Remote_Training_Meeting_Link__c ?? null, status: row.Meeting_Link_Status__c ?? null }
    : { link: booking.meetingLink ?? null, status: booking.meetingLinkStatus ?? null };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
