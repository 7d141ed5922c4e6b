import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import type { Booking } from '../../../src/core/booking.ts';
import { noStep } from '../../../src/core/runtime.ts';
import type { Trainer } from '../../../src/core/trainer.ts';
import { mailInTime } from '../../../src/features/merchant-mail/mail-in-time.ts';
import {
  announceBooking,
  mailMerchant,
  mailMerchantJob,
  type MailMerchantDeps,
} from '../../../src/features/merchant-mail/mail-merchant.ts';
import { createPgBossQueue } from '../../../src/queue/pg-boss-queue.ts';
import { SalesforceError, type Mail, type Row } from '../../../src/salesforce/records.ts';
import type { OpenDatabase } from '../../../src/storage/open-database.ts';
import { openMemoryDatabase } from '../../kit/memory-database.ts';
import { until } from '../../kit/world.ts';
import { silentLog } from '../../tokens/kit.ts';

const NOW = new Date('2027-03-01T06:50:00Z');
const inHours = (count: number) => new Date(NOW.getTime() + count * 3_600_000);
const booking: Booking = {
  id: 'a0BTC0000000001YAA',
  name: 'TB-00001',
  trainerId: 'a0TTC0000000001YAA',
  merchantReference: undefined,
  merchantName: 'Shop',
  contactName: 'Li',
  contactEmail: 'li@shop.example',
  start: inHours(24),
  end: inHours(25),
  timeZone: 'Asia/Singapore',
  serviceType: 'Remote',
  bookingType: 'Training',
  status: 'Confirmed',
  storeAddress: undefined,
  notes: undefined,
  meetingLink: 'https://vc.example/r1',
  meetingLinkStatus: 'Ready',
  meetingLinkSource: 'Lark Reservation',
  syncStatus: 'Synced',
  syncKey: undefined,
  revision: 1,
  syncedRevision: 1,
};

let database: OpenDatabase;
/** As Salesforce has it. */
let standing: Booking;
let mails: Mail[];
let lines: Row[];
let sendMail: (mail: Mail) => Promise<void>;
let deps: MailMerchantDeps;

before(async () => {
  database = await openMemoryDatabase();
});
after(() => database.close());
const loseDatabase = () => database.db.deleteFrom('merchant_mail').execute();
beforeEach(async () => {
  await loseDatabase();
  [mails, lines, standing] = [[], [], booking];
  sendMail = taken;
  deps = {
    db: database.db,
    now: () => NOW,
    log: silentLog,
    step: noStep,
    publicUrl: 'https://trainers.example',
    linkSecret: 'secret',
    readBooking: () => Promise.resolve(standing),
    findTrainer: () => Promise.resolve({ id: booking.trainerId, name: 'Mei' } as Trainer),
    records: {
      query: <T extends Row>() => Promise.resolve(lines.slice(-1) as T[]),
      upsert: (_object, _key, rows) => {
        lines.push(...rows);
        return Promise.resolve(rows.map(() => ({ id: undefined, success: true, errors: [] })));
      },
      sendMail: (mail) => sendMail(mail),
    },
  };
});
const taken = (mail: Mail) => Promise.resolve(void mails.push(mail));
const failing = (failure: 'unknown-outcome' | 'busy') => (mail: Mail) => {
  mails.push(mail);
  return Promise.reject(new SalesforceError(failure, 'no'));
};

test('a mail that Salesforce does not answer counts as sent, and the timeline says that nobody knows', async () => {
  sendMail = failing('unknown-outcome');
  await mailMerchant(deps, { bookingId: booking.id });
  await mailMerchant(deps, { bookingId: booking.id });
  assert.equal(mails.length, 1);
  assert.deepEqual(
    lines.map(({ Outcome__c }) => Outcome__c),
    ['created'],
  );
  assert.match(String(lines[0]?.['Message__c']), /did not say whether this mail was sent/);
});

test('a mail that Salesforce does not take is tried again', async () => {
  sendMail = failing('busy');
  await assert.rejects(mailMerchant(deps, { bookingId: booking.id }), SalesforceError);
  assert.deepEqual(lines, []);
  sendMail = taken;
  await mailMerchant(deps, { bookingId: booking.id });
  assert.equal(mails.length, 2);
  assert.doesNotMatch(String(lines[0]?.['Message__c']), /did not say/);
});

