import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { AppError } from '../../../src/core/errors.ts';
import { bookTrainingBody, keyHashOf, requestHashOf } from '../../../src/features/bookings/booking-request.ts';
import { parse } from '../../../src/http/validate.ts';
import { SalesforceError, type Row } from '../../../src/salesforce/records.ts';
import type { OpenDatabase } from '../../../src/storage/open-database.ts';
import { openMemoryDatabase } from '../../kit/memory-database.ts';
import { noAnswer, unreachable } from './fake-salesforce.ts';
import { createPassKit, MEI, usualRequest, type PassKit } from './pass-kit.ts';

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
const holds = () => database.db.selectFrom('slot_hold').selectAll().execute();

test('A booking with everything at hand takes two calls to Salesforce and two to Lark', async () => {
  const { isNew, booking } = await book();
  assert.equal(isNew, true);
  assert.deepEqual(
    kit.salesforce.calls.map(({ name }) => name),
    ['free+trainer+booking+row', 'booking+events+timeline'],
  );
  assert.deepEqual(kit.lark.calls, ['reserve', 'createEvent']);
  assert.equal(booking.meetingLink, 'https://vc.example/r1');
  assert.equal(booking.meetingLinkStatus, 'Ready');
  assert.equal(booking.message, 'Your training is booked. The meeting link is ready.');
  assert.deepEqual(booking.calendarEvents, [{ provider: 'lark', eventId: 'e2', calendarId: `cal-lark:${MEI}` }]);
  assert.deepEqual(kit.steps.slice(0, 2), ['booking.inserted', 'reservation.intended']);
});

test('The same request with the same key answers with the same booking, also when its time has passed', async () => {
  const first = await book({}, 'key');
  kit.clock.advance(30 * 24 * 3_600_000);
  const second = await book({}, 'key');
  assert.deepEqual([second.isNew, second.booking], [false, first.booking]);
  assert.equal(kit.salesforce.bookings.size, 1);
});

test('A key used for another request is refused', async () => {
  await book({}, 'key');
  await assert.rejects(book({ startTime: '12:00', endTime: '13:00' }, 'key'), codeOf('idempotency_key_reused'));
  assert.equal(kit.salesforce.bookings.size, 1);
});

test('Equal requests at once make one booking, with a key and without', async () => {
  for (const key of ['key', undefined]) {
    const change = key === undefined ? { startTime: '14:00', endTime: '15:00' } : {};
    const answers = await Promise.all(Array.from({ length: 5 }, () => book(change, key)));
    assert.equal(answers.filter(({ isNew }) => isNew).length, 1);
    assert.equal(new Set(answers.map(({ booking }) => booking.bookingId)).size, 1);
  }
  assert.equal(kit.salesforce.bookings.size, 2);
});

test('Another merchant on a taken slot is refused and offered other ones', async () => {
  await book();
  const offer = { start: new Date('2026-11-24T04:00:00Z'), end: new Date('2026-11-24T05:00:00Z') };
  const offers = { slots: [offer], unknown: ['The calendar of Mei cannot be read.'], notes: ['A note.'] };
  kit.deps.nextFreeSlots = () => Promise.resolve(offers);
  await assert.rejects(book({ merchantId: 'M-2', startTime: '10:30', endTime: '11:30' }), (error: AppError) => {
    assert.equal(error.code, 'slot_taken');
    assert.match(error.message, /Tue 24 Nov 2026, 10:30–11:30 \(Asia\/Singapore\)/);
    assert.deepEqual(error.details?.nextSlots, [
      { start: '2026-11-24T04:00:00.000Z', end: '2026-11-24T05:00:00.000Z' },
    ]);
    assert.deepEqual([error.details.unknown, error.details.notes], [offers.unknown, offers.notes]);
    return true;
  });
});

