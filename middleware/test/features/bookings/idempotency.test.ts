import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { claimRequest, giveUpClaim, settleClaim } from '../../../src/features/bookings/idempotency.ts';
import type { OpenDatabase } from '../../../src/storage/open-database.ts';
import { openTestDatabases } from '../../kit/databases.ts';
import { createMovableClockFrom } from './movable-now.ts';

let databases: OpenDatabase[];
before(async () => {
  databases = await openTestDatabases();
});
after(async () => {
  for (const database of databases) await database.close();
});

type Clock = ReturnType<typeof createMovableClockFrom>;
function onEach(
  name: string,
  body: (deps: { db: OpenDatabase['db']; now: () => Date; clock: Clock }) => Promise<void>,
) {
  test(name, async () => {
    for (const { db } of databases) {
      const clock = createMovableClockFrom('2026-11-21T00:00:00Z');
      await body({ db, now: clock.now, clock });
    }
  });
}

onEach('Equal requests at once: one works, the others wait', async (deps) => {
  const request = { keyHash: 'race', requestHash: 'same' };
  const outcomes = await Promise.all(Array.from({ length: 10 }, () => claimRequest(deps, request)));
  assert.equal(outcomes.filter(({ kind }) => kind === 'claimed').length, 1);
  assert.equal(outcomes.filter(({ kind }) => kind === 'busy').length, 9);
});

onEach('A settled key answers with its booking, for ever and for the same request only', async (deps) => {
  const request = { keyHash: 'settled', requestHash: 'same' };
  const first = await claimRequest(deps, request);
  assert.ok(first.kind === 'claimed' && !first.takenOver);
  await settleClaim(deps.db, first.claim, 'b1');
  deps.clock.advance(3_600_000);
  assert.deepEqual(await claimRequest(deps, request), { kind: 'booked', bookingId: 'b1' });
  assert.deepEqual(await claimRequest(deps, { ...request, requestHash: 'other' }), { kind: 'reused' });
});

onEach('A key that was given up can be claimed again', async (deps) => {
  const request = { keyHash: 'given-up', requestHash: 'same' };
  const first = await claimRequest(deps, request);
  assert.ok(first.kind === 'claimed');
  await giveUpClaim(deps.db, first.claim);
  assert.equal((await claimRequest(deps, request)).kind, 'claimed');
});

onEach('A claim whose holder died is taken over once, and the late holder cannot give it up', async (deps) => {
  const request = { keyHash: 'died', requestHash: 'same' };
  const first = await claimRequest(deps, request);
  assert.ok(first.kind === 'claimed');
  deps.clock.advance(60_000);
  const outcomes = await Promise.all([1, 2, 3].map(() => claimRequest(deps, request)));
  const [heir, ...more] = outcomes.filter((outcome) => outcome.kind === 'claimed');
  assert.equal(more.length, 0);
  assert.equal(heir?.takenOver, true);
  await giveUpClaim(deps.db, first.claim);
  assert.equal((await claimRequest(deps, request)).kind, 'busy');
});
