import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { createTestDatabase } from '../kit/databases.ts';
import { startMiddleware, type MiddlewareProcess } from '../kit/processes.ts';
import { startWorld, until, type SampleTrainer, type World } from '../kit/world.ts';

const LEASE_MS = 2 * 60_000 + 1_000;
const engines = ['postgres', 'pglite'] as const;

let world: World;
let directory: string;
let postgres: Awaited<ReturnType<typeof createTestDatabase>>;
let environments: Record<(typeof engines)[number], Record<string, string | undefined>>;
let used = 0;

before(async () => {
  world = await startWorld({ withoutApp: true });
  directory = mkdtempSync(path.join(tmpdir(), 'trainer-connect-'));
  postgres = await createTestDatabase();
  const pglite = { ...world.environment, DATA_DIR: path.join(directory, 'data') };
  // Without PostgreSQL everything is killed on the embedded database.
  environments = { pglite, postgres: postgres ? { ...world.environment, DATABASE_URL: postgres.url } : pglite };
});
after(async () => {
  await world.close();
  await postgres?.drop();
  rmSync(directory, { recursive: true, force: true });
});

const mailsTo = ({ Email__c }: SampleTrainer) =>
  world.standins.salesforce.outbox.mails().filter(({ to }) => to.includes(Email__c)).length;

async function recordOf({ Id }: SampleTrainer) {
  const [row] = await world.soql<{ Last_Reminder_At__c: string | null; Reminder_Count__c: number | null }>(
    `SELECT Last_Reminder_At__c, Reminder_Count__c FROM Onboarding_Trainer__c WHERE Id = '${Id}'`,
  );
  return row ?? assert.fail('no trainer');
}

async function remind({ call }: MiddlewareProcess, body: object): Promise<string> {
  const answer = await call<{ runId: string }>('POST', '/api/admin/reminders', { body });
  assert.equal(answer.status, 202, answer.text);
  return answer.body.runId;
}

const endOf = ({ call }: MiddlewareProcess, runId: string) =>
  until(async () => {
    const { body } = await call<{ state: string; finishedAt: string | null; succeeded: number; skipped: number }>(
      'GET',
      `/api/admin/runs/${runId}`,
    );
    return body.finishedAt !== null && body;
  }, 'the end of the run');

const steps: [step: string, mails: number, code: string][] = [
  ['reminders.intended', 0, 'outcome_unknown'],
  ['reminders.mailed', 1, 'outcome_unknown'],
  ['reminders.before-record', 1, 'reminded'],
  ['reminders.counted', 1, 'reminded'],
];

/** Between mail and record on both databases, the others in turn. */
const isKilledOn = (step: string, index: number, engine: string) =>
  step === 'reminders.mailed' || engines[index % 2] === engine;

for (const [index, [step, mails, code]] of steps.entries()) {
  for (const engine of engines.filter((one) => isKilledOn(step, index, one))) {
    test(`killed at ${step} (${engine}): never a second mail, and the record says that it was sent`, async () => {
      const trainer = await world.trainer(used++);
      const victim = await startMiddleware(environments[engine], { stopAt: step });
      const runId = await remind(victim, { trainerIds: [trainer.Id] });
      await victim.reached;
      await victim.kill();
      assert.equal(mailsTo(trainer), mails);

      world.clock.advance(LEASE_MS);
      const survivor = await startMiddleware(environments[engine]);
      try {
        const again = await remind(survivor, { trainerIds: [trainer.Id] });
        await endOf(survivor, again);
        const run = await endOf(survivor, runId);
        assert.deepEqual([run.state, run.succeeded], ['done', 1]);
        const { body } = await survivor.call<{ results: { code: string }[] }>(
          'GET',
          `/api/admin/runs/${runId}/results`,
        );
        assert.deepEqual(
          body.results.map((one) => one.code),
          [code],
        );
        assert.equal(mailsTo(trainer), mails);
        const record = await recordOf(trainer);
        assert.equal(record.Reminder_Count__c, 1);
        assert.ok(record.Last_Reminder_At__c);
      } finally {
        await survivor.stop();
      }
    });
  }
}

test('two replicas, asked by two people at once: everybody gets one mail', async () => {
  const environment = environments.postgres;
  if (!postgres) return;
  world.clock.advance(3 * 86_400_000);
  const replicas = await Promise.all([startMiddleware(environment), startMiddleware(environment)]);
  try {
    const trainers = await Promise.all([...Array(11).keys()].map((index) => world.trainer(index)));
    const before = trainers.map(mailsTo);
    const trainerIds = trainers.map(({ Id }) => Id);
    const runs = await Promise.all(
      replicas.flatMap((replica) => [
        remind(replica, { all: 'not-connected' }).then((runId) => endOf(replica, runId)),
        remind(replica, { trainerIds }).then((runId) => endOf(replica, runId)),
      ]),
    );
    assert.ok(runs.every(({ state }) => state === 'done'));
    assert.deepEqual(
      trainers.map((trainer, index) => mailsTo(trainer) - (before[index] ?? 0)),
      trainers.map(() => 1),
    );
  } finally {
    for (const replica of replicas) await replica.stop();
  }
});