test('A hold whose booking was cancelled in Salesforce does not keep the slot from others', async () => {
  const { booking } = await book();
  kit.salesforce.edit(booking.bookingId, { Status__c: 'Cancelled' });
  const other = await book({ merchantId: 'M-2' });
  assert.equal(other.isNew, true);
  const again = await book({ startTime: '15:00', endTime: '16:00' });
  kit.salesforce.edit(again.booking.bookingId, { Status__c: 'Cancelled' });
  assert.equal((await book({ startTime: '15:00', endTime: '16:00' })).isNew, true);
});

test('Salesforce down: nothing is made, the slot is free and the key can be used again', async () => {
  kit.salesforce.failNext('trainer', unreachable());
  await assert.rejects(book({}, 'key'), { failure: 'unreachable' });
  assert.equal((await holds()).length, 0);
  assert.deepEqual(kit.lark.calls, []);
  assert.equal((await book({}, 'key')).isNew, true);
});

test('An insert without an answer is found by its key and finished', async () => {
  for (const key of ['key', undefined]) {
    kit.salesforce.failNext('trainer', noAnswer(), true);
    const change = key === undefined ? { startTime: '14:00', endTime: '15:00' } : {};
    const { isNew, booking } = await book(change, key);
    assert.deepEqual([isNew, booking.meetingLinkStatus], [true, 'Ready']);
  }
  assert.equal(kit.salesforce.bookings.size, 2);
});

test('An insert without an answer that did not happen is sent once more', async () => {
  kit.salesforce.failNext('trainer', noAnswer());
  assert.equal((await book()).isNew, true);
  assert.equal(kit.salesforce.bookings.size, 1);
});

test('No answer and no way to look keeps the slot; when it lapses the booking is found, not made twice', async () => {
  kit.salesforce.failNext('trainer', noAnswer(), true);
  kit.salesforce.failNext('bookings', unreachable());
  await assert.rejects(book(), { failure: 'unknown-outcome' });
  assert.equal((await holds()).length, 1);
  await assert.rejects(book(), codeOf('request_in_progress'));
  kit.clock.advance(2 * 60_000);
  await book();
  assert.equal(kit.salesforce.bookings.size, 1);
  assert.equal(kit.lark.events.size, 1);
});

test('Another key for the same merchant and time means the same booking only if nothing else is asked for', async () => {
  const first = await book({ notes: 'Ring twice' }, 'one');
  await assert.rejects(book({ notes: 'Ring once' }, 'two'), codeOf('slot_taken'));
  await assert.rejects(book({ notes: 'Ring twice', serviceType: 'onsite' }, 'two'), codeOf('slot_taken'));
  const equal = await book({ notes: 'Ring twice' }, 'two');
  const withoutKey = await book();
  for (const { isNew, booking } of [equal, withoutKey]) {
    assert.deepEqual([isNew, booking.bookingId], [false, first.booking.bookingId]);
  }
  assert.equal(kit.salesforce.bookings.size, 1);
});

test('A trainer whose record has a zone that nobody knows is named, unless the request has a zone of its own', async () => {
  kit.salesforce.trainers.set(MEI, { ...kit.salesforce.trainers.get(MEI), Time_Zone__c: 'SGT' });
  await assert.rejects(book(), (error: AppError) => {
    assert.equal(error.code, 'unknown_time_zone');
    assert.match(error.message, /The record of Mei in Salesforce has the time zone "SGT"/);
    assert.deepEqual(error.details, { timeZone: 'SGT', trainerId: MEI });
    return true;
  });
  assert.equal((await book({ timeZone: 'Asia/Singapore' })).isNew, true);
});

test('A booking whose request died after the insert is finished by the repeated request', async () => {
  kit.crashAt('booking.inserted');
  await assert.rejects(book({}, 'key'), /stopped at/);
  await database.db.insertInto('idempotency').values(deadClaim()).execute();
  const { booking } = await book({}, 'key');
  assert.equal(booking.meetingLinkStatus, 'Ready');
  assert.equal(kit.salesforce.bookings.size, 1);
  assert.deepEqual(
    (await holds()).map(({ state, booking_id }) => [state, booking_id]),
    [['booked', booking.bookingId]],
  );
});

