import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import type { AppError } from '../../src/core/errors.ts';
import { assertTimeZone, dateIn, describeInterval, startOfDay, toInstant } from '../../src/core/zoned-time.ts';

const codeOf = (code: string) => (error: unknown) => (error as AppError).code === code;

test('A local time, in a zone east of UTC, is the right instant', () => {
  const { instant, ambiguous } = toInstant({ date: '2026-11-24', time: '10:00', zone: 'Asia/Singapore' });
  assert.equal(instant.toISOString(), '2026-11-24T02:00:00.000Z');
  assert.equal(ambiguous, false);
});

test('A local time that the clocks skip, when it is read, is refused', () => {
  assert.throws(
    () => toInstant({ date: '2026-03-29', time: '02:30', zone: 'Europe/Paris' }),
    codeOf('skipped_local_time'),
  );
  assert.throws(
    () => toInstant({ date: '2026-03-08', time: '02:00', zone: 'America/New_York' }),
    codeOf('skipped_local_time'),
  );
});

test('The first and last moments around a skipped hour, when they are read, are accepted', () => {
  const before = toInstant({ date: '2026-03-29', time: '01:59', zone: 'Europe/Paris' });
  const after = toInstant({ date: '2026-03-29', time: '03:00', zone: 'Europe/Paris' });
  assert.equal(after.instant.getTime() - before.instant.getTime(), 60_000);
});

test('A local time that happens twice, when it is read, is the first one and says so', () => {
  const paris = toInstant({ date: '2026-10-25', time: '02:30', zone: 'Europe/Paris' });
  assert.deepEqual([paris.instant.toISOString(), paris.ambiguous], ['2026-10-25T00:30:00.000Z', true]);
  // Lord Howe Island puts its clocks back by half an hour only.
  const lordHowe = toInstant({ date: '2026-04-05', time: '01:45', zone: 'Australia/Lord_Howe' });
  assert.deepEqual([lordHowe.instant.toISOString(), lordHowe.ambiguous], ['2026-04-04T14:45:00.000Z', true]);
});

test('Names that are no IANA zone, when they are used, are refused', () => {
  for (const zone of ['UTC+2', '+02:00', 'GMT+2', 'CST', 'EST5EDT', 'Europe/Atlantis', 'europe/paris', '', 'local']) {
    assert.throws(() => assertTimeZone(zone), codeOf('unknown_time_zone'), zone);
  }
});

test('IANA names, also old ones, when they are used, are accepted', () => {
  for (const zone of ['UTC', 'GMT', 'Asia/Kolkata', 'Asia/Calcutta', 'America/Argentina/Buenos_Aires', 'Etc/GMT+2']) {
    assert.doesNotThrow(() => assertTimeZone(zone), zone);
  }
});

test('A day that is not in the calendar, when it is read, is refused as input', () => {
  assert.throws(() => toInstant({ date: '2026-02-30', time: '10:00', zone: 'UTC' }), codeOf('invalid_input'));
});

test('Any instant, shown on the wall and read back, is the same instant or the first of two', () => {
  const zones = ['Europe/Paris', 'America/New_York', 'Asia/Singapore', 'Australia/Lord_Howe', 'Africa/Casablanca'];
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.integer({ min: Date.UTC(2026, 0, 1) / 60_000, max: Date.UTC(2027, 11, 31) / 60_000 }),
      (zone, minutes) => {
        const shown = DateTime.fromMillis(minutes * 60_000, { zone });
        const read = toInstant({ date: shown.toFormat('yyyy-MM-dd'), time: shown.toFormat('HH:mm'), zone });
        const difference = shown.toMillis() - read.instant.getTime();
        return read.ambiguous ? difference >= 0 && difference <= 2 * 3_600_000 : difference === 0;
      },
    ),
  );
});

test('Days and spans, when people read them, are those of their zone', () => {
  assert.equal(startOfDay('2026-11-24', 'Asia/Singapore').toISOString(), '2026-11-23T16:00:00.000Z');
  assert.equal(dateIn('America/New_York', new Date('2026-11-24T02:00:00Z')), '2026-11-23');
  const span = { start: new Date('2026-11-24T02:00:00Z'), end: new Date('2026-11-24T03:00:00Z') };
  assert.equal(describeInterval(span, 'Asia/Singapore'), 'Tue 24 Nov 2026, 10:00–11:00 (Asia/Singapore)');
});
