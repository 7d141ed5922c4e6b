import assert from 'node:assert/strict';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { createSealer, keyIdOf } from '../middleware/src/tokens/seal.ts';
import { book, bookingOf } from '../middleware/test/kit/bookings.ts';
import { createTestDatabase } from '../middleware/test/kit/databases.ts';
import { startMiddleware, type MiddlewareProcess } from '../middleware/test/kit/processes.ts';
import { manyPeople, seedTrainers, type SeededTrainer } from '../middleware/test/kit/seed-trainers.ts';
import { keys, startWorld, type World } from '../middleware/test/kit/world.ts';
import { createRandom, seedFromEnvironment } from './kit/random.ts';
import { report, say } from './kit/report.ts';

const CONNECTIONS = Number(process.env['CONNECTIONS'] || 10_000);
/** Bookings that are under way at any time. */
const CALLERS = 3;
/** One booking in so many needs a new access token first, so that exchanges meet the rotation. */
const EXPIRED_IN = 3;
const OLD_SECRET = '0a'.repeat(32);
const NEW_SECRET = '0b'.repeat(32);
const OLD = idOf(OLD_SECRET);
const NEW = idOf(NEW_SECRET);

interface RotationAnswer {
  state: string;
  phase: string | null;
  total: number;
  done: number;
  failed: number;
  unchanged: number;
  verified: number;
  keys: { id: string; retirable: boolean; references: Record<string, number | null> }[];
}

test(`${CONNECTIONS} connections get another key while trainings are booked: no booking fails`, async () => {
  const random = createRandom(seedFromEnvironment());
  say(`SEED=${random.seed}`);
  const database = (await createTestDatabase()) ?? assert.fail('this proof needs PostgreSQL');
  const people = manyPeople(CONNECTIONS);
  const world = await startWorld({
    withoutApp: true,
    environment: { ENCRYPTION_SECRET: OLD_SECRET },
    lark: { moreAccounts: people, limits: { perSecond: 100_000, perMinute: 1_000_000 } },
  });
  const { lark, salesforce } = world.standins;
  const environment = {
    ...world.environment,
    DATABASE_URL: database.url,
    LARK_REQUESTS_PER_SECOND: '10000',
    LARK_REQUESTS_PER_MINUTE: '100000',
  };
  let server: MiddlewareProcess | undefined;
  try {
    const begin = performance.now();
    const trainers = await seedTrainers(world, people);
    say(`${trainers.length} trainers are connected under the key ${OLD} (${secondsSince(begin)} s)`);
    server = await startMiddleware({
      ...environment,
      ENCRYPTION_SECRET: NEW_SECRET,
      ENCRYPTION_PREVIOUS_SECRETS: OLD_SECRET,
    });
    await untilKnown(server, trainers.length);

    const mark = salesforce.journal.mark();
    const exchangesBefore = lark.tokenExchanges().length;
    const started = performance.now();
    const first = await server.call('POST', '/api/admin/key-rotation', {
      key: keys.operator,
      body: { action: 'start' },
    });
    assert.equal(first.status, 202, first.text);
    const running = server;
    let isOver = false;
    const queue = shuffled(trainers, () => random.next());
    const load = Promise.all(Array.from({ length: CALLERS }, () => bookUntil(() => isOver)));
    const status = await follow(server).finally(() => {
      isOver = true;
    });
    const seconds = secondsSince(started);
    const bookings = (await load).flat();
    const calls = salesforceCalls(world, mark);

    assert.deepEqual([status.state, status.failed], ['done', 0]);
    assert.deepEqual(status.keys.find(({ id }) => id === OLD)?.retirable, true);
    const failed = bookings.filter(({ status, link }) => status !== 201 || link !== 'Ready');
    assert.deepEqual(failed, [], 'every booking has its meeting');
    assert.ok(bookings.length >= CALLERS, 'trainings were booked meanwhile');
    const named = await keysInSalesforce(world);
    assert.deepEqual([...named.keys()], [NEW]);

    await server.stop();
    server = await startMiddleware({ ...environment, ENCRYPTION_SECRET: NEW_SECRET });
    const again = queue.splice(0, 20);
    for (const trainer of again) {
      const { status, body, text } = await book(server, bookingOf(world, trainer, 4));
      assert.deepEqual([status, body.meetingLinkStatus], [201, 'Ready'], text);
    }

    report('key-rotation', {
      seed: random.seed,
      connections: trainers.length,
      'seconds from start to verified': seconds,
      'sealed anew': status.done - status.unchanged,
      'bookings during it': bookings.length,
      'bookings that failed': failed.length,
      'slowest booking, ms': Math.round(Math.max(...bookings.map(({ ms }) => ms))),
      'token exchanges during it': lark.tokenExchanges().length - exchangesBefore,
      'sealed values that name the new key': named.get(NEW) ?? 0,
      'sealed values that name the old key': named.get(OLD) ?? 0,
      ...calls,
    });

    async function bookUntil(isEnough: () => boolean) {
      const made: { status: number; link: string; ms: number; text: string }[] = [];
      while (!isEnough()) {
        const trainer = queue.pop() ?? assert.fail('more bookings than trainers');
        if (random.between(1, EXPIRED_IN) === 1) lark.expireAccessTokens(trainer.openId);
        const from = performance.now();
        const { status, body, text } = await book(running, bookingOf(world, trainer, 3));
        made.push({ status, link: body.meetingLinkStatus, ms: performance.now() - from, text });
      }
      return made;
    }
  } finally {
    await server?.kill();
    await world.close();
    await database.drop();
  }
});

