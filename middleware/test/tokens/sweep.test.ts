import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { AppError } from '../../src/core/errors.ts';
import { trainerIdOf, type ConnectionId } from '../../src/core/connection.ts';
import { currentRun, openRun, readRun, type Run } from '../../src/storage/runs.ts';
import type { ConnectionState, RefreshScope, Upkeep } from '../../src/tokens/port.ts';
import { createRefreshSweeps, refreshTokensJob } from '../../src/tokens/refresh-runs.ts';
import { sweep } from '../../src/tokens/sweep.ts';
import { headAt, insertHeads, trainerIdAt } from './heads.ts';
import { openMemoryDatabase, silentLog } from './kit.ts';

const HOUR = 3_600_000;
const { db, close } = await openMemoryDatabase();
after(close);
beforeEach(async () => {
  await db.deleteFrom('token_head').execute();
  await db.deleteFrom('run').execute();
  await db.deleteFrom('lease').execute();
});

/** A worker with a scripted way to renew; several of them can share the database. */
function worker(
  options: { renew?: (id: ConnectionId) => Partial<ConnectionState>; pause?: () => string | undefined } = {},
) {
  let offset = 0;
  const renewed: string[] = [];
  const steps: string[] = [];
  let dieAt: string | undefined;
  let busy = 0;
  let mostBusy = 0;
  let asked = 0;
  let renewedWhenAsked = 0;
  let longestUnasked = 0;
  const now = () => new Date(Date.UTC(2027, 2, 1, 12) + offset);
  const upkeep: Upkeep = {
    renew: async (connectionId) => {
      mostBusy = Math.max(mostBusy, ++busy);
      renewed.push(connectionId);
      longestUnasked = Math.max(longestUnasked, renewed.length - renewedWhenAsked);
      try {
        await new Promise(setImmediate);
        const state = { status: 'Connected', ...options.renew?.(connectionId) } as ConnectionState;
        if (state.status === 'Connected') {
          await db
            .updateTable('token_head')
            .set({ refreshed_at: new Date(now().getTime() + 1) })
            .where('connection_id', '=', connectionId)
            .execute();
        }
        return state;
      } finally {
        busy--;
      }
    },
    pauseReason: () => {
      asked++;
      renewedWhenAsked = renewed.length;
      return Promise.resolve(options.pause?.());
    },
  };
  const enqueued: { runId: string; key: string | undefined }[] = [];
  const deps = {
    db,
    now,
    log: silentLog,
    upkeep,
    step: (name: string) => {
      steps.push(name);
      // A process that is killed neither releases its lease nor writes anything any more.
      if (name === dieAt) return new Promise<void>(() => undefined);
      return Promise.resolve();
    },
    trainersNeedingTokens: () => Promise.resolve(new Set<string>()),
    isStopping: () => false,
    queue: {
      enqueue: (job: { name: string }, data: unknown, { key }: { key?: string } = {}) => {
        assert.equal(job.name, refreshTokensJob.name);
        enqueued.push({ runId: (data as { runId: string }).runId, key });
        return Promise.resolve();
      },
    },
    sleep: () => Promise.resolve(),
  };
  return {
    deps,
    renewed,
    steps,
    enqueued,
    observed: () => ({ mostBusy, asked, longestUnasked }),
    advance: (milliseconds: number) => {
      offset += milliseconds;
    },
    /** Resolves when it hangs there for ever. */
    dieAt: async (run: Run, step: string) => {
      dieAt = step;
      void sweep(deps, run.id);
      while (!steps.includes(step)) await new Promise(setImmediate);
    },
    open: async (scope: RefreshScope) => (await openRun(deps, { kind: 'refresh', scope, startedBy: 'a test' })).run,
    sweep: async (run: Run) => {
      await sweep(deps, run.id);
      return (await readRun(deps, run.id)) ?? assert.fail('no run');
    },
  };
}

const idsTo = (count: number) => Array.from({ length: count }, (_, index) => `lark:${trainerIdAt(index)}`);
const counts = ({ total, done, succeeded, failed, skipped }: Run) => ({ total, done, succeeded, failed, skipped });

test('everybody connected is renewed once, over several pages, a few at a time', async () => {
  const { deps, renewed, observed, open, sweep } = worker();
  const now = deps.now();
  await insertHeads(db, [
    ...Array.from({ length: 450 }, (_, index) => headAt(index, now)),
    headAt(450, now, { state: 'needs-reconnect' }),
    headAt(451, now, { state: 'disconnected' }),
  ]);
  const run = await sweep(await open('all'));
  assert.deepEqual(renewed.toSorted(), idsTo(450));
  assert.deepEqual(counts(run), { total: 450, done: 450, succeeded: 450, failed: 0, skipped: 0 });
  assert.equal(run.state, 'done');
  assert.ok(run.finishedAt);
  assert.ok(observed().mostBusy > 1 && observed().mostBusy <= 16, `${observed().mostBusy} at once`);
  assert.ok(observed().longestUnasked <= 25, `${observed().longestUnasked} exchanges without asking`);
});

