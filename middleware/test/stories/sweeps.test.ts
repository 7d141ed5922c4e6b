import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openDatabase } from '../../src/storage/open-database.ts';
import { book, bookingOf } from '../kit/bookings.ts';
import { exchangesOf, openIdOf, shownConnection } from '../kit/connections.ts';
import { createTestDatabase, testDatabaseUrl } from '../kit/databases.ts';
import { startMiddleware } from '../kit/processes.ts';
import { manyPeople, seedTrainers, type SeededTrainer } from '../kit/seed-trainers.ts';
import { keys, startWorld, until, type Answer, type World } from '../kit/world.ts';

const CRON = '/api/cron/refresh-lark-tokens';
const CRON_SECRET = 'offline-cron-secret';
const TOKEN = /oauth\/token$/;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A sweep writes down how far it is four times; more than a page are in tokens/sweep.test.ts. */
const PEOPLE = manyPeople(80);
const generous = {
  environment: { LARK_REQUESTS_PER_SECOND: '5000', LARK_REQUESTS_PER_MINUTE: '50000' },
  lark: { moreAccounts: PEOPLE, limits: { perSecond: 5_000, perMinute: 50_000 } },
};

interface CronAnswer {
  success: boolean;
  runId: string;
  total: number;
  refreshed: number;
  errors: { id: string; message: string }[];
  skipped: number;
}

interface RunAnswer {
  runId: string;
  kind: string;
  scope: string;
  state: string;
  note: string | null;
  total: number;
  done: number;
  succeeded: number;
  failed: number;
  skipped: number;
  errors: { id: string; message: string }[];
  startedAt: string;
  finishedAt: string | null;
}

let world: World;
let trainers: SeededTrainer[];
before(async () => {
  world = await startWorld(generous);
  trainers = await seedTrainers(world, PEOPLE);
  await world.tick('catch-up-connections');
});
after(() => world.close());

/** Time in which Salesforce has got everything: a sweep does not begin on top of pairs that wait for long. */
async function pass(milliseconds: number): Promise<void> {
  await world.tick('flush-tokens');
  world.clock.advance(milliseconds);
}

const trainerAt = (index: number) => trainers[index] ?? assert.fail(`no trainer ${index}`);
const sweepByCron = (caller: Pick<World, 'call'>, scope: string) =>
  caller.call<CronAnswer>('POST', `${CRON}?scope=${scope}`, { key: CRON_SECRET });

/** The end of the sweep that a cron call began, also when it took longer than the call waits. */
async function ended(caller: Pick<World, 'call'>, { status, body }: Answer<{ runId: string }>): Promise<RunAnswer> {
  assert.ok(status === 200 || status === 202, `${status} ${JSON.stringify(body)}`);
  return until(async () => {
    const run = await caller.call<RunAnswer>('GET', `/api/admin/runs/${body.runId}`, { key: keys.operator });
    assert.equal(run.status, 200, run.text);
    return run.body.finishedAt !== null && run.body;
  }, 'the end of the sweep');
}

/** Exchanges that Lark granted, by the account's e-mail. */
function granted(since: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { account = '', code } of world.standins.lark.tokenExchanges().slice(since)) {
    if (code === 0) counts.set(account, (counts.get(account) ?? 0) + 1);
  }
  return counts;
}
const exchangesSoFar = () => world.standins.lark.tokenExchanges().length;
const onceEach = (people: readonly { email: string }[]) => new Map(people.map(({ email }) => [email, 1]));
const sorted = (map: Map<string, number>) => [...map].toSorted(([a], [b]) => (a < b ? -1 : 1));

test('the cron endpoint wants the cron secret and a scope that exists', async () => {
  const mark = exchangesSoFar();
  for (const key of [null, keys.operator, keys.salesforce, 'offline-cron-secret-or-so']) {
    for (const method of ['GET', 'POST']) {
      const answer = await world.call(method, `${CRON}?scope=all`, { key });
      assert.equal(answer.status, 401, `${method} with ${String(key)}`);
    }
  }
  const wrong = await world.call<{ error: { code: string } }>('GET', `${CRON}?scope=everyone`, { key: CRON_SECRET });
  assert.deepEqual([wrong.status, wrong.body.error.code], [400, 'invalid_input']);
  assert.equal(exchangesSoFar(), mark);
});

