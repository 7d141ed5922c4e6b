// What the tests of this component share. Each of them mocks the Apex classes itself: jest wants that in the file.
import { createElement } from 'lwc';
import BookTraining from 'c/bookTraining';
import getAvailability from '@salesforce/apex/TrainingBookingController.getAvailability';
import getMerchants from '@salesforce/apex/TrainingBookingController.getMerchants';
import getTrainers from '@salesforce/apex/TrainingBookingController.getTrainers';

/** Today is fixed; everything else goes on. */
export const ALL_BUT_DATE = [
  'nextTick',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
  'performance',
];

export const wei = {
  id: 'a01000000000001AAA',
  name: 'Wei Tan',
  email: 'wei.tan@example.com',
  timeZone: 'Asia/Singapore',
  larkConnected: true,
};
export const noah = {
  ...wei,
  id: 'a01000000000002AAA',
  name: 'Noah Fischer',
  timeZone: 'Europe/Berlin',
  larkConnected: false,
};
export const merchant = { reference: 'M-1001', name: 'Harbour Coffee' };
export const slots = [
  { start: '2126-03-04T01:00:00.000Z', end: '2126-03-04T02:00:00.000Z' },
  { start: '2126-03-04T02:00:00.000Z', end: '2126-03-04T03:00:00.000Z' },
];
export const day = '2126-03-04';
export const availabilityOf = ({ id, name, timeZone, larkConnected }) => ({
  trainer: { id, name, larkConnected },
  timeZone,
  slots,
  busy: [],
  unknown: [],
  notes: [],
});
export const result = {
  bookingId: 'a02000000000001AAA',
  bookingName: 'TB-00001',
  status: 'Confirmed',
  meetingLink: null,
  meetingLinkStatus: 'Pending',
  message: 'Your training is booked. The meeting link is being made.',
  notes: [],
};

export const settled = async (turns = 6) => {
  await new Promise(process.nextTick);
  if (turns > 1) await settled(turns - 1);
};

export async function show({ trainers = [wei, noah] } = {}) {
  const element = createElement('c-book-training', { is: BookTraining });
  document.body.appendChild(element);
  if (trainers) getTrainers.emit(trainers);
  await settled();
  getMerchants.emit([merchant]);
  await settled();
  return element;
}

export const find = (element, selector) => element.shadowRoot.querySelector(selector);
export const byId = (element, id) => find(element, `[data-id="${id}"]`);
export const field = (element, name) => find(element, `[data-field="${name}"]`);

export async function enter(element, name, value) {
  field(element, name).dispatchEvent(new CustomEvent('change', { detail: { value } }));
  await settled();
}

export async function choose(element, selector, detail) {
  find(element, selector).dispatchEvent(new CustomEvent('choose', { detail }));
  await settled();
}

/** The base components are stubs here: whether they miss something is said by the test. */
export function say(element, isValid) {
  element.shadowRoot.querySelectorAll('[data-field], [data-fields]').forEach((one) => {
    one.reportValidity = jest.fn(() => isValid);
  });
}

export async function fillIn(element, { trainer = wei, slot = slots[0] } = {}) {
  getAvailability.mockResolvedValue(availabilityOf(trainer));
  await enter(element, 'trainerId', trainer.id);
  await choose(element, 'c-merchant-picker', { merchant });
  await choose(element, 'c-week-picker', { slot: { ...slot, trainerIds: [trainer.id] } });
  say(element, true);
}

/** As Apex tells what the middleware refused. */
export const refusal = (code, message, details) => ({ body: { message: JSON.stringify({ code, message, details }) } });

export async function pressBook(element) {
  byId(element, 'book').click();
  await settled();
}
