import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { AppError } from '../../../src/core/errors.ts';
import { withBookingLease } from '../../../src/features/bookings/booking-lease.ts';
import { correctLedger, type Correction } from '../../../src/features/bookings/correct-ledger.ts';
import { inspectBooking } from '../../../src/features/bookings/inspect-booking.ts';
import { effectsOf, nextEffects, noteLeftover } from '../../../src/features/bookings/note-leftover.ts';
import type { OpenDatabase } from '../../../src/storage/open-database.ts';
import { openMemoryDatabase } from '../../kit/memory-database.ts';
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

const inspect = async (id: string) => (await inspectBooking(kit.deps, id)) ?? assert.fail('the booking is not there');
const correct = (id: string, corrections: Correction[], change: object = {}) =>
  correctLedger(kit.deps, {
    bookingId: id,
    revision: Number(kit.row(id).Revision__c),
    corrections,
    entry: { step: 'Check', outcome: 'repaired', message: 'Something differed.', provider: 'lark' },
    actor: 'test',
    requestId: 'request',
    ...change,
  });

test('What a check has to know of a booking', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  const { event, reservation, ...rest } = await inspect(id);
  assert.deepEqual(
    [rest.isDue, rest.isInStep, rest.isConflict, rest.needsLink, rest.isTyped, rest.link],
    [true, true, false, true, false, 'https://vc.example/r1'],
  );
  assert.deepEqual([event?.ownMeeting, event?.link], [false, rest.link]);
  assert.deepEqual([reservation?.reserveId, reservation?.link], ['r1', rest.link]);
  assert.equal(reservation?.endsAt.toISOString(), '2026-11-24T05:00:00.000Z');
});

test('A training is ready for a check although something waits to be removed by the trainer who had it before', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  kit.lark.disconnect(`lark:${MEI}`, 'needs_reconnect');
  kit.salesforce.edit(id, { Trainer__c: RAJ });
  await kit.reconcile(id);
  const { isInStep, event } = await inspect(id);
  assert.deepEqual([kit.row(id).Sync_Status__c, isInStep, event !== undefined], ['Failed', true, true]);
  Object.assign(kit.row(id), { Sync_Error__c: 'The trainer has to connect Lark.' });
  assert.equal((await inspect(id)).isInStep, false, 'whatever else failed is not ready');
});

test('An event that is gone is made again, under a new key, with the link that people have', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  const { event, link } = await inspect(id);
  kit.lark.events.delete(event?.eventId ?? '');
  assert.equal(await correct(id, [{ key: event?.key ?? '', externalId: event?.eventId ?? '', as: 'gone' }]), true);
  assert.equal(kit.enqueued.length, 1);
  await kit.reconcile(id);
  const after = await inspect(id);
  assert.notEqual(after.event?.key, event?.key);
  assert.equal(after.link, link);
  assert.equal(kit.lark.events.size, 1);
});

test('An own meeting that is gone: a new event, the old one goes, and both links are in the timeline', async () => {
  kit.settings.larkMeeting = 'calendar';
  const id = kit.addBooking();
  await kit.reconcile(id);
  const { event, link } = await inspect(id);
  assert.equal(event?.ownMeeting, true);
  await correct(id, [{ key: event.key, externalId: event.eventId, as: 'meeting-gone' }]);
  await kit.reconcile(id);
  const after = await inspect(id);
  assert.notEqual(after.link, link);
  assert.equal(kit.lark.events.size, 1);
  assert.deepEqual(kit.linkLines(id), [
    [null, link],
    [link, after.link],
  ]);
});

test('A reservation that is gone: a new one, the event stays, and both links are in the timeline', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  const { event, reservation, link } = await inspect(id);
  const gone = {
    key: reservation?.key ?? '',
    externalId: reservation?.reserveId ?? '',
    as: 'gone',
    withLink: true,
  } as const;
  await correct(id, [gone]);
  await kit.reconcile(id);
  const after = await inspect(id);
  assert.notEqual(after.link, link);
  assert.equal(after.event?.eventId, event?.eventId);
  assert.equal(after.event?.link, after.link);
  assert.deepEqual(kit.linkLines(id).at(-1), [link, after.link]);
});

test('What has changed since it was looked at is not corrected', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  const { event } = await inspect(id);
  const gone: Correction = { key: event?.key ?? '', externalId: event?.eventId ?? '', as: 'gone' };
  let written = 0;
  const also = () => Promise.resolve(void written++);
  assert.equal(await correct(id, [gone], { revision: 7, also }), false);
  assert.equal(await correct(id, [{ ...gone, externalId: 'another' }], { also }), false);
  await withBookingLease(kit.deps, id, async () => {
    await assert.rejects(correct(id, [gone], { also }), (error: AppError) => error.code === 'request_in_progress');
  });
  assert.deepEqual([written, kit.enqueued.length, (await inspect(id)).event?.eventId], [0, 0, event?.eventId]);
  assert.equal(await correct(id, [gone], { also }), true);
  assert.equal(written, 1);
});

test('A check without a finding writes its line and nothing else', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  assert.equal(await correct(id, []), true);
  assert.equal(kit.enqueued.length, 0);
  assert.ok([...kit.salesforce.timeline.values()].some(({ Step__c }) => Step__c === 'Check'));
});

test('A leftover that was removed: the ledger knows, Salesforce is told, each event has its line', async () => {
  const id = kit.addBooking();
  await kit.reconcile(id);
  const { event, connectionId } = await inspect(id);
  const booking = { id, revision: 1, isDeleted: false };
  const eventId = event?.eventId ?? '';
  for (const removed of [eventId, 'unknown-event']) {
    await noteLeftover(kit.deps, { booking, connectionId, eventId: removed, message: `${removed} was removed.` });
  }
  assert.equal(kit.enqueued.length, 1, 'a pass for what the ledger knew');
  const lines = [...kit.salesforce.timeline.values()].filter(({ Step__c }) => Step__c === 'Check');
  assert.deepEqual(
    lines.map(({ Message__c }) => Message__c).toSorted(),
    [`${eventId} was removed.`, 'unknown-event was removed.'].toSorted(),
  );
  const states = (await effectsOf(database.db, [id])).map(({ kind, state }) => `${kind} ${state}`);
  assert.deepEqual(states, ['event removed', 'reservation done']);
  await noteLeftover(kit.deps, { booking: { ...booking, isDeleted: true }, connectionId, eventId: 'x', message: 'x' });
  assert.equal([...kit.salesforce.timeline.values()].filter(({ Step__c }) => Step__c === 'Check').length, 2);
});

test('The ledger is read page by page, what exists only', async () => {
  const ids: string[] = [];
  for (const day of ['24', '25', '26']) {
    const id = kit.addBooking({
      Start__c: `2026-11-${day}T02:00:00.000Z`,
      End__c: `2026-11-${day}T03:00:00.000Z`,
      Trainer__c: MEI,
    });
    await kit.reconcile(id);
    ids.push(id);
  }
  ids.sort();
  await database.db.updateTable('effect').set({ state: 'removed' }).where('booking_id', '=', String(ids[1])).execute();
  const page = async (after: string) => [
    ...new Set((await nextEffects(kit.deps, after, 1)).map(({ bookingId }) => bookingId)),
  ];
  assert.deepEqual(await page(''), [ids[0]]);
  assert.deepEqual(await page(String(ids[0])), [ids[2]]);
  assert.deepEqual(await page(String(ids[2])), []);
});
