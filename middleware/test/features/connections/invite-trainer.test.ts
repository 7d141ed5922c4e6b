import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { Trainer } from '../../../src/core/trainer.ts';
import {
  inviteTrainer,
  type Invitation,
  type InviteTrainerDeps,
} from '../../../src/features/connections/invite-trainer.ts';
import { intend, remembered, settle } from '../../../src/features/reminders/journal.ts';
import { createMailAsReminder } from '../../../src/features/reminders/mail-as-reminder.ts';
import { SalesforceError, type Row, type RowResult, type SalesforceRecords } from '../../../src/salesforce/records.ts';
import type { OpenDatabase } from '../../../src/storage/open-database.ts';
import { openMemoryDatabase } from '../../kit/memory-database.ts';
import { silentLog } from '../../tokens/kit.ts';

const HOUR_MS = 3_600_000;
const MEI = 'a01000000000001AAA';
const requested: Invitation = { reason: 'requested', email: 'mei.tan@example.com' };
const booking: Invitation = { reason: 'booking', trainerId: MEI };

let database: OpenDatabase;
let now: Date;
let mails: Date[];
let record: { lastReminderAt: Date | undefined; reminderCount: number };
/** What Salesforce does with the next mail, after or instead of taking it, and with the next notes. */
let onMail: () => Promise<void>;
let onNote: () => Promise<RowResult[]>;
let deps: InviteTrainerDeps;
const later = (ms: number) => void (now = new Date(now.getTime() + ms));
const noted = () => Promise.resolve([{ id: MEI, success: true, errors: [] }]);

before(async () => {
  database = await openMemoryDatabase();
});
after(() => database.close());

beforeEach(async () => {
  const { db } = database;
  for (const table of ['lease', 'link_ticket', 'reminder', 'requested_mail'] as const) {
    await db.deleteFrom(table).execute();
  }
  now = new Date('2027-03-01T09:00:00Z');
  mails = [];
  record = { lastReminderAt: undefined, reminderCount: 0 };
  onMail = () => Promise.resolve(void mails.push(now));
  onNote = noted;
  const records = {
    sendMail: () => onMail(),
    update: async (_object: string, [change]: readonly Row[]) => {
      const results = await onNote();
      const at = change?.['Last_Reminder_At__c'];
      if (results[0]?.success === true && typeof at === 'string') {
        record = { lastReminderAt: new Date(at), reminderCount: Number(change?.['Reminder_Count__c']) };
      }
      return results;
    },
  } as unknown as SalesforceRecords;
  const base = { db, records, now: () => now, log: silentLog };
  deps = {
    ...base,
    stateSecret: 'a-secret',
    publicUrl: 'https://connect.example',
    returnUrlOrigins: [],
    isProviderOn: () => true,
    findTrainer: () => Promise.resolve(trainer()),
    mailAsReminder: createMailAsReminder(base),
  };
});

function trainer(): Trainer {
  return {
    id: MEI,
    name: 'Mei Tan',
    email: 'mei.tan@example.com',
    active: true,
    timeZone: 'Asia/Singapore',
    workDayStart: '09:00',
    workDayEnd: '17:00',
    workDays: [1, 2, 3, 4, 5],
    userId: undefined,
    lark: { status: 'Not Connected', userId: undefined, accountEmail: undefined },
    ...record,
  };
}

const unanswered = () => {
  mails.push(now);
  return Promise.reject(new SalesforceError('unknown-outcome', 'no answer'));
};
const refuse = () => Promise.reject(new SalesforceError('busy', 'try later'));

test('a link is asked for again and again: one mail in ten minutes, three on a day', async () => {
  const start = now.getTime();
  for (const minute of [0, 5, 10, 12, 20, 29, 30, 60, 720, 1439]) {
    now = new Date(start + minute * 60_000);
    await inviteTrainer(deps, requested);
  }
  assert.deepEqual(
    mails.map((at) => at.toISOString().slice(11, 16)),
    ['09:00', '09:10', '09:20'],
  );
  later(60_000);
  await inviteTrainer(deps, requested);
  assert.equal(mails.length, 4, 'the next day');
});

test('an attempt that died before the mail was sent keeps nobody from trying again', async () => {
  const dead = Promise.withResolvers<void>();
  onMail = () => dead.promise;
  const dying = inviteTrainer(deps, requested);
  await until(() =>
    database.db
      .selectFrom('link_ticket')
      .selectAll()
      .execute()
      .then((rows) => rows.length > 0),
  );
  onMail = () => Promise.resolve(void mails.push(now));
  await assert.rejects(inviteTrainer(deps, requested), /under way/, 'the job must come again');
  later(61_000);
  await inviteTrainer(deps, requested);
  assert.equal(mails.length, 1);
  dead.reject(new Error('the process is gone'));
  await assert.rejects(dying);
});

test('Salesforce does not say whether it sent the requested mail: it counts as sent', async () => {
  onMail = unanswered;
  await inviteTrainer(deps, requested);
  await inviteTrainer(deps, requested);
  assert.equal(mails.length, 1);
});

test('Salesforce refuses the requested mail: the job fails, and its next attempt mails', async () => {
  onMail = refuse;
  await assert.rejects(inviteTrainer(deps, requested), /try later/);
  onMail = () => Promise.resolve(void mails.push(now));
  await inviteTrainer(deps, requested);
  assert.equal(mails.length, 1);
});

test('an invitation whose note fails or is refused is not mailed again, and is noted later', async () => {
  for (const failing of [
    () => Promise.reject<RowResult[]>(new SalesforceError('unreachable', 'away')),
    () => Promise.resolve([{ id: undefined, success: false, errors: [{ code: 'X', message: 'no', fields: [] }] }]),
  ]) {
    mails = [];
    onNote = failing;
    await inviteTrainer(deps, booking).catch(() => undefined);
    await inviteTrainer(deps, booking).catch(() => undefined);
    assert.equal(mails.length, 1);
    later(25 * HOUR_MS);
  }
  onNote = noted;
  await inviteTrainer(deps, booking);
  assert.deepEqual([mails.length, record.reminderCount], [2, 3]);
});

test('Salesforce does not say whether it sent the invitation: it counts as sent; refused, it does not', async () => {
  onMail = unanswered;
  await inviteTrainer(deps, booking);
  await inviteTrainer(deps, booking);
  assert.deepEqual([mails.length, record.reminderCount], [1, 1]);
  later(25 * HOUR_MS);
  onMail = refuse;
  await assert.rejects(inviteTrainer(deps, booking), /try later/);
  onMail = () => Promise.resolve(void mails.push(now));
  await inviteTrainer(deps, booking);
  assert.deepEqual([mails.length, record.reminderCount], [2, 2]);
});

test('a reminder that was mailed a minute ago and is not on the record yet: no invitation', async () => {
  const { db } = database;
  const run = { trainerId: MEI, runId: '00000000-0000-4000-8000-000000000001', countThen: 1, before: undefined };
  await intend(deps, run);
  await settle(db, MEI);
  later(60_000);
  await inviteTrainer(deps, booking);
  assert.equal(mails.length, 0);
});

test('a reminder run that read the trainer before the invitation was mailed: it does not mail', async () => {
  const before = (await remembered(database.db, [MEI])).get(MEI);
  await inviteTrainer(deps, booking);
  const run = { trainerId: MEI, runId: '00000000-0000-4000-8000-000000000001', countThen: 1, before };
  assert.deepEqual([mails.length, await intend(deps, run)], [1, false]);
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((go) => setImmediate(go));
}
