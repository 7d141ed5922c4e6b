import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeEvent, type EventInQuestion } from '../../../src/features/orphans/judge-event.ts';
import { hasLeftover } from '../../../src/features/orphans/judge-ledger.ts';
import type { KnownBooking, KnownEffect } from '../../../src/features/orphans/known-booking.ts';
import type { SeenEvent } from '../../../src/providers/ports/event-reader.ts';

const NOW = new Date('2026-11-21T04:00:00Z');
const hours = (count: number) => new Date(NOW.getTime() + count * 3_600_000);
const MEI = 'a0T000000000001AAA';
const RAJ = 'a0T000000000002AAA';
const BOOKING = 'a0B000000000001AAA';
const start = hours(48);
const end = hours(49);

const event: SeenEvent = {
  eventId: 'event-2',
  calendarId: 'calendar-of-mei',
  start,
  end,
  timeZone: 'Asia/Singapore',
  meetingUrl: undefined,
  createdAt: hours(-2),
  organizerId: 'ou_mei',
  mark: { bookingId: BOOKING, start, end },
};
const booking: KnownBooking = {
  id: BOOKING,
  name: 'TB-00001',
  isDeleted: false,
  status: 'Confirmed',
  trainerId: MEI,
  end,
  revision: 1,
  isInStep: true,
};
const effect: KnownEffect = {
  bookingId: BOOKING,
  kind: 'event',
  connectionId: `lark:${MEI}`,
  state: 'done',
  externalId: 'event-1',
  updatedAt: hours(-2),
};
const itself: KnownEffect = { ...effect, externalId: 'event-2' };
const shown = new Set(['event-1', 'event-2']);
const question: EventInQuestion = {
  event,
  trainerId: MEI,
  subjectId: 'ou_mei',
  mayRemove: true,
  booking,
  isOfSameAccount: false,
  effects: [effect],
  shown,
};
const cancelled = { ...booking, status: 'Cancelled' };
const ofRaj = { ...booking, trainerId: RAJ };
const rajs: KnownEffect = { ...itself, connectionId: `lark:${RAJ}` };
const moved: SeenEvent = { ...event, start: hours(72), end: hours(73) };

const cases: [situation: string, verdict: 'leave' | 'remove' | 'report', change: Partial<EventInQuestion>][] = [
  ['the event of the booking', 'leave', { effects: [itself] }],
  ['the event of the booking, moved by the trainer', 'leave', { effects: [itself], event: moved }],
  ['the event of the booking, whose link is awaited', 'leave', { effects: [{ ...itself, state: 'intended' }] }],
  ['a second event', 'remove', {}],
  ['a second event that the ledger had given up', 'remove', { effects: [{ ...itself, state: 'abandoned' }, effect] }],
  ['a second event, moved by a person', 'report', { event: moved }],
  ['a second event beside one that the calendar does not show', 'leave', { shown: new Set(['event-2']) }],
  ['a second event beside one of another trainer', 'leave', { effects: [{ ...effect, connectionId: `lark:${RAJ}` }] }],
  ['a second event beside a reservation only', 'leave', { effects: [{ ...effect, kind: 'reservation' }] }],
  ['an event that nothing is known of', 'leave', { effects: [] }],
  ['a second event while a pass is due', 'leave', { booking: { ...booking, isInStep: false } }],
  ['a second event of a training that is over', 'leave', { booking: { ...booking, end: hours(-1) } }],
  ['an event of a completed training', 'leave', { booking: { ...booking, status: 'Completed' } }],
  ['booking cancelled', 'remove', { booking: cancelled, effects: [] }],
  ['booking cancelled, last pass failed', 'remove', { booking: { ...cancelled, isInStep: false }, effects: [itself] }],
  [
    'booking cancelled, event moved, known to the ledger',
    'remove',
    { booking: cancelled, event: moved, effects: [itself] },
  ],
  ['booking cancelled, event moved, unknown', 'report', { booking: cancelled, event: moved, effects: [] }],
  [
    'booking cancelled, event made longer, unknown',
    'report',
    { booking: cancelled, event: { ...event, end: hours(50) }, effects: [] },
  ],
  ['booking deleted', 'remove', { booking: { ...booking, isDeleted: true }, effects: [] }],
  ['booking unknown', 'report', { booking: undefined, effects: [] }],
  ['booking unknown, known to the ledger', 'leave', { booking: undefined, effects: [itself] }],
  ['booking of another trainer, known to the ledger', 'remove', { booking: ofRaj, effects: [itself] }],
  ['booking of another trainer, as written but unknown', 'report', { booking: ofRaj, effects: [] }],
  ['booking of another trainer, who has it in the ledger', 'leave', { booking: ofRaj, effects: [rajs] }],
  [
    'booking of another trainer, who had it in the ledger',
    'report',
    { booking: ofRaj, effects: [{ ...rajs, state: 'removed' }] },
  ],
  [
    'booking cancelled, in the ledger for another trainer',
    'leave',
    { booking: { ...ofRaj, status: 'Cancelled' }, effects: [rajs] },
  ],
  [
    'booking of another record with the same account, unknown',
    'leave',
    { booking: ofRaj, isOfSameAccount: true, effects: [] },
  ],
  [
    'booking of another record with the same account, known to the ledger',
    'remove',
    { booking: ofRaj, isOfSameAccount: true, effects: [itself] },
  ],
  ['booking of another trainer, over', 'leave', { booking: { ...booking, trainerId: RAJ, end: hours(-1) } }],
  ['booking only requested', 'remove', { booking: { ...booking, status: 'Requested' } }],
  ["the trainer's settings forbid it", 'report', { booking: cancelled, mayRemove: false }],
];