test('only who is due is renewed, and a training soon makes due', async () => {
  const { deps, renewed, open, sweep } = worker();
  const now = deps.now();
  const idle = { refreshed_at: new Date(now.getTime() - 25 * HOUR) };
  const ending = { access_expires_at: new Date(now.getTime() + HOUR) };
  await insertHeads(db, [headAt(0, now), headAt(1, now, idle), headAt(2, now, ending), headAt(3, now, ending)]);
  let before: Date | undefined;
  deps.trainersNeedingTokens = ((until: Date) => {
    before = until;
    return Promise.resolve(new Set([trainerIdAt(3)]));
  }) as typeof deps.trainersNeedingTokens;
  const run = await sweep(await open('due'));
  assert.deepEqual(
    renewed.toSorted(),
    [1, 3].map((index) => `lark:${trainerIdAt(index)}`),
  );
  assert.deepEqual(counts(run), { total: 2, done: 2, succeeded: 2, failed: 0, skipped: 0 });
  assert.equal(before?.getTime(), now.getTime() + 2 * HOUR);
});

test('failures are named, those who are to come back later or have nothing to renew are skipped', async () => {
  const outcomes: (() => Partial<ConnectionState>)[] = [
    () => ({ status: 'Connected' }),
    () => ({ status: 'Needs Reconnect', error: 'The access was revoked.' }),
    () => {
      throw new AppError('provider_unavailable', 'The provider does not answer.');
    },
    () => {
      throw new AppError('not_connected', 'never named');
    },
    () => {
      throw new AppError('on_hold', 'never named');
    },
    () => ({ status: 'Not Connected' }),
    () => {
      throw new Error('refresh token abc is wrong');
    },
    () => assert.fail('asked too early'),
  ];
  const { deps, open, sweep, renewed } = worker({
    renew: (id) => outcomes[Number(trainerIdOf(id).slice(3, 15))]?.() ?? {},
  });
  const now = deps.now();
  const later = { retry_at: new Date(now.getTime() + 1) };
  await insertHeads(
    db,
    outcomes.map((_, index) => headAt(index, now, index === 7 ? later : {})),
  );
  const run = await sweep(await open('all'));
  assert.equal(renewed.length, 7);
  assert.deepEqual(counts(run), { total: 8, done: 8, succeeded: 1, failed: 3, skipped: 4 });
  assert.deepEqual(
    run.errors.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    [
      { id: `lark:${trainerIdAt(1)}`, message: 'The access was revoked.' },
      { id: `lark:${trainerIdAt(2)}`, message: 'The provider does not answer.' },
      {
        id: `lark:${trainerIdAt(6)}`,
        message: 'It could not be renewed because of an unexpected problem; the log of the server has the details.',
      },
    ],
  );
});

test('a reason to pause ends the sweep, the rest counts as skipped; the next one goes on', async () => {
  let isFailing = true;
  const { deps, renewed, open, sweep } = worker({
    pause: () => (isFailing && renewed.length >= 60 ? 'Most connections fail.' : undefined),
  });
  const idle = { refreshed_at: new Date(deps.now().getTime() - 25 * HOUR) };
  await insertHeads(
    db,
    Array.from({ length: 230 }, (_, index) => headAt(index, deps.now(), idle)),
  );
  const run = await sweep(await open('due'));
  assert.equal(run.state, 'stopped');
  assert.equal(run.note, 'Most connections fail.');
  assert.deepEqual(counts(run), { total: 230, done: 230, succeeded: 75, failed: 0, skipped: 155 });

  isFailing = false;
  const next = await sweep(await open('due'));
  assert.notEqual(next.id, run.id);
  assert.deepEqual(counts(next), { total: 155, done: 155, succeeded: 155, failed: 0, skipped: 0 });
  assert.deepEqual(renewed.toSorted(), idsTo(230));
});

test('connections that fail for good end the sweep that meets them, not the ones of the next hours', async () => {
  const failing = new Set(idsTo(25));
  const { deps, renewed, open, sweep, advance } = worker({
    renew: (id) => {
      if (failing.has(id)) throw new AppError('provider_configuration', 'The app is not installed there.');
      return {};
    },
    pause: () => (paused ? 'Most connections fail.' : undefined),
  });
  let paused = false;
  const longAgo = new Date(deps.now().getTime() - 30 * HOUR);
  await insertHeads(
    db,
    Array.from({ length: 60 }, (_, index) => headAt(index, deps.now(), { refreshed_at: longAgo })),
  );
  const first = await open('due');
  await deps.db
    .updateTable('token_head')
    .set({ attempted_at: deps.now(), attempt_failure: 'configuration' })
    .where('connection_id', 'in', [...failing])
    .execute();
  paused = true;
  assert.equal((await sweep(first)).state, 'stopped');
  paused = false;
  renewed.length = 0;
  advance(HOUR);
  const next = await sweep(await open('due'));
  assert.deepEqual([next.state, next.succeeded, next.failed], ['done', 35, 0]);
  assert.ok(renewed.every((id) => !failing.has(id)));
  renewed.length = 0;
  advance(2 * HOUR);
  const later = await sweep(await open('due'));
  assert.deepEqual([later.failed, renewed.length], [25, 25], 'after three hours they are tried again');
});

