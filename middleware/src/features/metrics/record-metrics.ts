import { randomUUID } from 'node:crypto';
import { providerIds, type ProviderId } from '../../core/connection.ts';
import type { Log, Now } from '../../core/runtime.ts';
import type { Row, SalesforceRecords } from '../../salesforce/records.ts';
import type { Database } from '../../storage/database.ts';
import { releaseLease, takeLease } from '../../storage/lease.ts';
import {
  countedBefore,
  countedEvents,
  daysToRecord,
  keyOf,
  markRecorded,
  noEvents,
  type EventCounts,
  type MetricKey,
} from './counted-events.ts';
import { readOrgCounts, type OrgCounts } from './org-counts.ts';
import { dayOf, type UtcDay } from './utc-day.ts';

export interface RecordMetricsDeps {
  db: Database;
  records: Pick<SalesforceRecords, 'composite' | 'queryPath' | 'upsert'>;
  now: Now;
  log: Log;
  isProviderOn: (provider: ProviderId) => boolean;
  makesMeetings: (provider: ProviderId) => boolean;
  meetingBookingTypes: readonly string[];
}

const LEASE_MS = 5 * 60_000;

/**
 * Writes the numbers of today, of yesterday and of days that Salesforce has missed: one call to read, one to write. They
 * are totals and not differences, so it can be repeated at any time. Throws `SalesforceError`.
 * @returns how many rows were written; undefined: another process is at it
 */
export async function recordMetrics(deps: RecordMetricsDeps): Promise<number | undefined> {
  const lease = { name: 'record-metrics', owner: randomUUID(), durationMs: LEASE_MS };
  // Of two at once, the one that counted first must not write last.
  if (!(await takeLease(deps, lease))) return undefined;
  try {
    return await recordUnderLease(deps);
  } finally {
    await releaseLease(deps, lease);
  }
}

async function recordUnderLease(deps: RecordMetricsDeps): Promise<number> {
  const now = deps.now();
  const days = await daysToRecord(deps.db, now);
  const counted = await countedEvents(deps.db, days);
  const org = await readOrgCounts(deps.records, days, deps.meetingBookingTypes);
  const keys = days
    .flatMap((day) => providerIds.map((provider) => ({ day, provider })))
    .filter((key) => hasNumbers(deps, key, { counted, org, today: dayOf(now) }));
  if (keys.length === 0) return 0;
  const rows = await Promise.all(keys.map((key) => metricRow(deps, key, { counted, org, today: dayOf(now) })));
  const results = await deps.records.upsert('Trainer_Connect_Metric__c', 'Key__c', rows);
  for (const [index, key] of keys.entries()) {
    const result = results[index];
    if (result?.success === true) await markRecorded(deps.db, key, now);
    else deps.log.error({ key: keyOf(key), errors: result?.errors }, 'Salesforce does not take the numbers of a day');
  }
  return results.filter(({ success }) => success).length;
}

interface Counted {
  counted: ReadonlyMap<string, EventCounts>;
  org: OrgCounts;
  today: UtcDay;
}

/** Providers that are on have every day; a day or provider of which nothing is known gets no row full of zeros. */
function hasNumbers(deps: RecordMetricsDeps, key: MetricKey, { counted, org, today }: Counted): boolean {
  if (counted.has(keyOf(key)) || org.saved(key)) return true;
  if (!deps.isProviderOn(key.provider)) return false;
  return key.day === today || org.bookings(key, deps.makesMeetings(key.provider)).bookings > 0;
}

async function metricRow(deps: RecordMetricsDeps, key: MetricKey, { counted, org, today }: Counted): Promise<Row> {
  const own = counted.get(keyOf(key)) ?? noEvents;
  const saved = org.saved(key);
  const before = await countedBefore(deps.db, key, saved);
  // Events never become fewer within a day, whoever wrote the row.
  const most = (name: keyof EventCounts) => Math.max(saved?.[name] ?? 0, before[name] + own[name]);
  const exchangesFailed = most('exchangesFailed');
  const { bookings, meetingsWanted, meetingsMade } = org.bookings(key, deps.makesMeetings(key.provider));
  return {
    Key__c: keyOf(key),
    Day__c: key.day,
    Provider__c: key.provider,
    ...(key.day === today ? standingOf(org, key.provider) : {}),
    Exchanges_OK__c: most('exchangesOk'),
    Exchanges_Failed__c: exchangesFailed,
    Bookings__c: bookings,
    Meetings_Wanted__c: meetingsWanted,
    Meetings_Made__c: meetingsMade,
    Errors__c: most('failedBookings') + exchangesFailed,
  };
}

/** How trainers stand is known of the present only: a day that is over keeps what was last seen of it, or stays blank. */
function standingOf(org: OrgCounts, provider: ProviderId): Row {
  const { trainers, connected, needsReconnect } = org.standing(provider);
  return { Trainers__c: trainers, Connected__c: connected, Needs_Reconnect__c: needsReconnect };
}
