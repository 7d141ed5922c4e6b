import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { manyPeople, seedTrainers } from '../kit/seed-trainers.ts';
import { startWorld, type World } from '../kit/world.ts';

const MANY = 10_000;
const DAY_MS = 86_400_000;
/** For a machine that does other things, too; alone it is a tenth of that. */
const SOON_MS = 2_000;

let world: World;
before(async () => {
  const people = manyPeople(MANY);
  world = await startWorld({ lark: { moreAccounts: people } });
  // No two days of connecting are the same for neighbours, so that each order is another one.
  const daysAgo = (index: number) => new Date(world.clock.now().getTime() - ((index * 37) % 300) * DAY_MS);
  await seedTrainers(world, people, daysAgo);
});
after(() => world.close());

interface List {
  connections: { trainer: { id: string } }[];
  totals: { trainers: number; connected: number };
  page: { next: string | null };
}

test('10,000 trainers: a page in any order, the one after it, and a search come soon', async (context) => {
  const slowest = { ms: 0, query: '' };
  const read = async (query: string) => {
    const begun = performance.now();
    const answer = await world.call<List>('GET', `/api/admin/connections?limit=50&${query}`);
    const ms = performance.now() - begun;
    assert.equal(answer.status, 200, answer.text);
    if (ms > slowest.ms) Object.assign(slowest, { ms, query });
    context.diagnostic(`${query.slice(0, 40)}: ${ms.toFixed(0)} ms`);
    return answer.body;
  };
  for (const direction of ['asc', 'desc']) {
    for (const sort of ['name', 'status', 'connectedAt', 'endsAt', 'lastRefresh', 'id']) {
      const order = `sort=${sort}&direction=${direction}`;
      const first = await read(order);
      assert.ok(first.totals.connected >= MANY);
      const second = await read(`${order}&after=${first.page.next ?? assert.fail('no next page')}`);
      const ids = [...first.connections, ...second.connections].map(({ trainer }) => trainer.id);
      assert.equal(new Set(ids).size, ids.length, order);
    }
  }
  const found = await read('search=trainer.09999');
  assert.equal(found.connections.length, 1);
  await read('state=expiring');
  assert.ok(slowest.ms < SOON_MS, `${slowest.query}: ${slowest.ms.toFixed(0)} ms`);
});