for (const step of ['sweep.renewed', 'sweep.counted']) {
  test(`a worker that dies at ${step}: while its lease lasts nobody interferes, then another goes on and renews nobody twice`, async () => {
    const victim = worker();
    const survivor = worker();
    await insertHeads(
      db,
      Array.from({ length: 130 }, (_, index) => headAt(index, victim.deps.now())),
    );
    const run = await victim.open('all');
    await victim.dieAt(run, step);
    assert.equal(victim.renewed.length, 25);

    await survivor.sweep(run);
    assert.equal(survivor.renewed.length, 0);
    survivor.advance(2 * 60_000);
    const finished = await survivor.sweep(run);
    assert.equal(finished.state, 'done');
    assert.deepEqual(counts(finished), { total: 130, done: 130, succeeded: 130, failed: 0, skipped: 0 });
    assert.deepEqual([...victim.renewed, ...survivor.renewed].toSorted(), idsTo(130));
  });
}

test('two workers on one run: one works', async () => {
  const [one, two] = [worker(), worker()];
  await insertHeads(
    db,
    Array.from({ length: 60 }, (_, index) => headAt(index, one.deps.now())),
  );
  const run = await one.open('all');
  await Promise.all([one.sweep(run), two.sweep(run)]);
  assert.equal(one.renewed.length + two.renewed.length, 60);
  assert.ok(one.renewed.length === 0 || two.renewed.length === 0);
});

test('a process that is about to end leaves the run open, and the next one can take it at once', async () => {
  const { deps, renewed, open, sweep } = worker();
  await insertHeads(
    db,
    Array.from({ length: 60 }, (_, index) => headAt(index, deps.now())),
  );
  deps.isStopping = () => renewed.length >= 25;
  const left = await sweep(await open('all'));
  assert.deepEqual([left.state, left.done, left.total], ['running', 25, 60]);
  const next = worker();
  assert.equal((await next.sweep(left)).state, 'done');
  assert.equal(next.renewed.length, 35);
});

test('a sweep over everybody is not answered with the hourly one that is open', async () => {
  const { deps, enqueued } = worker();
  await insertHeads(db, [headAt(0, deps.now())]);
  const sweeps = createRefreshSweeps(deps);
  const hourly = await sweeps.start({ scope: 'due', startedBy: 'schedule' });
  const everybody = await sweeps.start({ scope: 'all', startedBy: 'somebody' });
  assert.notEqual(everybody.id, hourly.id);
  assert.deepEqual([hourly.scope, everybody.scope], ['due', 'all']);
  await sweeps.resume();
  assert.deepEqual(
    enqueued.map(({ runId }) => runId),
    [hourly.id, everybody.id, hourly.id, everybody.id],
  );
});

test('starting twice starts one sweep; what nobody works on is enqueued again, what somebody works on is not', async () => {
  const { deps, enqueued, dieAt, advance } = worker();
  await insertHeads(db, [headAt(0, deps.now())]);
  const sweeps = createRefreshSweeps(deps);
  await sweeps.resume();
  assert.deepEqual(enqueued, []);
  const first = await sweeps.start({ scope: 'all', startedBy: 'somebody' });
  const second = await sweeps.start({ scope: 'all', startedBy: 'somebody else' });
  assert.deepEqual([second.id, second.scope, second.startedBy], [first.id, 'all', 'somebody']);
  const job = { runId: first.id, key: first.id };
  assert.deepEqual(enqueued, [job, job]);
  await sweeps.resume();
  assert.deepEqual(enqueued, [job, job, job]);

  await dieAt(first, 'sweep.renewed');
  await sweeps.resume();
  assert.equal(enqueued.length, 3);
  advance(2 * 60_000);
  await sweeps.resume();
  assert.equal(enqueued.length, 4);
});

test('performing a sweep resolves when it has ended', async () => {
  const { deps, renewed, enqueued } = worker();
  await insertHeads(db, [headAt(0, deps.now(), { refreshed_at: null }), headAt(1, deps.now())]);
  const run = await createRefreshSweeps(deps).perform('due');
  assert.deepEqual([run.state, run.succeeded, renewed.length, enqueued.length], ['done', 1, 1, 0]);
  assert.equal((await currentRun({ db }, 'refresh'))?.id, run.id);
});