for (const [situation, verdict, change] of cases) {
  test(`an event in a calendar, ${situation}: ${verdict}`, () => {
    assert.equal(judgeEvent({ ...question, ...change }, NOW).do, verdict);
  });
}

const untouchable: [string, Partial<EventInQuestion>][] = [
  ['without a mark', { event: { ...event, mark: undefined } }],
  ['of somebody else who invited the trainer', { event: { ...event, organizerId: 'ou_raj' } }],
  ['of the app', { event: { ...event, organizerId: undefined } }],
  ['while it is not known who the trainer is', { subjectId: undefined }],
  ['younger than an hour', { event: { ...event, createdAt: hours(-0.9) } }],
  ['of unknown age', { event: { ...event, createdAt: undefined } }],
];
for (const [what, change] of untouchable) {
  test(`an event ${what} is left alone, whatever its booking says`, () => {
    for (const known of [cancelled, { ...booking, isDeleted: true }, undefined]) {
      assert.equal(judgeEvent({ ...question, booking: known, ...change }, NOW).do, 'leave');
    }
  });
}

const reservation: KnownEffect = { ...effect, kind: 'reservation', externalId: 'reserve-1' };
const uncertain: KnownEffect = { ...reservation, state: 'uncertain' };
const ledger: [string, boolean, KnownBooking | undefined, KnownEffect[]][] = [
  ['what the booking should have', false, booking, [effect, reservation]],
  ['an uncertain reservation of a confirmed booking', false, booking, [effect, uncertain]],
  ['booking cancelled', true, cancelled, [reservation]],
  ['booking cancelled, reservation uncertain', true, cancelled, [uncertain]],
  ['booking deleted', true, { ...booking, isDeleted: true }, [effect]],
  ['booking unknown', true, undefined, [effect]],
  ['booking unknown, just made', false, undefined, [{ ...effect, updatedAt: hours(-0.5) }]],
  ['booking over', false, { ...booking, end: hours(-1) }, [effect, { ...effect, connectionId: `lark:${RAJ}` }]],
  ['booking completed', false, { ...booking, status: 'Completed' }, [effect]],
  ['booking only requested', true, { ...booking, status: 'Requested' }, [effect]],
  ['something of another trainer', true, booking, [effect, { ...reservation, connectionId: `lark:${RAJ}` }]],
  ['two events', true, booking, [effect, itself]],
  ['two reservations', true, booking, [effect, reservation, reservation]],
];
for (const [situation, expected, known, effects] of ledger) {
  test(`the ledger, ${situation}: ${expected ? 'a pass' : 'left alone'}`, () => {
    assert.equal(hasLeftover(known, effects, NOW), expected);
  });
}
