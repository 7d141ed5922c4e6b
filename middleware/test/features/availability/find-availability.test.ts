import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../../src/core/errors.ts';
import type { Interval } from '../../../src/core/interval.ts';
import { ProviderError } from '../../../src/core/provider-error.ts';
import { findAvailability } from '../../../src/features/availability/find-availability.ts';
import { nextFreeSlots } from '../../../src/features/availability/next-free-slots.ts';
import type { Row, Soql } from '../../../src/salesforce/records.ts';
import {
  calendarKind,
  fixtureOn,
  MEI,
  mei,
  RAJ,
  span,
  trainerOf,
  tuesday,
  useDatabase,
  type Given,
} from './availability-kit.ts';

const db = useDatabase();
const fixture = (given: Given = {}) => fixtureOn(db, given);
const starts = (slots: readonly Interval[]) => slots.map(({ start }) => start.toISOString().slice(11, 16));

test('Slots are the working hours without bookings and without busy time of the calendar', async () => {
  const { deps } = fixture({
    lark: [span('2026-11-24T01:00:00Z', '2026-11-24T03:00:00Z')],
    bookings: [{ Trainer__c: MEI, Start__c: '2026-11-24T04:00:00.000+0000', End__c: '2026-11-24T05:00:00.000+0000' }],
  });
  const [found] = await findAvailability(deps, [{ trainer: mei, span: tuesday }]);
  assert.deepEqual(starts(found?.slots ?? []), ['03:00', '05:00', '06:00', '07:00', '08:00']);
  assert.deepEqual(
    found?.busy.map(({ source }) => source),
    ['lark', 'booking'],
  );
  assert.deepEqual([found?.unknown, found?.notes], [[], []]);
});

test('On the day the clocks are put back no slot begins or ends at the second of two equal local times', async () => {
  const night = {
    Time_Zone__c: 'Europe/Paris',
    Work_Day_Start__c: '00:00',
    Work_Day_End__c: '06:00',
    Work_Days__c: 'Sun',
  };
  const paris = trainerOf(MEI, night);
  // 02:00 to 03:00 in Paris is 00:00 to 01:00 in UTC, and then once more.
  const sunday = span('2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z');
  const { deps } = fixture({ now: '2026-10-20T00:00:00Z' });
  const [found] = await findAvailability(deps, [{ trainer: paris, span: sunday }]);
  assert.deepEqual(starts(found?.slots ?? []), ['22:00', '23:00', '02:00', '03:00', '04:00']);
  const next = await nextFreeSlots(deps, paris, sunday.start, { durationMs: 3_600_000, count: 3 });
  assert.deepEqual(starts(next.slots), ['22:00', '23:00', '02:00']);
});

test('A connected calendar that cannot be read makes the time unknown, with the reason, and offers nothing', async () => {
  const troubles = [
    new ProviderError('lark', 'not-sent', 'Lark could not be reached.'),
    new ProviderError('lark', 'unknown-outcome', 'Lark gave no usable answer (timeout).'),
    new ProviderError('lark', 'temporary', 'Lark is down.'),
    new ProviderError('lark', 'rate-limited', 'Lark asks for fewer requests.'),
    new ProviderError('lark', 'scope-missing', 'No scope.'),
    new ProviderError('lark', 'configuration', 'The app is stopped.'),
    new ProviderError('lark', 'unrecognized', 'A code that nobody knows.'),
    new AppError('needs_reconnect', 'Connect again.'),
    new AppError('on_hold', 'On hold.'),
    new AppError('token_refresh_busy', 'Busy.'),
    new AppError('provider_off', 'Lark is not set up on this server.'),
    new AppError('encryption_key_unknown', 'No key.'),
  ];
  for (const lark of troubles) {
    const { deps, warnings } = fixture({ lark });
    const [found] = await findAvailability(deps, [{ trainer: mei, span: tuesday }]);
    assert.deepEqual(found?.slots, []);
    assert.deepEqual(found?.unknown, [{ ...tuesday, reason: `The Lark calendar could not be read: ${lark.message}` }]);
    assert.deepEqual(found?.notes, [
      'The Lark calendar of Mei could not be read: no time is offered that it should tell about.',
    ]);
    assert.equal(warnings.length, 1);
  }
});

