import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { AppError } from '../../../src/core/errors.ts';
import { keepNote } from '../../../src/features/attention/notes.ts';
import { sendDigest, type SendDigestDeps } from '../../../src/features/attention/send-digest.ts';
import { SalesforceError, type Mail } from '../../../src/salesforce/records.ts';
import type { Database } from '../../../src/storage/database.ts';
import type { OpenDatabase } from '../../../src/storage/open-database.ts';
import { openTestDatabases } from '../../kit/databases.ts';
import { headAt, insertHeads } from '../../tokens/heads.ts';
import { silentLog } from '../../tokens/kit.ts';

const HOUR_MS = 3_600_000;
let now: Date;
const later = (hours: number) => void (now = new Date(now.getTime() + hours * HOUR_MS));

let databases: OpenDatabase[];
before(async () => {
  databases = await openTestDatabases();
});
after(async () => {
  for (const { close } of databases) await close();
});
beforeEach(async () => {
  now = new Date('2027-03-01T06:50:00Z');
  for (const { db } of databases) {
    for (const table of ['attention_note', 'token_head', 'lease'] as const) await db.deleteFrom(table).execute();
  }
});

function onEach(name: string, work: (db: Database) => Promise<void>): void {
  test(name, async (context) => {
    for (const { db, kind } of databases) await context.test(kind, () => work(db));
  });
}

function room(db: Database, notConnected = 0) {
  const mails: Mail[] = [];
  const asked = { times: 0 };
  const deps: SendDigestDeps = {
    db,
    now: () => now,
    recipients: ['admin@example.com'],
    failedJobs: () => Promise.resolve({ jobs: [], more: false }),
    records: {
      queryPath: () => '',
      composite: (requests) => {
        asked.times++;
        return Promise.resolve(
          requests.map(({ referenceId }, index) => ({
            referenceId,
            status: 200,
            body: { records: index === 0 ? [{ total: notConnected }] : [] },
          })),
        );
      },
      sendMail: (mail) => Promise.resolve(void mails.push(mail)),
    },
  };
  const note = (message: string) =>
    db.transaction().execute((trx) => keepNote({ now: () => now, log: silentLog }, message, trx));
  const told = () => mails.map(({ body }) => body).join('\n');
  return { deps, mails, asked, note, told };
}

onEach('more notes than one mail names: the rest comes with the next', async (db) => {
  const { deps, mails, note, told } = room(db);
  for (let number = 10; number < 35; number++) {
    await note(`note ${number}`);
    later(0.01);
  }
  await sendDigest(deps);
  assert.match(mails[0]?.body ?? '', /more/);
  later(24);
  await sendDigest(deps);
  assert.equal(mails.length, 2);
  for (let number = 10; number < 35; number++) {
    assert.equal(told().split(`note ${number}`).length, 2, `note ${number} is told once`);
  }
  later(24);
  await sendDigest(deps);
  assert.equal(mails.length, 2);
});

onEach('what is noted after the mail of the day is told tomorrow, however often the mail is asked for', async (db) => {
  const { deps, mails, asked, note, told } = room(db);
  await note('early');
  await sendDigest(deps);
  await note('late');
  later(1);
  await sendDigest(deps);
  assert.deepEqual([mails.length, asked.times], [1, 1], 'and Salesforce is not asked for nothing');
  later(23);
  await sendDigest(deps);
  assert.match(told(), /late/);
  assert.equal(mails.length, 2);
});

onEach('nobody knows whether the mail was sent: none more that day, and its notes come again', async (db) => {
  const { deps, mails, note, told } = room(db);
  await note('in doubt');
  const { sendMail } = deps.records;
  const lost = () => Promise.reject(new SalesforceError('unknown-outcome', 'no answer'));
  await assert.rejects(sendDigest({ ...deps, records: { ...deps.records, sendMail: lost } }), SalesforceError);
  later(1);
  await sendDigest({ ...deps, records: { ...deps.records, sendMail } });
  assert.equal(mails.length, 0);
  later(23);
  await sendDigest(deps);
  assert.match(told(), /in doubt/);
});

onEach('a process dies before the mail is out: the tick that comes after a minute sends it', async (db) => {
  const { deps, mails, note, told } = room(db);
  await note('something');
  const { promise: death, resolve: die } = Promise.withResolvers<void>();
  const dies = () => new Promise<void>(() => die());
  void sendDigest({ ...deps, records: { ...deps.records, sendMail: dies } });
  await death;
  await assert.rejects(sendDigest(deps), (error: AppError) => error.retryable);
  assert.equal(mails.length, 0);
  later(1 / 60);
  await sendDigest(deps);
  await sendDigest(deps);
  assert.equal(mails.length, 1);
  assert.match(told(), /something/);
});

onEach('the second mail of two fails: the repetition sends that one', async (db) => {
  const { deps, mails, note } = room(db);
  await note('something');
  const recipients = Array.from({ length: 6 }, (_, index) => `admin${index}@example.com`);
  const { sendMail } = deps.records;
  const once = (mail: Mail) =>
    mail.to.length === 5 ? sendMail(mail) : Promise.reject(new SalesforceError('busy', 'not now'));
  await assert.rejects(sendDigest({ ...deps, recipients, records: { ...deps.records, sendMail: once } }));
  await sendDigest({ ...deps, recipients });
  assert.deepEqual(
    mails.map(({ to }) => to.length),
    [5, 1],
  );
});

onEach('who is reminded by themselves is no reason for a mail, but stands in it', async (db) => {
  const { deps, mails, note } = room(db, 3);
  await sendDigest(deps);
  assert.equal(mails.length, 0);
  await note('something');
  await sendDigest(deps);
  assert.match(mails[0]?.body ?? '', /3 active trainers have never connected/);
});

onEach('one connection is one connection', async (db) => {
  const { deps, mails } = room(db);
  await insertHeads(db, [headAt(0, now, { attempt_failure: 'configuration', attempted_at: now })]);
  await sendDigest(deps);
  assert.match(mails[0]?.body ?? '', /- 1 connection could not be renewed/);
});