test('nobody is due who was refreshed today; after a day without use everybody is, once', async () => {
  const nothing = await world.call<CronAnswer>('GET', CRON, { key: CRON_SECRET });
  assert.equal(nothing.status, 200, nothing.text);
  const { runId, ...counted } = nothing.body;
  assert.match(runId, /^[0-9a-f-]{36}$/);
  assert.deepEqual(counted, { success: true, total: 0, refreshed: 0, errors: [], skipped: 0 });

  await pass(25 * HOUR);
  const mark = exchangesSoFar();
  const run = await ended(world, await sweepByCron(world, 'due'));
  assert.deepEqual(
    [run.kind, run.scope, run.state, run.total, run.done, run.succeeded, run.failed, run.skipped],
    ['refresh', 'due', 'done', 80, 80, 80, 0, 0],
  );
  assert.deepEqual(sorted(granted(mark)), sorted(onceEach(PEOPLE)));

  await pass(HOUR);
  await world.tick('refresh-due');
  assert.equal(exchangesSoFar() - mark, 80);
  await world.tick('flush-tokens');
  const behind = await world.soql(
    "SELECT Id FROM Onboarding_Trainer__c WHERE Lark_Connection_Status__c = 'Connected' AND Lark_Token_Generation__c != 2",
  );
  assert.deepEqual(behind, []);
});

test('a sweep over everybody can be followed, and names whom it could not renew', async () => {
  const gone = trainerAt(7);
  world.standins.lark.revoke(gone.openId);
  const mark = exchangesSoFar();
  const refused = await world.call('POST', '/api/admin/refresh', { key: keys.portal, body: {} });
  assert.equal(refused.status, 403);
  const odd = await world.call('POST', '/api/admin/refresh', { key: keys.operator, body: { scope: 'some' } });
  assert.equal(odd.status, 400);

  const started = await world.call<{ runId: string }>('POST', '/api/admin/refresh', { key: keys.operator, body: {} });
  assert.equal(started.status, 202, started.text);
  const run = await ended(world, started);
  const error = { id: `lark:${gone.Id}`, message: run.errors[0]?.message ?? '' };
  const { startedAt, finishedAt, ...rest } = run;
  assert.deepEqual(rest, {
    runId: started.body.runId,
    kind: 'refresh-all',
    scope: 'all',
    state: 'done',
    note: null,
    total: 80,
    done: 80,
    succeeded: 79,
    failed: 1,
    skipped: 0,
    errors: [error],
  });
  assert.match(error.message, /connect again/);
  assert.ok(Date.parse(startedAt) <= Date.parse(finishedAt ?? ''));
  assert.deepEqual(sorted(granted(mark)), sorted(onceEach(PEOPLE.filter(({ email }) => email !== gone.Email__c))));
  await world.tick('flush-tokens');
  assert.equal((await shownConnection(world, gone)).status, 'Needs Reconnect');

  const unknown = await world.call('GET', '/api/admin/runs/00000000-0000-4000-8000-000000000000', {
    key: keys.operator,
  });
  assert.equal(unknown.status, 404);
  assert.equal((await world.call('GET', '/api/admin/runs/nonsense', { key: keys.operator })).status, 404);
});

test('a failed renewal makes the answer to cron unsuccessful, with its name', async () => {
  await pass(25 * HOUR);
  const gone = trainerAt(9);
  world.standins.lark.revoke(gone.openId);
  const answer = await sweepByCron(world, 'due');
  const run = await ended(world, answer);
  assert.deepEqual([run.total, run.succeeded, run.failed], [79, 78, 1]);
  if (answer.status === 200) {
    assert.deepEqual(answer.body, {
      success: false,
      runId: run.runId,
      total: 79,
      refreshed: 78,
      errors: [{ id: `lark:${gone.Id}`, message: run.errors[0]?.message }],
      skipped: 0,
    });
  }
});

