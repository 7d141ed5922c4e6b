import assert from 'node:assert/strict';
import { describe, test, before, after } from 'node:test';
import { createApp, type App } from '../../src/app.ts';
import { parseConfig } from '../../src/config.ts';
import { createLog } from '../../src/core/log.ts';
import { book, bookingOf, bookingRow } from '../kit/bookings.ts';
import { testDatabaseUrl } from '../kit/databases.ts';
import { keys, startWorld, until, type SampleTrainer, type World } from '../kit/world.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

interface Metric {
  Key__c: string;
  Day__c: string;
  Provider__c: string;
  Trainers__c: number | null;
  Connected__c: number | null;
  Needs_Reconnect__c: number | null;
  Exchanges_OK__c: number;
  Exchanges_Failed__c: number;
  Bookings__c: number;
  Meetings_Wanted__c: number;
  Meetings_Made__c: number;
  Errors__c: number;
  Connection_Rate__c: number | null;
  Meeting_Success_Rate__c: number | null;
  Refresh_Success_Rate__c: number | null;
  Error_Rate__c: number | null;
}

/** Where the numbers are read; what the test itself asks for goes on. */
const noAnswer = { kind: 'status', status: 503, path: '/composite$', times: 0 } as const;

const databases = [false, ...(testDatabaseUrl === undefined ? [] : [true])];

