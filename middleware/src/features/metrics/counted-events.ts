import type { ProviderId } from '../../core/connection.ts';
import type { Database } from '../../storage/database.ts';
import { daysBefore, dayOf, endOf, type UtcDay } from './utc-day.ts';

/** What happened on a day, as far as one database has seen it. */
export interface EventCounts {
  exchangesOk: number;
  exchangesFailed: number;
  failedBookings: number;
}

export const noEvents: EventCounts = { exchangesOk: 0, exchangesFailed: 0, failedBookings: 0 };

/** One row of `Trainer_Connect_Metric__c`. */
export interface MetricKey {
  day: UtcDay;
  provider: ProviderId;
}

export const keyOf = ({ day, provider }: MetricKey) => `${day}:${provider}`;

const MOST_DAYS = 8;
const OLDEST_DAYS = 35;
/** A booking is tried for about three hours: what it came to is known by then. */
const SETTLED_AFTER_MS = 3 * 3_600_000;

/**
 * The days to record: today, yesterday, and what was not recorded since it was over, the newest first. What is left out
 * here comes when those are done.
 */
export async function daysToRecord(db: Database, now: Date): Promise<UtcDay[]> {
  const today = dayOf(now);
  const oldest = daysBefore(today, OLDEST_DAYS);
  const counted = await db.selectFrom('metric_count').select('day').where('day', '>=', oldest).distinct().execute();
  const failed = await db
    .selectFrom('metric_failed_booking')
    .select('day')
    .where('day', '>=', oldest)
    .distinct()
    .execute();
  const begun = await db.selectFrom('metric_day').select(['day', 'recorded_at']).where('day', '>=', oldest).execute();
  const isOver = ({ day, recorded_at }: (typeof begun)[number]) =>
    recorded_at !== null && recorded_at.getTime() >= endOf(day).getTime() + SETTLED_AFTER_MS;
  const over = new Set(begun.filter(isOver).map(({ day }) => day));
  const open = [...counted, ...failed, ...begun].map(({ day }) => day).filter((day) => !over.has(day));
  return [...new Set([today, daysBefore(today, 1), ...open])].toSorted().toReversed().slice(0, MOST_DAYS);
}

/** What this database has counted on these days, by key. */
export async function countedEvents(db: Database, days: readonly UtcDay[]): Promise<Map<string, EventCounts>> {
  const counts = await db.selectFrom('metric_count').selectAll().where('day', 'in', days).execute();
  const failures = await db
    .selectFrom('metric_failed_booking')
    .select(['day', 'provider', (eb) => eb.fn.countAll<string>().as('total')])
    .where('day', 'in', days)
    .groupBy(['day', 'provider'])
    .execute();
  const found = new Map<string, EventCounts>();
  const add = (key: { day: string; provider: string }, more: Partial<EventCounts>) => {
    const id = keyOf(key as MetricKey);
    found.set(id, { ...(found.get(id) ?? noEvents), ...more });
  };
  for (const { name, total, ...key } of counts) {
    add(key, name === 'exchanges-ok' ? { exchangesOk: total } : { exchangesFailed: total });
  }
  for (const { total, ...key } of failures) add(key, { failedBookings: Number(total) });
  return found;
}

/**
 * What was recorded of a day before this database began to count it: a database that was lost. It is asked once, before
 * this one records the day for the first time; then it is added for ever.
 */
export async function countedBefore(
  db: Database,
  key: MetricKey,
  saved: EventCounts | undefined,
): Promise<EventCounts> {
  const base = saved ?? noEvents;
  await db
    .insertInto('metric_day')
    .values({
      ...key,
      base_exchanges_ok: base.exchangesOk,
      base_exchanges_failed: base.exchangesFailed,
      base_failed_bookings: base.failedBookings,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = await db
    .selectFrom('metric_day')
    .selectAll()
    .where('day', '=', key.day)
    .where('provider', '=', key.provider)
    .executeTakeFirstOrThrow();
  return {
    exchangesOk: row.base_exchanges_ok,
    exchangesFailed: row.base_exchanges_failed,
    failedBookings: row.base_failed_bookings,
  };
}

export async function markRecorded(db: Database, { day, provider }: MetricKey, at: Date): Promise<void> {
  await db
    .updateTable('metric_day')
    .set({ recorded_at: at })
    .where('day', '=', day)
    .where('provider', '=', provider)
    .execute();
}

/** Forgets days that nobody records any more. */
export async function cleanUpMetrics({ db, now }: { db: Database; now: () => Date }): Promise<void> {
  const oldest = daysBefore(dayOf(now()), OLDEST_DAYS);
  for (const table of ['metric_count', 'metric_failed_booking', 'metric_day'] as const) {
    await db.deleteFrom(table).where('day', '<', oldest).execute();
  }
}
