import type { Org } from '../org.ts';
import { quoted } from '../store/sql-names.ts';
import { createDailyLimit, type DailyLimit } from './daily-limit.ts';

/** What an Enterprise org of this size has a day; those that nothing here uses up are left out. */
const DAILY = {
  DailyApiRequests: 100_000,
  SingleEmail: 5_000,
  DailyBulkApiBatches: 15_000,
  DailyBulkV2QueryJobs: 10_000,
};

export type LimitName = keyof typeof DAILY;
export type DailyLimits = Readonly<Record<LimitName, DailyLimit>>;

const STORAGE_MB = 10_240;
/** The platform reckons with this for a record, whatever it holds. */
const RECORD_KB = 2;

export function createDailyLimits(now: () => Date): DailyLimits {
  const entries = Object.entries(DAILY).map(([name, max]) => [name, createDailyLimit(max, now)]);
  return Object.fromEntries(entries) as DailyLimits;
}

export function isLimitName(name: unknown): name is LimitName {
  return typeof name === 'string' && Object.hasOwn(DAILY, name);
}

interface ShownLimit {
  Max: number;
  Remaining: number;
}

/** The body of `/limits`. */
export function showLimits(org: Pick<Org, 'limits' | 'schema' | 'store'>): Record<string, ShownLimit> {
  const daily = Object.entries(org.limits).map(([name, limit]): [string, ShownLimit] => [
    name,
    { Max: limit.max, Remaining: limit.remaining() },
  ]);
  const { SingleEmail } = Object.fromEntries(daily);
  const used = Math.ceil((countRecords(org) * RECORD_KB) / 1024);
  return {
    ...Object.fromEntries(daily),
    // Mails of actions and of workflows are counted together here.
    ...(SingleEmail ? { DailyWorkflowEmails: SingleEmail } : {}),
    DataStorageMB: { Max: STORAGE_MB, Remaining: Math.max(0, STORAGE_MB - used) },
    // There are no files here to take any of it.
    FileStorageMB: { Max: STORAGE_MB, Remaining: STORAGE_MB },
  };
}

function countRecords({ schema, store }: Pick<Org, 'schema' | 'store'>): number {
  const counts = [...schema.objects.values()]
    .filter(({ sharingModel }) => sharingModel !== 'Setup')
    .map(({ name }) => Number(store.get(`SELECT COUNT(*) AS n FROM ${quoted(name)}`)?.['n']));
  return counts.reduce((sum, count) => sum + count, 0);
}
