import { refreshApex } from '@salesforce/apex';
import MY_ZONE from '@salesforce/i18n/timeZone';
import book from '@salesforce/apex/TrainingBookingController.book';
import getAvailability from '@salesforce/apex/TrainingBookingController.getAvailability';
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

describe('c-book-training, with anyone', () => {
  beforeEach(() => {
    Object.defineProperty(globalThis.crypto, 'randomUUID', { configurable: true, value: () => 'key' });
    jest.useFakeTimers({ doNotFake: ALL_BUT_DATE, now: new Date('2126-03-03T18:00:00Z') });
    refreshApex.mockResolvedValue(undefined);
  });

  afterEach(() => {
    document.body.replaceChildren();
    jest.resetAllMocks();
    jest.useRealTimers();
  });

  const answers = { trainers: [availabilityOf(wei), { ...availabilityOf(noah), slots: [slots[1]] }] };
  const both = { ...slots[1], trainerIds: [wei.id, noah.id] };

  async function chooseAnyone() {
    getAvailability.mockResolvedValue(answers);
    const element = await show();
    await enter(element, 'trainerId', 'anyone');
    return element;
  }

  it("asks for all trainers and shows times in the user's own zone", async () => {
    const element = await chooseAnyone();

    expect(find(element, 'c-week-picker')).toMatchObject({ trainers: [wei, noah], timeZone: MY_ZONE });
    expect(getAvailability.mock.calls[0][0].trainerIds).toEqual([wei.id, noah.id]);
    expect(byId(element, 'giver')).toBeNull();
    expect(byId(element, 'outlook')).toBeNull();
  });

  it('lets choose among those who are free, and books the one in their zone', async () => {
    book.mockResolvedValue(result);
    const element = await chooseAnyone();
    await choose(element, 'c-merchant-picker', { merchant });
    await choose(element, 'c-week-picker', { slot: both });

    expect(byId(element, 'giver').options.map(({ value }) => value)).toEqual([wei.id, noah.id]);
    expect(byId(element, 'giver').value).toBe(wei.id);
    await expect(element).toBeAccessible();

    byId(element, 'giver').dispatchEvent(new CustomEvent('change', { detail: { value: noah.id } }));
    await settled();
    expect(byId(element, 'outlook').textContent).toContain('c.TC_Book_Outlook_Waits');
    say(element, true);
    await pressBook(element);

    expect(book.mock.calls[0][0].request).toMatchObject({
      trainerId: noah.id,
      timeZone: 'Europe/Berlin',
      bookDate: day,
      startTime: '03:00',
      endTime: '04:00',
    });
  });

  it('goes on with who is left when one of them is not free any more', async () => {
    book.mockRejectedValue(refusal('slot_taken', 'Wei Tan is not free.'));
    const element = await chooseAnyone();
    await choose(element, 'c-merchant-picker', { merchant });
    await choose(element, 'c-week-picker', { slot: both });
    say(element, true);
    getAvailability.mockResolvedValue({ trainers: [{ ...availabilityOf(wei), slots: [] }, answers.trainers[1]] });

    await pressBook(element);

    expect(byId(element, 'giver').options.map(({ value }) => value)).toEqual([noah.id]);
    expect(byId(element, 'giver').value).toBe(noah.id);
    expect(find(element, 'c-week-picker').chosenStart).toBe(both.start);
  });

  it('is not offered where there is one trainer only', async () => {
    const element = await show({ trainers: [wei] });

    expect(field(element, 'trainerId').options).toEqual([{ value: wei.id, label: 'c.TC_Book_Trainer_Connected' }]);
  });

  it('asks a hundred at most, connected ones first, and says so', async () => {
    const many = Array.from({ length: 120 }, (_, index) => ({ ...noah, id: `n${index}` }));
    getAvailability.mockResolvedValue({ trainers: [] });
    const element = await show({ trainers: [...many, wei] });
    await enter(element, 'trainerId', 'anyone');

    expect(find(element, 'c-week-picker').trainers).toHaveLength(100);
    expect(find(element, 'c-week-picker').trainers[0]).toEqual(wei);
    expect(getAvailability).toHaveBeenCalledTimes(5);
    expect(byId(element, 'anyone-help').textContent).toBe('c.TC_Book_Anyone_Some');
  });
});
