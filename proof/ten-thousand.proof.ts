import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import { sweepByCron } from '../middleware/test/kit/connections.ts';
import { createTestDatabase } from '../middleware/test/kit/databases.ts';
import { startMiddleware } from '../middleware/test/kit/processes.ts';
import { manyPeople, seedTrainers } from '../middleware/test/kit/seed-trainers.ts';
import { startWorld, until } from '../middleware/test/kit/world.ts';
import { report, say } from './kit/report.ts';

const ROWS_A_CALL = 200;
const OTHER_CALLS = 10;
const MEMORY_RATIO = 1.3;

interface Refreshed {
  /** Of one sweep: the dearest. */
  salesforceCalls: number;
  /** Of the middleware's process after its first sweep and after its last, in bytes. */
  peakMemory: { first: number; last: number };
  seconds: number;
}

/** Refreshes everybody so many times, in a process that does nothing else; Lark's limits are lifted. */
async function refreshAll(count: number, sweeps: number): Promise<Refreshed> {
  const people = manyPeople(count);
  const database = (await createTestDatabase()) ?? assert.fail('this proof needs PostgreSQL');
  const world = await startWorld({
    withoutApp: true,
    lark: { moreAccounts: people, limits: { perSecond: 1_000_000, perMinute: 10_000_000 } },
  });
  try {
    await seedTrainers(world, people);
    say(`${count} trainers are connected`);
    const middleware = await startMiddleware({
      ...world.environment,
      DATABASE_URL: database.url,
      LARK_REQUESTS_PER_SECOND: '10000',
      LARK_REQUESTS_PER_MINUTE: '100000',
    });
    const heads = new pg.Client({ connectionString: database.url });
    await heads.connect();
    const countHeads = async (condition: string) => {
      const { rows } = await heads.query<{ count: string }>(`select count(*) from token_head where ${condition}`);
      return Number(rows[0]?.count);
    };
    try {
      // The process has to know everybody before anything is counted.
      await until(async () => (await countHeads('true')) === count, 'that everybody is known');
      const calls: number[] = [];
      const peaks: number[] = [];
      const from = performance.now();
      for (let sweep = 1; sweep <= sweeps; sweep++) {
        const mark = world.standins.salesforce.journal.mark();
        const { state, succeeded, failed, note } = await sweepByCron(middleware, 'all');
        assert.deepEqual(
          { state, succeeded, failed, note },
          { state: 'done', succeeded: count, failed: 0, note: null },
        );
        await untilNone(() => countHeads('unsaved_since is not null'), 'wait for Salesforce');
        calls.push(world.standins.salesforce.journal.entries({ since: mark }).length);
        peaks.push(await middleware.peakMemory());
      }
      const seconds = Math.round((performance.now() - from) / 100) / 10;
      const renewed = await world.soql(
        `SELECT Id FROM Onboarding_Trainer__c WHERE Lark_Token_Generation__c = ${1 + sweeps}`,
      );
      // As many as one page of an answer holds.
      assert.equal(renewed.length, Math.min(count, 2_000), 'their new pairs are in Salesforce');
      return {
        salesforceCalls: Math.max(...calls),
        peakMemory: { first: peaks[0] ?? assert.fail(), last: peaks.at(-1) ?? assert.fail() },
        seconds,
      };
    } finally {
      await heads.end();
      await middleware.stop();
    }
  } finally {
    await world.close();
    await database.drop();
  }
}

/** Waits for as long as the number falls. */
async function untilNone(count: () => Promise<number>, what: string): Promise<void> {
  for (let left = await count(); left > 0;) {
    const before = left;
    await until(async () => (left = await count()) < before, `that fewer than ${before} ${what}`);
  }
}

// The garbage that V8 leaves lying grows with the work done, whoever it was done for. So both do the same work: what
// differs is the number of trainers alone.
test('10,000 trainers: few Salesforce calls, and hardly more memory than for 1,000 at the same number of exchanges', async () => {
  const few = await refreshAll(1_000, 10);
  const many = await refreshAll(10_000, 1);
  const allowedCalls = (2 * 10_000) / ROWS_A_CALL + OTHER_CALLS;
  const ratio = many.peakMemory.last / few.peakMemory.last;
  const megabytes = (bytes: number) => Math.round(bytes / 2 ** 20);
  report('ten-thousand', {
    'Salesforce calls for 1,000': few.salesforceCalls,
    'Salesforce calls for 10,000': many.salesforceCalls,
    '… allowed': allowedCalls,
    'peak memory at 1,000, after 1,000 exchanges (MB)': megabytes(few.peakMemory.first),
    'peak memory at 1,000, after 10,000 exchanges (MB)': megabytes(few.peakMemory.last),
    'peak memory at 10,000, after 10,000 exchanges (MB)': megabytes(many.peakMemory.last),
    '… ratio at equal work': Math.round(ratio * 100) / 100,
    '… allowed ratio': MEMORY_RATIO,
    'seconds for 10 times 1,000': few.seconds,
    'seconds for 10,000': many.seconds,
  });
  assert.ok(many.salesforceCalls <= allowedCalls, `${many.salesforceCalls} Salesforce calls, ${allowedCalls} allowed`);
  assert.ok(ratio <= MEMORY_RATIO, `${ratio} times the memory`);
});
