import { refreshApex } from '@salesforce/apex';
import book from '@salesforce/apex/TrainingBookingController.book';
import getAvailability from '@salesforce/apex/TrainingBookingController.getAvailability';
import getTrainers from '@salesforce/apex/TrainingBookingController.getTrainers';
import {
  ALL_BUT_DATE,
  wei,
  noah,
  merchant,
  slots,
  day,
  availabilityOf,
  result,
  settled,
  show,
  find,
  byId,
  field,
  enter,
  choose,
  say,
  refusal,
  pressBook,
} from './kit';

jest.mock('@salesforce/apex', () => ({ refreshApex: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/TrainingBookingController.book', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/TrainingBookingController.getAvailability', () => ({ default: jest.fn() }), {
  virtual: true,
});
jest.mock(
  '@salesforce/apex/TrainingBookingController.getTrainers',
  () => {
    const { createApexTestWireAdapter } = require('@salesforce/sfdx-lwc-jest');
    return { default: createApexTestWireAdapter(jest.fn()) };
  },
  { virtual: true },
);
jest.mock(
  '@salesforce/apex/TrainingBookingController.getMerchants',
  () => {
    const { createApexTestWireAdapter } = require('@salesforce/sfdx-lwc-jest');
    return { default: createApexTestWireAdapter(jest.fn()) };
  },
  { virtual: true },
);

const refreshed = async (element) => {
  await find(element, 'c-week-picker').refresh();
  await settled();
};
const unreachable = refusal('unreachable', 'No answer.');
const open = (element) => [...element.shadowRoot.querySelectorAll('[data-open]')].map((one) => one.textContent);
const requests = () => book.mock.calls.map(([{ request }]) => request);

describe('c-book-training, when something goes wrong', () => {
  let keys;

  beforeEach(() => {
    keys = 0;
    Object.defineProperty(globalThis.crypto, 'randomUUID', { configurable: true, value: () => `key-${++keys}` });
    jest.useFakeTimers({ doNotFake: ALL_BUT_DATE, now: new Date('2126-03-03T18:00:00Z') });
    refreshApex.mockResolvedValue(undefined);
  });

  afterEach(() => {
    document.body.replaceChildren();
    jest.resetAllMocks();
    jest.useRealTimers();
  });

  async function fillIn(trainerId = wei.id, trainerIds = [wei.id]) {
    getAvailability.mockResolvedValue(
      trainerId === wei.id ? availabilityOf(wei) : { trainers: [availabilityOf(wei), availabilityOf(noah)] },
    );
    const element = await show();
    await enter(element, 'trainerId', trainerId);
    await choose(element, 'c-merchant-picker', { merchant });
    await choose(element, 'c-week-picker', { slot: { ...slots[1], trainerIds } });
    say(element, true);
    return element;
  }

  it('with anyone, asks the same trainer again after no answer came, whatever the free times say by then', async () => {
    book.mockRejectedValueOnce(unreachable);
    const element = await fillIn('anyone', [wei.id, noah.id]);
    await pressBook(element);
    getAvailability.mockResolvedValue({ trainers: [{ ...availabilityOf(wei), slots: [] }, availabilityOf(noah)] });
    await refreshed(element);

    expect(byId(element, 'giver').value).toBe(wei.id);
    expect(open(element)).toEqual(['c.TC_Book_Open_Same']);
    await expect(element).toBeAccessible();
    book.mockResolvedValueOnce(result);
    await pressBook(element);

    expect(requests()[0].trainerId).toBe(wei.id);
    expect(requests()[1]).toEqual(requests()[0]);
    expect(find(element, 'c-booking-result')).not.toBeNull();
  });

  it('sends it again though the free times cannot be loaded either', async () => {
    book.mockRejectedValue(unreachable);
    const element = await fillIn();
    await pressBook(element);
    getAvailability.mockRejectedValue(unreachable);
    await refreshed(element);
    await pressBook(element);

    expect(requests()[1]).toEqual(requests()[0]);
  });

  it('says where to look when something is changed after no answer came, and knows the first request again', async () => {
    book.mockRejectedValue(unreachable);
    const element = await fillIn();
    await pressBook(element);
    await enter(element, 'notes', 'Two tills');

    expect(byId(element, 'book-error')).toBeNull();
    expect(open(element)).toEqual(['c.TC_Book_Open_Changed']);
    expect(byId(element, 'bookings').href).toBe('https://www.example.com/');
    await expect(element).toBeAccessible();

    await enter(element, 'notes', '');
    expect(open(element)).toEqual(['c.TC_Book_Open_Same']);
    await pressBook(element);
    await choose(element, 'c-week-picker', { slot: { ...slots[0], trainerIds: [wei.id] } });
    await pressBook(element);
    expect(requests().map(({ idempotencyKey }) => idempotencyKey)).toEqual(['key-1', 'key-1', 'key-2']);
  });

  it('forgets it once the service has said no, and lets go of the time', async () => {
    book.mockRejectedValueOnce(unreachable);
    const element = await fillIn();
    await pressBook(element);
    book.mockRejectedValueOnce(refusal('request_in_progress', 'Worked on.'));
    await pressBook(element);
    expect(open(element)).toHaveLength(1);

    book.mockRejectedValueOnce(refusal('slot_taken', 'Taken.'));
    getAvailability.mockResolvedValue({ ...availabilityOf(wei), slots: [] });
    await pressBook(element);
    expect(open(element)).toEqual([]);
    expect(find(element, 'c-week-picker').chosenStart).toBeUndefined();
  });

  it('gives the focus back to the button that waited', async () => {
    book.mockRejectedValue(unreachable);
    const element = await fillIn();
    const focus = jest.spyOn(HTMLElement.prototype, 'focus');
    await pressBook(element);

    expect(focus.mock.contexts).toEqual([byId(element, 'book')]);
    focus.mockRestore();
  });

  it('begins where the form does when trainers are loaded at the second try', async () => {
    const element = await show({ trainers: null });
    getTrainers.error({ message: 'No.' });
    await settled();
    refreshApex.mockImplementation(async () => getTrainers.emit([wei, noah]));
    const focus = jest.spyOn(HTMLElement.prototype, 'focus');
    byId(element, 'load-error').dispatchEvent(new CustomEvent('retry'));
    await settled();

    expect(focus.mock.contexts).toEqual([field(element, 'trainerId')]);
    focus.mockRestore();
  });

  it('takes complete e-mail addresses only', async () => {
    const element = await show();
    const { pattern, messageWhenPatternMismatch } = field(element, 'contactEmail');
    const takes = (address) => new RegExp(`^(?:${pattern})$`, 'v').test(address);

    expect(messageWhenPatternMismatch).toBe('c.TC_Book_Email_Invalid');
    expect(['anna@store', 'anna@store.', 'anna@store.c'].filter(takes)).toEqual([]);
    expect(['anna@store.example', "o'neill+1@mail.store.co.uk"].filter(takes)).toHaveLength(2);
  });

  it('shows at its field what the service refused about it, until something else is entered', async () => {
    const fields = [{ field: 'contactEmail', problem: 'must be an e-mail address' }];
    book.mockRejectedValue(refusal('invalid_input', 'Please check the request.', { fields }));
    const element = await fillIn();
    const email = field(element, 'contactEmail');
    email.setCustomValidity = jest.fn();
    email.focus = jest.fn();
    await pressBook(element);

    expect(email.setCustomValidity).toHaveBeenCalledWith('c.TC_Book_Email_Invalid');
    expect(email.reportValidity).toHaveBeenCalledTimes(2);
    expect(email.focus).toHaveBeenCalled();
    expect(byId(element, 'book-error').errors).toBe('c.TC_Book_Check_Fields');
    await enter(element, 'contactEmail', 'anna@store.example');
    expect(email.setCustomValidity).toHaveBeenLastCalledWith('');
  });

  it('leaves to the words what no field here can show', async () => {
    const fields = [
      { field: 'merchantId', problem: 'must be text' },
      { field: 'date', problem: 'must be a date' },
    ];
    const error = refusal('invalid_input', 'Please check the request.', { fields });
    book.mockRejectedValue(error);
    const element = await fillIn();
    const showProblem = jest.spyOn(find(element, 'c-merchant-picker'), 'showProblem');
    await pressBook(element);

    expect(showProblem).toHaveBeenCalledWith('reference', 'c.TC_Book_Field_Refused');
    expect(byId(element, 'book-error').errors).toEqual(error);
  });

  it('shows times in the zone of the answer, when the list of trainers is old', async () => {
    book.mockResolvedValue(result);
    getAvailability.mockResolvedValue({ ...availabilityOf(wei), timeZone: 'Asia/Tokyo' });
    const element = await show();
    await enter(element, 'trainerId', wei.id);
    expect(find(element, 'c-week-picker').timeZone).toBe('Asia/Tokyo');
    expect(getAvailability).toHaveBeenCalledTimes(1);

    await choose(element, 'c-merchant-picker', { merchant });
    await choose(element, 'c-week-picker', { slot: { ...slots[1], trainerIds: [wei.id] } });
    say(element, true);
    await pressBook(element);
    expect(requests()[0]).toMatchObject({ timeZone: 'Asia/Tokyo', startTime: '11:00', bookDate: day });
  });
});
