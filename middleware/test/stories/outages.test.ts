import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import type { FaultRequest } from '../../../standins/kit/faults.ts';
import { readCalendarOf, sweepByCron, untilServed } from '../kit/connections.ts';
import { testDatabaseUrl } from '../kit/databases.ts';
import { manyPeople, seedTrainers, type SeededTrainer } from '../kit/seed-trainers.ts';
import { startWorld, until, type World } from '../kit/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ALERT = 'Trainer Connect needs an administrator';

/** A middleware with so many connected trainers, on PostgreSQL where there is one; its database survives a restart. */
async function officeOf(t: TestContext, count: number): Promise<{ world: World; trainers: SeededTrainer[] }> {
  const people = manyPeople(count);
  const directory = mkdtempSync(path.join(tmpdir(), 'trainer-connect-'));
  const world = await startWorld({
    postgres: testDatabaseUrl !== undefined,
    environment: {
      DATA_DIR: path.join(directory, 'data'),
      LARK_REQUESTS_PER_SECOND: '10000',
      LARK_REQUESTS_PER_MINUTE: '100000',
    },
    lark: { moreAccounts: people, limits: { perSecond: 10_000, perMinute: 100_000 } },
  });
  t.after(async () => {
    await world.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const trainers = await seedTrainers(world, people);
  await world.tick('catch-up-connections');
  return { world, trainers };
}

/** How many of the seeded trainers Salesforce shows in each state. */
async function states(world: World): Promise<Record<string, number>> {
  const rows = await world.soql<{ Lark_Connection_Status__c: string }>(
    'SELECT Lark_Connection_Status__c FROM Onboarding_Trainer__c WHERE Lark_Token_Generation__c > 0',
  );
  const counts: Record<string, number> = {};
  for (const { Lark_Connection_Status__c: status } of rows) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

async function generations(world: World): Promise<Map<string, number>> {
  const rows = await world.soql<{ Email__c: string; Lark_Token_Generation__c: number }>(
    'SELECT Email__c, Lark_Token_Generation__c FROM Onboarding_Trainer__c WHERE Lark_Token_Generation__c > 0',
  );
  return new Map(rows.map((row) => [row.Email__c, row.Lark_Token_Generation__c]));
}

/** How many new pairs Lark gave to each of them. */
function pairsGiven(world: World): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { account = '', code } of world.standins.lark.tokenExchanges()) {
    if (code === 0) counts.set(account, (counts.get(account) ?? 0) + 1);
  }
  return counts;
}

function alerts(world: World): string[] {
  const mails = world.standins.salesforce.outbox.mails();
  return mails.filter(({ subject }) => subject === ALERT).map(({ body }) => body);
}

const outages: [what: string, count: number, fault: FaultRequest][] = [
  ['Lark answers 503 to everything', 1_000, { kind: 'status', status: 503 }],
  ['Lark drops every connection', 40, { kind: 'drop' }],
  [
    'Lark says of every refresh token that it was used before',
    40,
    {
      kind: 'status',
      status: 400,
      path: 'oauth/token$',
      body: { code: 20064, error: 'invalid_grant', error_description: 'The refresh token has been revoked.' },
    },
  ],
];

for (const [what, count, fault] of outages) {
  test(`${what} for two hours, ${count} trainers: nobody is marked, one alert, all well afterwards by itself`, async (t) => {
    const { world, trainers } = await officeOf(t, count);
    world.clock.advance(25 * HOUR);
    const { id } = world.standins.lark.faults.add({ ...fault, times: 0 });
    for (let minutes = 0; minutes < 120; minutes += 20) {
      await world.tick('refresh-due');
      // People go on asking too.
      for (let asked = 0; asked < 10; asked++) {
        const trainer = trainers[(minutes + asked * 7) % count] ?? assert.fail();
        const { status, unreadable } = await readCalendarOf(world, world, trainer);
        assert.equal(status, 200);
        assert.notEqual(unreadable, undefined);
      }
      await world.tick('flush-tokens');
      assert.deepEqual(await states(world), { Connected: count });
      world.clock.advance(20 * MINUTE);
    }
    assert.equal(pairsGiven(world).size, 0);

    world.standins.lark.faults.release(id);
    for (let ticks = 0; ticks < 4; ticks++) {
      world.clock.advance(HOUR);
      await world.tick('refresh-due');
      await world.tick('flush-tokens');
    }
    assert.equal(pairsGiven(world).size, count, 'everybody has a new pair');
    assert.deepEqual(await states(world), { Connected: count });
    const saved = await generations(world);
    for (const [account, pairs] of pairsGiven(world)) assert.equal(saved.get(account), 1 + pairs, account);
    for (let index = 0; index < count; index += count / 10) {
      await untilServed(world, world, trainers[index] ?? assert.fail());
    }
    await until(() => alerts(world).length > 0, 'the alert');
    assert.equal(alerts(world).length, 1, alerts(world).join('\n'));
    assert.match(alerts(world)[0] ?? '', /outage/);
  });
}

test('Salesforce is unreachable for an hour during sweeps: every new pair arrives afterwards, none is overwritten', async (t) => {
  const count = 230;
  const { world, trainers } = await officeOf(t, count);
  world.clock.advance(25 * HOUR);
  // It goes away between the first page of pairs and the second one.
  const { id } = world.standins.salesforce.faults.add({
    kind: 'status',
    status: 503,
    path: '/services/',
    skip: 3,
    times: 0,
    body: [{ errorCode: 'SERVER_UNAVAILABLE', message: 'down' }],
  });
  for (let minutes = 0; minutes < 60; minutes += 10) {
    await world.tick('refresh-due');
    await world.tick('flush-tokens').catch(() => undefined);
    world.clock.advance(10 * MINUTE);
  }
  const given = pairsGiven(world);
  assert.equal(given.size, count, 'the sweep went on without Salesforce');

  world.standins.salesforce.faults.release(id);
  const behind = [...(await generations(world)).values()].filter((generation) => generation === 1).length;
  assert.ok(behind > 0, 'some pairs were kept from Salesforce');
  await world.tick('flush-tokens');
  const saved = await generations(world);
  for (const [account, pairs] of given) assert.equal(saved.get(account), 1 + pairs, account);

  // What arrived is alive: everybody can be renewed from it, even when the database is gone.
  await world.restart({ loseDatabase: true });
  const { state, succeeded } = await sweepByCron(world, 'all');
  assert.deepEqual([state, succeeded], ['done', count]);
  await untilServed(world, world, trainers[count - 1] ?? assert.fail());
});

test('the database is deleted while nothing waits for Salesforce: nothing is lost, generations go on', async (t) => {
  const count = 60;
  const { world, trainers } = await officeOf(t, count);
  for (let round = 0; round < 2; round++) {
    world.clock.advance(HOUR);
    assert.equal((await sweepByCron(world, 'all')).succeeded, count);
    await world.tick('flush-tokens');
  }
  assert.deepEqual(new Set((await generations(world)).values()), new Set([3]));

  await world.restart({ loseDatabase: true });
  assert.equal((await sweepByCron(world, 'all')).succeeded, count);
  await world.tick('flush-tokens');
  assert.deepEqual(new Set((await generations(world)).values()), new Set([4]));
  assert.deepEqual(await states(world), { Connected: count });
  assert.ok(
    world.standins.lark.tokenExchanges().every(({ code }) => code === 0),
    'no token was sent twice',
  );
  for (const trainer of trainers.slice(0, 5)) await untilServed(world, world, trainer);
});
