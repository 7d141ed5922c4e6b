import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { refreshSteps } from '../../src/tokens/refresh.ts';
import { exchangesOf, openIdOf, readCalendarOf, shownConnection, untilServed } from '../kit/connections.ts';
import { createTestDatabase } from '../kit/databases.ts';
import { startMiddleware, type MiddlewareProcess } from '../kit/processes.ts';
import { connectThrough, startWorld, until, type SampleTrainer, type World } from '../kit/world.ts';

/** The lease of a refresh and the time that its request may take. */
const LEASE_AND_TIMEOUT_MS = 41_000;
const engines = ['postgres', 'pglite'] as const;
type Engine = (typeof engines)[number];

let world: World;
let directory: string;
let postgres: Awaited<ReturnType<typeof createTestDatabase>>;
const environments: Record<Engine, Record<string, string | undefined>> = { pglite: {}, postgres: {} };
/** The processes that did not die go on from test to test. */
const running = new Map<Engine, MiddlewareProcess>();
let trainers = 0;

before(async () => {
  world = await startWorld({ withoutApp: true });
  directory = mkdtempSync(path.join(tmpdir(), 'trainer-connect-'));
  postgres = await createTestDatabase();
  environments.pglite = { ...world.environment, DATA_DIR: path.join(directory, 'data') };
  // Without PostgreSQL all steps are killed on the embedded database.
  environments.postgres = postgres ? { ...world.environment, DATABASE_URL: postgres.url } : environments.pglite;
});
after(async () => {
  for (const process of running.values()) await process.stop();
  await world.close();
  await postgres?.drop();
  rmSync(directory, { recursive: true, force: true });
});

/** A connected trainer of their own; then a process that dies at the step while it renews their access. */
async function killAt(step: string, engine: Engine): Promise<{ trainer: SampleTrainer; survivor: MiddlewareProcess }> {
  const trainer = await world.trainer(trainers++);
  const environment = environments[engine];
  const first = running.get(engine) ?? (await startMiddleware(environment));
  await connectThrough(first, trainer.Email__c);
  await first.stop();
  running.delete(engine);

  const victim = await startMiddleware(environment, { stopAt: step });
  world.standins.lark.expireAccessTokens(openIdOf(world, trainer.Email__c));
  const asked = readCalendarOf(world, victim, trainer).catch(() => undefined);
  await victim.reached;
  await victim.kill();
  await asked;

  world.clock.advance(LEASE_AND_TIMEOUT_MS);
  const survivor = await startMiddleware(environment);
  running.set(engine, survivor);
  return { trainer, survivor };
}

/** A connection that serves, was saved, and can be renewed again: nothing of it was lost. */
async function assertAlive(trainer: SampleTrainer, survivor: MiddlewareProcess): Promise<void> {
  await untilServed(world, survivor, trainer);
  world.standins.lark.expireAccessTokens(openIdOf(world, trainer.Email__c));
  await untilServed(world, survivor, trainer);
  const pairs = exchangesOf(world, trainer).filter(({ code }) => code === 0);
  for (const [index, { spent }] of pairs.entries()) {
    if (index > 0) assert.equal(spent, pairs[index - 1]?.refreshToken, `pair ${index} came from the one before`);
  }
  const shown = await until(async () => {
    const found = await shownConnection(world, trainer);
    return found.status === 'Connected' && found.generation === pairs.length && found;
  }, 'Salesforce has the newest pair');
  assert.equal(shown.error, null);
}

const harmless: [step: string, exchangesBefore: number][] = [
  ['refresh.before-intent', 1],
  ['refresh.intent-recorded', 1],
  ['refresh.checked', 1],
  ['refresh.received', 2],
  ['flush.before-write', 2],
  ['flush.after-write', 2],
];

test('no named step of a refresh is left out', () => {
  const killed = [...harmless.map(([step]) => step), 'refresh.answered'];
  assert.deepEqual(
    refreshSteps.filter((step) => !killed.includes(step)),
    [],
  );
});

for (const [index, [step, exchangesBefore]] of harmless.entries()) {
  const engine = engines[index % 2] ?? 'postgres';
  test(`killed at ${step} (${engine}): the connection serves again by itself`, async () => {
    const { trainer, survivor } = await killAt(step, engine);
    assert.equal(exchangesOf(world, trainer).length, exchangesBefore, 'what Lark had seen when the process died');
    await assertAlive(trainer, survivor);
    assert.ok(
      exchangesOf(world, trainer).every(({ code }) => code === 0),
      'no token was sent twice',
    );
  });
}

for (const engine of engines) {
  test(`killed at refresh.answered (${engine}), the window that remains: said in plain words, nothing erased, one new consent heals it`, async () => {
    const { trainer, survivor } = await killAt('refresh.answered', engine);
    const reading = await until(async () => {
      const found = await readCalendarOf(world, survivor, trainer);
      return /connect again/.test(found.unreadable ?? '') && found;
    }, 'the reason');
    assert.equal(reading.status, 200);
    const shown = await until(async () => {
      const found = await shownConnection(world, trainer);
      return found.status === 'Needs Reconnect' && found;
    }, 'Salesforce shows it');
    assert.match(shown.error ?? '', /used up elsewhere.*connect again/i);
    assert.equal(shown.keepsTokens, true, 'nothing was erased');
    assert.deepEqual(
      exchangesOf(world, trainer).map(({ code }) => code),
      [0, 0, 20073],
      'the lost answer, and one more try',
    );

    await connectThrough(survivor, trainer.Email__c);
    await untilServed(world, survivor, trainer);
    await until(async () => (await shownConnection(world, trainer)).status === 'Connected', 'it is healed');
  });
}
