import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { alertAdmins, alertWith, createAlert, type Alert } from '../../../src/features/alerts/alert-admins.ts';
import type { Queue } from '../../../src/queue/queue.ts';
import { SalesforceError, type Mail } from '../../../src/salesforce/records.ts';
import type { Database } from '../../../src/storage/database.ts';
import type { OpenDatabase } from '../../../src/storage/open-database.ts';
import { openTestDatabases } from '../../kit/databases.ts';

const HOUR_MS = 3_600_000;
const MESSAGE = 'Something is wrong.';
const recipients = Array.from({ length: 7 }, (_, index) => `admin${index}@example.com`);

let databases: OpenDatabase[];
before(async () => {
  databases = await openTestDatabases();
});
after(async () => {
  for (const { close } of databases) await close();
});

function onEach(name: string, work: (db: Database) => Promise<void>): void {
  test(name, async (context) => {
    for (const { db, kind } of databases) {
      await context.test(kind, async () => {
        await db.deleteFrom('lease').execute();
        await work(db);
      });
    }
  });
}

/** One server, and what it enqueues. */
function server(db: Database, jobs: Alert[]) {
  const problems: string[] = [];
  const room = {
    db,
    now: new Date('2027-03-01T06:50:00Z'),
    isQueueAway: false,
    problems,
    tell: (message = MESSAGE) => tell(message),
    deps: () => deps,
  };
  const enqueue = (_job: unknown, data: unknown) => {
    if (room.isQueueAway) return Promise.reject(new Error('the queue is away'));
    return Promise.resolve(void jobs.push(data as Alert));
  };
  const deps = {
    recipients,
    now: () => room.now,
    log: { debug() {}, info() {}, warn() {}, error: (_: object, text: string) => void problems.push(text) },
    queue: { enqueue } as Pick<Queue, 'enqueue'>,
  };
  const tell = createAlert({ ...deps, db });
  return room;
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await condition())) {
    assert.ok(performance.now() < deadline, 'the condition was not met in time');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

onEach('two servers find the same within an hour: one mail for each five recipients', async (db) => {
  const jobs: Alert[] = [];
  const [one, another] = [server(db, jobs), server(db, jobs)];
  for (const { tell } of [one, another, one]) tell();
  await until(() => jobs.length === 2);
  one.tell('Something else is wrong.');
  await until(() => jobs.length === 4);
  assert.deepEqual(
    jobs.map(({ message, first }) => [message === MESSAGE, first]),
    [
      [true, 0],
      [true, 5],
      [false, 0],
      [false, 5],
    ],
  );
  another.now = new Date(another.now.getTime() + HOUR_MS);
  another.tell();
  await until(() => jobs.length === 6);
});

onEach('an alert that could not be enqueued does not count as told', async (db) => {
  const jobs: Alert[] = [];
  const room = server(db, jobs);
  room.isQueueAway = true;
  room.tell();
  await until(() => room.problems.includes('an alert could not be enqueued'));
  room.isQueueAway = false;
  room.tell();
  await until(() => jobs.length === 2);
});

onEach('an alert of a transaction that does not commit was never told', async (db) => {
  const jobs: Alert[] = [];
  const room = server(db, jobs);
  await assert.rejects(
    db.transaction().execute(async (trx) => {
      await alertWith(room.deps(), MESSAGE, trx);
      throw new Error('rolled back');
    }),
  );
  await db.transaction().execute((trx) => alertWith(room.deps(), MESSAGE, trx));
  assert.equal(jobs.filter(({ first }) => first === 0).length, 2, 'the first of them went with its transaction');
});

const alert = { message: MESSAGE, occurredAt: '2027-03-01T06:50:00.000Z' };
const log = { debug() {}, info() {}, warn() {}, error() {} };

test('a mail goes to its own five recipients, and to nobody when they are gone', async () => {
  const mails: Mail[] = [];
  const deps = { log, recipients, records: { sendMail: (mail: Mail) => Promise.resolve(void mails.push(mail)) } };
  for (const first of [0, 5, 10]) await alertAdmins(deps, { ...alert, first });
  assert.deepEqual(
    mails.map(({ to }) => to),
    [recipients.slice(0, 5), recipients.slice(5)],
  );
});

test('a mail that Salesforce does not answer counts as sent; one that it does not take is tried again', async () => {
  const failing = (failure: 'unknown-outcome' | 'unreachable') => ({
    log,
    recipients,
    records: { sendMail: () => Promise.reject(new SalesforceError(failure, 'no')) },
  });
  await alertAdmins(failing('unknown-outcome'), { ...alert, first: 0 });
  await assert.rejects(alertAdmins(failing('unreachable'), { ...alert, first: 0 }), SalesforceError);
});
