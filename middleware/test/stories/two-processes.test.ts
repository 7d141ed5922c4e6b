import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atLark, book, bookingOf } from '../kit/bookings.ts';
import { createTestDatabase, testDatabaseUrl } from '../kit/databases.ts';
import { startMiddleware } from '../kit/processes.ts';
import { connectThrough, dayAhead, keys, startWorld } from '../kit/world.ts';

const skip = testDatabaseUrl === undefined && 'no PostgreSQL answers';

test(
  'two processes on PostgreSQL: one exchange for 60 parallel uses, one 201 for 40 bookings of a slot, one booking for 20 equal keys',
  { skip },
  async () => {
    const database = await createTestDatabase();
    assert.ok(database);
    const world = await startWorld({ withoutApp: true });
    const environment = { ...world.environment, DATABASE_URL: database.url };
    const processes = await Promise.all([startMiddleware(environment), startMiddleware(environment)]);
    try {
      const trainer = await world.trainer(0);
      const [one, two] = processes;
      assert.ok(one && two);
      await connectThrough(one, trainer.Email__c);
      const spread = (count: number) => Array.from({ length: count }, (_, index) => (index % 2 === 0 ? one : two));

      // Lark no longer takes the token; the processes learn it from its answers.
      world.standins.lark.expireAccessTokens(atLark(world, trainer).openId);
      const mark = world.standins.lark.journal.mark();
      const route = `/api/lark/availability?trainerId=${trainer.Id}&date=${dayAhead(world.clock, 3)}`;
      const reads = await Promise.all(spread(60).map(({ call }) => call('GET', route, { key: keys.portal })));
      assert.ok(reads.every(({ status }) => status === 200));
      assert.equal(world.standins.lark.journal.entries({ since: mark, path: /oauth\/token$/ }).length, 1);

      const bookings = await Promise.all(spread(40).map((process) => book(process, bookingOf(world, trainer, 5))));
      const made = bookings.filter(({ status }) => status === 201);
      assert.equal(made.length, 1);
      assert.equal(bookings.filter(({ status }) => status === 409).length, 39);

      const equal = { ...bookingOf(world, trainer, 6), idempotencyKey: 'twenty' };
      const answers = await Promise.all(spread(20).map((process) => book(process, equal)));
      assert.deepEqual(answers.map(({ status }) => status).toSorted(), [...Array<number>(19).fill(200), 201]);
      assert.equal(new Set(answers.map(({ body }) => body.bookingId)).size, 1);
    } finally {
      await Promise.all(processes.map((process) => process.stop()));
      await world.close();
      await database.drop();
    }
  },
);
