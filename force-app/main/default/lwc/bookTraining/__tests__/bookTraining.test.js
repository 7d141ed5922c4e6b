import { refreshApex } from '@salesforce/apex';
import book from '@salesforce/apex/TrainingBookingController.book';
import getAvailability from '@salesforce/apex/TrainingBookingController.getAvailability';
import getTrainers from '@salesforce/apex/TrainingBookingController.getTrainers';
import {
  ALL_BUT_DATE,
  wei,
  noah,
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
  fillIn,
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

describe('c-book-training', () => {
  let keys;

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ALL_BUT_DATE, now: new Date('2126-03-03T18:00:00Z') });
    keys = 0;
    Object.defineProperty(globalThis.crypto, 'randomUUID', { configurable: true, value: () => `key-${++keys}` });
    refreshApex.mockResolvedValue(undefined);
  });

  afterEach(() => {
    document.body.replaceChildren();
    jest.resetAllMocks();
    jest.useRealTimers();
  });

  it('says that it is loading', async () => {
    const element = await show({ trainers: null });

    expect(byId(element, 'loading')).not.toBeNull();
    await expect(element).toBeAccessible();
  });

  it('shows why trainers could not be loaded, and tries again', async () => {
    const element = await show({ trainers: null });
    getTrainers.error({ message: 'You do not have access to this Apex class.' });
    await settled();

    await expect(element).toBeAccessible();
    byId(element, 'load-error').dispatchEvent(new CustomEvent('retry'));
    expect(refreshApex).toHaveBeenCalledTimes(1);
  });

  it('says so when there is nobody to book', async () => {
    const element = await show({ trainers: [] });

    expect(byId(element, 'empty').textContent).toContain('c.TC_Book_No_Trainers');
    await expect(element).toBeAccessible();
  });

  it('shows trainers with zone and connection, and no outlook before one is chosen', async () => {
    const element = await show();

    expect(field(element, 'trainerId').options).toEqual([
      { value: 'anyone', label: 'c.TC_Book_Anyone' },
      { value: wei.id, label: 'c.TC_Book_Trainer_Connected' },
      { value: noah.id, label: 'c.TC_Book_Trainer_Not_Connected' },
    ]);
    expect(byId(element, 'outlook')).toBeNull();
    await expect(element).toBeAccessible();
  });

  it('shows the week of a trainer in their zone', async () => {
    getAvailability.mockResolvedValue(availabilityOf(wei));
    const element = await show();
    expect(find(element, 'c-week-picker').trainers).toEqual([]);

    await enter(element, 'trainerId', wei.id);

    expect(find(element, 'c-week-picker')).toMatchObject({ trainers: [wei], timeZone: 'Asia/Singapore' });
    expect(getAvailability).toHaveBeenCalledWith({ trainerIds: [wei.id], fromTime: day, toTime: '2126-03-10' });
  });

  it.each([
    [wei, 'remote', 'Training', ['Booked', 'Meeting', 'Calendar']],
    [noah, 'remote', 'Training', ['Booked', 'Waits']],
    [wei, 'remote', 'Go Live', ['Booked', 'No_Link', 'Calendar']],
    [wei, 'onsite', 'Training', ['Booked', 'Onsite', 'Calendar_Address']],
    [noah, 'onsite', 'Installation', ['Booked', 'Onsite', 'Calendar_Later']],
  ])('says beforehand what will happen (%#)', async (trainer, serviceType, bookingType, sentences) => {
    const element = await show();

    await enter(element, 'trainerId', trainer.id);
    await enter(element, 'serviceType', serviceType);
    await enter(element, 'bookingType', bookingType);

    const shown = [...byId(element, 'outlook').querySelectorAll('li')].map((item) => item.textContent);
    expect(shown).toEqual(sentences.map((sentence) => `c.TC_Book_Outlook_${sentence}`));
  });

  it('believes the free times rather than the list of trainers about the connection', async () => {
    const element = await show();
    await fillIn(element, { trainer: { ...noah, larkConnected: true } });

    expect(byId(element, 'outlook').textContent).toContain('c.TC_Book_Outlook_Meeting');
  });

  it('asks for the store address of an onsite training only', async () => {
    const element = await show();
    expect(field(element, 'storeAddress')).toBeNull();

    await enter(element, 'serviceType', 'onsite');

    expect(field(element, 'storeAddress').required).toBe(true);
    await expect(element).toBeAccessible();
  });

  it('does not book what is incomplete', async () => {
    const element = await show();
    say(element, false);
    await pressBook(element);
    expect(byId(element, 'no-time').textContent).toBe('c.TC_Book_Choose_Time');
    await expect(element).toBeAccessible();

    await fillIn(element);
    say(element, false);
    await pressBook(element);
    expect(byId(element, 'no-time')).toBeNull();
    expect(book).not.toHaveBeenCalled();
  });

  it("books in the trainer's time and shows the result", async () => {
    book.mockResolvedValue(result);
    const element = await show();
    await fillIn(element);
    await enter(element, 'contactName', 'Mei Lin');
    await enter(element, 'contactEmail', 'mei.lin@example.com');
    await enter(element, 'notes', 'Two tills');

    await pressBook(element);

    expect(book).toHaveBeenCalledWith({
      request: {
        trainerId: wei.id,
        merchantId: 'M-1001',
        merchantName: 'Harbour Coffee',
        bookDate: day,
        startTime: '09:00',
        endTime: '10:00',
        timeZone: 'Asia/Singapore',
        bookingType: 'Training',
        serviceType: 'remote',
        storeAddress: '',
        contactName: 'Mei Lin',
        contactEmail: 'mei.lin@example.com',
        notes: 'Two tills',
        idempotencyKey: 'key-1',
      },
    });
    expect(find(element, 'c-booking-result').result).toEqual(result);
    expect(refreshApex).toHaveBeenCalledTimes(1);
    await expect(element).toBeAccessible();
  });

  it('sends the address of an onsite training, and forgets it when remote is chosen after all', async () => {
    book.mockRejectedValue({ body: { message: 'No' } });
    const element = await show();
    await fillIn(element);
    await enter(element, 'serviceType', 'onsite');
    await enter(element, 'storeAddress', '1 Harbour Road');
    say(element, true);
    await pressBook(element);
    await enter(element, 'serviceType', 'remote');
    await pressBook(element);

    expect(book.mock.calls.map(([{ request }]) => request.storeAddress)).toEqual(['1 Harbour Road', '']);
  });

  it('shows that it is booking, and books once however often the button is pressed', async () => {
    let reply;
    book.mockReturnValue(new Promise((resolve) => (reply = resolve)));
    const element = await show();
    await fillIn(element);

    await pressBook(element);
    await pressBook(element);

    expect(book).toHaveBeenCalledTimes(1);
    expect(byId(element, 'book')).toMatchObject({ disabled: true, label: 'c.TC_Book_Pending' });
    expect(find(element, 'c-merchant-picker').disabled).toBe(true);
    expect(find(element, 'c-week-picker').disabled).toBe(true);
    await expect(element).toBeAccessible();
    reply(result);
    await settled();
    expect(find(element, 'c-booking-result')).not.toBeNull();
  });

  it('tries again under the same key, and takes a new one after a change', async () => {
    const error = refusal('unreachable', 'The booking service does not answer.');
    book.mockRejectedValue(error);
    const element = await show();
    await fillIn(element);

    await pressBook(element);
    expect(byId(element, 'book-error').errors).toEqual(error);
    expect(find(element, 'c-next-slots')).toBeNull();
    await expect(element).toBeAccessible();
    await pressBook(element);
    await enter(element, 'notes', 'Two tills');
    expect(byId(element, 'book-error')).toBeNull();
    await pressBook(element);

    expect(book.mock.calls.map(([{ request }]) => request.idempotencyKey)).toEqual(['key-1', 'key-1', 'key-2']);
    expect(getAvailability).toHaveBeenCalledTimes(1);
  });

  it('offers the next free times when somebody else took the chosen one, whatever the words are', async () => {
    const next = [{ start: '2126-03-20T01:00:00.000Z', end: '2126-03-20T02:00:00.000Z' }];
    const error = refusal('slot_taken', 'Déjà pris.', { nextSlots: next });
    book.mockRejectedValue(error);
    const element = await show();
    await fillIn(element);
    getAvailability.mockResolvedValue({ ...availabilityOf(wei), slots: [slots[1]] });

    await pressBook(element);

    expect(getAvailability).toHaveBeenCalledTimes(2);
    expect(find(element, 'c-week-picker').chosenStart).toBeUndefined();
    expect(byId(element, 'book-error').errors).toEqual(error);
    expect(find(element, 'c-next-slots').slots).toEqual(next);
    await expect(element).toBeAccessible();
    await pressBook(element);
    expect(book).toHaveBeenCalledTimes(1);
    expect(byId(element, 'no-time')).not.toBeNull();

    getAvailability.mockResolvedValue({ ...availabilityOf(wei), slots: next });
    await choose(element, 'c-next-slots', { slot: next[0] });
    expect(getAvailability).toHaveBeenLastCalledWith(expect.objectContaining({ fromTime: '2126-03-20' }));
    expect(find(element, 'c-next-slots')).toBeNull();
    await pressBook(element);
    expect(book.mock.calls[1][0].request).toMatchObject({ bookDate: '2126-03-20', startTime: '09:00' });
  });

  it('keeps the chosen time while other weeks are looked at', async () => {
    const element = await show();
    await fillIn(element);
    getAvailability.mockResolvedValue({ ...availabilityOf(wei), slots: [] });

    find(element, 'c-week-picker').showDay('2126-04-01');
    await settled();
    expect(find(element, 'c-week-picker').chosenStart).toBe(slots[0].start);
    expect(byId(element, 'chosen')).not.toBeNull();

    find(element, 'c-week-picker').showDay(day);
    await settled();
    expect(find(element, 'c-week-picker').chosenStart).toBeUndefined();
  });

  it('forgets the chosen time when the trainer changes', async () => {
    const element = await show();
    await fillIn(element);

    await enter(element, 'trainerId', noah.id);

    expect(find(element, 'c-week-picker').chosenStart).toBeUndefined();
  });

  it('starts over with an empty form', async () => {
    book.mockResolvedValue(result);
    const element = await show();
    await fillIn(element);
    await pressBook(element);

    const focus = jest.spyOn(HTMLElement.prototype, 'focus');
    find(element, 'c-booking-result').dispatchEvent(new CustomEvent('next'));
    await settled();

    expect(find(element, 'c-booking-result')).toBeNull();
    expect(focus.mock.contexts).toEqual([field(element, 'trainerId')]);
    focus.mockRestore();
    expect(field(element, 'trainerId').value).toBeUndefined();
    await fillIn(element);
    await pressBook(element);
    expect(book.mock.calls[1][0].request.idempotencyKey).toBe('key-2');
  });
});
