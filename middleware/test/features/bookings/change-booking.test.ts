import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { withBookingLease } from '../../../src/features/bookings/booking-lease.ts';
import { cancelBooking } from '../../../src/features/bookings/cancel-booking.ts';
import { changeBooking } from '../../../src/features/bookings/change-booking.ts';
import { changeBookingBody, meetingLinkBody, timeAfter } from '../../../src/features/bookings/change-request.ts';
import { rebuildHolds } from '../../../src/features/bookings/rebuild-holds.ts';
import { waitUntil } from '../../../src/features/bookings/wait-until.ts';
import { parse } from '../../../src/http/validate.ts';
import type { OpenDatabase } from '../../../src/storage/open-database.ts';
import { openMemoryDatabase } from '../../kit/memory-database.ts';
import { noAnswer, unreachable } from './fake-salesforce.ts';
import { createPassKit, MEI, RAJ, type PassKit } from './pass-kit.ts';

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

const cause = { actor: 'test', requestId: 'request' };
const change = (id: string, body: object) =>
  changeBooking(kit.deps, { bookingId: id, body: parse(changeBookingBody, body), ...cause });
const cancel = (id: string) => cancelBooking(kit.deps, { bookingId: id, ...cause });
const holds = () => database.db.selectFrom('slot_hold').selectAll().orderBy('starts_at').execute();

test('A training moved by half an hour keeps what it has of its slot, and its link', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  const link = kit.row(id).Remote_Training_Meeting_Link__c;
  const answer = await change(id, { startTime: '10:30' });
  assert.deepEqual(
    [answer.start, answer.end, answer.meetingLink, answer.syncStatus],
    ['2026-11-24T02:30:00.000Z', '2026-11-24T03:30:00.000Z', link, 'Synced'],
  );
  assert.deepEqual(
    (await holds()).map(({ state, starts_at, ends_at }) => [state, starts_at.toISOString(), ends_at.toISOString()]),
    [['booked', '2026-11-24T02:30:00.000Z', '2026-11-24T03:30:00.000Z']],
  );
  assert.equal([...kit.lark.events.values()][0]?.start.toISOString(), '2026-11-24T02:30:00.000Z');
  assert.ok(kit.salesforce.outcomes().includes('Booking: changed'));
  assert.deepEqual(kit.woken, [MEI]);
});

test('What is asked for already changes nothing and answers the same', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  const first = await change(id, { date: '2026-11-25', notes: 'Bring the till' });
  const calls = kit.lark.calls.length;
  const saves = () => kit.salesforce.calls.filter(({ name }) => name.endsWith('booking+row')).length;
  const before = saves();
  assert.deepEqual(await change(id, { date: '2026-11-25', notes: 'Bring the till' }), first);
  assert.equal(kit.lark.calls.length, calls);
  assert.deepEqual([before, saves()], [1, 1]);
});

test('A taken slot is refused with other times; slot, booking and event stay', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  const other = kit.addBooking({
    Merchant_Reference__c: 'M-2',
    Start__c: '2026-11-24T04:00:00.000Z',
    End__c: '2026-11-24T05:00:00.000Z',
  });
  await kit.reconcile(other);
  const before = await holds();
  await assert.rejects(change(id, { startTime: '11:30' }), { code: 'slot_taken' });
  assert.deepEqual(await holds(), before);
  assert.equal(kit.row(id).Start__c, '2026-11-24T02:00:00.000Z');
});

test('When Salesforce refuses the move the new slot is free again; when it may have moved it is kept for a while', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  kit.salesforce.failNext('row', unreachable());
  await assert.rejects(change(id, { startTime: '14:00' }), { failure: 'unreachable' });
  assert.equal((await holds()).length, 1);
  kit.salesforce.failNext('row', noAnswer());
  await assert.rejects(change(id, { startTime: '14:00' }), { failure: 'unknown-outcome' });
  assert.deepEqual(
    (await holds()).map(({ state }) => state),
    ['booked', 'tentative'],
  );
  // The answer was lost after the save: the row tells.
  kit.salesforce.failNext('row', noAnswer(), true);
  const answer = await change(id, { startTime: '14:00' });
  assert.equal(answer.start, '2026-11-24T06:00:00.000Z');
  assert.equal((await holds()).length, 1);
});