test('A fault of ours makes the time unknown too, and its text stays in the log', async () => {
  const { deps } = fixture({ lark: new TypeError('cannot read properties of undefined') });
  const [found] = await findAvailability(deps, [{ trainer: mei, span: tuesday }]);
  assert.deepEqual(found?.slots, []);
  assert.match(found?.unknown[0]?.reason ?? '', /went wrong on our side/);
});

test('When it cannot be known whether a calendar is connected, the time is unknown', async () => {
  const sourceOf = () => Promise.reject(new AppError('salesforce_unavailable', 'Salesforce does not answer.'));
  const { deps } = fixture({ calendars: [{ provider: 'lark', sourceOf }] });
  const [found] = await findAvailability(deps, [{ trainer: mei, span: tuesday }]);
  assert.deepEqual([found?.slots, found?.unknown.length], [[], 1]);
});

test('One of two calendars that cannot be read is enough for unknown; the busy time of the other is still told', async () => {
  const calendars = [
    calendarKind('lark', [span('2026-11-24T02:00:00Z', '2026-11-24T03:00:00Z')]),
    calendarKind('google', new ProviderError('google', 'temporary', 'Google is down.')),
  ];
  const [found] = await findAvailability(fixture({ calendars }).deps, [{ trainer: mei, span: tuesday }]);
  assert.deepEqual(found?.slots, []);
  assert.deepEqual(
    found?.unknown.map(({ reason }) => reason),
    ['The Google calendar could not be read: Google is down.'],
  );
  assert.deepEqual(
    found?.busy.map(({ source }) => source),
    ['lark'],
  );
});

test('Busy time of every connected calendar counts, each with its name; a kind that is not connected says nothing', async () => {
  const calendars = [
    calendarKind('lark', [span('2026-11-24T01:00:00Z', '2026-11-24T05:00:00Z')]),
    calendarKind('google', [span('2026-11-24T04:00:00Z', '2026-11-24T08:00:00Z')]),
    calendarKind('outlook', 'none'),
  ];
  const [found] = await findAvailability(fixture({ calendars }).deps, [{ trainer: mei, span: tuesday }]);
  assert.deepEqual(starts(found?.slots ?? []), ['08:00']);
  assert.deepEqual(
    found?.busy.map(({ source }) => source),
    ['lark', 'google'],
  );
  assert.deepEqual(found?.notes, []);
});

test('A trainer without a calendar gets slots from bookings, and a note', async () => {
  for (const lark of ['none', new AppError('not_connected', 'Not connected.')] as const) {
    const [found] = await findAvailability(fixture({ lark }).deps, [{ trainer: mei, span: tuesday }]);
    assert.equal(found?.slots.length, 8);
    assert.deepEqual(found?.notes, ['Mei has no calendar connected; only bookings are known.']);
    assert.deepEqual(found?.unknown, []);
  }
});

test('With MOCK_LARK_BUSY Lark is not asked and the answer says so; other calendars are', async () => {
  const mocked = fixture({ mock: true });
  const [found] = await findAvailability(mocked.deps, [{ trainer: mei, span: tuesday }]);
  assert.deepEqual([mocked.asked.length, found?.slots.length], [0, 8]);
  assert.deepEqual(found?.notes, ['Lark is not asked at the moment (MOCK_LARK_BUSY); only bookings are known.']);

  const calendars = [calendarKind('lark', []), calendarKind('google', [tuesday])];
  const both = fixture({ mock: true, calendars });
  const [alsoGoogle] = await findAvailability(both.deps, [{ trainer: mei, span: tuesday }]);
  assert.deepEqual(alsoGoogle?.slots, []);
  assert.match(alsoGoogle?.notes[0] ?? '', /busy time in Lark is not known/);
});