function idOf(secret: string): string {
  return createSealer({ orgId: '', secret, previousSecrets: [] }).sealingKeyId;
}

function secondsSince(begin: number): number {
  return Math.round((performance.now() - begin) / 100) / 10;
}

/** At start the middleware reads all connections of Salesforce: what is measured is the rotation alone. */
async function untilKnown(server: MiddlewareProcess, connections: number): Promise<void> {
  for (;;) {
    const { body } = await server.call<RotationAnswer>('GET', '/api/admin/key-rotation', { key: keys.operator });
    if ((body.keys.find(({ id }) => id === OLD)?.references['heads'] ?? 0) >= 2 * connections) return;
    await sleep(500);
  }
}

async function follow(server: MiddlewareProcess): Promise<RotationAnswer> {
  for (let told = -1; ;) {
    const { body } = await server.call<RotationAnswer>('GET', '/api/admin/key-rotation', { key: keys.operator });
    if (body.state !== 'running') return body;
    const tenth = Math.floor((body.done / Math.max(1, body.total)) * 10);
    if (tenth !== told) say(`${body.phase}: ${body.done} of ${body.total}`);
    told = tenth;
    await sleep(500);
  }
}

/** What the rotation asked of Salesforce; bookings use other calls. */
function salesforceCalls(world: World, mark: number): Record<string, number> {
  const entries = world.standins.salesforce.journal.entries({ since: mark });
  const reads = (pattern: RegExp) =>
    entries.filter(({ query }) => typeof query['q'] === 'string' && pattern.test(query['q'])).length;
  return {
    'Salesforce calls: looking for unknown connections': reads(/Lark_Token_Generation__c > 0/),
    'Salesforce calls: reading before writing': reads(/Lark_Identity_Hash__c[\s\S]*WHERE Id IN/),
    'Salesforce calls: writing': entries.filter(
      ({ method, path }) => method === 'PATCH' && path.endsWith('/composite/sobjects'),
    ).length,
    'Salesforce calls: verifying': reads(/SELECT Id, Lark_Access_Token__c, Lark_Refresh_Token__c/),
  };
}

async function keysInSalesforce(world: World): Promise<Map<string | undefined, number>> {
  const named = new Map<string | undefined, number>();
  for (let after = ''; ;) {
    const rows = await world.soql<{
      Id: string;
      Lark_Access_Token__c: string | null;
      Lark_Refresh_Token__c: string | null;
    }>(
      `SELECT Id, Lark_Access_Token__c, Lark_Refresh_Token__c FROM Onboarding_Trainer__c
        ${after === '' ? '' : `WHERE Id > '${after}'`} ORDER BY Id LIMIT 200`,
    );
    const last = rows.at(-1);
    if (!last) return named;
    after = last.Id;
    for (const sealed of rows.flatMap((row) => [row.Lark_Access_Token__c, row.Lark_Refresh_Token__c])) {
      if (sealed !== null) named.set(keyIdOf(sealed), (named.get(keyIdOf(sealed)) ?? 0) + 1);
    }
  }
}

function shuffled(trainers: readonly SeededTrainer[], next: () => number): SeededTrainer[] {
  return trainers
    .map((trainer) => ({ trainer, at: next() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ trainer }) => trainer);
}
