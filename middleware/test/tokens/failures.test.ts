import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { AppError } from '../../src/core/errors.ts';
import type { ErrorCode } from '../../src/core/error-codes.ts';
import type { OpenDatabase } from '../../src/storage/open-database.ts';
import { delayAfter } from '../../src/tokens/attempts.ts';
import { readHead } from '../../src/tokens/head.ts';
import { openTestDatabases } from '../kit/databases.ts';
import { tokenRoom } from './kit.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
let databases: OpenDatabase[];
let database: OpenDatabase;
before(async () => {
  databases = await openTestDatabases();
  database = databases.at(-1) ?? assert.fail('no database');
});
beforeEach(async () => {
  await database.db.deleteFrom('outage').execute();
  await database.db.deleteFrom('token_head').execute();
});
after(() => Promise.all(databases.map(({ close }) => close())));

const withCode = (code: ErrorCode) => (error: unknown) => error instanceof AppError && error.code === code;
type Room = ReturnType<typeof tokenRoom>;
const use = (room: Room) => room.tokens.accessTokenFor(room.connectionId);
const state = async (room: Room) => (await room.lifecycle.stateOf(room.connectionId)).status;

/** Trainers whose access token has ended; all on one clock. */
async function expiredRooms(count: number): Promise<Room[]> {
  const rooms = Array.from({ length: count }, () => tokenRoom(database.db));
  for (const room of rooms) {
    await room.connect();
    room.advance(2 * HOUR);
  }
  return rooms;
}
async function expiredRoom(): Promise<Room> {
  const [room] = await expiredRooms(1);
  return room ?? assert.fail('no room');
}

test('the wait doubles up to a minute and is never shorter than the provider asks', () => {
  assert.deepEqual(
    [1, 2, 3, 6, 20].map((failures) => delayAfter(failures)),
    [2_000, 4_000, 8_000, 60_000, 60_000],
  );
  assert.equal(delayAfter(1, 90_000), 90_000);
  assert.equal(delayAfter(1, 5 * HOUR), 15 * 60_000);
  assert.ok(delayAfter(1, 0, 1) === 2_500);
});

test('an unknown refusal is held against the connection once a day; on the fourth day it needs reconnecting', async () => {
  const room = await expiredRoom();
  for (const day of [1, 2, 3]) {
    for (let hour = 0; hour < 3; hour++) {
      room.provider.failNext('unrecognized');
      await assert.rejects(use(room), withCode('provider_refused'));
    }
    const head = await readHead(database.db, room.connectionId);
    assert.equal(head?.strikes, day);
    assert.match(head?.error ?? '', new RegExp(`day ${day} of 4`));
    assert.equal(head?.state, 'connected');
    room.advance(DAY);
  }
  room.provider.failNext('unrecognized');
  await assert.rejects(use(room), withCode('needs_reconnect'));
  assert.match((await room.lifecycle.stateOf(room.connectionId)).error ?? '', /connect again/);
  assert.notEqual((await readHead(database.db, room.connectionId))?.refresh_sealed, null, 'nothing is erased');
});

test('a success takes all strikes back', async () => {
  const room = await expiredRoom();
  for (let day = 0; day < 3; day++) {
    room.provider.failNext('unrecognized');
    await assert.rejects(use(room));
    room.advance(DAY);
  }
  await use(room);
  const head = await readHead(database.db, room.connectionId);
  assert.deepEqual([head?.strikes, head?.struck_at, head?.error, head?.failures], [0, null, null, 0]);
});

test('what is our own configuration never touches the trainer and is told to an administrator', async () => {
  const room = await expiredRoom();
  room.provider.failNext('configuration');
  await assert.rejects(use(room), withCode('provider_configuration'));
  assert.equal(await state(room), 'Connected');
  assert.equal(room.alerts.length, 1);
});

test('most connections fail: nobody is marked, whoever was marked first is taken back, one alert', async () => {
  const rooms = await expiredRooms(12);
  for (const room of rooms) room.provider.failNext('grant-dead');
  // The first ones cannot know that it is an outage.
  for (const room of rooms.slice(0, 4)) await assert.rejects(use(room), withCode('needs_reconnect'));
  for (const room of rooms.slice(4)) await assert.rejects(use(room), withCode('provider_unavailable'));
  for (const room of rooms) assert.equal(await state(room), 'Connected');
  const alerts = rooms.flatMap((room) => room.alerts);
  assert.equal(alerts.length, 1);
  assert.match(alerts[0] ?? '', /outage/);
  assert.match((await rooms[0]?.tokens.upkeep.pauseReason('lark')) ?? '', /lark/);

  // It is over: everybody is well again without a hand, and later failures are judged by themselves.
  for (const room of rooms) {
    room.advance(HOUR);
    await use(room);
    await room.flush();
  }
  assert.equal(await rooms[0]?.tokens.upkeep.pauseReason('lark'), undefined);
  assert.equal((await database.db.selectFrom('outage').selectAll().execute()).length, 0);
  assert.ok(
    rooms.slice(0, 4).every(({ woken, connectionId }) => woken.includes(connectionId)),
    'their bookings are woken',
  );
});