test('A booking that is being made takes its time; one whose maker gave up does not', async () => {
  const { deps } = fixture();
  const hold = { trainer_id: MEI, merchant_reference: 'M-1', booking_id: null, state: 'tentative' as const };
  const at = (start: string, end: string, expires: string) => ({
    ...hold,
    starts_at: new Date(`2026-11-24T${start}:00Z`),
    ends_at: new Date(`2026-11-24T${end}:00Z`),
    expires_at: new Date(`2026-11-21T${expires}Z`),
  });
  await db()
    .insertInto('slot_hold')
    .values([at('02:00', '03:00', '00:02:00'), at('05:00', '06:00', '00:00:00')])
    .execute();
  const [found] = await findAvailability(deps, [{ trainer: mei, span: tuesday }]);
  assert.deepEqual(starts(found?.slots ?? []), ['01:00', '03:00', '04:00', '05:00', '06:00', '07:00', '08:00']);
  assert.deepEqual(
    found?.busy.map(({ source }) => source),
    ['booking'],
  );
});

test('A buffer is kept around what ends just before the span and begins just after it', async () => {
  const { deps, asked, queries } = fixture({
    bufferMinutes: 30,
    lark: [span('2026-11-24T00:30:00Z', '2026-11-24T01:00:00Z'), span('2026-11-24T09:00:00Z', '2026-11-24T10:00:00Z')],
  });
  const working = span('2026-11-24T01:00:00Z', '2026-11-24T09:00:00Z');
  const [found] = await findAvailability(deps, [{ trainer: mei, span: working }]);
  assert.deepEqual(starts(found?.slots ?? []), ['02:00', '03:00', '04:00', '05:00', '06:00', '07:00']);
  assert.deepEqual(asked, [span('2026-11-24T00:30:00Z', '2026-11-24T09:30:00Z')]);
  assert.match(queries[0] ?? '', /Start__c < 2026-11-24T09:30:00.000Z AND End__c > 2026-11-24T00:30:00.000Z/);
  assert.deepEqual(found?.busy, [], 'busy time outside of what was asked is not shown');
});

test('A zone or hours in Salesforce that nobody can read offer nothing and say so', async () => {
  const nowhere = trainerOf(MEI, { Time_Zone__c: 'Mars/Olympus' });
  const [zone] = await findAvailability(fixture().deps, [{ trainer: nowhere, span: tuesday }]);
  assert.deepEqual(zone?.slots, []);
  assert.match(zone?.unknown[0]?.reason ?? '', /"Mars\/Olympus" in Salesforce is not a time zone we know/);
  const upsideDown = trainerOf(MEI, { Work_Day_Start__c: '18:00' });
  const [hours] = await findAvailability(fixture().deps, [{ trainer: upsideDown, span: tuesday }]);
  assert.deepEqual(hours?.slots, []);
  assert.equal(
    hours?.notes[0],
    'Mei: The working hours in Salesforce, 18:00 to 17:00, end before they begin. What is blank there counts as 09:00 or 17:00. No time is offered.',
  );
});

test('Calendars of 20 trainers are asked at the same time; of more, never more than 20 at once', async () => {
  let open = 0;
  let most = 0;
  const waiting: (() => void)[] = [];
  const sourceOf = ({ id }: { id: string }) =>
    Promise.resolve({
      provider: 'lark' as const,
      connectionId: `lark:${id}` as const,
      account: '',
      read: () => {
        most = Math.max(most, ++open);
        // Nobody is answered before 20 have asked: one after the other would never end.
        return new Promise<Interval[]>((resolve) => {
          waiting.push(() => {
            open--;
            resolve([]);
          });
          if (waiting.length % 20 === 0) for (const answer of waiting.splice(0)) answer();
        });
      },
    });
  const { deps, queries } = fixture({ calendars: [{ provider: 'lark', sourceOf }] });
  const many = Array.from({ length: 40 }, (_, index) => {
    const trainer = trainerOf(`a0T0000000000${String(index).padStart(2, '0')}`, {});
    return { trainer: { ...trainer, id: `trainer ${index}` }, span: tuesday };
  });
  const found = await findAvailability(deps, many);
  assert.equal(found.filter(({ slots }) => slots.length === 8).length, 40);
  assert.equal(most, 20);
  assert.equal(queries.length, 1);
});

