import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { ProviderId } from '../../../src/core/connection.ts';
import { AppError } from '../../../src/core/errors.ts';
import type { Interval } from '../../../src/core/interval.ts';
import { ProviderError } from '../../../src/core/provider-error.ts';
import { createBusyCache } from '../../../src/features/availability/busy-cache.ts';
import { findAvailability, type FindAvailabilityDeps } from '../../../src/features/availability/find-availability.ts';
import { nextFreeSlots } from '../../../src/features/availability/next-free-slots.ts';
import { toTrainer } from '../../../src/features/trainers/trainer-row.ts';
import type { CalendarKind } from '../../../src/providers/ports/free-busy.ts';
import type { Row, Soql } from '../../../src/salesforce/records.ts';
import type { OpenDatabase } from '../../../src/storage/open-database.ts';
import { openMemoryDatabase } from '../../kit/memory-database.ts';

const MEI = 'a0T000000000001EAA';
const RAJ = 'a0T000000000002EAA';
const trainerOf = (Id: string, fields: Row = {}) =>
  toTrainer({ Id, Name: 'Mei', Active__c: true, Time_Zone__c: 'Asia/Singapore', Lark_User_ID__c: 'ou_1', ...fields });
const mei = trainerOf(MEI);
const span = (start: string, end: string): Interval => ({ start: new Date(start), end: new Date(end) });
/** Tuesday; working hours in Singapore are 01:00 to 09:00 in UTC. */
const tuesday = span('2026-11-24T00:00:00Z', '2026-11-24T16:00:00Z');

let database: OpenDatabase;
before(async () => {
  database = await openMemoryDatabase();
});
after(() => database.close());
beforeEach(async () => {
  await database.db.deleteFrom('slot_hold').execute();
});

interface Given {
  /** What Lark says, or how it fails; `none`: no account is connected. */
  lark?: Interval[] | Error | 'none';
  bookings?: Row[];
  now?: string;
  mock?: boolean;
  calendars?: CalendarKind[];
  bufferMinutes?: number;
}

/** A calendar that every trainer has connected. */
function calendarKind(provider: ProviderId, answer: Interval[] | Error | 'none', asked: Interval[] = []): CalendarKind {
  return {
    provider,
    sourceOf: (trainerId) =>
      Promise.resolve(
        answer === 'none'
          ? undefined
          : {
              provider,
              connectionId: `${provider}:${trainerId}`,
              account: 'one',
              read: (interval) => {
                asked.push(interval);
                return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
              },
            },
      ),
  };
}

function fixture(given: Given = {}) {
  const asked: Interval[] = [];
  const queries: string[] = [];
  const warnings: object[] = [];
  const now = () => new Date(given.now ?? '2026-11-21T00:00:00Z');
  const deps: FindAvailabilityDeps = {
    now,
    db: database.db,
    log: { debug() {}, info() {}, warn: (fields) => void warnings.push(fields), error() {} },
    settings: () => ({
      minutes: 60,
      stepMinutes: 60,
      bufferMinutes: given.bufferMinutes ?? 0,
      mockLarkBusy: given.mock === true,
    }),
    busyCache: createBusyCache({ now }),
    calendars: given.calendars ?? [calendarKind('lark', given.lark ?? [], asked)],
    records: {
      query: <T extends Row>(query: Soql) => {
        queries.push(query.text);
        return Promise.resolve((given.bookings ?? []) as T[]);
      },
    },
  };
  return { deps, asked, queries, warnings };
}

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
  assert.deepEqual(starts(next), ['22:00', '23:00', '02:00']);
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
  await database.db
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
  assert.match(hours?.notes[0] ?? '', /18:00 to 17:00, end before they begin/);
});

test('Calendars of 20 trainers are asked at the same time; of more, never more than 20 at once', async () => {
  let open = 0;
  let most = 0;
  const waiting: (() => void)[] = [];
  const sourceOf = (trainerId: string) =>
    Promise.resolve({
      provider: 'lark' as const,
      connectionId: `lark:${trainerId}` as const,
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

test('When calendars take too long, those that were not asked yet are unknown', async () => {
  let now = Date.parse('2026-11-21T00:00:00Z');
  const sourceOf = (trainerId: string) =>
    Promise.resolve({
      provider: 'lark' as const,
      connectionId: `lark:${trainerId}` as const,
      account: '',
      read: () => {
        now += 1_000;
        return Promise.resolve([]);
      },
    });
  const { deps } = fixture({ calendars: [{ provider: 'lark', sourceOf }] });
  const many = Array.from({ length: 50 }, (_, index) => ({
    trainer: { ...mei, id: `trainer ${index}` },
    span: tuesday,
  }));
  const found = await findAvailability({ ...deps, now: () => new Date(now) }, many);
  assert.ok(found.slice(0, 20).every(({ slots }) => slots.length === 8));
  const last = found.at(-1);
  assert.deepEqual(last?.slots, []);
  assert.match(last?.unknown[0]?.reason ?? '', /took too long to answer. Please try again/);
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
    offers.map(({ start, end }) => `${start.toISOString().slice(8, 16)}-${end.toISOString().slice(11, 16)}`),
    ['25T01:00-02:30', '25T03:00-04:30', '25T05:00-06:30'],
  );
});

test('Time about which nothing is known is not among the next free slots', async () => {
  const { deps } = fixture({ lark: new ProviderError('lark', 'temporary', 'Lark is down.') });
  const offers = await nextFreeSlots(deps, mei, tuesday.start, { durationMs: 3_600_000, count: 3 });
  assert.deepEqual(offers, []);
});
