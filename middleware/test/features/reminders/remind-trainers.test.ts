import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { noStep } from '../../../src/core/runtime.ts';
import {
  climbLadder,
  remindTrainers,
  startReminders,
  workOnReminders,
  type RemindersDeps,
} from '../../../src/features/reminders/remind-trainers.ts';
import { SalesforceError, type Row, type RowResult } from '../../../src/salesforce/records.ts';
import type { Database } from '../../../src/storage/database.ts';
import type { OpenDatabase } from '../../../src/storage/open-database.ts';
import { readRun } from '../../../src/storage/runs.ts';
import { openTestDatabases } from '../../kit/databases.ts';
import { headAt, insertHeads } from '../../tokens/heads.ts';
import { silentLog } from '../../tokens/kit.ts';

const DAY_MS = 86_400_000;
let now: Date;
const nextDay = () => void (now = new Date(now.getTime() + DAY_MS));

let databases: OpenDatabase[];
before(async () => {
  databases = await openTestDatabases();
});
after(async () => {
  for (const { close } of databases) await close();
});
beforeEach(async () => {
  now = new Date('2027-03-01T06:20:00Z');
  for (const { db } of databases) {
    for (const table of ['run', 'run_result', 'reminder', 'reminder_queue', 'token_head', 'lease'] as const) {
      await db.deleteFrom(table).execute();
    }
  }
});

function onEach(name: string, work: (db: Database) => Promise<void>): void {
  test(name, async (context) => {
    for (const { db, kind } of databases) await context.test(kind, () => work(db));
  });
}

const idOf = (number: number) => `a01000000000${String(number).padStart(3, '0')}AAA`;
const ids = (count: number) => [...Array(count).keys()].map(idOf);

/** An org with trainers who have never connected, and a counted number of mails a day. */
function orgOf(db: Database, trainers: number, change: Partial<RemindersDeps> = {}) {
  const rows = new Map<string, Row>(
    ids(trainers).map((Id) => [Id, { Id, Name: Id, Email__c: `${Id}@example.com`, Active__c: true }]),
  );
  const read = (Id: string): Row => ({
    Last_Reminder_At__c: null,
    Reminder_Count__c: null,
    Lark_Connection_Status__c: null,
    Lark_Connection_Error__c: null,
    Lark_Connected_At__c: null,
    ...rows.get(Id),
  });
  const org = {
    mails: [] as string[],
    limit: { max: 5_000, remaining: 5_000 },
    refuses: () => undefined as string | undefined,
    record: read,
    deps: undefined as unknown as RemindersDeps,
  };
  const update = (_object: string, changes: readonly Row[]): Promise<RowResult[]> =>
    Promise.resolve(
      changes.map(({ Id, ...fields }) => {
        const code = org.refuses();
        if (code !== undefined) return { id: undefined, success: false, errors: [{ code, message: code, fields: [] }] };
        rows.set(String(Id), { ...rows.get(String(Id)), ...fields });
        return { id: String(Id), success: true, errors: [] };
      }),
    );
  org.deps = {
    db,
    now: () => now,
    log: silentLog,
    step: noStep,
    isStopping: () => false,
    isProviderOn: () => true,
    publicUrl: 'https://connect.example',
    queue: { enqueue: () => Promise.resolve() },
    findTrainers: () => Promise.resolve([]),
    createInvite: () => Promise.resolve({ url: 'https://connect.example/link', expiresAt: now }),
    writeLetter: (_template, _values, builtIn) => Promise.resolve(builtIn),
    records: {
      query: <T extends Row>({ text }: { text: string }) => {
        const after = /Id > '(\w+)'/.exec(text)?.[1] ?? '';
        const wanted = /Id IN \(([^)]*)\)/
          .exec(text)?.[1]
          ?.split(',')
          .map((id) => id.slice(1, -1));
        const found = [...rows.keys()].filter((Id) => wanted?.includes(Id) ?? Id > after);
        return Promise.resolve(found.map(read) as T[]);
      },
      update,
      sendMail: ({ to }) => {
        if (org.limit.remaining < 1) {
          return Promise.reject(new SalesforceError('busy', 'limit', { code: 'SINGLE_EMAIL_LIMIT_EXCEEDED' }));
        }
        org.limit.remaining--;
        org.mails.push(String(to[0]).split('@')[0] ?? '');
        return Promise.resolve();
      },
      mailAllowance: () => Promise.resolve({ ...org.limit }),
    },
    ...change,
  };
  return org;
}

