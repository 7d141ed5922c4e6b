import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { AppError } from '../../../src/core/errors.ts';
import { enqueueMirror, mirrorMerchant, type MirrorDeps } from '../../../src/features/bookings/mirror-merchant.ts';
import { createMirrorSettings } from '../../../src/features/bookings/mirror-settings.ts';
import type { EnqueueOptions, JobDefinition } from '../../../src/queue/queue.ts';
import { SalesforceError, type Row, type RowResult, type Soql } from '../../../src/salesforce/records.ts';
import type { OpenDatabase } from '../../../src/storage/open-database.ts';
import { takeLease } from '../../../src/storage/lease.ts';
import { openMemoryDatabase } from '../../kit/memory-database.ts';

const SHOP = '001000000000AbCAAU';
/** Differs from it in capitals only. */
const OTHER_SHOP = '001000000000ABCAA2';
const setting = { object: 'Account', linkField: 'Link__c', statusField: 'Status__c' };
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const now = new Date('2026-11-21T00:00:00Z');

let database: OpenDatabase;
let bookings: Row[];
let writes: Row[];
let lines: Row[];
/** What Salesforce answers to the next writes instead of taking them. */
let answers: (SalesforceError | RowResult['errors'])[];
let deps: MirrorDeps;

before(async () => {
  database = await openMemoryDatabase();
});
after(() => database.close());
beforeEach(async () => {
  await database.db.deleteFrom('mirror_memory').execute();
  [bookings, writes, lines, answers] = [[], [], [], []];
  deps = {
    db: database.db,
    now: () => now,
    log: silent,
    mirrorSettings: () => Promise.resolve([setting]),
    records: {
      // The latest first, as it is asked for.
      query: <T extends Row>() => Promise.resolve(bookings.toReversed() as T[]),
      queryAll: <T extends Row>() => Promise.resolve([] as T[]),
      update: (_object, rows) => {
        const answer = answers.shift();
        if (answer instanceof SalesforceError) return Promise.reject(answer);
        if (!answer) writes.push(...rows);
        return Promise.resolve(rows.map(() => ({ id: undefined, success: !answer, errors: answer ?? [] })));
      },
      upsert: (_object, _key, rows) => {
        lines.push(...rows);
        return Promise.resolve(rows.map(() => ({ id: undefined, success: true, errors: [] })));
      },
    },
  };
});

function addBooking(number: number, fields: Row = {}): string {
  const Id = `a0B00000000000${number}EAA`;
  bookings.push({
    Id,
    Merchant_Reference__c: SHOP,
    Start__c: `2026-11-2${number}T02:00:00.000Z`,
    End__c: `2026-11-2${number}T03:00:00.000Z`,
    Status__c: 'Confirmed',
    Remote_Training_Meeting_Link__c: `https://meet.example/${number}`,
    Meeting_Link_Status__c: 'Ready',
    Revision__c: 1,
    ...fields,
  });
  return Id;
}
const mirror = (bookingId = 'a0B000000000002EAA') => mirrorMerchant(deps, { recordId: SHOP, bookingId });
const shown = () => writes.map(({ Link__c, Status__c }) => [Link__c, Status__c]);

test('The next training is shown; finished, cancelled and onsite ones do not hide it, and nothing is written twice', async () => {
  addBooking(0, { Status__c: 'Completed', End__c: '2026-11-20T03:00:00.000Z' });
  addBooking(2, { Status__c: 'Cancelled', Meeting_Link_Status__c: 'Not Needed' });
  addBooking(3, { Meeting_Link_Status__c: 'Not Needed', Remote_Training_Meeting_Link__c: null });
  addBooking(4);
  addBooking(5);
  await mirror();
  await mirror();
  assert.deepEqual(shown(), [['https://meet.example/4', 'Ready']]);
  bookings.splice(3);
  await mirror();
  assert.deepEqual(shown()[1], [null, 'Not Needed'], 'when none is to come, the last one as it stands');
});

test('The id of a record in its short form means it; one that differs in capitals is another', async () => {
  addBooking(2, { Merchant_Reference__c: OTHER_SHOP.slice(0, 15) });
  addBooking(3, { Merchant_Reference__c: SHOP.slice(0, 15) });
  await mirror();
  assert.deepEqual(shown(), [['https://meet.example/3', 'Ready']]);
});

