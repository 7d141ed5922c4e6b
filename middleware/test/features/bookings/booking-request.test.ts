import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AppError } from '../../../src/core/errors.ts';
import {
  bookTrainingBody,
  keyHashOf,
  requestHashOf,
  serviceTypeOf,
  trainerReferenceOf,
} from '../../../src/features/bookings/booking-request.ts';
import { parse } from '../../../src/http/validate.ts';

const usual = {
  merchantId: 'M-1',
  merchantName: 'Coffee Corner',
  trainerEmail: 'mei@example.com',
  date: '2026-11-24',
  startTime: '10:00',
  endTime: '11:00',
  bookingType: 'training',
};
const read = (change: Record<string, unknown> = {}) => parse(bookTrainingBody, { ...usual, ...change });

function fieldsRefused(change: Record<string, unknown>): string[] {
  try {
    read(change);
    return [];
  } catch (error) {
    return ((error as AppError).details?.fields as { field: string }[]).map(({ field }) => field);
  }
}

test('Booking types, however they are written, are those of Salesforce', () => {
  for (const text of ['go live', 'Go Live', 'GO LIVE', 'go-live', 'golive']) {
    assert.equal(read({ bookingType: text }).bookingType, 'Go Live');
  }
  assert.equal(read({ bookingType: 'INSTALLATION' }).bookingType, 'Installation');
});

test('Without a service type an address means onsite', () => {
  assert.equal(serviceTypeOf(read()), 'Remote');
  assert.equal(serviceTypeOf(read({ storeAddress: '1 High Street' })), 'Onsite');
  assert.equal(serviceTypeOf(read({ storeAddress: '  ' })), 'Remote');
  assert.equal(serviceTypeOf(read({ storeAddress: '1 High Street', serviceType: 'Remote' })), 'Remote');
});

test('The trainer is named in exactly one way', () => {
  assert.deepEqual(trainerReferenceOf(read()), { email: 'mei@example.com' });
  assert.deepEqual(fieldsRefused({ trainerName: 'Mei' }), ['trainerId']);
  assert.deepEqual(fieldsRefused({ trainerEmail: undefined }), ['trainerId']);
});

test('What does not fit a field of Salesforce, or is not known, is refused by its name', () => {
  const cases: Record<string, unknown>[] = [
    { merchantId: '' },
    { merchantId: 'x'.repeat(81) },
    { merchantName: 'x'.repeat(256) },
    { contactName: 'x'.repeat(121) },
    { notes: 'x'.repeat(4001) },
    { storeAddress: 'x'.repeat(256) },
    { contactEmail: 'not an address' },
    { date: '24.11.2026' },
    { startTime: '9:00' },
    { endTime: '24:00' },
    { idempotencyKey: 'x'.repeat(256) },
    { bookingType: 'party' },
    { color: 'red' },
  ];
  for (const change of cases) assert.deepEqual(fieldsRefused(change), Object.keys(change));
});

test('Equal requests have one fingerprint, whatever the order and the writing; others do not', () => {
  const one = requestHashOf(read({ idempotencyKey: 'a' }));
  const reversed = Object.fromEntries(Object.entries({ ...usual, bookingType: 'Training' }).reverse());
  assert.equal(requestHashOf(parse(bookTrainingBody, reversed)), one);
  assert.notEqual(requestHashOf(read({ notes: 'x' })), one);
});

test('The key of one caller is never the key of another', () => {
  assert.notEqual(keyHashOf('a', 'bc'), keyHashOf('ab', 'c'));
  assert.match(keyHashOf('portal', 'key'), /^[0-9a-f]{64}$/);
});