for (const postgres of databases) {
  describe(`the numbers of the day, on ${postgres ? 'PostgreSQL' : 'PGlite'}`, () => {
    let world: World;
    let trainer: SampleTrainer;
    let other: SampleTrainer;
    before(async () => {
      world = await startWorld({ postgres });
      trainer = await world.trainer(0);
      other = await world.trainer(1);
      // The first day begins, so that nothing of what follows is on two days by accident.
      world.clock.advance(DAY - (world.clock.now().getTime() % DAY) + 2 * HOUR);
    });
    after(() => world.close());

    const today = () => world.clock.now().toISOString().slice(0, 10);
    const metrics = () =>
      world.soql<Metric>(
        `SELECT Key__c, Day__c, Provider__c, Trainers__c, Connected__c, Needs_Reconnect__c, Exchanges_OK__c,
          Exchanges_Failed__c, Bookings__c, Meetings_Wanted__c, Meetings_Made__c, Errors__c, Connection_Rate__c,
          Meeting_Success_Rate__c, Refresh_Success_Rate__c, Error_Rate__c
          FROM Trainer_Connect_Metric__c ORDER BY Key__c`,
      );
    const metricOf = async (day: string) =>
      (await metrics()).find(({ Key__c }) => Key__c === `${day}:lark`) ?? assert.fail(`no numbers of ${day}`);
    /** Renews the access; what Lark said is in the status that is answered. */
    const refresh = async (who = trainer) => {
      const route = `/api/admin/connections/lark:${who.Id}/refresh`;
      const { status, body } = await world.call('POST', route, { key: keys.operator });
      return status === 200 ? body['status'] : status;
    };
    /** Bookings that Lark refuses for good. */
    async function bookInVain(days: number): Promise<string> {
      for (const path of ['/reserves/apply$', '/events$']) {
        const body = { code: 190002, msg: 'invalid parameters in request' };
        world.standins.lark.faults.add({ kind: 'status', status: 400, path, times: 0, body });
      }
      const { body } = await book(world, bookingOf(world, trainer, days));
      world.standins.lark.faults.release();
      assert.equal((await bookingRow(world, body.bookingId)).Sync_Status__c, 'Failed');
      return body.bookingId;
    }

    test('trainers, connections, exchanges, bookings, meetings and failures are in the row of today', async () => {
      await world.connect(trainer.Email__c);
      await world.connect(other.Email__c);
      await world.tick('flush-tokens');
      assert.equal(await refresh(), 'Connected');
      assert.equal(await refresh(), 'Connected');
      world.standins.lark.faults.add({ kind: 'status', status: 429, path: 'oauth/token$', times: 1 });
      assert.equal(await refresh(other), 502);
      assert.equal((await book(world, bookingOf(world, trainer, 4))).body.meetingLinkStatus, 'Ready');
      assert.equal((await book(world, bookingOf(world, trainer, 5))).body.meetingLinkStatus, 'Ready');
      assert.equal(
        (await book(world, bookingOf(world, trainer, 6, { serviceType: 'onsite', storeAddress: 'x' }))).status,
        201,
      );
      await bookInVain(7);

      const seen = world.watchOutside();
      await world.tick('record-metrics');
      // Connections may be written meanwhile.
      const calls = seen().entries.filter(({ path }) => /composite$|Trainer_Connect_Metric__c/.test(path));
      assert.equal(calls.length, 2, 'one to read, one to write');
      const [row, ...others] = await metrics();
      assert.deepEqual(others, [], 'a provider that is off has no row');
      const [all] = await world.soql<{ total: number }>(
        'SELECT COUNT(Id) total FROM Onboarding_Trainer__c WHERE Active__c = true',
      );
      const trainers = all?.total ?? 0;
      assert.deepEqual(
        { ...row, attributes: undefined },
        {
          attributes: undefined,
          Key__c: `${today()}:lark`,
          Day__c: today(),
          Provider__c: 'lark',
          Trainers__c: trainers,
          Connected__c: 2,
          Needs_Reconnect__c: 0,
          Exchanges_OK__c: 2,
          Exchanges_Failed__c: 1,
          Bookings__c: 4,
          Meetings_Wanted__c: 3,
          Meetings_Made__c: 2,
          Errors__c: 2,
          Connection_Rate__c: Number((200 / trainers).toFixed(2)),
          Meeting_Success_Rate__c: 66.67,
          Refresh_Success_Rate__c: 66.67,
          Error_Rate__c: 28.57,
        },
      );
    });

    test('repeated, at once and in a second process on the same database, it doubles nothing', async () => {
      const [before] = await metrics();
      await Promise.all([world.tick('record-metrics'), world.tick('record-metrics')]);
      assert.deepEqual(await metrics(), [before]);
      if (!postgres) return;
      const second = await anotherApp(world);
      try {
        await Promise.all([
          world.tick('record-metrics'),
          second.runSchedule('record-metrics'),
          second.runSchedule('record-metrics'),
        ]);
        assert.deepEqual(await metrics(), [before]);
      } finally {
        await second.stop(2_000);
      }
    });

    test('while Salesforce is away nothing is lost, and the next hour brings what it has missed', async () => {
      const fault = world.standins.salesforce.faults.add(noAnswer);
      world.clock.advance(HOUR);
      assert.equal(await refresh(), 'Connected');
      await assert.rejects(world.tick('record-metrics'));
      world.clock.advance(HOUR);
      assert.equal(await refresh(), 'Connected');
      world.standins.salesforce.faults.release(fault.id);
      await world.tick('record-metrics');
      assert.equal((await metricOf(today())).Exchanges_OK__c, 4);
    });

    test('a lost database makes no number smaller, and what it counts from then on is added', async () => {
      const before = await metricOf(today());
      // Losing it costs nothing else as long as Salesforce has every token.
      await world.tick('flush-tokens');
      await world.restart({ loseDatabase: true });
      await world.tick('catch-up-connections');
      await world.tick('record-metrics');
      assert.deepEqual(await metricOf(today()), before);
      assert.equal(await refresh(), 'Connected');
      await world.tick('record-metrics');
      await world.tick('record-metrics');
      const after = await metricOf(today());
      assert.equal(after.Exchanges_OK__c, before.Exchanges_OK__c + 1);
      assert.deepEqual([after.Errors__c, after.Bookings__c], [before.Errors__c, before.Bookings__c]);
    });

    test('after midnight the day before is completed and keeps how trainers stood; today begins at nothing', async () => {
      const first = today();
      const before = await metricOf(first);
      assert.equal(await refresh(), 'Connected', 'an exchange after the last recording of the day');
      world.clock.advance(DAY - (world.clock.now().getTime() % DAY) + HOUR / 2);
      await world.call('DELETE', `/api/lark/trainer/oauth/disconnect?email=${encodeURIComponent(other.Email__c)}`);
      await world.tick('flush-tokens');
      await world.tick('record-metrics');
      const completed = await metricOf(first);
      assert.equal(completed.Exchanges_OK__c, before.Exchanges_OK__c + 1);
      assert.equal(completed.Connected__c, 2, 'how it was then');
      const next = await metricOf(today());
      assert.deepEqual(
        [next.Connected__c, next.Exchanges_OK__c, next.Bookings__c, next.Errors__c, next.Error_Rate__c],
        [1, 0, 0, 0, null],
      );
    });

    test('a link that is made the day after counts for the day of its booking; a cancelled booking wants none', async () => {
      const first = today();
      const id = await bookInVain(8);
      const meetings = async () => {
        await world.tick('record-metrics');
        const row = await metricOf(first);
        return [
          row.Bookings__c,
          row.Meetings_Wanted__c,
          row.Meetings_Made__c,
          row.Meeting_Success_Rate__c,
          row.Errors__c,
        ];
      };
      assert.deepEqual(await meetings(), [1, 1, 0, 0, 1]);
      world.clock.advance(DAY);
      const retried = await world.call('POST', `/api/admin/dead-letters/${id}/retry`, { key: keys.operator });
      assert.equal(retried.status, 202);
      await until(async () => (await bookingRow(world, id)).Meeting_Link_Status__c === 'Ready', 'the link');
      assert.deepEqual(await meetings(), [1, 1, 1, 100, 1], 'that it failed on that day stays');
      assert.equal((await world.call('DELETE', `/api/bookings/${id}`, { key: keys.portal })).status, 200);
      assert.deepEqual(await meetings(), [1, 0, 0, null, 1]);
    });

    test('days that passed without Salesforce come all, however many; what is old is forgotten here', async () => {
      const fault = world.standins.salesforce.faults.add(noAnswer);
      const days: string[] = [];
      for (let day = 0; day < 10; day++) {
        world.clock.advance(DAY);
        days.push(today());
        assert.equal(await refresh(), 'Connected');
      }
      world.standins.salesforce.faults.release(fault.id);
      for (let hour = 0; hour < 3; hour++) {
        await world.tick('record-metrics');
        world.clock.advance(HOUR);
      }
      for (const day of days) assert.equal((await metricOf(day)).Exchanges_OK__c, 1, day);
      const unseen = await metricOf(days[3] ?? '');
      assert.deepEqual([unseen.Trainers__c, unseen.Connection_Rate__c], [null, null], 'nobody looked at that day');
      const count = (await metrics()).length;
      world.clock.advance(40 * DAY);
      await world.tick('clean-up');
      await world.tick('record-metrics');
      assert.equal((await metrics()).length, count + 1, 'and Salesforce keeps everything');
    });
  });
}

/** A second middleware of the same world. */
async function anotherApp(world: World): Promise<App> {
  const { CLOCK_URL: _same, ...settings } = world.environment as Record<string, string | undefined>;
  const app = await createApp({
    config: parseConfig(settings),
    log: createLog({ level: 'silent' }),
    now: world.standins.clock.now,
  });
  await app.start();
  return app;
}