test('What may pass is thrown and remembered as nothing: no answer, a locked row, a record that is being written', async () => {
  addBooking(2);
  answers = [
    new SalesforceError('unknown-outcome', 'no answer'),
    [{ code: 'UNABLE_TO_LOCK_ROW', message: 'unable to obtain exclusive access', fields: [] }],
  ];
  await assert.rejects(mirror(), /no answer/);
  await assert.rejects(mirror(), /exclusive access/);
  const lease = { name: `mirror-merchant:${SHOP}`, owner: 'somebody', durationMs: 1_000 };
  await takeLease(deps, lease);
  await assert.rejects(mirror(), (error: AppError) => error.code === 'request_in_progress' && error.retryable);
  await database.db.deleteFrom('lease').execute();
  assert.deepEqual([lines, writes], [[], []]);
  await mirror();
  assert.deepEqual(shown(), [['https://meet.example/2', 'Ready']]);
});

test('Settings that cannot be read are not taken for none', async () => {
  let isDown = true;
  const reads: Soql[] = [];
  const query = <T extends Row>(text: Soql) => {
    reads.push(text);
    if (isDown) return Promise.reject(new SalesforceError('unreachable', 'down'));
    return Promise.resolve([{ Object__c: 'Account', Link_Field__c: 'Link__c', Status_Field__c: null }] as Row[] as T[]);
  };
  const settings = createMirrorSettings({ records: { query }, now: () => now, log: silent });
  await assert.rejects(settings(), /down/);
  isDown = false;
  const known = [{ object: 'Account', linkField: 'Link__c', statusField: undefined }];
  assert.deepEqual([await settings(), await settings()], [known, known]);
  assert.equal(reads.length, 2);
});

test('A refusal is told once on the timeline of the training that should be shown, and once more on the next one’s', async () => {
  const refused = () => [{ code: 'INVALID_FIELD', message: 'No such field.', fields: [] }];
  const first = addBooking(2);
  const second = addBooking(3);
  answers = [refused(), refused(), refused()];
  await mirror();
  await mirror();
  bookings[0] = { ...bookings[0], Status__c: 'Completed' };
  await mirror();
  assert.deepEqual(
    lines.map(({ Booking__c, Step__c, Outcome__c }) => [Booking__c, Step__c, Outcome__c]),
    [first, second].map((id) => [id, 'Mirror', 'failed']),
  );
  assert.match(String(lines[0]?.Message__c), /No such field/);
  await mirror();
  assert.deepEqual(shown(), [['https://meet.example/3', 'Ready']], 'what was refused is tried again');
});

test('A record is emptied when its training is gone, not when no booking can be seen', async () => {
  const id = addBooking(2);
  await mirror();
  bookings = [];
  await assert.rejects(mirror(id), /shows no booking at all/);
  assert.equal(writes.length, 1);
  deps.records.queryAll = <T extends Row>() => Promise.resolve([{ Id: id }] as Row[] as T[]);
  await mirror(id);
  assert.deepEqual(shown()[1], [null, null]);
});

test('A job for the record of a booking waits before its results are saved, and one runs after; so for a record that it leaves', async () => {
  const jobs: unknown[][] = [];
  const queue = {
    enqueue: <T>({ name }: JobDefinition<T>, data: T, options?: EnqueueOptions) =>
      Promise.resolve(void jobs.push([name, data, options])),
  };
  const id = addBooking(2);
  await enqueueMirror({ db: database.db, queue }, { id, merchantReference: 'M-1' }, { isSaved: true });
  assert.deepEqual(jobs, []);
  const booking = { id, merchantReference: SHOP.slice(0, 15) };
  const data = { recordId: SHOP, bookingId: id };
  await enqueueMirror({ db: database.db, queue }, booking, { isSaved: false });
  await enqueueMirror({ db: database.db, queue }, booking, { isSaved: true });
  assert.deepEqual(jobs.splice(0), [
    ['mirror-merchant', data, { key: `net:${SHOP}`, startAfterSeconds: 60 }],
    ['mirror-merchant', data, { key: SHOP }],
  ]);
  await mirror();
  await enqueueMirror({ db: database.db, queue }, { id, merchantReference: undefined }, { isSaved: true });
  assert.deepEqual(jobs, [['mirror-merchant', data, { key: SHOP }]]);
});