async function ladder(deps: RemindersDeps): Promise<void> {
  const run = await climbLadder(deps);
  if (run) await remindTrainers(deps, { runId: run.id });
}

onEach('a record that takes no note of a reminder: the ladder ends all the same', async (db) => {
  const org = orgOf(db, 1);
  org.refuses = () => 'FIELD_CUSTOM_VALIDATION_EXCEPTION';
  for (let day = 0; day <= 30; day++, nextDay()) await ladder(org.deps);
  assert.equal(org.mails.length, 4);
});

onEach('a record that is locked when the reminder is noted has it later', async (db) => {
  const org = orgOf(db, 1);
  let locked = 1;
  org.refuses = () => (locked-- > 0 ? 'UNABLE_TO_LOCK_ROW' : undefined);
  for (let day = 0; day < 3; day++, nextDay()) await ladder(org.deps);
  assert.equal(org.record(idOf(0))['Reminder_Count__c'], 1);
  assert.equal(org.record(idOf(0))['Last_Reminder_At__c'], '2027-03-02T06:20:00.000Z');
});

onEach('who connects while others are mailed gets no mail', async (db) => {
  const org = orgOf(db, 12);
  const last = headAt(0, now, { connection_id: `lark:${idOf(11)}` });
  const { sendMail } = org.deps.records;
  let connected: Promise<void> | undefined;
  org.deps.records.sendMail = async (mail) => {
    await (connected ??= insertHeads(db, [last]));
    await sendMail(mail);
  };
  const run = await startReminders(org.deps, { trainerIds: ids(12) }, 'test');
  await remindTrainers(org.deps, { runId: run.id });
  assert.equal(org.mails.length, 11);
  assert.ok(!org.mails.includes(idOf(11)));
});

onEach('mails that others send meanwhile count: the fifth of the day stays theirs', async (db) => {
  const org = orgOf(db, 400);
  org.limit = { max: 500, remaining: 500 };
  const { sendMail } = org.deps.records;
  org.deps.records.sendMail = async (mail) => {
    await sendMail(mail);
    // Another run, as busy as this one.
    org.limit.remaining--;
  };
  const run = await startReminders(org.deps, { all: 'not-connected' }, 'test');
  await remindTrainers(org.deps, { runId: run.id });
  assert.deepEqual([org.mails.length, org.limit.remaining], [200, 100]);
});

onEach('an org that tells nobody its limit: a cautious number a day, over all runs', async (db) => {
  const org = orgOf(db, 10);
  org.deps.records.mailAllowance = () => Promise.resolve(undefined);
  const others = [...Array(796).keys()].map((number) => ({ trainer_id: `another ${number}`, mailed_at: now }));
  await db.insertInto('reminder').values(others).execute();
  await db
    .insertInto('reminder')
    .values({ trainer_id: 'of yesterday', mailed_at: new Date(now.getTime() - DAY_MS) })
    .execute();
  const run = await startReminders(org.deps, { all: 'not-connected' }, 'test');
  await remindTrainers(org.deps, { runId: run.id });
  assert.equal(org.mails.length, 4);
});

onEach('kept back by the limit: who waits longest comes first', async (db) => {
  const org = orgOf(db, 40);
  for (let day = 0; day <= 5; day++, nextDay()) {
    org.limit = { max: 8, remaining: 10 };
    await ladder(org.deps);
  }
  assert.equal(org.mails.length, 5 * 8);
  // Mails are sent four at a time, so that neighbours may overtake each other.
  assert.ok(new Set(org.mails).size > 36, `${new Set(org.mails).size} of 40`);
});

onEach('a day without Salesforce does not fill the list of failed jobs; a refusal comes onto it', async (db) => {
  const org = orgOf(db, 1);
  const run = await startReminders(org.deps, { trainerIds: ids(1) }, 'test');
  let failure: 'unreachable' | 'refused' = 'unreachable';
  org.deps.records.mailAllowance = () => Promise.reject(new SalesforceError(failure, 'no'));
  const attempt = (lastAttempt: boolean) => workOnReminders(org.deps, { runId: run.id }, { lastAttempt });
  await assert.rejects(attempt(false), SalesforceError);
  await attempt(true);
  assert.equal((await readRun({ db }, run.id))?.state, 'running', 'it is taken up again');
  failure = 'refused';
  await assert.rejects(attempt(true), SalesforceError);
});
