import { dayIn, formatSpan, formatTime, isPlainIn, knownZone, showSameTime, wallTime, zoneName } from 'c/zonedTime';

const slot = { start: '2026-03-02T01:00:00.000Z', end: '2026-03-02T02:30:00.000Z' };
/** Some versions of ICU put thin or non-breaking blanks around dashes and before AM. */
const plain = (text) => text.replace(/[\s\u2009\u202f]+/g, ' ');

describe('c-zoned-time', () => {
  it('reads day and clock in the zone, midnight as 00:00', () => {
    expect(dayIn('Asia/Singapore', new Date('2026-03-01T16:00:00Z'))).toBe('2026-03-02');
    expect(wallTime('2026-03-01T16:00:00Z', 'Asia/Singapore')).toBe('00:00');
    expect(dayIn('America/New_York', new Date('2026-03-01T04:59:00Z'))).toBe('2026-02-28');
    expect(wallTime('2026-03-01T04:59:00Z', 'America/New_York')).toBe('23:59');
  });

  it('follows summer time', () => {
    expect(wallTime('2026-03-29T00:30:00Z', 'Europe/Paris')).toBe('01:30');
    expect(wallTime('2026-03-29T01:30:00Z', 'Europe/Paris')).toBe('03:30');
  });

  it('leaves out a day that is known, and names every other', () => {
    const reader = { timeZone: 'Asia/Singapore', locale: 'en-US' };

    expect(plain(formatSpan(slot, { ...reader, day: '2026-03-02' }))).toBe('9:00 – 10:30 AM');
    expect(plain(formatSpan(slot, { ...reader, day: '2026-03-01' }))).toBe('Mon, Mar 2, 9:00 – 10:30 AM');
    expect(plain(formatSpan(slot, reader))).toBe('Mon, Mar 2, 9:00 – 10:30 AM');
  });

  it('names the weekday of a time on another day', () => {
    const reader = { timeZone: 'Asia/Singapore', locale: 'en-US' };

    expect(plain(formatTime(slot.start, { ...reader, day: '2026-03-02' }))).toBe('9:00 AM');
    expect(plain(formatTime(slot.start, { ...reader, day: '2026-03-01' }))).toBe('Mon 9:00 AM');
  });

  it('names a zone in words', () => {
    expect(zoneName('Asia/Singapore', 'en-US', slot.start)).toBe('Singapore Standard Time');
    expect(zoneName('Europe/Paris', 'en-US', '2026-07-01T00:00:00Z')).toBe('Central European Summer Time');
  });

  it('knows zones that show the same time under another name', () => {
    expect(showSameTime(slot.start, 'Asia/Singapore', 'Asia/Shanghai')).toBe(true);
    expect(showSameTime(slot.start, 'Asia/Singapore', 'Asia/Tokyo')).toBe(false);
    expect(showSameTime('2026-03-02T00:00:00Z', 'Pacific/Kiritimati', 'Pacific/Honolulu')).toBe(false);
  });

  it.each([
    ['an hour of a day', '2026-10-25T02:00:00Z', '2026-10-25T03:00:00Z', 'Europe/Berlin', true],
    ['over midnight', '2026-10-24T21:30:00Z', '2026-10-24T22:30:00Z', 'Europe/Berlin', false],
    ['the first of two', '2026-10-24T23:00:00Z', '2026-10-25T00:00:00Z', 'Europe/Berlin', true],
    ['to the second of two', '2026-10-25T00:00:00Z', '2026-10-25T01:00:00Z', 'Europe/Berlin', false],
    [
      'the second of two, half an hour apart',
      '2026-04-04T15:00:00Z',
      '2026-04-04T16:00:00Z',
      'Australia/Lord_Howe',
      false,
    ],
  ])('knows whether clocks tell a span plainly: %s', (_name, start, end, timeZone, expected) => {
    expect(isPlainIn({ start, end }, timeZone)).toBe(expected);
  });

  it('takes another zone for one that is missing or misspelt', () => {
    expect(knownZone('Asia/Tokyo', 'UTC')).toBe('Asia/Tokyo');
    expect(knownZone('Asia/Tokio', 'UTC')).toBe('UTC');
    expect(knownZone(null, 'UTC')).toBe('UTC');
  });
});
