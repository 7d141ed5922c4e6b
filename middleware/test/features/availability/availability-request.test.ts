import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AppError } from '../../../src/core/errors.ts';
import { availabilityQuery, spanOf } from '../../../src/features/availability/availability-request.ts';
import { parse } from '../../../src/http/validate.ts';

const MEI = 'a0T000000000001EAA';
const span = (start: string, end: string) => ({ start: new Date(start), end: new Date(end) });

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

test('A month of 31 days may be asked for, also one with a clock change', () => {
  for (const zone of ['Europe/Paris', 'America/New_York', 'Australia/Lord_Howe', 'UTC']) {
    const month = parse(availabilityQuery, { trainerId: MEI, from: '2026-10-05', to: '2026-11-04' });
    assert.doesNotThrow(() => spanOf(month, zone), zone);
    const tooLong = parse(availabilityQuery, { trainerId: MEI, from: '2026-10-05', to: '2026-11-05' });
    assert.throws(() => spanOf(tooLong, zone), /to: must be at most 31 days after from/);
  }
});

test('One id and several are told apart, because their answers differ', () => {
  const ids = (trainerId: unknown) => parse(availabilityQuery, { trainerId, date: '2026-11-24' }).trainerId;
  assert.equal(ids(` ${MEI} `), MEI);
  assert.deepEqual(ids([MEI]), [MEI]);
  assert.equal(ids(Array.from({ length: 50 }, () => MEI))?.length, 50);
});

test('Questions that cannot be answered are refused by their field', () => {
  const refuse = (query: Record<string, unknown>, field: string, problem: RegExp) => {
    assert.throws(
      () => spanOf(parse(availabilityQuery, query), 'UTC'),
      (error) => {
        const { code, message, details } = error as AppError;
        assert.equal(code, 'invalid_input');
        assert.match(message, problem);
        const fields = (details as { fields: { field: string }[] }).fields;
        assert.ok(
          fields.some((entry) => entry.field === field),
          JSON.stringify(fields),
        );
        return true;
      },
    );
  };
  const day = { date: '2026-11-24' };
  refuse(day, 'trainerId', /exactly one of/);
  refuse({ ...day, trainerId: MEI, email: 'mei@example.com' }, 'trainerId', /exactly one of/);
  refuse({ ...day, trainerId: '' }, 'trainerId', /must not be empty/);
  refuse({ ...day, trainerId: `${MEI}AAA` }, 'trainerId', /18 characters/);
  refuse({ ...day, trainerId: { a: 'b' } }, 'trainerId', /must be text/);
  refuse({ ...day, trainerId: Array.from({ length: 51 }, () => MEI) }, 'trainerId', /at most 50 trainers/);
  refuse({ ...day, trainerName: '' }, 'trainerName', /must not be empty/);
  refuse({ ...day, trainerName: ['a', 'b'] }, 'trainerName', /must be given once/);
  refuse({ ...day, email: 'mei' }, 'email', /must be an e-mail address/);
  refuse({ ...day, trainerId: MEI, zone: 'UTC' }, 'zone', /is not known here/);
  refuse({ trainerId: MEI }, 'date', /either date, or from and to/);
  refuse({ trainerId: MEI, from: '2026-11-24' }, 'date', /either date, or from and to/);
  refuse({ trainerId: MEI, ...day, from: '2026-11-24', to: '2026-11-25' }, 'date', /either date, or from and to/);
  refuse({ trainerId: MEI, date: '2026-02-30' }, 'date', /must be a date/);
  refuse({ trainerId: MEI, date: ['2026-02-03', '2026-02-04'] }, 'date', /must be a date/);
  refuse({ trainerId: MEI, from: '2026-11-24T09:00:00', to: '2026-11-25' }, 'from', /an instant with its offset/);
  refuse({ trainerId: MEI, from: '2026-11-25', to: '2026-11-24' }, 'to', /must be after from/);
  refuse({ trainerId: MEI, from: '2026-01-01', to: '2026-02-01' }, 'to', /31 days/);
  for (const year of ['0000', '0001', '1999', '2999', '9999']) {
    refuse({ trainerId: MEI, date: `${year}-12-31` }, 'date', /between the years 2000 and 2998/);
    const instant = `${year}-12-31T00:00:00Z`;
    refuse({ trainerId: MEI, from: instant, to: instant }, 'from', /between the years 2000 and 2998/);
  }
});
