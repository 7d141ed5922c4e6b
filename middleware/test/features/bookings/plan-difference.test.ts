import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { StoredBooking } from '../../../src/features/bookings/booking-row.ts';
import { desiredEffects, type BookingSettings } from '../../../src/features/bookings/desired-effects.ts';
import { newEffect, nextGeneration, providerKeyOf, type Effect } from '../../../src/features/bookings/effect.ts';
import { eventHash, fillTemplate, reservationHash } from '../../../src/features/bookings/event-content.ts';
import { planDifference } from '../../../src/features/bookings/plan-difference.ts';
import { toTrainer } from '../../../src/features/trainers/trainer-row.ts';
import { toBooking } from '../../../src/features/bookings/booking-row.ts';
import { MEI, RAJ } from './pass-kit.ts';

const NOW = new Date('2026-11-21T00:00:00Z');
const DAY = 24 * 3_600_000;
const settings: BookingSettings = { mockLarkBooking: false, larkMeeting: 'auto', meetingBookingTypes: ['Training'] };
const trainer = toTrainer({ Id: MEI, Name: 'Mei', Active__c: true });
const ID = 'a0B000000000001EAA';

function booking(fields: Partial<StoredBooking> = {}): StoredBooking {
  const row = {
    Id: ID,
    Name: 'TB-00001',
    Trainer__c: MEI,
    Merchant_Name__c: 'Coffee Corner',
    Start__c: '2026-11-24T02:00:00.000+0000',
    End__c: '2026-11-24T03:00:00.000+0000',
    Time_Zone__c: 'Asia/Singapore',
    Service_Type__c: 'Remote',
    Booking_Type__c: 'Training',
    Status__c: 'Confirmed',
    Revision__c: 1,
  };
  return { ...toBooking(row), ...fields };
}

function desiredFor(
  fields: Partial<StoredBooking> = {},
  change: { hasSlot?: boolean; settings?: BookingSettings } = {},
) {
  const given = { booking: booking(fields), trainer, settings, hasSlot: true, horizonMs: 30 * DAY, now: NOW };
  return desiredEffects({ ...given, ...change });
}

function effect(kind: 'reservation' | 'event', fields: Partial<Effect> = {}): Effect {
  const made = newEffect({ bookingId: ID, kind, connectionId: `lark:${MEI}`, generation: 1 }, 'hash');
  return { ...made, state: 'done', externalId: 'x1', ...fields };
}

const plan = (desired: ReturnType<typeof desiredFor>, existing: Effect[] = [], withoutReservation = false) =>
  planDifference(desired, existing, { withoutReservation }).map((action) => action.do);

test('A new remote training, with nothing made, asks for its reservation first: the event waits for the link', () => {
  assert.deepEqual(plan(desiredFor()), ['reserve']);
  assert.deepEqual(plan(desiredFor(), [], true), ['create-event']);
});

test('Bookings that get nothing: requested, cancelled, over, in conflict', () => {
  assert.deepEqual(plan(desiredFor({ status: 'Requested' })), []);
  assert.deepEqual(plan(desiredFor({ status: 'Cancelled' })), []);
  assert.deepEqual(plan(desiredFor({ status: 'Completed' })), []);
  assert.deepEqual(plan(desiredFor({ end: new Date(NOW.getTime() - 1) })), []);
  assert.deepEqual(plan(desiredFor({}, { hasSlot: false })), []);
});

test('A conflict or a cancellation removes what exists, a completion leaves it', () => {
  const existing = [effect('reservation', { link: 'l' }), effect('event', { meeting: 'link' })];
  assert.deepEqual(plan(desiredFor({}, { hasSlot: false }), existing), ['remove-event', 'remove-reservation']);
  assert.deepEqual(plan(desiredFor({ status: 'Cancelled' }), existing), ['remove-event', 'remove-reservation']);
  assert.deepEqual(plan(desiredFor({ status: 'Completed' }), existing), []);
});

test('A training that just fits the horizon is reserved, one that ends a millisecond later is not', () => {
  // A reservation lasts two hours longer than its training.
  const end = new Date(NOW.getTime() + 30 * DAY - 2 * 3_600_000);
  assert.deepEqual(plan(desiredFor({ start: new Date(end.getTime() - DAY), end })), ['reserve']);
  const later = new Date(end.getTime() + 1);
  assert.deepEqual(plan(desiredFor({ start: new Date(end.getTime() - DAY), end: later })), ['create-event']);
});

test('Types without a meeting, and LARK_MEETING=calendar, make no reservation', () => {
  const installation = desiredFor({ bookingType: 'Installation' });
  assert.equal(installation.meeting.kind, 'none');
  assert.deepEqual(plan(installation), ['create-event']);
  const [action] = planDifference(desiredFor({}, { settings: { ...settings, larkMeeting: 'calendar' } }), []);
  assert.ok(action?.do === 'create-event' && action.event.meeting.kind === 'own');
});

test('A reservation without an outcome is declared uncertain and never made again', () => {
  assert.deepEqual(plan(desiredFor(), [effect('reservation', { state: 'intended' })]), ['declare-uncertain']);
  assert.deepEqual(plan(desiredFor(), [effect('reservation', { state: 'uncertain' })]), ['create-event']);
  assert.deepEqual(plan(desiredFor(), [effect('reservation', { state: 'failed' })]), ['create-event']);
});

