import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { createSwitches } from '../../src/features/admin/switches.ts';
import type { OpenDatabase } from '../../src/storage/open-database.ts';
import { book, bookingOf, bookingRow, deleteInSalesforce } from '../kit/bookings.ts';
import { openTestDatabases } from '../kit/databases.ts';
import { keys, startWorld, until, type SampleTrainer, type World } from '../kit/world.ts';

interface Report {
  mockLarkBooking: boolean;
  mockLarkBusy: boolean;
  set: { name: string; on: boolean; by: string; at: string }[];
  error?: { code: string };
}

let world: World;
let trainer: SampleTrainer;
let databases: OpenDatabase[];
before(async () => {
  world = await startWorld({ environment: { ALERT_RECIPIENTS: 'admins@example.com' } });
  trainer = await world.trainer(0);
  await world.connect(trainer.Email__c);
  databases = await openTestDatabases();
});
after(async () => {
  await world.close();
  await Promise.all(databases.map(({ close }) => close()));
});

const put = (body: unknown, key = keys.operator) => world.call<Report>('PUT', '/api/admin/switches', { key, body });

test('Lark is switched off: bookings stand without a call; switched on again they get their links by themselves', async () => {
  assert.deepEqual((await world.call<Report>('GET', '/api/admin/switches', { key: keys.operator })).body, {
    mockLarkBooking: false,
    mockLarkBusy: false,
    set: [],
  });
  const off = await put({ mockLarkBooking: true });
  assert.equal(off.status, 200);
  assert.deepEqual([off.body.mockLarkBooking, off.body.mockLarkBusy], [true, false]);
  assert.deepEqual(
    off.body.set.map(({ name, on, by }) => [name, on, by]),
    [['mockLarkBooking', true, 'operator']],
  );
  const mark = world.standins.lark.journal.mark();
  const { status, body } = await book(world, bookingOf(world, trainer, 4));
  assert.deepEqual([status, body.meetingLinkStatus], [201, 'Pending']);
  assert.deepEqual(world.standins.lark.journal.entries({ since: mark, path: /reserves|events/ }), []);
  const health = await world.call<{ switches: object }>('GET', '/api/health/lark', { key: null });
  assert.deepEqual(health.body.switches, { mockLarkBooking: true, mockLarkBusy: false });
  await until(
    () => world.standins.salesforce.outbox.mails().some(({ body }) => /mockLarkBooking on, set by operator/.test(body)),
    'the alert',
  );
  assert.equal((await put({ mockLarkBooking: false })).body.mockLarkBooking, false);
  const row = await until(async () => {
    const found = await bookingRow(world, body.bookingId);
    return found.Meeting_Link_Status__c === 'Ready' && found;
  }, 'the link');
  assert.equal(row.Sync_Status__c, 'Synced');
});

test('what was cancelled or deleted while Lark was off is removed when it is on again', async () => {
  const made = [await book(world, bookingOf(world, trainer, 5)), await book(world, bookingOf(world, trainer, 6))];
  const [cancelled, deleted] = made.map(({ body }) => body.bookingId);
  assert.ok(cancelled && deleted);
  const mark = world.standins.lark.journal.mark();
  await put({ mockLarkBooking: true });
  await world.call('DELETE', `/api/bookings/${cancelled}`, { key: keys.portal });
  await deleteInSalesforce(world, deleted);
  const removed = () => world.standins.lark.journal.entries({ since: mark, method: 'DELETE', path: /\/events\// });
  assert.equal(removed().length, 0);
  await put({ mockLarkBooking: false });
  await until(() => removed().length === 2, 'both events to go');
});

test('only administrators switch; what is wrong is named; null goes back to what the environment says', async () => {
  assert.equal((await put({ mockLarkBusy: true }, keys.portal)).status, 403);
  for (const body of [{}, { mockLarkBusy: 'yes' }, { mockLarkBusy: true, mockLarkEverything: true }]) {
    const answer = await put(body);
    assert.deepEqual([answer.status, answer.body.error?.code], [400, 'invalid_input'], JSON.stringify(body));
  }
  assert.equal((await put({ mockLarkBusy: true })).body.mockLarkBusy, true);
  const back = await put({ mockLarkBusy: null });
  assert.equal(back.body.mockLarkBusy, false);
  assert.ok(!back.body.set.some(({ name }) => name === 'mockLarkBusy'));
});

test('every process follows, keeps what it knows while the database is silent, and repairs what it did on old knowledge', async () => {
  for (const database of databases) {
    const { db } = database;
    const board = () => {
      const enqueued: (string | undefined)[] = [];
      const switches = createSwitches({
        db,
        now: world.clock.now,
        log: { debug() {}, info() {}, warn() {}, error() {} },
        alert: () => undefined,
        initial: { mockLarkBooking: false, mockLarkBusy: true },
        queue: { enqueue: (_job, _data, options) => Promise.resolve(void enqueued.push(options?.key)) },
      });
      return { switches, enqueued };
    };
    const [one, other] = [board(), board()];
    const stop = other.switches.follow();
    try {
      assert.deepEqual(other.switches.current(), { mockLarkBooking: false, mockLarkBusy: true });
      await one.switches.set({ mockLarkBooking: true, mockLarkBusy: false }, 'test');
      assert.deepEqual(one.switches.current(), { mockLarkBooking: true, mockLarkBusy: false });
      await until(() => other.switches.current().mockLarkBooking, `${database.kind}: the other process`);
      await sql`alter table switch rename to switch_away`.execute(db);
      await assert.rejects(other.switches.refresh());
      assert.equal(other.switches.current().mockLarkBooking, true);
      await sql`alter table switch_away rename to switch`.execute(db);
      await one.switches.set({ mockLarkBooking: false }, 'test');
      await until(() => !other.switches.current().mockLarkBooking, `${database.kind}: the other process again`);
      await until(() => other.enqueued.length > 0);
      assert.deepEqual(one.enqueued, ['switched', 'learnt']);
      assert.deepEqual(other.enqueued, ['learnt']);
    } finally {
      await stop();
    }
    const third = board();
    await third.switches.refresh();
    assert.deepEqual(third.switches.current(), { mockLarkBooking: false, mockLarkBusy: false });
    assert.deepEqual(third.enqueued, []);
  }
});