/** What a process that was killed leaves behind: a claim that nobody gives up. */
function deadClaim() {
  const body = parse(bookTrainingBody, usualRequest);
  return {
    key_hash: keyHashOf('portal', 'key'),
    request_hash: requestHashOf(body),
    booking_id: null,
    claimed_until: kit.clock.now(),
    created_at: kit.clock.now(),
  };
}

test('After a lost database the key still means the booking in Salesforce, and nothing else', async () => {
  const first = await book({}, 'key');
  await kit.clear();
  const second = await book({}, 'key');
  assert.deepEqual([second.isNew, second.booking.bookingId], [false, first.booking.bookingId]);
  await kit.clear();
  await assert.rejects(book({ startTime: '12:00', endTime: '13:00' }, 'key'), codeOf('idempotency_key_reused'));
  assert.equal(kit.salesforce.bookings.size, 1);
  await kit.clear();
  kit.clock.advance(30 * 24 * 3_600_000);
  assert.equal((await book({}, 'key')).booking.bookingId, first.booking.bookingId);
});

test('A trainer who changed since they were cached is read again before anything is promised', async () => {
  let reads = 0;
  const { findTrainer } = kit.deps;
  kit.deps.findTrainer = async (reference, options) => {
    const trainer = await findTrainer(reference, options);
    return ++reads === 1 ? { ...trainer, timeZone: 'Europe/Paris' } : trainer;
  };
  const { booking } = await book({}, 'key');
  assert.equal(booking.start, '2026-11-24T02:00:00.000Z');
  const leftover = await assertTakenBack();
  assert.equal(leftover.Start__c, '2026-11-24T09:00:00.000Z');
  assert.equal(kit.salesforce.bookings.size, 2);
  assert.deepEqual(
    (await holds()).map(({ booking_id }) => booking_id),
    [booking.bookingId],
  );
  const again = await book({}, 'key');
  assert.deepEqual([again.isNew, again.booking.bookingId], [false, booking.bookingId]);
  assert.equal(kit.lark.events.size, 1);
});

/** One booking is cancelled, belongs to no request and no merchant any more, and one line says why. */
async function assertTakenBack(): Promise<Row> {
  const [leftover, another] = [...kit.salesforce.bookings.values()].filter((row) => row.Status__c === 'Cancelled');
  assert.ok(leftover);
  assert.equal(another, undefined);
  assert.deepEqual([leftover.Idempotency_Key__c, leftover.Merchant_Reference__c], [null, null]);
  const id = String(leftover.Id);
  assert.deepEqual(
    kit.enqueued.map(({ data, options }) => [(data as { bookingId: string }).bookingId, options?.key]),
    [[id, id]],
  );
  await kit.reconcile(id);
  assert.deepEqual([leftover.Sync_Status__c, leftover.Meeting_Link_Status__c], ['Synced', 'Not Needed']);
  assert.deepEqual(
    [...kit.salesforce.timeline.values()]
      .filter(({ Booking__c }) => Booking__c === id)
      .map(({ Step__c, Outcome__c, Message__c }) => [Step__c, Outcome__c, Message__c]),
    [
      [
        'Booking',
        'cancelled',
        "The trainer's data changed while this was booked: it was taken back. If the training takes place, it has a booking of its own.",
      ],
    ],
  );
  return leftover;
}

test('A trainer who was deactivated since they were cached is not booked', async () => {
  const { findTrainer } = kit.deps;
  kit.deps.findTrainer = async (reference, options) => ({
    ...(await findTrainer(reference, options)),
    active: options?.fresh !== true,
  });
  kit.salesforce.trainers.set(MEI, { ...kit.salesforce.trainers.get(MEI), Active__c: false });
  await assert.rejects(book(), codeOf('trainer_inactive'));
  await assertTakenBack();
  assert.deepEqual([kit.salesforce.bookings.size, (await holds()).length, kit.lark.calls.length], [1, 0, 0]);
});

