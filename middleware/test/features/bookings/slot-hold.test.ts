import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { OpenDatabase } from '../../../src/storage/open-database.ts';
import { checkSlot } from '../../../src/features/bookings/check-slot.ts';
import { cleanUpBookings } from '../../../src/features/bookings/clean-up.ts';
import { rebuildHolds } from '../../../src/features/bookings/rebuild-holds.ts';
import {
  followHold,
  freeHoldOf,
  holdSlot,
  promoteHold,
  releaseHoldOf,
  releaseTentativeHold,
  type WantedSlot,
} from '../../../src/features/bookings/slot-hold.ts';
import type { Row } from '../../../src/salesforce/records.ts';
import { openTestDatabases } from '../../kit/databases.ts';
import { createMovableClockFrom } from './movable-now.ts';
import { MEI, RAJ } from './pass-kit.ts';

let databases: OpenDatabase[];
before(async () => {
  databases = await openTestDatabases();
});
after(async () => {
  for (const database of databases) await database.close();
});
beforeEach(async () => {
  for (const { db } of databases) await db.deleteFrom('slot_hold').execute();
});

function slot(start: string, end: string, fields: Partial<WantedSlot> = {}): WantedSlot {
  return {
    trainerId: MEI,
    merchantReference: 'M-1',
    start: new Date(`2026-11-24T${start}:00Z`),
    end: new Date(`2026-11-24T${end}:00Z`),
    ...fields,
  };
}

/** Each test runs on PGlite and, where one answers, on PostgreSQL. */
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
type Clock = ReturnType<typeof createMovableClockFrom>;

onEach('Many merchants race for one slot: one holds it, the others are told who is in the way', async (deps) => {
  const results = await Promise.all(
    Array.from({ length: 12 }, (_, index) =>
      holdSlot(deps, slot('10:00', '11:00', { merchantReference: `M-${index}` })),
    ),
  );
  assert.equal(results.filter((result) => 'holdId' in result).length, 1);
  for (const result of results) {
    if ('holdId' in result) continue;
    assert.deepEqual([result.blockedBy?.state, result.blockedBy?.isSame], ['tentative', false]);
  }
});

onEach('Slots that only touch, and slots of different trainers, do not disturb each other', async (deps) => {
  assert.ok('holdId' in (await holdSlot(deps, slot('10:00', '11:00'))));
  assert.ok('holdId' in (await holdSlot(deps, slot('11:00', '12:00'))));
  assert.ok('holdId' in (await holdSlot(deps, slot('10:30', '11:30', { trainerId: RAJ }))));
  assert.ok('blockedBy' in (await holdSlot(deps, slot('10:59', '11:30'))));
});

onEach('A tentative hold that has lapsed gives way', async (deps) => {
  await holdSlot(deps, slot('10:00', '11:00'));
  deps.clock.advance(2 * 60_000 - 1);
  const early = await holdSlot(deps, slot('10:00', '11:00'));
  assert.ok('blockedBy' in early && early.blockedBy?.isSame === true);
  deps.clock.advance(1);
  assert.ok('holdId' in (await holdSlot(deps, slot('10:00', '11:00'))));
  deps.clock.advance(2 * 60_000);
  const other = await holdSlot(deps, slot('10:30', '11:30', { merchantReference: 'M-2' }));
  assert.ok('holdId' in other);
});

onEach('A promoted hold does not lapse; a released one is free', async (deps) => {
  const held = await holdSlot(deps, slot('10:00', '11:00'));
  assert.ok('holdId' in held);
  assert.equal(await promoteHold(deps.db, { holdId: held.holdId, bookingId: 'b1' }), true);
  await releaseTentativeHold(deps.db, held.holdId);
  deps.clock.advance(3_600_000);
  const blocked = await holdSlot(deps, slot('10:00', '11:00'));
  assert.ok('blockedBy' in blocked && blocked.blockedBy?.bookingId === 'b1' && blocked.blockedBy.isSame);
  assert.equal(await releaseHoldOf(deps.db, 'b1'), MEI);
  assert.ok('holdId' in (await holdSlot(deps, slot('10:00', '11:00'))));
});

onEach('A hold whose booking already has one is not promoted a second time', async (deps) => {
  await followHold(deps, 'b1', slot('12:00', '13:00'));
  const held = await holdSlot(deps, slot('10:00', '11:00'));
  assert.ok('holdId' in held);
  assert.equal(await promoteHold(deps.db, { holdId: held.holdId, bookingId: 'b1' }), false);
});

