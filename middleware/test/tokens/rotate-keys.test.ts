import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { OpenDatabase } from '../../src/storage/open-database.ts';
import { createTokens } from '../../src/tokens/access-token.ts';
import type { KeyRotationWorker } from '../../src/tokens/key-rotation.ts';
import { resealHead } from '../../src/tokens/reseal.ts';
import { createSealer, keyIdOf } from '../../src/tokens/seal.ts';
import { openMemoryDatabase, ORG, SECRET } from './kit.ts';
import {
  connectedTrainers,
  connection,
  FOREIGN,
  foreignSealer,
  lateSealer,
  NEW,
  NEW_SECRET,
  newSealer,
  OLD,
  oldSealer,
  trainerIdOf,
} from './rotation-room.ts';

let database: OpenDatabase;
before(async () => {
  database = await openMemoryDatabase();
});
after(() => database.close());
beforeEach(async () => {
  for (const table of ['token_head', 'token_exchange', 'run', 'lease'] as const) {
    await database.db.deleteFrom(table).execute();
  }
});

const keyOf = async (rotation: KeyRotationWorker, id: string | undefined) =>
  (await rotation.status()).keys.find((key) => key.id === id) ?? assert.fail(`no key ${id}`);

test('45 connections under an old key: heads, journal and Salesforce name only the new one, with the same tokens and generations', async () => {
  const world = await connectedTrainers(database, 45);
  const { db } = database;
  const journalled = connection(2);
  await db
    .insertInto('token_exchange')
    .values({
      connection_id: journalled,
      epoch: 3,
      generation: 8,
      parent_hash: 'x',
      state: 'superseded',
      access_sealed: oldSealer.seal({ connectionId: journalled, field: 'access' }, 'a late access token'),
      refresh_sealed: oldSealer.seal({ connectionId: journalled, field: 'refresh' }, 'a late refresh token'),
      created_at: world.deps.now(),
    })
    .execute();
  const before = await keyOf(world.rotation, OLD);
  assert.deepEqual(before.references, { heads: 90, journal: 2, salesforce: null });
  assert.equal(before.retirable, false);

  await world.rotation.start('a test');
  await world.work(world.rotation);

  const status = await world.rotation.status();
  assert.equal(status.state, 'done');
  assert.deepEqual([status.total, status.done, status.unchanged, status.failed], [46, 46, 0, 0]);
  assert.deepEqual(
    status.keys.map(({ id, sealing, references, retirable }) => ({ id, sealing, ...references, retirable })),
    [
      { id: NEW, sealing: true, heads: 90, journal: 2, salesforce: 90, retirable: false },
      { id: OLD, sealing: false, heads: 0, journal: 0, salesforce: 0, retirable: true },
    ],
  );
  const onlyNew = createSealer({ orgId: ORG, secret: NEW_SECRET, previousSecrets: [] });
  for (const index of world.ids.keys()) {
    const head = await world.head(index);
    const connectionId = connection(index);
    assert.deepEqual([head.epoch, head.generation, head.unsaved_since], [3, 7, null]);
    assert.equal(onlyNew.open({ connectionId, field: 'access' }, head.access_sealed ?? ''), `access of ${index}`);
    assert.equal(
      onlyNew.open({ connectionId, field: 'refresh' }, head.refresh_sealed ?? ''),
      world.refreshTokens[index],
    );
    assert.deepEqual(world.saved(index), [head.access_sealed, head.refresh_sealed]);
    assert.equal(world.room.salesforce.row(trainerIdOf(index))['Lark_Token_Generation__c'], 7);
  }
  const entry = await db.selectFrom('token_exchange').selectAll().executeTakeFirstOrThrow();
  const late = { connectionId: journalled, field: 'refresh' } as const;
  assert.equal(onlyNew.open(late, entry.refresh_sealed ?? ''), 'a late refresh token');
  assert.equal(world.room.provider.sent.length, 0, 'the provider heard nothing of it');
  assert.equal(world.pages.read, 3, 'one round was enough');
});

test('whether a key can be retired is told by what names it now, and only while the same key seals', async () => {
  const world = await connectedTrainers(database, 1);
  const sealedBefore = (await world.head(0)).refresh_sealed;
  await world.rotation.start('a test');
  await world.work(world.rotation);
  assert.equal((await keyOf(world.rotation, OLD)).retirable, true);
  const third = createSealer({ orgId: ORG, secret: 'd4'.repeat(32), previousSecrets: [NEW_SECRET, SECRET] });
  assert.equal((await keyOf(world.rotationWith({ sealer: third }), OLD)).retirable, false);
  const sealedNow = (await world.head(0)).refresh_sealed;
  await database.db.updateTable('token_head').set({ refresh_sealed: sealedBefore }).execute();
  assert.equal((await keyOf(world.rotation, OLD)).retirable, false);
  await database.db.updateTable('token_head').set({ refresh_sealed: sealedNow }).execute();
  assert.equal((await keyOf(world.rotation, OLD)).retirable, true);
});