test('An event without an outcome is sent again by its key, wanted or to be removed', () => {
  const lost = [effect('event', { state: 'intended', externalId: undefined })];
  assert.deepEqual(plan(desiredFor(), lost, true), ['repeat-event']);
  const [again] = planDifference(desiredFor({ status: 'Cancelled' }), lost);
  assert.ok(again?.do === 'repeat-event' && !again.isWanted && again.effect.providerKey === lost[0]?.providerKey);
});

test('An event that is known by its id is removed by it, also when nothing else is known', () => {
  for (const state of ['intended', 'failed'] as const) {
    assert.deepEqual(plan(desiredFor({ status: 'Cancelled' }), [effect('event', { state })]), ['remove-event']);
  }
});

test('A zone that is none is not taken over: the trainer’s counts, or UTC', () => {
  const row = { Id: ID, Name: 'TB-1', Trainer__c: MEI, Time_Zone__c: 'SGT' };
  assert.equal(toBooking({ ...row, Trainer__r: { Time_Zone__c: 'Asia/Singapore' } }).timeZone, 'Asia/Singapore');
  assert.equal(toBooking({ ...row, Trainer__r: { Time_Zone__c: 'here' } }).timeZone, 'UTC');
  assert.equal(toBooking({ ...row, Time_Zone__c: 'Europe/Paris' }).timeZone, 'Europe/Paris');
});

test('The former owner loses event and reservation after the new one has theirs', () => {
  const connectionId = `lark:${RAJ}` as const;
  const former = [effect('reservation', { connectionId }), effect('event', { connectionId })];
  assert.deepEqual(plan(desiredFor(), former), ['reserve']);
  assert.deepEqual(plan(desiredFor(), former, true), ['create-event', 'remove-event', 'remove-reservation']);
});

test('A calendar that made a meeting keeps it: no reservation beside it, no new event for new notes', () => {
  const own = effect('event', { meeting: 'own', link: 'https://vc.example/own' });
  assert.deepEqual(plan(desiredFor({ notes: 'New' }), [own]), ['update-event']);
});

test('What is as it should be needs nothing', () => {
  const desired = desiredFor();
  assert.ok(desired.meeting.kind === 'make' && desired.meeting.reservation);
  const reservation = effect('reservation', { link: 'l', contentHash: reservationHash(desired.meeting.reservation) });
  const contentHash = eventHash(desired.event({ kind: 'link', url: 'l' }));
  assert.deepEqual(plan(desired, [reservation, effect('event', { meeting: 'link', link: 'l', contentHash })]), []);
});

test('Generations only grow, also over a lost ledger, and every one has a key of its own', () => {
  assert.equal(nextGeneration([], 'event', 0), 1);
  assert.equal(nextGeneration([], 'event', 7), 7);
  assert.equal(nextGeneration([effect('event', { generation: 9 }), effect('reservation')], 'event', 7), 10);
  const of = { bookingId: ID, kind: 'event', connectionId: `lark:${MEI}`, generation: 1 } as const;
  const keys = [
    of,
    { ...of, generation: 2 },
    { ...of, kind: 'reservation' as const },
    { ...of, connectionId: `lark:${RAJ}` as const },
  ].map(providerKeyOf);
  assert.equal(new Set(keys).size, 4);
  for (const key of keys) assert.match(key, /^[0-9a-f]{64}$/);
});

test('Any plan for a booking that wants nothing only takes away, and takes away all that exists', () => {
  const state = fc.constantFrom('intended', 'done', 'uncertain', 'failed', 'removed', 'abandoned');
  const effects = fc.array(
    fc.record({
      kind: fc.constantFrom('reservation' as const, 'event' as const),
      state,
      trainerId: fc.constantFrom(MEI, RAJ),
    }),
    { maxLength: 5 },
  );
  fc.assert(
    fc.property(effects, (shapes) => {
      const existing = shapes.map(({ kind, trainerId, ...shape }, index) =>
        effect(kind, { ...shape, connectionId: `lark:${trainerId}`, generation: index + 1 }),
      );
      const actions = planDifference(desiredFor({ status: 'Cancelled' }), existing);
      for (const action of actions) {
        assert.ok(!['reserve', 'extend', 'create-event', 'update-event'].includes(action.do));
        if (action.do === 'repeat-event') assert.equal(action.isWanted, false);
      }
      const waits = actions.some((action) => action.do === 'declare-uncertain');
      const live = existing.filter((one) => one.state !== 'removed' && one.state !== 'abandoned');
      if (!waits) assert.equal(actions.length, live.length);
    }),
  );
});

test('Titles and texts: remote shows no address, onsite no link, unknown names leave nothing', () => {
  const remote = desiredFor({ storeAddress: '1 High Street', notes: 'Two tills', contactName: 'Ana' });
  const event = remote.event({ kind: 'link', url: 'https://vc.example/1' });
  assert.equal(event.location, undefined);
  assert.doesNotMatch(JSON.stringify(event), /High Street/);
  assert.match(
    event.description,
    /Join: https:\/\/vc\.example\/1\nBooking: TB-00001[\s\S]*Contact: Ana\nNotes: Two tills/,
  );
  const onsite = desiredFor({ serviceType: 'Onsite', bookingType: 'Go Live', storeAddress: '1 High Street' });
  const visit = onsite.event({ kind: 'none' });
  assert.deepEqual([visit.title, visit.location], ['Onsite Go Live: Coffee Corner', '1 High Street']);
  assert.doesNotMatch(visit.description, /Join/);
  assert.equal(fillTemplate('{{a}}-{{ b }}-{{c}}', { a: '{{b}}', b: '$&' }), '{{b}}-$&-');
});
