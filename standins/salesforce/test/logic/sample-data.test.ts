import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { DateTime, IANAZone } from 'luxon';
import { findPackageFiles, readPackageFields } from './package-schema.ts';
import { FORCE_APP } from './save-contexts.ts';

interface TreeRecord {
  attributes: { type: string; referenceId: string };
  [field: string]: unknown;
}
interface SampleUser {
  username: string;
  email: string;
  alias: string;
  timeZone: string;
  language: string;
  isActive: boolean;
  permissionSets: string[];
  groups: string[];
  trainer?: string;
}

const readJson = (file: string): unknown => JSON.parse(fs.readFileSync(path.join(FORCE_APP, '../data', file), 'utf8'));
const readTree = (file: string): TreeRecord[] => (readJson(file) as { records: TreeRecord[] }).records;
const text = (record: TreeRecord, field: string): string => {
  const value = record[field];
  return typeof value === 'string' ? value : '';
};

const trainers = readTree('trainers.json');
const bookings = readTree('bookings.json');
const accounts = readTree('accounts.json');
const { users } = readJson('users.json') as { users: SampleUser[] };
const trainerOf = (booking: TreeRecord): TreeRecord => {
  const trainer = trainers.find(({ attributes }) => `@${attributes.referenceId}` === booking.Trainer__c);
  assert.ok(trainer, `${booking.attributes.referenceId} has no trainer`);
  return trainer;
};

test('the plan imports the three files, and every reference leads to an earlier record', () => {
  const plan = readJson('sample-data-plan.json') as { sobject: string; files: string[] }[];
  const known = new Set<string>();
  for (const { sobject, files } of plan) {
    for (const record of files.flatMap(readTree)) {
      assert.equal(record.attributes.type, sobject);
      for (const value of Object.values(record)) {
        if (typeof value === 'string' && value.startsWith('@')) assert.ok(known.has(value.slice(1)), value);
      }
    }
    for (const record of files.flatMap(readTree)) {
      assert.ok(!known.has(record.attributes.referenceId), `${record.attributes.referenceId} twice`);
      known.add(record.attributes.referenceId);
    }
  }
  assert.deepEqual([accounts.length, trainers.length, bookings.length], [8, 12, 30]);
});

test('custom fields exist, and no booking brings results that only the middleware writes', () => {
  const fields = readPackageFields();
  for (const record of [...trainers, ...bookings]) {
    for (const name of Object.keys(record).filter((key) => key.endsWith('__c'))) {
      assert.ok(fields.has(`${record.attributes.type}.${name}`), name);
      assert.doesNotMatch(name, /^(Lark_|Sync|Revision|Meeting_Link|Remote_|Idempotency)/);
    }
  }
});

test('merchants of bookings are accounts, by their number', () => {
  const numbers = new Map(accounts.map((account) => [text(account, 'AccountNumber'), text(account, 'Name')]));
  for (const booking of bookings) {
    assert.equal(numbers.get(text(booking, 'Merchant_Reference__c')), booking.Merchant_Name__c);
  }
});

test('trainers have addresses in a reserved domain, a real time zone and working hours; one is inactive', () => {
  for (const trainer of trainers) {
    assert.match(text(trainer, 'Email__c'), /@example\.com$/);
    assert.ok(IANAZone.isValidZone(text(trainer, 'Time_Zone__c')));
    assert.ok(text(trainer, 'Work_Day_Start__c') < text(trainer, 'Work_Day_End__c'));
  }
  assert.equal(trainers.filter(({ Active__c }) => Active__c === false).length, 1);
  assert.equal(new Set(trainers.map(({ Email__c }) => Email__c)).size, trainers.length);
});

test('no two bookings of a trainer overlap unless one is cancelled', () => {
  const kept = bookings.filter(({ Status__c }) => Status__c !== 'Cancelled');
  for (const [index, one] of kept.entries()) {
    assert.ok(text(one, 'Start__c') < text(one, 'End__c'));
    for (const other of kept.slice(index + 1)) {
      if (one.Trainer__c !== other.Trainer__c) continue;
      const apart = text(one, 'End__c') <= text(other, 'Start__c') || text(other, 'End__c') <= text(one, 'Start__c');
      assert.ok(apart, `${one.attributes.referenceId} and ${other.attributes.referenceId}`);
    }
  }
});

