import {
  addDays,
  answersIn,
  isCovered,
  mergeSlots,
  mergeSpans,
  partOfDay,
  slotsForMoving,
  touchesDay,
  withoutOwn,
} from 'c/freeTimes';

const at = (time) => `2126-03-04T${time}:00.000Z`;
const span = (start, end) => ({ start: at(start), end: at(end) });
const answer = (id, slots) => ({ trainer: { id }, slots });
const starts = (slots) => slots.map(({ start }) => start.slice(11, 16));

describe('days', () => {
  it.each([
    ['2126-03-04', 7, '2126-03-11'],
    ['2126-02-27', 2, '2126-03-01'],
    ['2127-01-01', -1, '2126-12-31'],
  ])('%s and %d days is %s', (day, count, later) => {
    expect(addDays(day, count)).toBe(later);
  });

  it('a span that ends at midnight has nothing of the day that begins then', () => {
    const untilMidnight = { start: '2126-03-04T01:00:00.000Z', end: '2126-03-04T16:00:00.000Z' };

    expect(touchesDay(untilMidnight, '2126-03-04', 'Asia/Singapore')).toBe(true);
    expect(touchesDay(untilMidnight, '2126-03-05', 'Asia/Singapore')).toBe(false);
  });

  it.each([
    ['all day', { start: '2126-03-03T16:00:00.000Z', end: '2126-03-04T16:00:00.000Z' }, 'all'],
    ['from a time on', { start: '2126-03-04T02:00:00.000Z', end: '2126-03-06T16:00:00.000Z' }, 'from'],
    ['until a time', { start: '2126-03-01T16:00:00.000Z', end: '2126-03-04T02:00:00.000Z' }, 'until'],
    ['between two times', { start: '2126-03-04T02:00:00.000Z', end: '2126-03-04T03:00:00.000Z' }, 'between'],
  ])('a day has of a span: %s', (_name, given, kind) => {
    const reader = { day: '2126-03-04', timeZone: 'Asia/Singapore', locale: 'en-GB' };

    expect(partOfDay(given, reader).kind).toBe(kind);
  });
});

describe('free times', () => {
  it('one trainer is answered alone, several in a list', () => {
    const one = answer('a', []);

    expect(answersIn(one)).toEqual([one]);
    expect(answersIn({ trainers: [one] })).toEqual([one]);
  });

  it('the same time of several trainers is one, with all who have it', () => {
    const merged = mergeSlots([
      answer('a', [span('03:00', '04:00')]),
      answer('b', [span('02:00', '03:00'), span('03:00', '04:00')]),
    ]);

    expect(merged).toEqual([
      { ...span('02:00', '03:00'), trainerIds: ['b'] },
      { ...span('03:00', '04:00'), trainerIds: ['a', 'b'] },
    ]);
  });

  it('a span is free only if every minute of it is', () => {
    const slots = [span('02:30', '03:30'), span('01:00', '02:00'), span('02:00', '03:00')];

    expect(isCovered(slots, span('01:30', '03:30'))).toBe(true);
    expect(isCovered(slots, span('01:30', '03:45'))).toBe(false);
    expect(isCovered([span('01:00', '02:00'), span('02:30', '03:30')], span('01:00', '03:00'))).toBe(false);
    expect(isCovered([], span('01:00', '03:00'))).toBe(false);
  });

  it('overlapping and touching spans are one', () => {
    const merged = mergeSpans([
      span('03:00', '05:00'),
      span('01:00', '02:00'),
      span('02:00', '04:00'),
      span('06:00', '07:00'),
    ]);

    expect(merged).toEqual([span('01:00', '05:00'), span('06:00', '07:00')]);
  });
});

describe('times for a booking that moves', () => {
  const own = span('02:00', '03:00');
  const around = [span('00:00', '01:00'), span('00:30', '01:30'), span('01:00', '02:00'), span('03:00', '04:00')];

  it('its own time is free for it, so it may move by less than its length; where it is now is not offered', () => {
    const slots = slotsForMoving({ slots: around, busy: [own], unknown: [] }, own);

    expect(starts(slots)).toEqual(['00:00', '00:30', '01:00', '01:30', '02:30', '03:00']);
  });

  it('its own time is free for it also where other trainings touch it, and theirs is not', () => {
    const before = [span('00:00', '01:00'), span('00:30', '01:30'), span('01:00', '02:00')];
    const lark = [span('02:00', '04:00')];
    const rows = { slots: before, busy: [...lark, ...lark], unknown: [] };
    const between = { slots: [span('00:00', '01:00')], busy: [span('01:00', '04:00')], unknown: [] };

    expect(starts(slotsForMoving(rows, own))).toEqual(['00:00', '00:30', '01:00', '01:30']);
    expect(starts(slotsForMoving(between, own))).toEqual(['00:00']);
  });

  it('what is in the way is what is left without its own time; a part of that is something else', () => {
    expect(withoutOwn([own], own)).toEqual([]);
    expect(withoutOwn([{ ...span('01:00', '04:00'), source: 'lark' }], own)).toEqual([
      { ...span('01:00', '02:00'), source: 'lark' },
      { ...span('03:00', '04:00'), source: 'lark' },
    ]);
    const others = [span('02:30', '04:00'), span('02:15', '02:45'), span('03:00', '04:00')];
    expect(withoutOwn(others, own)).toEqual(others);
  });

  it('not where something else is in the way, or nothing is known', () => {
    const blocked = { slots: around, busy: [own, span('02:30', '04:00')], unknown: [] };
    const unknown = { slots: around, busy: [own], unknown: [{ ...span('02:00', '02:30'), reason: '' }] };
    const allUnknown = { slots: around, busy: [own], unknown: [{ ...own, reason: '' }] };

    for (const answered of [blocked, unknown, allUnknown]) {
      expect(starts(slotsForMoving(answered, own))).toEqual(['00:00', '00:30', '01:00', '03:00']);
    }
  });

  it('a long booking needs a long free time', () => {
    const long = span('08:00', '09:30');

    expect(starts(slotsForMoving({ slots: around, busy: [long], unknown: [] }, long))).toEqual(['00:00', '00:30']);
  });
});