test('Where Salesforce shows no booking at all although some were made, nobody is free because of that', async () => {
  await db()
    .insertInto('slot_hold')
    .values({
      trainer_id: MEI,
      starts_at: new Date('2026-11-24T04:00:00Z'),
      ends_at: new Date('2026-11-24T05:00:00Z'),
      state: 'booked',
      expires_at: null,
      booking_id: 'b1',
      merchant_reference: null,
    })
    .execute();
  const { deps, queries } = fixture();
  const find = (records = deps.records) =>
    findAvailability({ ...deps, records }, [{ trainer: mei, span: tuesday }]).then(([found]) => found?.slots.length);
  await assert.rejects(find(), { code: 'salesforce_unavailable', retryable: true });
  assert.equal(queries.length, 2);
  // It was cancelled, or deleted: others are shown.
  const others: Pick<typeof deps.records, 'query'> = {
    query: <T extends Row>({ text }: Soql) =>
      Promise.resolve((text.includes('LIMIT 1') ? [{ Id: 'b2' }] : []) as Row[] as T[]),
  };
  assert.equal(await find(others), 8);
});

test('The past is not offered', async () => {
  const { deps } = fixture({ now: '2026-11-24T05:30:00Z' });
  const [found] = await findAvailability(deps, [{ trainer: mei, span: tuesday }]);
  assert.deepEqual(starts(found?.slots ?? []), ['06:00', '07:00', '08:00']);
});

test('An inactive trainer has no slots', async () => {
  const trainer = trainerOf(MEI, { Active__c: false });
  const [found] = await findAvailability(fixture().deps, [{ trainer, span: tuesday }]);
  assert.deepEqual(found?.slots, []);
  assert.match(found?.notes[0] ?? '', /does not give trainings/);
});

test('Several trainers cost one query, and each has their own bookings', async () => {
  const { deps, queries } = fixture({
    bookings: [{ Trainer__c: RAJ, Start__c: '2026-11-24T01:00:00.000+0000', End__c: '2026-11-24T09:00:00.000+0000' }],
  });
  const asked = [mei, trainerOf(RAJ)].map((trainer) => ({ trainer, span: tuesday }));
  const found = await findAvailability(deps, asked);
  assert.deepEqual(
    found.map(({ slots }) => slots.length),
    [8, 0],
  );
  assert.equal(queries.length, 1);
});

test('The next free slots have the wanted length and do not overlap', async () => {
  const { deps } = fixture();
  const offers = await nextFreeSlots(deps, mei, new Date('2026-11-24T07:30:00Z'), {
    durationMs: 90 * 60_000,
    count: 3,
  });
  assert.deepEqual(
    offers.slots.map(({ start, end }) => `${start.toISOString().slice(8, 16)}-${end.toISOString().slice(11, 16)}`),
    ['25T01:00-02:30', '25T03:00-04:30', '25T05:00-06:30'],
  );
});

test('Time about which nothing is known is not among the next free slots, and the reason is told', async () => {
  const { deps } = fixture({ lark: new ProviderError('lark', 'temporary', 'Lark is down.') });
  const offers = await nextFreeSlots(deps, mei, tuesday.start, { durationMs: 3_600_000, count: 3 });
  assert.deepEqual(offers.slots, []);
  assert.deepEqual(offers.unknown.length, 1);
  assert.match(offers.unknown[0] ?? '', /calendar/i);
});