test('when the database was lost, the timeline says what was told: nothing twice, and whatever has changed since', async () => {
  const subjects = () => mails.map(({ subject }) => subject.split(':')[0]);
  const tell = async (change: Partial<Booking>) => {
    await loseDatabase();
    standing = { ...standing, ...change, syncedRevision: change.revision ?? standing.revision };
    await mailMerchant(deps, { bookingId: booking.id });
    return subjects();
  };
  const waits = { meetingLink: undefined, meetingLinkStatus: 'Pending Trainer Setup' } as const;
  assert.deepEqual(await tell(waits), ['Booked']);
  assert.deepEqual(await tell({}), ['Booked']);
  // A link changes no revision.
  assert.deepEqual((await tell({ meetingLink: 'https://vc.example/r1', meetingLinkStatus: 'Ready' })).slice(1), [
    'Changed',
  ]);
  assert.deepEqual((await tell({ start: inHours(48), end: inHours(49), revision: 2 })).slice(2), ['Changed']);
  assert.deepEqual((await tell({ notes: 'new', revision: 3 })).slice(3), []);
  assert.deepEqual((await tell({ contactEmail: 'wang@shop.example', revision: 4 })).slice(3), ['Booked']);
  assert.deepEqual((await tell({ status: 'Cancelled', revision: 5 })).slice(4), ['Cancelled']);
  assert.deepEqual((await tell({ revision: 6 })).slice(5), []);
  assert.deepEqual((await tell({ status: 'Confirmed', revision: 7 })).slice(5), ['Booked']);
});

test('a cancellation of which the database knows nothing is looked into; one that was told is not', async () => {
  const enqueued: unknown[] = [];
  const queue = { enqueue: (_job: unknown, data: unknown) => Promise.resolve(void enqueued.push(data)) };
  const announce = () => announceBooking({ ...deps, queue }, standing, { isSaved: true });
  standing = { ...booking, status: 'Cancelled' };
  await announce();
  assert.deepEqual(enqueued, [{ bookingId: booking.id }]);
  standing = booking;
  await mailMerchant(deps, { bookingId: booking.id });
  standing = { ...booking, status: 'Cancelled' };
  await mailMerchant(deps, { bookingId: booking.id });
  await announce();
  assert.equal(enqueued.length, 1);
});

/** The queue as it is, except that nobody waits: each attempt comes at once and is the last of its job. */
async function withQueue(
  work: (queue: ReturnType<typeof createPgBossQueue>, hurry: () => Promise<void>) => Promise<void>,
) {
  const queue = createPgBossQueue({ database, log: silentLog });
  queue.work(mailMerchantJob, (job, context) => mailInTime({ ...deps, queue, isOn: true }, job, context));
  await queue.start();
  const hurry = async () => {
    await sql`update pgboss.job set start_after = now(), retry_count = retry_limit
      where name = 'merchant-mail' and state in ('created', 'retry')`.execute(database.db);
  };
  try {
    await work(queue, hurry);
  } finally {
    await queue.stop(2_000);
  }
}

test('Salesforce is away for longer than all attempts of a job: no mail is given up, and then it is sent once', async () => {
  await withQueue(async (queue, hurry) => {
    let refused = 0;
    sendMail = () => Promise.reject(new SalesforceError('unreachable', `away ${++refused}`));
    await queue.enqueue(mailMerchantJob, { bookingId: booking.id }, { key: booking.id });
    await until(async () => {
      await hurry();
      const [given] = await queue.deadLetters({ limit: 1 });
      assert.equal(given, undefined);
      return refused >= 4;
    }, 'the attempts');
    sendMail = taken;
    await until(async () => {
      await hurry();
      return mails.length > 0;
    }, 'the mail');
    await until(async () => (await queue.waitingKeys(mailMerchantJob)).size === 0, 'the end');
    assert.equal(mails.length, 1);
    assert.deepEqual(await queue.deadLetters({ limit: 1 }), []);
  });
});

test("the org's mails of the day are used up: one try an hour, and none after the training", async () => {
  const enqueued: { data: unknown; options: unknown }[] = [];
  const enqueue = (_job: unknown, data: unknown, options: unknown) =>
    Promise.resolve(void enqueued.push({ data, options }));
  const mail = () =>
    mailInTime({ ...deps, queue: { enqueue }, isOn: true }, { bookingId: booking.id }, { lastAttempt: false });
  sendMail = () => Promise.reject(new SalesforceError('busy', 'no', { code: 'SINGLE_EMAIL_LIMIT_EXCEEDED' }));
  await mail();
  assert.deepEqual(enqueued, [
    { data: { bookingId: booking.id }, options: { key: `later:${booking.id}`, startAfterSeconds: 3_600 } },
  ]);
  standing = { ...booking, start: inHours(-2), end: inHours(-1) };
  await mail();
  assert.equal(enqueued.length, 1);
});

test('a mail that Salesforce refuses is given up, and one that may still go through is left to the queue first', async () => {
  const queue = { enqueue: () => assert.fail('nothing to enqueue') };
  const mail = (lastAttempt: boolean) =>
    mailInTime({ ...deps, queue, isOn: true }, { bookingId: booking.id }, { lastAttempt });
  sendMail = () => Promise.reject(new SalesforceError('refused', 'no', { code: 'INVALID_EMAIL_ADDRESS' }));
  await assert.rejects(mail(true), SalesforceError);
  sendMail = failing('busy');
  await assert.rejects(mail(false), SalesforceError);
});
