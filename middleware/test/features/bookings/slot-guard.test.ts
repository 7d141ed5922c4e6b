import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { AppError } from '../../../src/core/errors.ts';
import type { OpenDatabase } from '../../../src/storage/open-database.ts';
import { openMemoryDatabase } from '../../kit/memory-database.ts';
import { noAnswer, unreachable } from './fake-salesforce.ts';
import { createPassKit, RAJ, type PassKit } from './pass-kit.ts';

let database: OpenDatabase;
let kit: PassKit;
before(async () => {
  database = await openMemoryDatabase();
});
after(() => database.close());
beforeEach(async () => {
  kit = createPassKit(database.db);
  await kit.clear();
});

const book: PassKit['book'] = (...asked) => kit.book(...asked);

const codeOf = (code: string) => (error: AppError) => error.code === code;
const heldBy = async () => {
  const rows = await database.db.selectFrom('slot_hold').selectAll().execute();
  return rows.map(({ state, booking_id }) => [state, booking_id]);
};

test('The slot of a booking whose answer was lost is not given away when its hold has lapsed', async () => {
  kit.salesforce.failNext('trainer', noAnswer(), true);
  kit.salesforce.failNext('bookings', unreachable());
  await assert.rejects(book({}, 'key'), { failure: 'unknown-outcome' });
  const [id = ''] = kit.salesforce.bookings.keys();
  kit.clock.advance(2 * 60_000);
  await assert.rejects(book({ merchantId: 'M-2', startTime: '10:30', endTime: '11:30' }), codeOf('slot_taken'));
  assert.deepEqual([kit.salesforce.bookings.size, await heldBy()], [1, [['booked', id]]]);
  // The merchant who was never answered asks again.
  const { isNew, booking } = await book({}, 'key');
  assert.deepEqual([isNew, booking.bookingId], [false, id]);
  assert.equal((await kit.reconcile(id)).booking.syncStatus, 'Synced');
});

test('A booking made in Salesforce keeps its time before anybody has told us of it', async () => {
  const id = kit.addBooking({ Merchant_Reference__c: 'M-9' });
  await assert.rejects(book({}, 'key'), codeOf('slot_taken'));
  assert.deepEqual([kit.salesforce.bookings.size, await heldBy()], [1, [['booked', id]]]);
  assert.equal((await kit.reconcile(id)).booking.syncStatus, 'Synced');
  assert.equal((await book({ startTime: '11:00', endTime: '12:00' }, 'key')).isNew, true, 'the key is free again');
});

test('What is cancelled, over or has no slot itself is in nobody’s way', async () => {
  kit.addBooking({ Status__c: 'Cancelled' });
  kit.addBooking({ Status__c: 'Completed' });
  kit.addBooking({ Sync_Status__c: 'Conflict' });
  kit.addBooking({ Trainer__c: RAJ });
  kit.addBooking({ Start__c: '2026-11-24T03:00:00.000Z', End__c: '2026-11-24T04:00:00.000Z' });
  assert.equal((await book()).isNew, true);
});

test('What was in the way and has gone is asked about once more', async () => {
  const id = kit.addBooking({ Merchant_Reference__c: 'M-9' });
  const { records } = kit.deps;
  kit.deps.records = {
    ...records,
    query: (query) => {
      kit.salesforce.edit(id, { Status__c: 'Cancelled' });
      return records.query(query);
    },
  };
  assert.equal((await book()).isNew, true);
});

test('When Salesforce shows no bookings at all, a hold whose booking is not shown is not given away', async () => {
  const { booking } = await book();
  const rows = new Map(kit.salesforce.bookings);
  kit.salesforce.bookings.clear();
  await assert.rejects(book({ merchantId: 'M-2' }), codeOf('salesforce_unavailable'));
  await assert.rejects(book(), codeOf('salesforce_unavailable'));
  assert.deepEqual(await heldBy(), [['booked', booking.bookingId]]);
  for (const [id, row] of rows) kit.salesforce.bookings.set(id, row);
  await assert.rejects(book({ merchantId: 'M-2' }), codeOf('slot_taken'));
});