test('an outage of more than a day no longer protects a grant that the provider declares dead', async () => {
  const rooms = await expiredRooms(6);
  for (const room of rooms) {
    room.provider.failNext('temporary');
    await assert.rejects(use(room), withCode('provider_unavailable'));
  }
  assert.equal((await database.db.selectFrom('outage').selectAll().execute()).length, 1);
  const [first] = rooms;
  assert.ok(first);
  first.advance(HOUR);
  first.provider.failNext('grant-dead');
  await assert.rejects(use(first), withCode('provider_unavailable'));
  first.advance(DAY);
  first.provider.failNext('grant-dead');
  await assert.rejects(use(first), withCode('needs_reconnect'));
});

test('five failures among many that work are no outage', async () => {
  const rooms = await expiredRooms(15);
  for (const room of rooms.slice(0, 9)) await use(room);
  for (const room of rooms.slice(9, 14)) {
    room.provider.failNext('grant-dead');
    await assert.rejects(use(room), withCode('needs_reconnect'));
  }
});

test('an access token that still lives serves while the provider refuses', async () => {
  const room = tokenRoom(database.db);
  await room.connect();
  room.advance(2 * HOUR - 120_000);
  for (const failure of ['unrecognized', 'configuration', 'temporary'] as const) {
    room.provider.failNext(failure);
    assert.equal((await use(room)).value, 'access-1');
  }
});

test('an administrator may try a connection that needs reconnecting once more', async () => {
  const room = await expiredRoom();
  room.provider.failNext('grant-dead');
  await assert.rejects(use(room), withCode('needs_reconnect'));
  assert.equal((await room.tokens.upkeep.renew(room.connectionId)).status, 'Connected');
  assert.deepEqual(room.woken.at(-1), room.connectionId);
});

test('what waits for Salesforce for more than five minutes stops refreshes that nobody waits for', async () => {
  const room = await expiredRoom();
  await room.flush();
  room.salesforce.setDown(true);
  await use(room);
  assert.equal(await room.tokens.upkeep.pauseReason('lark'), undefined);
  room.advance(5 * 60_000 + 1_000);
  assert.match((await room.tokens.upkeep.pauseReason('lark')) ?? '', /Salesforce/);
  // On demand always.
  room.advance(2 * HOUR);
  assert.equal((await use(room)).value, 'access-3');
  room.salesforce.setDown(false);
  await room.flush();
  assert.equal(await room.tokens.upkeep.pauseReason('lark'), undefined);
});

/** A database whose statement that takes an answer fails a few times, before or after it was done. */
function failingOnce(db: OpenDatabase['db'], when: 'before' | 'after'): OpenDatabase['db'] {
  let left = 1;
  return new Proxy(db, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      if (name !== 'with' || left === 0) return value.bind(target) as unknown;
      left--;
      if (when === 'before') {
        return () => {
          throw new Error('terminating connection due to administrator command');
        };
      }
      return (...given: unknown[]) => losingTheAnswer((value as (...all: unknown[]) => object).apply(target, given));
    },
  });
}

/** The query runs; what it says is lost on the way. */
function losingTheAnswer(query: object): object {
  return new Proxy(query, {
    get: (target, name) => {
      const value = Reflect.get(target, name) as (...all: unknown[]) => unknown;
      if (typeof value !== 'function') return value;
      return (...given: unknown[]) => {
        const result = value.apply(target, given);
        if (name !== 'executeTakeFirst') return losingTheAnswer(result as object);
        return (result as Promise<unknown>).then(() => {
          throw new Error('Connection terminated unexpectedly');
        });
      };
    },
  });
}

for (const when of ['before', 'after'] as const) {
  test(`the database fails ${when} the answer is committed: the only living pair is kept`, async () => {
    const room = tokenRoom(failingOnce(database.db, when));
    await room.connect();
    room.advance(2 * HOUR);
    assert.equal((await use(room)).value, 'access-2');
    room.advance(2 * HOUR);
    assert.equal((await use(room)).value, 'access-3');
    assert.equal(room.provider.sent.length, 2, 'nothing was spent twice');
  });
}

test('a consumed grant while Salesforce is away: nobody is judged, and it is not sent again and again', async () => {
  const room = await expiredRoom();
  room.salesforce.setDown(true);
  room.provider.failNext('grant-consumed');
  await assert.rejects(use(room), withCode('provider_unavailable'));
  await assert.rejects(use(room), withCode('provider_unavailable'));
  assert.equal(room.provider.sent.length, 1);
  assert.equal(await state(room), 'Connected');
});

test('a row that Salesforce refuses for good does not stop the others from being renewed', async () => {
  const rooms = await expiredRooms(4);
  const [refused] = rooms;
  assert.ok(refused);
  for (const room of rooms) {
    await use(room);
    if (room !== refused) await room.flush();
  }
  await database.db
    .updateTable('token_head')
    .set({ refused_at: refused.deps.now() })
    .where('connection_id', '=', refused.connectionId)
    .execute();
  refused.advance(HOUR);
  assert.equal(await refused.tokens.upkeep.pauseReason('lark'), undefined);
  // Most of them refused is something else.
  await database.db
    .updateTable('token_head')
    .set({ refused_at: refused.deps.now(), unsaved_since: refused.deps.now() })
    .execute();
  assert.match((await refused.tokens.upkeep.pauseReason('lark')) ?? '', /refuses/);
});