onEach(
  'A hold follows its booking, says what became free, and is given up where the new time is taken',
  async (deps) => {
    const freed: string[] = [];
    const follow = (bookingId: string, from: string, to: string) =>
      followHold(
        { ...deps, freed: (_trx, trainerId) => Promise.resolve(void freed.push(trainerId)) },
        bookingId,
        slot(from, to),
      );
    assert.equal(await follow('b1', '10:00', '11:00'), undefined);
    assert.equal(await follow('b1', '10:00', '11:00'), undefined);
    assert.deepEqual(freed, [], 'it has not moved');
    assert.equal(await follow('b1', '10:30', '11:30'), undefined);
    assert.deepEqual(freed, [MEI]);
    await follow('b2', '14:00', '15:00');
    assert.equal((await follow('b1', '14:30', '15:30'))?.bookingId, 'b2');
    assert.deepEqual(freed, [MEI, MEI]);
    const left = await deps.db.selectFrom('slot_hold').select('booking_id').execute();
    assert.deepEqual(left, [{ booking_id: 'b2' }]);
  },
);

onEach('Passes that race with different times of one booking all end, and it has one hold', async (deps) => {
  const followed = await Promise.all(
    ['10', '12', '14', '16'].map((hour) => followHold(deps, 'b1', slot(`${hour}:00`, `${hour}:30`))),
  );
  assert.deepEqual(followed, [undefined, undefined, undefined, undefined]);
  const rows = await deps.db.selectFrom('slot_hold').select('booking_id').execute();
  assert.deepEqual(rows, [{ booking_id: 'b1' }]);
});

onEach('A tentative hold left by a request that died becomes the hold of the booking it made', async (deps) => {
  await holdSlot(deps, slot('10:00', '11:00'));
  const followed = await followHold(deps, 'b1', slot('10:00', '11:00'));
  assert.equal(followed, undefined);
  const rows = await deps.db.selectFrom('slot_hold').select(['booking_id', 'state']).execute();
  assert.deepEqual(rows, [{ booking_id: 'b1', state: 'booked' }]);
});

onEach('Time becomes free exactly if whoever waits for it is told', async (deps) => {
  await followHold(deps, 'b1', slot('10:00', '11:00'));
  const freed = () => Promise.reject(new Error('stopped here'));
  await assert.rejects(followHold({ ...deps, freed }, 'b1', slot('12:00', '13:00')), /stopped here/);
  await assert.rejects(freeHoldOf({ ...deps, freed }, 'b1'), /stopped here/);
  const rows = await deps.db.selectFrom('slot_hold').select('starts_at').execute();
  assert.deepEqual(rows, [{ starts_at: slot('10:00', '11:00').start }]);
});

/** A Salesforce in which exactly these bookings are seen, whatever is asked. */
function showing(rows: readonly Row[]) {
  const query = <T extends Row>() => Promise.resolve(rows as T[]);
  return { query, queryAll: query };
}

const atTen = { Trainer__c: MEI, Start__c: '2026-11-24T10:00:00.000+0000', End__c: '2026-11-24T11:00:00.000+0000' };
const heldBy = async ({ db }: { db: OpenDatabase['db'] }) => {
  const rows = await db.selectFrom('slot_hold').select('booking_id').orderBy('booking_id').execute();
  return rows.map(({ booking_id }) => booking_id);
};

onEach('After a lost database the slot is not given to a booking that was put onto it in Salesforce', async (deps) => {
  for (const status of ['Conflict', 'Pending']) {
    await deps.db.deleteFrom('slot_hold').execute();
    const movedThere = { ...atTen, Id: 'older', Sync_Status__c: status };
    await rebuildHolds({ ...deps, records: showing([movedThere, { ...atTen, Id: 'b2', Sync_Status__c: 'Synced' }]) });
    assert.deepEqual(await heldBy(deps), ['b2'], status);
  }
});

onEach('A booking whose request died gets its hold at start, also when the tentative one has lapsed', async (deps) => {
  await holdSlot(deps, slot('10:00', '11:00'));
  deps.clock.advance(3 * 60_000);
  assert.equal(await rebuildHolds({ ...deps, records: showing([{ ...atTen, Id: 'b1' }]) }), 1);
  assert.deepEqual(await heldBy(deps), ['b1']);
});

onEach('Who is not shown any booking gives no hold away', async (deps) => {
  await followHold(deps, 'b1', slot('10:00', '11:00'));
  await rebuildHolds({ ...deps, records: showing([]) });
  assert.deepEqual(await heldBy(deps), ['b1']);
  const check = checkSlot({ ...deps, records: showing([]) }, 'b2', slot('10:00', '11:00'));
  await assert.rejects(check, { code: 'salesforce_unavailable', retryable: true });
  assert.deepEqual(await heldBy(deps), ['b1']);
});