test('bookings lie on work days, start within the working hours and end at most an hour after them', () => {
  for (const booking of bookings) {
    const trainer = trainerOf(booking);
    const zone = text(trainer, 'Time_Zone__c');
    const start = DateTime.fromISO(text(booking, 'Start__c'), { zone });
    const end = DateTime.fromISO(text(booking, 'End__c'), { zone });
    const [hour = 0, minute = 0] = text(trainer, 'Work_Day_End__c').split(':').map(Number);
    const name = booking.attributes.referenceId;
    assert.ok(text(trainer, 'Work_Days__c').split(';').includes(start.setLocale('en').toFormat('ccc')), name);
    assert.ok(start.toFormat('HH:mm') >= text(trainer, 'Work_Day_Start__c'), name);
    assert.ok(end <= start.set({ hour, minute }).plus({ hours: 1 }), name);
  }
});

test('the anchor is a Monday; before its week everything is over, after it something is to come', () => {
  const { anchor } = readJson('anchor.json') as { anchor: string };
  const monday = DateTime.fromISO(anchor, { zone: 'utc' });
  assert.equal(monday.weekday, 1);
  for (const booking of bookings) {
    const isOver = ['Completed', 'Cancelled'].includes(text(booking, 'Status__c'));
    if (DateTime.fromISO(text(booking, 'End__c')) < monday) assert.ok(isOver, booking.attributes.referenceId);
    else assert.notEqual(booking.Status__c, 'Completed', booking.attributes.referenceId);
  }
  assert.ok(bookings.some((booking) => DateTime.fromISO(text(booking, 'Start__c')) > monday.plus({ weeks: 1 })));
});

test('the sample shows every status, service type and booking type', () => {
  const shown = (field: string) => [...new Set(bookings.map((booking) => text(booking, field)))].toSorted();
  assert.deepEqual(shown('Status__c'), ['Cancelled', 'Completed', 'Confirmed', 'Requested']);
  assert.deepEqual(shown('Service_Type__c'), ['Onsite', 'Remote']);
  assert.deepEqual(shown('Booking_Type__c'), ['Go Live', 'Installation', 'Training']);
});

test('users have unique names and the sets and groups of our package; ten of them are trainers', () => {
  const sets = findPackageFiles('.permissionset-meta.xml').map((file) =>
    path.basename(file, '.permissionset-meta.xml'),
  );
  const groups = findPackageFiles('.group-meta.xml').map((file) => path.basename(file, '.group-meta.xml'));
  for (const user of users) {
    assert.deepEqual(
      user.permissionSets.filter((set) => !sets.includes(set)),
      [],
      user.username,
    );
    assert.deepEqual(
      user.groups.filter((group) => !groups.includes(group)),
      [],
      user.username,
    );
    assert.match(user.username, /@trainer-connect\.example$/);
    assert.ok(user.alias.length <= 8, user.alias);
    assert.ok(IANAZone.isValidZone(user.timeZone));
  }
  for (const key of ['username', 'alias', 'email'] as const) {
    assert.equal(new Set(users.map((user) => user[key])).size, users.length, key);
  }
  const withTrainer = users.filter(({ trainer }) => trainer !== undefined);
  assert.equal(new Set(withTrainer.map(({ trainer }) => trainer)).size, 10);
  for (const user of withTrainer) {
    const trainer = trainers.find(({ attributes }) => attributes.referenceId === user.trainer);
    assert.equal(trainer?.Email__c, user.email);
    assert.equal(trainer.Active__c, user.isActive);
  }
  assert.deepEqual(
    ['fr', 'zh_CN'].map((language) => users.filter((user) => user.language === language).length),
    [1, 1],
  );
});