test('a second rotation finds nothing to do and says so', async () => {
  const world = await connectedTrainers(database, 3);
  for (const expected of [0, 3]) {
    await world.rotation.start('a test');
    await world.work(world.rotation);
    const { state, total, done, unchanged } = await world.rotation.status();
    assert.deepEqual([state, total, done, unchanged], ['done', 3, 3, expected]);
  }
});

test('an exchange in flight while its connection is sealed anew: one exchange, and its pair is the head', async () => {
  const world = await connectedTrainers(database, 2);
  const answer = world.room.provider.withhold();
  const tokens = createTokens(world.deps);
  const renewal = tokens.upkeep.renew(connection(0));
  while (world.room.provider.sent.length === 0) await new Promise((resolve) => setImmediate(resolve));

  await world.rotation.start('a test');
  await world.work(world.rotation);
  const between = await world.head(0);
  assert.equal(keyIdOf(between.refresh_sealed ?? ''), NEW);
  answer();
  await renewal;

  const head = await world.head(0);
  assert.deepEqual([head.generation, head.state, world.room.provider.sent.length], [8, 'connected', 1]);
  assert.equal((await tokens.accessTokenFor(connection(0))).generation, 8);
  await world.flush();
  assert.deepEqual(world.saved(0), [head.access_sealed, head.refresh_sealed]);
});

test('a connection refreshed between reading and writing keeps the newer pair', async () => {
  const world = await connectedTrainers(database, 1);
  const stale = await world.head(0);
  const oldServer = createTokens({ ...world.deps, sealer: oldSealer });
  await oldServer.upkeep.renew(connection(0));
  const renewed = await world.head(0);
  assert.equal(await resealHead(world.deps, stale), 'resealed');
  const head = await world.head(0);
  assert.equal(head.generation, 8);
  assert.equal(keyIdOf(head.refresh_sealed ?? ''), NEW);
  const owner = { connectionId: connection(0), field: 'refresh' } as const;
  assert.equal(newSealer.open(owner, head.refresh_sealed ?? ''), newSealer.open(owner, renewed.refresh_sealed ?? ''));
});

test('a server that still sealed with the old key during the rotation: another round mends it', async () => {
  const world = await connectedTrainers(database, 25);
  let rounds = 0;
  world.pages.beforeRead = async () => {
    // The first verification has begun: the heads were passed by already.
    if (rounds++ > 0) return;
    await createTokens({ ...world.deps, sealer: lateSealer }).upkeep.renew(connection(5));
  };
  await world.rotation.start('a test');
  await world.work(world.rotation);
  assert.ok(rounds > 2, 'Salesforce was read again');
  const old = await keyOf(world.rotation, OLD);
  assert.deepEqual(old.references, { heads: 0, journal: 0, salesforce: 0 });
  assert.equal((await world.head(5)).generation, 8);
});

test('an old value that somebody restored in Salesforce meanwhile is written again', async () => {
  const world = await connectedTrainers(database, 3);
  const before = world.room.salesforce.row(trainerIdOf(1))['Lark_Refresh_Token__c'];
  let reads = 0;
  world.pages.beforeRead = () => {
    if (reads++ === 0) world.room.salesforce.set(trainerIdOf(1), { Lark_Refresh_Token__c: before });
    return Promise.resolve();
  };
  await world.rotation.start('a test');
  await world.work(world.rotation);
  assert.deepEqual((await keyOf(world.rotation, OLD)).references, { heads: 0, journal: 0, salesforce: 0 });
  assert.deepEqual(world.saved(1).map(keyIdOf), [NEW, NEW]);
});

test('paused between pages it stops there, resumed it goes on there, and every connection counts once', async () => {
  let pages = 0;
  const world = await connectedTrainers(database, 45, {
    step: async () => {
      if (++pages === 2) await world.rotation.pause();
    },
  });
  await world.rotation.start('a test');
  await world.work(world.rotation);
  const paused = await world.rotation.status();
  assert.deepEqual([paused.state, paused.done, pages], ['paused', 40, 2]);
  await world.rotation.goOn();
  await world.work(world.rotation);
  assert.equal((await world.rotation.status()).done, 40, 'a restart does not resume what was paused');

  assert.equal(await world.rotation.resume(), true);
  await world.work(world.rotation);
  const { state, done, total, unchanged } = await world.rotation.status();
  assert.deepEqual([state, done, total, unchanged], ['done', 45, 45, 0]);
  assert.deepEqual([await world.rotation.pause(), await world.rotation.resume()], [false, false]);
});

