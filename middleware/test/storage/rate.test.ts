import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { holdPlaces, spacing, takePlace } from '../../src/storage/rate.ts';
import type { OpenDatabase } from '../../src/storage/open-database.ts';
import { openTestDatabases } from '../kit/databases.ts';

const LARK = { perSecond: 50, perMinute: 1000 };
let databases: OpenDatabase[];
before(async () => {
  databases = await openTestDatabases();
});
after(() => Promise.all(databases.map(({ close }) => close())));

/** The most calls in any window; `instants` ascend. */
function most(instants: number[], windowMs: number): number {
  let last = 0;
  return Math.max(
    ...instants.map((start, first) => {
      while ((instants[last] ?? Infinity) < start + windowMs) last++;
      return last - first;
    }),
  );
}

test('calls that go as soon as they may never exceed a limit in any second or minute, wherever it begins', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 5_000 }), (perSecond, perMinute) => {
      const { burst, intervalMs } = spacing({ perSecond, perMinute });
      const instants = Array.from({ length: 300 }, (_, index) => Math.max(0, index - burst + 1) * intervalMs);
      assert.ok(most(instants, 1_000) <= perSecond, `${most(instants, 1_000)} in a second`);
      assert.ok(most(instants, 60_000) <= perMinute, `${most(instants, 60_000)} in a minute`);
    }),
    { numRuns: 40 },
  );
});

test("Lark's thousand a minute are used: 10,000 exchanges take at most 11 minutes", () => {
  const { burst, intervalMs } = spacing(LARK);
  assert.ok((10_000 - burst) * intervalMs <= 11 * 60_000);
});

test('places are given once over all callers; who would wait too long takes none', async () => {
  for (const { db, kind } of databases) {
    const now = new Date('2026-03-02T08:00:00Z');
    const deps = { db, now: () => now };
    const { burst, intervalMs } = spacing(LARK);
    const places = await Promise.all(Array.from({ length: 100 }, () => takePlace(deps, 'api', LARK, 60_000)));
    const waits = places.map(({ waitMs }) => waitMs).toSorted((a, b) => a - b);
    assert.equal(waits.filter((wait) => wait < 1).length, burst, kind);
    assert.ok(Math.abs((waits.at(-1) ?? 0) - (100 - burst) * intervalMs) < 5, `${kind}: ${waits.at(-1)}`);
    const refused = await takePlace(deps, 'api', LARK, 1_000);
    assert.equal(refused.refused, true);
    assert.ok(refused.waitMs > 1_000);
    assert.deepEqual(await takePlace(deps, 'another api', LARK, 0), { waitMs: 0, refused: false });
    // What was refused has taken nothing.
    const next = await takePlace(deps, 'api', LARK, 60_000);
    assert.ok(Math.abs(next.waitMs - (101 - burst) * intervalMs) < 5);
  }
});

test('a pause that the vendor asks for holds everybody, a minute at most', async () => {
  for (const { db } of databases) {
    let now = new Date('2026-03-02T08:00:00Z');
    const deps = { db, now: () => now };
    await holdPlaces(deps, 'held', LARK, 3_600_000);
    const held = await takePlace(deps, 'held', LARK, 5_000);
    assert.equal(held.refused, true);
    assert.ok(held.waitMs > 55_000 && held.waitMs <= 61_000, String(held.waitMs));
    now = new Date(now.getTime() + 61_000);
    assert.equal((await takePlace(deps, 'held', LARK, 5_000)).refused, false);
  }
});

test('a clock that is set back does not keep anybody waiting for it', async () => {
  for (const { db } of databases) {
    await takePlace({ db, now: () => new Date('2027-01-01T00:00:00Z') }, 'back', LARK, 0);
    const place = await takePlace({ db, now: () => new Date('2026-01-01T00:00:00Z') }, 'back', LARK, 0);
    assert.deepEqual(place, { waitMs: 0, refused: false });
  }
});
