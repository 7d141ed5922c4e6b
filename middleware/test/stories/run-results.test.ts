import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startWorld, until, type World } from '../kit/world.ts';

const DAY_MS = 86_400_000;
let world: World;
before(async () => {
  world = await startWorld();
});
after(() => world.close());

interface Results {
  results: {
    connectionId: string;
    trainerId: string;
    trainerName: string;
    outcome: string;
    code: string;
    message: string;
  }[];
  page: { next: string | null };
}

test('a sweep over everybody has a line for each trainer, for 30 days', async () => {
  const trainers = await Promise.all([0, 1, 2].map((index) => world.trainer(index)));
  for (const { Email__c } of trainers) await world.connect(Email__c);
  const [alive, revoked] = trainers;
  world.standins.lark.revoke(
    world.standins.lark.accounts.find(({ email }) => email === revoked?.Email__c)?.openId ?? '',
  );
  const started = await world.call<{ runId: string }>('POST', '/api/admin/refresh', { body: { scope: 'all' } });
  const route = `/api/admin/runs/${started.body.runId}`;
  await until(async () => {
    const { body } = await world.call<{ finishedAt: string | null }>('GET', route);
    return body.finishedAt !== null;
  }, 'the end');
  const read = async (query = '') => (await world.call<Results>('GET', `${route}/results${query}`)).body.results;
  const all = await read();
  assert.deepEqual(all.map(({ trainerId }) => trainerId).toSorted(), trainers.map(({ Id }) => Id).toSorted());
  const failed = await read('?outcome=failed');
  assert.deepEqual(
    failed.map(({ trainerName, code }) => [trainerName, code]),
    [[revoked?.Name, 'needs_reconnect']],
  );
  assert.match(failed[0]?.message ?? '', /connect again/);
  const renewed = await read('?outcome=succeeded');
  assert.equal(renewed.length, 2);
  assert.ok(renewed.some(({ connectionId }) => connectionId === `lark:${alive?.Id}`));

  world.clock.advance(29 * DAY_MS);
  await world.tick('clean-up');
  assert.equal((await read()).length, 3);
  world.clock.advance(2 * DAY_MS);
  await world.tick('clean-up');
  assert.equal((await read()).length, 0);
  assert.equal((await world.call('GET', `${route}/results?outcome=good`)).status, 400);
});
