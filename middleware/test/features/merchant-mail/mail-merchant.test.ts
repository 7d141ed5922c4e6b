import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { Booking } from '../../../src/core/booking.ts';
import { noStep } from '../../../src/core/runtime.ts';
import type { Trainer } from '../../../src/core/trainer.ts';
import { mailMerchant, type MailMerchantDeps } from '../../../src/features/merchant-mail/mail-merchant.ts';
import { SalesforceError, type Mail, type Row } from '../../../src/salesforce/records.ts';
import type { OpenDatabase } from '../../../src/storage/open-database.ts';
import { openMemoryDatabase } from '../../kit/memory-database.ts';
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
let mails: Mail[];
let lines: Row[];
let sendMail: (mail: Mail) => Promise<void>;
let deps: MailMerchantDeps;

before(async () => {
  database = await openMemoryDatabase();
});
after(() => database.close());
beforeEach(async () => {
  await database.db.deleteFrom('merchant_mail').execute();
  [mails, lines] = [[], []];
  deps = {
    db: database.db,
    now: () => NOW,
    log: silentLog,
    step: noStep,
    publicUrl: 'https://trainers.example',
    linkSecret: 'secret',
    readBooking: () => Promise.resolve(booking),
    findTrainer: () => Promise.resolve({ id: booking.trainerId, name: 'Mei' } as Trainer),
    records: {
      query: () => Promise.resolve([]),
      upsert: (_object, _key, rows) => {
        lines.push(...rows);
        return Promise.resolve(rows.map(() => ({ id: undefined, success: true, errors: [] })));
      },
      sendMail: (mail) => sendMail(mail),
    },
  };
});
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
  sendMail = (mail) => Promise.resolve(void mails.push(mail));
  await mailMerchant(deps, { bookingId: booking.id });
  assert.equal(mails.length, 2);
  assert.doesNotMatch(String(lines[0]?.['Message__c']), /did not say/);
});