test('A move whose answer was lost keeps its new time when the hold has lapsed', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  kit.salesforce.failNext('row', noAnswer(), true);
  kit.salesforce.failNext('query', unreachable());
  await assert.rejects(change(id, { startTime: '14:00' }), { failure: 'unknown-outcome' });
  kit.clock.advance(2 * 60_000);
  const other = kit.addBooking({
    Merchant_Reference__c: 'M-2',
    Start__c: '2026-11-25T02:00:00.000Z',
    End__c: '2026-11-25T03:00:00.000Z',
  });
  await kit.reconcile(other);
  const before = await holds();
  await assert.rejects(change(other, { date: '2026-11-24', startTime: '14:30' }), { code: 'slot_taken' });
  assert.equal(kit.row(other).Start__c, '2026-11-25T02:00:00.000Z');
  assert.deepEqual(
    (await holds()).map(({ state, booking_id }) => [state, booking_id]),
    before.flatMap(({ state, booking_id }) => (state === 'booked' ? [[state, booking_id]] : [])),
  );
  assert.equal((await kit.reconcile(id)).booking.syncStatus, 'Synced');
});

test('A training is not moved onto one made in Salesforce of which nobody has told us', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  const unknown = kit.addBooking({
    Merchant_Reference__c: 'M-2',
    Start__c: '2026-11-24T04:00:00.000Z',
    End__c: '2026-11-24T05:00:00.000Z',
  });
  await assert.rejects(change(id, { startTime: '11:30' }), { code: 'slot_taken' });
  assert.equal(kit.row(id).Start__c, '2026-11-24T02:00:00.000Z');
  assert.deepEqual(
    (await holds()).map(({ booking_id }) => booking_id),
    [id, unknown],
  );
  assert.equal((await change(id, { startTime: '10:30' })).start, '2026-11-24T02:30:00.000Z', 'its own time is its own');
});

test('A crash right after the save: the next pass makes the held slot the booking’s and moves the event', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  kit.crashAt('change.saved');
  await change(id, { startTime: '10:30' }).catch(() => undefined);
  kit.clock.advance(61_000);
  await kit.reconcile(id);
  assert.equal(kit.row(id).Sync_Status__c, 'Synced');
  assert.deepEqual(
    (await holds()).map(({ state, booking_id }) => [state, booking_id]),
    [['booked', id]],
  );
});

test('Given to another trainer: their slot, their event; inactive trainers are refused', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  const answer = await change(id, { trainerId: RAJ });
  assert.deepEqual([answer.trainerId, answer.meetingLinkStatus], [RAJ, 'Ready']);
  assert.deepEqual(
    [...kit.lark.events.values()].map(({ owner }) => owner),
    [`lark:${RAJ}`],
  );
  Object.assign(kit.salesforce.trainers.get(MEI) ?? {}, { Active__c: false });
  await assert.rejects(change(id, { trainerId: MEI }), { code: 'trainer_inactive' });
  await change(id, { notes: 'The trainer stays' });
});

test('Cancelled twice is cancelled once; what is over or cancelled cannot be changed', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  const first = await cancel(id);
  assert.deepEqual(
    [first.status, first.meetingLink, first.message],
    ['Cancelled', null, 'This training is cancelled.'],
  );
  assert.deepEqual([kit.lark.events.size, kit.lark.reservations.size, (await holds()).length], [0, 0, 0]);
  assert.deepEqual(await cancel(id), first);
  await assert.rejects(change(id, { notes: 'x' }), { code: 'booking_cancelled' });
  const over = kit.addBooking({ Merchant_Reference__c: 'M-2', Status__c: 'Completed' });
  await assert.rejects(cancel(over), { code: 'booking_completed' });
  await assert.rejects(change(over, { notes: 'x' }), { code: 'booking_completed' });
  await assert.rejects(cancel('a0B00000000000099A'), { code: 'booking_not_found' });
});

test('Changes while somebody else works on the booking wait, and give up after a while', async () => {
  const id = kit.addBooking();
  await database.db
    .insertInto('lease')
    .values({ name: `booking:${id}`, owner: 'other', expires_at: new Date(kit.clock.now().getTime() + 60_000) })
    .execute();
  await assert.rejects(change(id, { notes: 'x' }), { code: 'request_in_progress' });
});