test('the sweep stops when Lark is down for most, says why, and the next ones bring everybody back', async () => {
  await pass(25 * HOUR);
  const fault = world.standins.lark.faults.add({ kind: 'status', status: 503, path: TOKEN.source, times: 0 });
  const mark = exchangesSoFar();
  const run = await ended(world, await sweepByCron(world, 'due'));
  world.standins.lark.faults.release(fault.id);
  assert.equal(run.state, 'stopped');
  assert.match(run.note ?? '', /cannot be renewed at lark/);
  assert.deepEqual([run.total, run.done, run.succeeded, run.failed], [78, 78, 0, 25]);
  assert.equal(run.skipped, 53);

  await pass(HOUR);
  await world.tick('refresh-due');
  assert.equal(sorted(granted(mark)).length, 53, 'those that it had not come to; the others would only stop it again');
  await pass(2 * HOUR);
  await world.tick('refresh-due');
  const well = PEOPLE.filter(({ email }) => ![trainerAt(7), trainerAt(9)].some(({ Email__c }) => Email__c === email));
  assert.deepEqual(sorted(granted(mark)), sorted(onceEach(well)));
});

test('before a training the token of its trainer is made ready, and nobody else pays for it', async () => {
  const trainer = trainerAt(20);
  const booked = await book(world, bookingOf(world, trainer, 3));
  assert.equal(booked.status, 201, booked.text);
  const [row] = await world.soql<{ Start__c: string }>(
    `SELECT Start__c FROM Training_Booking__c WHERE Id = '${booked.body.bookingId}'`,
  );
  const startsAt = Date.parse(row?.Start__c ?? '');
  const goTo = async (instant: number) => {
    await pass(0);
    world.clock.advance(instant - world.clock.now().getTime());
  };
  await goTo(startsAt - 150 * MINUTE);
  await world.tick('refresh-due');
  await goTo(startsAt - 100 * MINUTE);
  const mark = exchangesSoFar();
  await world.tick('refresh-due');
  assert.equal(exchangesSoFar(), mark, 'the token lasts past the next run');
  await goTo(startsAt - 80 * MINUTE);
  await world.tick('refresh-due');
  assert.deepEqual(sorted(granted(mark)), [[trainer.Email__c, 1]]);
});

