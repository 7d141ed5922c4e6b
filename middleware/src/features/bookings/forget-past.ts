import { sql } from 'kysely';
import type { Log, Now } from '../../core/runtime.ts';
import { toLongId } from '../../core/salesforce-id.ts';
import { areBookingsShown, soql, type SalesforceRecords } from '../../salesforce/records.ts';
import type { Database, Transaction } from '../../storage/database.ts';
import { KNOWN_FOR_MS } from './note-leftover.ts';

export interface ForgetPastDeps {
  records: Pick<SalesforceRecords, 'query'>;
  db: Database;
  now: Now;
  log: Log;
  /** What other features remember of these bookings goes with the rest, in its transaction. */
  alsoForget: (trx: Transaction, bookingIds: readonly string[]) => Promise<void>;
}

/** Events of the last days are still looked at, and people correct what is just over. */
const JUST_OVER_MS = 30 * 24 * 3_600_000;
const BOOKINGS_AT_ONCE = 200;
/** The rest comes in the nights after. */
const MOST_PAGES = 50;

/**
 * Forgets bookings of which nothing has changed for 400 days and that are over, or do not exist any more. Salesforce says
 * whether they are: nothing limits how far ahead a training is booked. What it knows of one is found there again, should
 * anybody still change it. Throws `SalesforceError`. @returns how many
 */
export async function forgetPastBookings(deps: ForgetPastDeps): Promise<number> {
  const now = deps.now().getTime();
  const unchangedSince = new Date(now - KNOWN_FOR_MS);
  let forgotten = 0;
  let last: string | undefined = '';
  for (let page = 0; page < MOST_PAGES && last !== undefined; page++) {
    const ids = await unchangedBookings(deps.db, unchangedSince, last);
    const past = await onlyPast(deps, ids, new Date(now - JUST_OVER_MS));
    await forget(deps, past, unchangedSince);
    forgotten += past.length;
    last = ids.at(-1);
  }
  await deps.db
    .deleteFrom('mirror_memory')
    .where('booking_id', 'is', null)
    .where('updated_at', '<', unchangedSince)
    .execute();
  if (forgotten > 0) deps.log.info({ bookings: forgotten }, 'bookings of long ago are forgotten');
  return forgotten;
}

/** The next bookings after this id, in the order of their ids. */
async function unchangedBookings(db: Database, before: Date, afterId: string): Promise<string[]> {
  const { rows } = await sql<{ booking_id: string }>`
    select booking_id from (
      select booking_id, updated_at as changed_at from effect
      union all select booking_id, updated_at from link_memory
      union all select booking_id, updated_at from mirror_memory
      union all select booking_id, created_at from timeline_entry
      union all select booking_id, sent_at from merchant_mail
      union all select booking_id, failed_at from failed_booking
    ) known
    where booking_id > ${afterId}
    group by booking_id having max(changed_at) < ${before}
    order by booking_id limit ${BOOKINGS_AT_ONCE}`.execute(db);
  return rows.map(({ booking_id }) => booking_id);
}

/** Those that were over by then, and those that Salesforce does not have; none while it shows no booking at all. */
async function onlyPast(
  { records, log }: Pick<ForgetPastDeps, 'records' | 'log'>,
  bookingIds: readonly string[],
  before: Date,
): Promise<string[]> {
  if (bookingIds.length === 0) return [];
  const rows = await records.query(soql`SELECT Id, End__c FROM Training_Booking__c WHERE Id IN ${bookingIds}`);
  if (rows.length === 0 && !(await areBookingsShown(records))) {
    log.error({ bookings: bookingIds.length }, 'Salesforce shows no booking at all: none is forgotten');
    return [];
  }
  const kept = rows.filter(({ End__c }) => new Date(String(End__c)) >= before);
  const keptIds = new Set(kept.map(({ Id }) => toLongId(String(Id)) ?? String(Id)));
  return bookingIds.filter((id) => !keptIds.has(id));
}

async function forget({ db, alsoForget }: ForgetPastDeps, bookingIds: readonly string[], before: Date): Promise<void> {
  if (bookingIds.length === 0) return;
  await db.transaction().execute(async (trx) => {
    for (const table of ['effect', 'link_memory', 'mirror_memory'] as const) {
      await trx.deleteFrom(table).where('booking_id', 'in', bookingIds).where('updated_at', '<', before).execute();
    }
    await trx
      .deleteFrom('timeline_entry')
      .where('booking_id', 'in', bookingIds)
      .where('created_at', '<', before)
      .execute();
    await alsoForget(trx, bookingIds);
  });
}
