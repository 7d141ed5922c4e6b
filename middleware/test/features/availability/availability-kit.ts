import { after, before, beforeEach } from 'node:test';
import type { ProviderId } from '../../../src/core/connection.ts';
import type { Interval } from '../../../src/core/interval.ts';
import { createBusyCache } from '../../../src/features/availability/busy-cache.ts';
import type { FindAvailabilityDeps } from '../../../src/features/availability/find-availability.ts';
import { toTrainer } from '../../../src/features/trainers/trainer-row.ts';
import type { CalendarKind } from '../../../src/providers/ports/free-busy.ts';
import type { Row, Soql } from '../../../src/salesforce/records.ts';
import type { OpenDatabase } from '../../../src/storage/open-database.ts';
import { openMemoryDatabase } from '../../kit/memory-database.ts';

export const MEI = 'a0T000000000001EAA';
export const RAJ = 'a0T000000000002EAA';
export const trainerOf = (Id: string, fields: Row = {}) =>
  toTrainer({ Id, Name: 'Mei', Active__c: true, Time_Zone__c: 'Asia/Singapore', Lark_User_ID__c: 'ou_1', ...fields });
export const mei = trainerOf(MEI);
export const span = (start: string, end: string): Interval => ({ start: new Date(start), end: new Date(end) });
/** Tuesday; working hours in Singapore are 01:00 to 09:00 in UTC. */
export const tuesday = span('2026-11-24T00:00:00Z', '2026-11-24T16:00:00Z');

/** The database of this file's tests: nobody is just booking at the beginning of each. */
export function useDatabase(): () => OpenDatabase['db'] {
  let database: OpenDatabase;
  before(async () => {
    database = await openMemoryDatabase();
  });
  after(() => database.close());
  beforeEach(async () => {
    await database.db.deleteFrom('slot_hold').execute();
  });
  return () => database.db;
}

export interface Given {
  /** What Lark says, or how it fails; `none`: no account is connected. */
  lark?: Interval[] | Error | 'none';
  bookings?: Row[];
  now?: string;
  mock?: boolean;
  calendars?: CalendarKind[];
  bufferMinutes?: number;
}

/** A calendar that every trainer has connected. */
export function calendarKind(
  provider: ProviderId,
  answer: Interval[] | Error | 'none',
  asked: Interval[] = [],
): CalendarKind {
  return {
    provider,
    sourceOf: ({ id }) =>
      Promise.resolve(
        answer === 'none'
          ? undefined
          : {
              provider,
              connectionId: `${provider}:${id}`,
              account: 'one',
              read: (interval) => {
                asked.push(interval);
                return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
              },
            },
      ),
  };
}

export function fixtureOn(db: () => OpenDatabase['db'], given: Given = {}) {
  const asked: Interval[] = [];
  const queries: string[] = [];
  const warnings: object[] = [];
  const now = () => new Date(given.now ?? '2026-11-21T00:00:00Z');
  const deps: FindAvailabilityDeps = {
    now,
    db: db(),
    log: { debug() {}, info() {}, warn: (fields) => void warnings.push(fields), error() {} },
    settings: () => ({
      minutes: 60,
      stepMinutes: 60,
      bufferMinutes: given.bufferMinutes ?? 0,
      mockLarkBusy: given.mock === true,
    }),
    busyCache: createBusyCache({ now }),
    calendars: given.calendars ?? [calendarKind('lark', given.lark ?? [], asked)],
    records: {
      query: <T extends Row>(query: Soql) => {
        queries.push(query.text);
        return Promise.resolve((given.bookings ?? []) as T[]);
      },
    },
  };
  return { deps, asked, queries, warnings };
}