test('What cannot be taken back is told as an error, gets no effects by the way, and is what the repeated request finds', async () => {
  kit.salesforce.trainers.set(MEI, { ...kit.salesforce.trainers.get(MEI), Time_Zone__c: 'Europe/Paris' });
  const { findTrainer } = kit.deps;
  kit.deps.findTrainer = async (reference) => ({ ...(await findTrainer(reference)), timeZone: 'Asia/Singapore' });
  const { records } = kit.deps;
  const refusal = new SalesforceError('refused', 'insufficient access rights', { code: 'INSUFFICIENT_ACCESS' });
  kit.deps.records = {
    ...records,
    composite: (requests) =>
      requests.some(({ method }) => method === 'PATCH') ? Promise.reject(refusal) : records.composite(requests),
  };
  await assert.rejects(book({}, 'key'), refusal);
  assert.deepEqual([kit.salesforce.bookings.size, kit.lark.calls.length, kit.enqueued.length], [1, 0, 0]);
  kit.deps.records = records;
  kit.clock.advance(2 * 60_000);
  const { booking } = await book({}, 'key');
  assert.deepEqual([kit.salesforce.bookings.size, booking.bookingId], [1, [...kit.salesforce.bookings.keys()][0]]);
});

test('Trouble at Lark does not keep a training from being booked: the rest goes to the queue', async () => {
  kit.lark.fail('reserve', 'temporary');
  kit.lark.fail('createEvent', 'temporary');
  const { isNew, booking } = await book();
  assert.deepEqual([isNew, booking.meetingLinkStatus], [true, 'Pending']);
  assert.equal(booking.message, 'Your training is booked. The meeting link is being made.');
  const [retry] = kit.enqueued;
  assert.equal(retry?.options?.key, `retry:${booking.bookingId}`);
  assert.ok((retry.options.startAfterSeconds ?? 99) <= 3);
});

test('Effects that take too long go on behind the answer', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { tokens } = kit.lark;
  kit.deps.tokens = {
    withAccessToken: async (connectionId, send) => {
      await promise;
      return tokens.withAccessToken(connectionId, send);
    },
  };
  kit.deps.patience = { equalRequestMs: 300, effectsMs: 20 };
  const { isNew, booking } = await book();
  assert.deepEqual([isNew, booking.meetingLinkStatus], [true, 'Pending']);
  resolve();
  const deadline = performance.now() + 10_000;
  while (kit.row(booking.bookingId).Meeting_Link_Status__c !== 'Ready') {
    assert.ok(performance.now() < deadline);
    await new Promise(setImmediate);
  }
});

test('A result that Salesforce cannot take yet is told, and said to be on its way', async () => {
  kit.salesforce.failNext('timeline', unreachable());
  const { booking } = await book();
  assert.equal(booking.meetingLink, 'https://vc.example/r1');
  assert.match(booking.message, /It is being saved in Salesforce\.$/);
  assert.equal(kit.enqueued.length, 1);
});

test('A time that happens twice is the first, and the answer says so', async () => {
  const { booking } = await book({
    timeZone: 'Europe/Paris',
    date: '2027-10-31',
    startTime: '02:30',
    endTime: '04:00',
  });
  assert.equal(booking.start, '2027-10-31T00:30:00.000Z');
  assert.match(booking.notes[0] ?? '', /twice/);
});

test('Times that cannot be booked are refused before anything is held', async () => {
  await assert.rejects(book({ date: '2026-11-20' }), codeOf('start_in_past'));
  await assert.rejects(book({ endTime: '10:00' }), codeOf('end_before_start'));
  await assert.rejects(book({ timeZone: 'UTC+2' }), codeOf('unknown_time_zone'));
  const skipped = { timeZone: 'Europe/Paris', date: '2027-03-28', startTime: '02:30', endTime: '04:00' };
  await assert.rejects(book(skipped), codeOf('skipped_local_time'));
  assert.equal((await holds()).length, 0);
});