test('killed after each of its pages in turn, it goes on there after the restart', async () => {
  const world = await connectedTrainers(database, 45);
  await world.rotation.start('a test');
  let deaths = 0;
  for (;;) {
    const dying = world.rotationWith({
      step: () => {
        throw new Error('killed');
      },
    });
    // A page that is done but not counted is lost with the process; the next one does it again and counts it.
    await assert.rejects(world.work(dying), /killed/);
    deaths++;
    world.forgetJobs();
    let pages = 0;
    const next = world.rotationWith({
      step: () => {
        if (++pages === 2) throw new Error('killed');
        return Promise.resolve();
      },
    });
    await next.goOn();
    const died = await world.work(next).then(
      () => false,
      () => true,
    );
    if (!died) break;
    world.forgetJobs();
    await world.rotation.goOn();
  }
  assert.ok(deaths > 4, `${deaths} deaths`);
  const { state, done, total, failed } = await world.rotation.status();
  assert.deepEqual([state, done, total, failed], ['done', 45, 45, 0]);
  assert.equal((await keyOf(world.rotation, OLD)).retirable, true);
});

test('an unknown key and a value that was moved are named; the others go on and nothing opens wrongly', async () => {
  const world = await connectedTrainers(database, 5, {
    sealerOf: (index) => (index === 1 ? foreignSealer : oldSealer),
  });
  const moved = (await world.head(2)).refresh_sealed;
  await database.db
    .updateTable('token_head')
    .set({ refresh_sealed: moved })
    .where('connection_id', '=', connection(3))
    .execute();
  await world.rotation.start('a test');
  await world.work(world.rotation);
  const status = await world.rotation.status();
  assert.deepEqual([status.state, status.done, status.failed], ['done', 5, 2]);
  assert.deepEqual(
    status.errors.map(({ id, message }) => [id, message.split(':', 1)[0]]),
    [
      [connection(1), 'encryption_key_unknown'],
      [connection(3), 'sealed_value_unreadable'],
    ],
  );
  assert.ok(status.errors[0]?.message.includes(FOREIGN ?? '?'), 'the missing key is named');
  assert.equal((await world.head(3)).refresh_sealed, moved, 'what does not open stays as it is');
  const foreign = await keyOf(world.rotation, FOREIGN);
  assert.deepEqual(foreign, {
    id: FOREIGN,
    sealing: false,
    inRing: false,
    references: { heads: 2, journal: 0, salesforce: 2 },
    retirable: false,
  });
  const old = await keyOf(world.rotation, OLD);
  assert.equal(old.references.heads, 1);
  assert.equal(old.retirable, false);
});

test('connections that only Salesforce knows are found there: what opens is sealed anew, what does not is named once', async () => {
  const world = await connectedTrainers(database, 3, {
    sealerOf: (index) => (index === 1 ? foreignSealer : oldSealer),
  });
  await database.db.deleteFrom('token_head').execute();
  await world.rotation.start('a test');
  await world.work(world.rotation);
  const status = await world.rotation.status();
  assert.deepEqual(
    status.errors.map(({ id, message }) => [id, message.split(':', 1)[0]]),
    [[connection(1), 'encryption_key_unknown']],
  );
  assert.equal(status.failed, 1);
  assert.deepEqual((await keyOf(world.rotation, OLD)).references, { heads: 0, journal: 0, salesforce: 0 });
  assert.deepEqual(world.saved(0).map(keyIdOf), [NEW, NEW]);
});

test('something that is no envelope is never shown', async () => {
  const world = await connectedTrainers(database, 1);
  await database.db.updateTable('token_head').set({ access_sealed: 'u-an.open.token' }).execute();
  await world.rotation.start('a test');
  await world.work(world.rotation);
  const status = await world.rotation.status();
  assert.equal(JSON.stringify(status).includes('u-an'), false);
  assert.ok(status.keys.some(({ id, references }) => id === 'unreadable' && references.heads === 1));
});

test('Salesforce down: the rotation says that it waits, and ends when Salesforce is back', async () => {
  const world = await connectedTrainers(database, 3);
  let waits = 0;
  world.room.salesforce.setDown(true);
  await world.rotation.start('a test');
  const note = async () => (await world.rotation.status()).note;
  const patient: KeyRotationWorker = {
    ...world.rotation,
    work: async (job, context) => {
      await world.rotation.work(job, context);
      if ((await note())?.startsWith('Waits for Salesforce') === true && ++waits === 3) {
        world.room.salesforce.setDown(false);
      }
    },
  };
  await world.work(patient);
  const status = await world.rotation.status();
  assert.equal(waits, 3);
  assert.deepEqual([status.state, status.note, status.failed], ['done', undefined, 0]);
});

test('a rotation ends with a reason when a server seals with yet another key', async () => {
  const world = await connectedTrainers(database, 1);
  await world.rotation.start('a test');
  const third = createSealer({ orgId: ORG, secret: 'd4'.repeat(32), previousSecrets: [NEW_SECRET, SECRET] });
  await world.work(world.rotationWith({ sealer: third }));
  const { state, note } = await world.rotation.status();
  assert.equal(state, 'stopped');
  assert.match(note ?? '', new RegExp(`${NEW}.*${third.sealingKeyId}`));
});
