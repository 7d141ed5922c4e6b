import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { atLark, book, bookingOf, bookingRow } from '../kit/bookings.ts';
import { createTestDatabase } from '../kit/databases.ts';
import { startMiddleware, type MiddlewareProcess } from '../kit/processes.ts';
import { connectThrough, startWorld, until, type SampleTrainer, type World } from '../kit/world.ts';

let world: World;
let trainer: SampleTrainer;
let directory: string;
let postgres: Awaited<ReturnType<typeof createTestDatabase>>;
/** The databases that a killed process may leave behind. */
const environments: Record<'pglite' | 'postgres', Record<string, string | undefined>> = { pglite: {}, postgres: {} };

before(async () => {
  world = await startWorld({ withoutApp: true });
  trainer = await world.trainer(0);
  directory = mkdtempSync(path.join(tmpdir(), 'trainer-connect-'));
  postgres = await createTestDatabase();
  environments.pglite = { ...world.environment, DATA_DIR: path.join(directory, 'data') };
  // Without PostgreSQL all steps are killed on the embedded database.
  environments.postgres = postgres ? { ...world.environment, DATABASE_URL: postgres.url } : environments.pglite;
  const first = await startMiddleware(environments.postgres);
  await connectThrough(first, trainer.Email__c);
  await first.stop();
});
after(async () => {
  await world.close();
  await postgres?.drop();
  rmSync(directory, { recursive: true, force: true });
});

let day = 3;

test('killed right after the insert and started three minutes later: nobody else gets the slot', async () => {
  const environment = environments.postgres;
  const merchantName = `Killed ${++day}`;
  const victim = await startMiddleware(environment, { stopAt: 'booking.inserted' });
  const request = book(victim, bookingOf(world, trainer, day, { merchantName })).catch(() => undefined);
  await victim.reached;
  await victim.kill();
  await request;
  world.clock.advance(180_000);
  const survivor = await startMiddleware(environment);
  try {
    const other = await book(survivor, bookingOf(world, trainer, day, { startTime: '10:30', endTime: '11:30' }));
    assert.deepEqual([other.status, other.body.error?.code], [409, 'slot_taken']);
    await until(async () => {
      const [found] = await world.soql<{ Sync_Status__c: string }>(
        `SELECT Sync_Status__c FROM Training_Booking__c WHERE Merchant_Name__c = '${merchantName}'`,
      );
      return found?.Sync_Status__c === 'Synced';
    }, 'the repair');
  } finally {
    await survivor.stop();
  }
});

const steps = [
  ['booking.inserted', 'postgres'],
  ['reservation.intended', 'postgres'],
  ['reservation.answered', 'pglite'],
  ['reservation.recorded', 'postgres'],
  ['event.intended', 'postgres'],
  ['event.answered', 'pglite'],
  ['event.recorded', 'postgres'],
  ['write-back.before', 'pglite'],
  ['write-back.after', 'postgres'],
] as const;

for (const [step, engine] of steps) {
  test(`killed at ${step} (${engine}): after the restart there is one event, one published link, and Salesforce knows it`, async () => {
    const environment = environments[engine];
    const merchantName = `Killed ${++day}`;
    const victim = await startMiddleware(environment, { stopAt: step });
    const request = book(victim, bookingOf(world, trainer, day, { merchantName })).catch(() => undefined);
    await victim.reached;
    await victim.kill();
    await request;

    // The lease of the dead process must be over before anybody else works on its booking.
    world.clock.advance(61_000);
    const survivor: MiddlewareProcess = await startMiddleware(environment);
    try {
      const [found] = await world.soql<{ Id: string }>(
        `SELECT Id FROM Training_Booking__c WHERE Merchant_Name__c = '${merchantName}'`,
      );
      assert.ok(found, 'the booking exists');
      const row = await until(async () => {
        const now = await bookingRow(world, found.Id);
        return now.Meeting_Link_Status__c === 'Ready' && now.Sync_Status__c === 'Synced' && now;
      }, 'the repair');
      const { events, reservations } = atLark(world, trainer);
      const own = events.filter(({ summary }) => summary.includes(merchantName));
      assert.equal(own.length, 1, 'one event');
      assert.ok(JSON.stringify(own[0]).includes(row.Remote_Training_Meeting_Link__c ?? '?'));
      const left = reservations.filter(({ topic }) => topic.includes(merchantName));
      assert.ok(left.filter(({ published }) => !published).length <= 1, 'at most one unpublished reservation');
      assert.ok(left.length <= 1);
    } finally {
      await survivor.stop();
    }
  });
}
