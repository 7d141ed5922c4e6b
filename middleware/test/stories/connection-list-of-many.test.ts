import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { manyPeople, seedTrainers } from '../kit/seed-trainers.ts';
import { startWorld, type World } from '../kit/world.ts';

const MANY = 10_000;
const DAY_MS = 86_400_000;
/** One for the page and the totals; another where the page goes over into rows without a value. */
const CALLS_A_PAGE = 2;

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

test('10,000 trainers: a page in any order, the one after it, and a search are a call or two of Salesforce each', async (context) => {
  const read = async (query: string) => {
    const begun = performance.now();
    const calls = world.watchOutside();
    const answer = await world.call<List>('GET', `/api/admin/connections?limit=50&${query}`);
    const ms = performance.now() - begun;
    assert.equal(answer.status, 200, answer.text);
    const { length } = calls().entries;
    assert.ok(length >= 1 && length <= CALLS_A_PAGE, `${query}: ${length} calls`);
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
});