onEach('A booking in the recycle bin gives its hold away, though it was the only one', async (deps) => {
  await followHold(deps, 'b1', slot('10:00', '11:00'));
  const records = { ...showing([]), queryAll: showing([{ Id: 'b1' }]).queryAll };
  assert.equal(await checkSlot({ ...deps, records }, 'b2', slot('10:00', '11:00')), undefined);
  assert.deepEqual(await heldBy(deps), ['b2']);
});

onEach(
  'Holds rebuilt from Salesforce go to the earlier booking where two overlap, and repeating changes nothing',
  async (deps) => {
    const rows: Row[] = [
      { Id: 'b1', Trainer__c: MEI, Start__c: '2026-11-24T10:00:00.000+0000', End__c: '2026-11-24T11:00:00.000+0000' },
      { Id: 'b2', Trainer__c: MEI, Start__c: '2026-11-24T10:30:00.000+0000', End__c: '2026-11-24T11:30:00.000+0000' },
      { Id: 'b3', Trainer__c: RAJ, Start__c: '2026-11-24T10:30:00.000+0000', End__c: '2026-11-24T11:30:00.000+0000' },
    ];
    const records = showing(rows);
    assert.equal(await rebuildHolds({ ...deps, records }), 2);
    assert.equal(await rebuildHolds({ ...deps, records }), 0);
    const held = await deps.db.selectFrom('slot_hold').select('booking_id').orderBy('booking_id').execute();
    assert.deepEqual(
      held.map(({ booking_id }) => booking_id),
      ['b1', 'b3'],
    );
  },
);

onEach('Cleaning up forgets holds of the past and keeps those of the future', async (deps) => {
  await followHold(deps, 'b1', slot('10:00', '11:00'));
  deps.clock.set('2026-11-25T10:59:00Z');
  await cleanUpBookings(deps);
  assert.equal((await deps.db.selectFrom('slot_hold').selectAll().execute()).length, 1);
  deps.clock.set('2026-11-25T11:01:00Z');
  await cleanUpBookings(deps);
  assert.equal((await deps.db.selectFrom('slot_hold').selectAll().execute()).length, 0);
});

onEach('A hold that moved away while it was looked at is not dropped at its new place', async (deps) => {
  await followHold(deps, 'b1', slot('10:00', '11:00'));
  const row = { Name: 'TB-00001', Trainer__c: MEI, Status__c: 'Confirmed' };
  const moved = { ...row, Start__c: '2026-11-24T14:00:00.000+0000', End__c: '2026-11-24T15:00:00.000+0000' };
  const records = {
    query: async <T extends Row>() => {
      await followHold(deps, 'b1', slot('14:00', '15:00'));
      return [moved] as Row[] as T[];
    },
    queryAll: showing([]).queryAll,
  };
  assert.equal(await checkSlot({ ...deps, records }, 'b2', slot('10:00', '11:00')), undefined);
  const held = await deps.db.selectFrom('slot_hold').select(['booking_id', 'starts_at']).orderBy('starts_at').execute();
  assert.deepEqual(
    held.map(({ booking_id, starts_at }) => [booking_id, starts_at.toISOString().slice(11, 16)]),
    [
      ['b2', '10:00'],
      ['b1', '14:00'],
    ],
  );
});

onEach('A hold is freed only where it is', async (deps) => {
  await followHold(deps, 'b1', slot('10:00', '11:00'));
  for (const other of [slot('11:00', '12:00'), slot('09:00', '10:00'), slot('10:00', '11:00', { trainerId: RAJ })]) {
    assert.equal(await releaseHoldOf(deps.db, 'b1', other), undefined);
  }
  assert.equal(await releaseHoldOf(deps.db, 'b1', slot('10:30', '11:30')), MEI);
});

onEach('A hold that moved while the bookings were read survives the rebuilding', async (deps) => {
  await followHold(deps, 'b1', slot('10:00', '11:00'));
  const elsewhere = { ...atTen, Id: 'b2', Trainer__c: RAJ };
  const records = {
    query: async <T extends Row>() => {
      await followHold(deps, 'b1', slot('14:00', '15:00'));
      return [elsewhere] as Row[] as T[];
    },
  };
  await rebuildHolds({ ...deps, records });
  assert.deepEqual(await heldBy(deps), ['b1', 'b2']);
});