test('Parts of a time that are not given stay as the clock shows them', () => {
  const booking = {
    start: new Date('2027-03-27T09:00:00Z'),
    end: new Date('2027-03-27T10:30:00Z'),
    timeZone: 'Europe/Paris',
  };
  const now = new Date('2027-01-01T00:00:00Z');
  const moved = (body: object) => {
    const { start, end, timeZone } = timeAfter(body, booking, now);
    return [start.toISOString(), end.toISOString(), timeZone];
  };
  // The day after, the clocks have been put forward.
  assert.deepEqual(moved({ date: '2027-03-28' }), [
    '2027-03-28T08:00:00.000Z',
    '2027-03-28T09:30:00.000Z',
    'Europe/Paris',
  ]);
  assert.deepEqual(moved({ startTime: '11:00' }), [
    '2027-03-27T10:00:00.000Z',
    '2027-03-27T11:30:00.000Z',
    'Europe/Paris',
  ]);
  assert.deepEqual(moved({ endTime: '12:00' }), [
    '2027-03-27T09:00:00.000Z',
    '2027-03-27T11:00:00.000Z',
    'Europe/Paris',
  ]);
  assert.deepEqual(moved({ timeZone: 'Asia/Tokyo' }), [
    '2027-03-27T09:00:00.000Z',
    '2027-03-27T10:30:00.000Z',
    'Asia/Tokyo',
  ]);
  assert.throws(() => moved({ date: '2027-03-28', startTime: '02:30' }), { code: 'skipped_local_time' });
  assert.throws(() => moved({ endTime: '09:00' }), { code: 'end_before_start' });
  assert.throws(() => moved({ date: '2026-12-31' }), { code: 'start_in_past' });
});

test('Bodies say what is wrong with them', () => {
  assert.throws(() => parse(changeBookingBody, { status: 'Cancelled' }), /status: is not known here/);
  assert.deepEqual(parse(changeBookingBody, { notes: '', storeAddress: null }), { notes: null, storeAddress: null });
  assert.throws(() => parse(meetingLinkBody, { mode: 'manual', link: 'http://zoom.example/1' }), /begins with https/);
  assert.throws(() => parse(meetingLinkBody, { mode: 'again' }), /regenerate or manual/);
});

test('At start, holds follow bookings that were moved or cancelled meanwhile', async () => {
  const id = kit.addBooking();
  const gone = kit.addBooking({
    Merchant_Reference__c: 'M-2',
    Start__c: '2026-11-24T04:00:00.000Z',
    End__c: '2026-11-24T05:00:00.000Z',
  });
  await kit.reconcile(id);
  await kit.reconcile(gone);
  kit.salesforce.edit(id, { Start__c: '2026-11-24T04:00:00.000Z', End__c: '2026-11-24T05:00:00.000Z' });
  const rows = [{ ...kit.row(id) }];
  await rebuildHolds({ ...kit.deps, records: { query: <T>() => Promise.resolve(rows as T[]) } });
  assert.deepEqual(
    (await holds()).map(({ booking_id, starts_at }) => [booking_id, starts_at.toISOString()]),
    [[id, '2026-11-24T04:00:00.000Z']],
  );
});

test('A booking that becomes another merchant’s while its cancelling waits is not found any more, and stays', async () => {
  const id = kit.addBooking();
  const patient = { ...kit.deps, patience: { equalRequestMs: 60_000, effectsMs: 60_000 } };
  const reads = () => kit.salesforce.calls.length;
  const before = reads();
  let cancelling: Promise<unknown> | undefined;
  await withBookingLease(kit.deps, id, async () => {
    cancelling = cancelBooking(patient, { bookingId: id, merchantId: 'M-1', ...cause });
    cancelling.catch(() => undefined);
    await waitUntil(() => Promise.resolve(reads() > before || undefined), { timeoutMs: 10_000, everyMs: 5 });
    kit.row(id).Merchant_Reference__c = 'M-2';
  });
  await assert.rejects(cancelling ?? assert.fail(), { code: 'booking_not_found' });
  assert.equal(kit.row(id).Status__c, 'Confirmed');
});
