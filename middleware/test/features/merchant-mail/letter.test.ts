import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Booking } from '../../../src/core/booking.ts';
import { calendarFile } from '../../../src/features/merchant-mail/calendar-file.ts';
import { letterOf } from '../../../src/features/merchant-mail/letter.ts';
import { toldOf, type Occasion } from '../../../src/features/merchant-mail/told.ts';

const booking: Booking = {
  id: 'a0BTC0000000001YAA',
  name: 'TB-00001',
  trainerId: 'a0TTC0000000001YAA',
  merchantReference: undefined,
  merchantName: 'Shop',
  contactName: 'Li',
  contactEmail: 'li@shop.example',
  start: new Date('2027-03-02T02:00:00Z'),
  end: new Date('2027-03-02T03:00:00Z'),
  timeZone: 'Asia/Singapore',
  serviceType: 'Onsite',
  bookingType: 'Go Live',
  status: 'Confirmed',
  storeAddress: '1 Main St',
  notes: undefined,
  meetingLink: undefined,
  meetingLinkStatus: 'Not Needed',
  meetingLinkSource: undefined,
  syncStatus: 'Synced',
  syncKey: undefined,
  revision: 1,
  syncedRevision: 1,
};
const trainer = { name: 'Mei' };
const calendarUrl = 'https://trainers.example/calendar/x.ics';
const letter = (change: Partial<Booking>, occasion: Occasion = 'booked', before?: Booking) => {
  const changed = { ...booking, ...change };
  const told = before && toldOf(before, trainer);
  return letterOf({ booking: changed, occasion, before: told, now: toldOf(changed, trainer), calendarUrl });
};
const greeting = (contactName: string | undefined) => letter({ contactName }).body.split('\n')[0];

test('people are greeted by their names, and a message in place of a name is not delivered', () => {
  for (const [name, greeted] of [
    ['Li', 'Hello Li,'],
    ['  Renée  O’Brien-Müller \n', 'Hello Renée O’Brien-Müller,'],
    ['J. R. Smith', 'Hello J. R. Smith,'],
    ['J.Smith', 'Hello J. Smith,'],
    ['王伟', 'Hello 王伟,'],
  ] as const) {
    assert.equal(greeting(name), greeted);
  }
  for (const message of [
    'your parcel is held: https://evil.example/pay',
    'pay at www.evil.example',
    'WWW.EVIL.EXAMPLE',
    'go to evil.example',
    'see t.co/abc',
    'write to pay@evil.example',
    'your account is locked and has to be unlocked today, please call us at once under this number',
    '   ',
    undefined,
  ]) {
    assert.equal(greeting(message), 'Hello,', message);
  }
});

test('an address says where, and leads nowhere: not in the mail, not in what has changed, not in the calendar', () => {
  const storeAddress = 'Jln.Sudirman No.5, pay at https://evil.example/pay, www.evil.example or pay@evil.example';
  const plain = 'Jln. Sudirman No.5, pay at https: evil. example/pay, www. evil. example or pay at evil. example';
  const { body } = letter({ storeAddress }, 'changed', booking);
  assert.ok(body.includes(`\nWhere: ${plain}\n`), body);
  assert.ok(body.includes(`\n- Address: 1 Main St → ${plain}\n`), body);
  const file = calendarFile({
    booking: { ...booking, storeAddress },
    trainer,
    organizerEmail: 'mail@trainers.example',
    now: new Date(0),
  });
  assert.ok(file.replaceAll('\r\n ', '').includes(`\r\nLOCATION:${plain.replaceAll(',', '\\,')}\r\n`), file);
});

test('a mail says what is booked, when and in which zone, and what to do', () => {
  const { subject, body } = letter({});
  assert.equal(subject, 'Booked: Go Live on Tue 2 Mar 2027, 10:00–11:00 (Asia/Singapore)');
  assert.deepEqual(body.split('\n'), [
    'Hello Li,',
    '',
    'Your go live is booked.',
    '',
    'What: Go Live (onsite), TB-00001',
    'When: Tue 2 Mar 2027, 10:00–11:00 (Asia/Singapore)',
    'Trainer: Mei',
    'Where: 1 Main St',
    '',
    'To put it into your calendar, open this file (.ics). It always shows the booking as it stands:',
    calendarUrl,
    '',
    'Trainer Connect',
  ]);
});

test('a link that is not there yet is a sentence, one that is there is a line, and a cancelled training has none', () => {
  const remote = { serviceType: 'Remote', bookingType: 'Training', storeAddress: undefined } as const;
  const pending = letter({ ...remote, meetingLinkStatus: 'Pending Trainer Setup' });
  assert.match(pending.body, /\nMeeting link pending trainer setup\. You will get another mail when it is ready\.\n/);
  const ready = { ...remote, meetingLink: 'https://vc.example/r1', meetingLinkStatus: 'Ready' } as const;
  assert.match(letter(ready).body, /\nMeeting: https:\/\/vc\.example\/r1\n/);
  assert.doesNotMatch(letter({ ...ready, status: 'Cancelled' }, 'cancelled').body, /vc\.example/);
});
