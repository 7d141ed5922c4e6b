import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExpectedTraining, SeenTraining } from '../../../src/features/upcoming/expected-training.ts';
import { judgeTraining } from '../../../src/features/upcoming/judge-training.ts';

const LINK = 'https://vc.example/r1';
const start = new Date('2026-11-24T02:00:00Z');
const end = new Date('2026-11-24T03:00:00Z');
const later = (date: Date) => new Date(date.getTime() + 60_000);

const reserved: ExpectedTraining = {
  bookingId: 'a0B000000000001AAA',
  name: 'TB-00001',
  trainerId: 'a0T000000000001AAA',
  trainerName: 'Mei',
  revision: 1,
  connectionId: 'lark:a0T000000000001AAA',
  start,
  end,
  timeZone: 'Asia/Singapore',
  isDue: true,
  isConflict: false,
  isInStep: true,
  syncError: undefined,
  link: LINK,
  isTyped: false,
  needsLink: true,
  calendar: { mayCreate: true, mayUpdate: true },
  event: { key: 'e1', calendarId: 'primary', eventId: 'event-1', ownMeeting: false, link: LINK },
  reservation: { key: 'r1', reserveId: 'reserve-1', link: LINK, topic: 'Training', endsAt: end },
};
const own: ExpectedTraining = {
  ...reserved,
  event: { key: 'e1', calendarId: 'primary', eventId: 'event-1', ownMeeting: true, link: LINK },
  reservation: undefined,
};
const typed: ExpectedTraining = { ...reserved, isTyped: true, link: 'https://zoom.example/1', reservation: undefined };
const onsite: ExpectedTraining = {
  ...reserved,
  link: undefined,
  needsLink: false,
  event: { key: 'e1', calendarId: 'primary', eventId: 'event-1', ownMeeting: false, link: undefined },
  reservation: undefined,
};
const handsOff = { mayCreate: true, mayUpdate: false };

const shown = { start, end, timeZone: 'Asia/Singapore', meetingUrl: LINK };
const all: SeenTraining = { event: shown, reservation: 'there' };
const lookAt = (event: SeenTraining['event'], reservation: SeenTraining['reservation'] = 'there'): SeenTraining => ({
  event,
  reservation,
});

const event = { key: 'e1', externalId: 'event-1' };
const reservation = { key: 'r1', externalId: 'reserve-1' };

type Case = [
  situation: string,
  expected: ExpectedTraining,
  seen: SeenTraining,
  outcome: 'ok' | 'repaired' | 'skipped',
  differences: object[],
  undone?: 'deleted' | 'moved',
];
const cases: Case[] = [
  ['all there', reserved, all, 'ok', []],
  ["the event's own meeting there", own, lookAt(shown, undefined), 'ok', []],
  ['no meeting needed', onsite, lookAt({ ...shown, meetingUrl: undefined }, undefined), 'ok', []],
  ['no event wanted', { ...reserved, event: undefined }, lookAt(undefined), 'ok', []],
  ['event deleted', reserved, lookAt('gone'), 'repaired', [{ ...event, as: 'gone', withLink: false }], 'deleted'],
  [
    'own event deleted',
    own,
    lookAt('gone', undefined),
    'repaired',
    [{ ...event, as: 'gone', withLink: true }],
    'deleted',
  ],
  [
    'start moved',
    reserved,
    lookAt({ ...shown, start: later(start) }),
    'repaired',
    [{ ...event, as: 'changed' }],
    'moved',
  ],
  ['end moved', reserved, lookAt({ ...shown, end: later(end) }), 'repaired', [{ ...event, as: 'changed' }], 'moved'],
  ['another zone', reserved, lookAt({ ...shown, timeZone: 'Asia/Tokyo' }), 'repaired', [{ ...event, as: 'changed' }]],
  ['another link', reserved, lookAt({ ...shown, meetingUrl: 'https://x' }), 'repaired', [{ ...event, as: 'changed' }]],
  [
    'own meeting gone',
    own,
    lookAt({ ...shown, meetingUrl: undefined }, undefined),
    'repaired',
    [{ ...event, as: 'meeting-gone' }],
  ],
  [
    'own meeting replaced',
    own,
    lookAt({ ...shown, meetingUrl: 'https://x' }, undefined),
    'repaired',
    [{ ...event, as: 'meeting-gone' }],
  ],
  ['reservation gone', reserved, lookAt(shown, 'gone'), 'repaired', [{ ...reservation, as: 'gone', withLink: true }]],
  [
    'event and reservation gone',
    reserved,
    lookAt('gone', 'gone'),
    'repaired',
    [
      { ...event, as: 'gone', withLink: false },
      { ...reservation, as: 'gone', withLink: true },
    ],
    'deleted',
  ],
  ['deleted, their calendar', { ...reserved, calendar: handsOff }, lookAt('gone'), 'skipped', []],
  [
    'moved, their calendar',
    { ...reserved, calendar: handsOff },
    lookAt({ ...shown, start: later(start) }),
    'skipped',
    [],
  ],
  [
    'other link, their calendar',
    { ...reserved, calendar: handsOff },
    lookAt({ ...shown, meetingUrl: 'https://x' }),
    'skipped',
    [],
  ],
  [
    'meeting gone, their calendar',
    { ...own, calendar: handsOff },
    lookAt({ ...shown, meetingUrl: undefined }, undefined),
    'skipped',
    [],
  ],
  [
    'reservation gone, their calendar',
    { ...reserved, calendar: handsOff },
    lookAt(shown, 'gone'),
    'repaired',
    [{ ...reservation, as: 'gone', withLink: true }],
  ],
  ['Salesforce shows an old link', { ...reserved, link: 'https://old' }, all, 'repaired', []],
  ['Salesforce shows no link', { ...own, link: undefined }, lookAt(shown, undefined), 'repaired', []],
  ['a typed link', typed, lookAt(shown, undefined), 'ok', []],
];

for (const [situation, expected, seen, outcome, differences, undone] of cases) {
  test(`${situation}: ${outcome}${undone === undefined ? '' : ', and the trainer is told'}`, () => {
    const verdict = judgeTraining(expected, seen);
    assert.equal(verdict.outcome, outcome, verdict.text);
    assert.deepEqual(verdict.differences, differences);
    assert.equal(verdict.undone, undone);
    assert.equal(verdict.needsPass, outcome === 'repaired' && differences.length === 0);
    assert.match(verdict.text, /^[A-Z].*\.$/);
  });
}

test('the text names what is there, and whether the link changes', () => {
  assert.equal(
    judgeTraining(reserved, all).text,
    "All is ready: the trainer is connected, the meeting exists, the event is in the trainer's calendar, unmoved.",
  );
  assert.match(judgeTraining(own, lookAt('gone', undefined)).text, /the link changes/);
  assert.doesNotMatch(judgeTraining(reserved, lookAt('gone')).text, /link/);
});