test('one connection is renewed by its id, which must be one', async () => {
  const trainer = trainerAt(30);
  const before = exchangesOf(world, trainer).length;
  const refresh = (id: string, key = keys.operator) =>
    world.call<{ status: string; connectionId: string; lastRefresh: string; error: { code: string } | null }>(
      'POST',
      `/api/admin/connections/${id}/refresh`,
      { key },
    );
  await pass(MINUTE);
  const answer = await refresh(`lark:${trainer.Id}`);
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual([answer.body.status, answer.body.connectionId], ['Connected', `lark:${trainer.Id}`]);
  assert.ok(Date.parse(answer.body.lastRefresh) > world.clock.now().getTime() - MINUTE);
  assert.equal(exchangesOf(world, trainer).length, before + 1);
  assert.doesNotMatch(answer.text, /token"|v1\./i);

  for (const id of ['nonsense', `lark:${trainer.Id.slice(0, 15)}`, `google:${trainer.Id}`, 'lark:a00000000000001AAB']) {
    const wrong = await refresh(id);
    assert.deepEqual([wrong.status, wrong.body.error?.code], [400, 'invalid_input'], id);
  }
  const unknown = await refresh('lark:a09000000000099AAA');
  assert.deepEqual([unknown.status, unknown.body.error?.code], [404, 'trainer_not_found']);
  assert.equal((await refresh(`lark:${trainer.Id}`, keys.portal)).status, 403);

  const marked = await refresh(`lark:${trainerAt(7).Id}`);
  assert.deepEqual([marked.status, marked.body.status], [200, 'Needs Reconnect']);
  assert.equal(openIdOf(world, trainerAt(7).Email__c), trainerAt(7).openId);
});

const skip = testDatabaseUrl === undefined && 'no PostgreSQL answers';

/** An org whose 60 trainers are connected, with a database of its own on PostgreSQL. */
async function sixtyOnPostgres() {
  const database = (await createTestDatabase()) ?? assert.fail('this test needs PostgreSQL');
  const people = PEOPLE.slice(0, 60);
  const own = await startWorld({ ...generous, withoutApp: true });
  await seedTrainers(own, people);
  const { db, close } = await openDatabase({ url: database.url });
  return {
    own,
    people,
    db,
    environment: { ...own.environment, DATABASE_URL: database.url },
    /** Everybody is in the database, and the sweep of the hour before is over. */
    isReady: () =>
      until(async () => {
        const heads = await db.selectFrom('token_head').select('connection_id').execute();
        const runs = await db.selectFrom('run').select('state').execute();
        return heads.length === 60 && runs.length === 1 && runs[0]?.state === 'done';
      }, 'the start'),
    exchanged: () => own.standins.lark.tokenExchanges().filter(({ code }) => code === 0).length,
    close: async () => {
      await close();
      await own.close();
      await database.drop();
    },
  };
}

test('two processes begin the same missed hour: one sweep, one exchange for each', { skip }, async () => {
  const { own, db, environment, isReady, exchanged, close } = await sixtyOnPostgres();
  try {
    const first = await startMiddleware(environment);
    await isReady();
    await first.stop();
    assert.equal(exchanged(), 0);

    own.clock.advance(25 * HOUR);
    const processes = await Promise.all([startMiddleware(environment), startMiddleware(environment)]);
    try {
      const runs = await until(async () => {
        const all = await db.selectFrom('run').selectAll().where('total', '>', 0).execute();
        return all.length > 0 && all.every(({ state }) => state !== 'running') && all;
      }, 'the sweep');
      assert.deepEqual(
        runs.map(({ kind, scope, state, total, succeeded }) => [kind, scope, state, total, succeeded]),
        [['refresh', 'due', 'done', 60, 60]],
      );
      assert.equal(exchanged(), 60);
      const slots = await db
        .selectFrom('cron_slot')
        .selectAll()
        .where('name', '=', 'refresh-due')
        .where('slot', '>', new Date(own.clock.now().getTime() - 2 * HOUR))
        .execute();
      assert.equal(slots.length, 1);
    } finally {
      await Promise.all(processes.map((process) => process.stop()));
    }
  } finally {
    await close();
  }
});

for (const step of ['sweep.counted', 'sweep.renewed']) {
  test(`killed at ${step}: the next process finishes the same run, and nobody is renewed twice`, { skip }, async () => {
    const { own, environment, isReady, exchanged, close } = await sixtyOnPostgres();
    const victim = await startMiddleware(environment, { stopAt: step });
    try {
      await isReady();
      const started = await victim.call<{ runId: string }>('POST', '/api/admin/refresh', { key: keys.operator });
      assert.equal(started.status, 202, started.text);
      await victim.reached;
      await victim.kill();
      assert.equal(exchanged(), 25);

      // The lease of the dead process must be over before anybody else works on its run.
      own.clock.advance(2 * MINUTE);
      const survivor = await startMiddleware(environment);
      try {
        const run = await ended(survivor, started);
        assert.deepEqual(
          [run.state, run.total, run.done, run.succeeded, run.failed, run.skipped],
          ['done', 60, 60, 60, 0, 0],
        );
        assert.equal(exchanged(), 60);
        await until(async () => {
          const renewed = await own.soql('SELECT Id FROM Onboarding_Trainer__c WHERE Lark_Token_Generation__c = 2');
          return renewed.length === 60;
        }, 'every new pair in Salesforce');
      } finally {
        await survivor.stop();
      }
    } finally {
      await victim.kill();
      await close();
    }
  });
}
