import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkUpcoming } from '../../../src/features/upcoming/check-upcoming.ts';
import type { Row, Soql } from '../../../src/salesforce/records.ts';
import { openMemoryDatabase } from '../../kit/memory-database.ts';

const NOW = new Date('2026-11-21T04:00:00Z');

test('Trainings are read page by page, and those that were checked as they are are left out', async () => {
  const database = await openMemoryDatabase();
  const idOf = (number: number) => `a0B${String(number).padStart(12, '0')}AAA`;
  const all: Row[] = Array.from({ length: 401 }, (_, number) => ({ Id: idOf(number), Revision__c: 2 }));
  for (const [number, revision] of [
    [3, 2],
    [4, 1],
  ] as const) {
    await database.db
      .insertInto('upcoming_check')
      .values({ booking_id: idOf(number), revision, checked_at: NOW })
      .execute();
  }
  const queries: string[] = [];
  const enqueued: (string | undefined)[] = [];
  const count = await checkUpcoming({
    db: database.db,
    now: () => NOW,
    records: {
      query: <T extends Row>({ text }: Soql) => {
        queries.push(text);
        const after = /Id > '(\w+)'/.exec(text)?.[1] ?? '';
        return Promise.resolve(all.filter(({ Id }) => String(Id) > after).slice(0, 200) as T[]);
      },
    },
    queue: { enqueueMany: (_job, items) => Promise.resolve(void enqueued.push(...items.map(({ key }) => key))) },
  });
  await database.close();
  assert.equal(count, 400);
  assert.equal(queries.length, 3);
  assert.match(queries[0] ?? '', /Start__c > 2026-11-21T04:00:00.000Z AND Start__c <= 2026-11-22T05:00:00.000Z/);
  assert.equal(new Set(enqueued).size, 400);
  assert.ok(!enqueued.includes(idOf(3)) && enqueued.includes(idOf(4)));
});
