import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../../src/core/errors.ts';
import type { Interval } from '../../../src/core/interval.ts';
import { ProviderError } from '../../../src/core/provider-error.ts';
import { availabilityQuery, spanOf } from '../../../src/features/availability/availability-request.ts';
import {
  findAvailability,
  nextFreeSlots,
  type FindAvailabilityDeps,
} from '../../../src/features/availability/find-availability.ts';
import { toTrainer } from '../../../src/features/trainers/trainer-row.ts';
import { parse } from '../../../src/http/validate.ts';
import type { Row } from '../../../src/salesforce/records.ts';

const MEI = 'a0T000000000001EAA';
const RAJ = 'a0T000000000002EAA';
const trainerOf = (Id: string, fields: Row = {}) =>
  toTrainer({ Id, Name: 'Mei', Active__c: true, Time_Zone__c: 'Asia/Singapore', Lark_User_ID__c: 'ou_1', ...fields });
const mei = trainerOf(MEI);
const span = (start: string, end: string): Interval => ({ start: new Date(start), end: new Date(end) });
/** Tuesday; working hours in Singapore are 01:00 to 09:00 in UTC. */
const tuesday = span('2026-11-24T00:00:00Z', '2026-11-24T16:00:00Z');

function fixture(
  given: { busy?: Interval[] | Error; bookings?: Row[]; now?: string; mock?: boolean; off?: boolean } = {},
) {
  const asked: { from: Date; to: Date }[] = [];
  let queries = 0;
  const deps: FindAvailabilityDeps = {
    now: () => new Date(given.now ?? '2026-11-21T00:00:00Z'),
    log: { debug() {}, info() {}, warn() {}, error() {} },
    findTrainer: () => Promise.resolve(mei),
    settings: () => ({ minutes: 60, stepMinutes: 60, bufferMinutes: 0, mockLarkBusy: given.mock === true }),
    tokens: {
      withAccessToken: (_connection, send) =>
        given.busy instanceof AppError ? Promise.reject(given.busy) : send('token'),
    },
    freeBusy:
      given.off === true
        ? undefined
        : {
            busy: (_token, request) => {
              asked.push(request);
              return given.busy instanceof Error ? Promise.reject(given.busy) : Promise.resolve(given.busy ?? []);
            },
          },
    records: {
      query: <T extends Row>() => {
        queries++;
        return Promise.resolve((given.bookings ?? []) as T[]);
      },
    },
  };
  return { deps, asked, queries: () => queries };
}

const starts = (slots: readonly Interval[]) => slots.map(({ start }) => start.toISOString().slice(11, 16));

test('Slots are the working hours without bookings and without busy time of the calendar', async () => {
  const { deps } = fixture({
    busy: [span('2026-11-24T01:00:00Z', '2026-11-24T03:00:00Z')],
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

test('A connected calendar that cannot be read makes the time unknown, with the reason, and offers nothing', async () => {
  const troubles = [
    new ProviderError('lark', 'temporary', 'Lark is down.'),
    new ProviderError('lark', 'scope-missing', 'No scope.'),
    new AppError('needs_reconnect', 'Connect again.'),
    new AppError('on_hold', 'On hold.'),
    new AppError('token_refresh_busy', 'Busy.'),
  ];
  for (const busy of troubles) {
    const [found] = await findAvailability(fixture({ busy }).deps, [{ trainer: mei, span: tuesday }]);
    assert.deepEqual(found?.slots, []);
    assert.equal(found?.unknown.length, 1);
    assert.match(found?.unknown[0]?.reason ?? '', new RegExp(busy.message));
  }
});

test('A trainer without a calendar gets slots from bookings, and a note', async () => {
  const { deps } = fixture({ busy: new AppError('not_connected', 'Not connected.') });
  const [found] = await findAvailability(deps, [{ trainer: mei, span: tuesday }]);
  assert.equal(found?.slots.length, 8);
  assert.match(found?.notes[0] ?? '', /no calendar connected/);
});

test('With MOCK_LARK_BUSY, or without Lark, no calendar is asked and the answer says so', async () => {
  const mocked = fixture({ mock: true });
  const [found] = await findAvailability(mocked.deps, [{ trainer: mei, span: tuesday }]);
  assert.deepEqual([mocked.asked.length, found?.slots.length], [0, 8]);
  assert.match(found?.notes[0] ?? '', /MOCK_LARK_BUSY/);
  const [off] = await findAvailability(fixture({ off: true }).deps, [{ trainer: mei, span: tuesday }]);
  assert.match(off?.notes[0] ?? '', /not set up/);
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
  assert.equal(queries(), 1);
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

test('Days are those of the zone, and a last day is asked for as a whole', () => {
  const day = parse(availabilityQuery, { trainerId: MEI, date: '2026-11-24' });
  assert.deepEqual(spanOf(day, 'Asia/Singapore'), span('2026-11-23T16:00:00Z', '2026-11-24T16:00:00Z'));
  const change = parse(availabilityQuery, { trainerId: MEI, from: '2026-10-25', to: '2026-10-25' });
  const { start, end } = spanOf(change, 'Europe/Paris');
  assert.equal(end.getTime() - start.getTime(), 25 * 3_600_000);
  const exact = parse(availabilityQuery, {
    trainerId: MEI,
    from: '2026-11-24T09:00:00 08:00',
    to: '2026-11-24T10:00:00Z',
  });
  assert.deepEqual(spanOf(exact, 'UTC'), span('2026-11-24T01:00:00Z', '2026-11-24T10:00:00Z'));
});

test('Questions that cannot be answered are refused by their field', () => {
  const refuse = (query: Record<string, unknown>, field: RegExp) =>
    assert.throws(() => spanOf(parse(availabilityQuery, query), 'UTC'), field);
  refuse({ date: '2026-11-24' }, /trainerId/);
  refuse({ trainerId: MEI, email: 'mei@example.com', date: '2026-11-24' }, /trainerId/);
  refuse({ trainerId: MEI }, /date/);
  refuse({ trainerId: MEI, date: '2026-11-24', from: '2026-11-24', to: '2026-11-25' }, /date/);
  refuse({ trainerId: MEI, from: '2026-11-24T09:00:00', to: '2026-11-25' }, /from/);
  refuse({ trainerId: MEI, from: '2026-11-25', to: '2026-11-24' }, /to: must be after from/);
  refuse({ trainerId: MEI, from: '2026-01-01', to: '2026-04-01' }, /90 days/);
  refuse({ trainerId: Array.from({ length: 21 }, () => MEI), date: '2026-11-24' }, /20 trainers/);
});
