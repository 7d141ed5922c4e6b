import { createElement } from 'lwc';
import WeekPicker from 'c/weekPicker';
import getAvailability from '@salesforce/apex/TrainingBookingController.getAvailability';

jest.mock('@salesforce/apex/TrainingBookingController.getAvailability', () => ({ default: jest.fn() }), {
  virtual: true,
});
jest.mock('@salesforce/label/c.TC_Week_Reason_Of', () => ({ default: '{0}: {1}' }), { virtual: true });
jest.mock('@salesforce/label/c.TC_Week_Reason_Of_Many', () => ({ default: '{0} trainers: {1}' }), { virtual: true });

const TODAY = '2126-03-04';
const ALL_BUT_DATE = [
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
const wei = { id: 'w', name: 'Wei Tan' };
const slots = [{ start: '2126-03-05T01:00:00.000Z', end: '2126-03-05T02:00:00.000Z' }];
const span = { start: '2126-03-02T16:00:00.000Z', end: '2126-03-11T16:00:00.000Z' };
const answerOf = (trainer, changes) => ({
  trainer,
  timeZone: 'Asia/Singapore',
  slots,
  busy: [],
  unknown: [],
  notes: [],
  ...changes,
});
const unknownTo = (trainer, reason) => answerOf(trainer, { slots: [], unknown: [{ ...span, reason }] });
const trainersOf = (count) => Array.from({ length: count }, (_, index) => ({ id: `t${index}`, name: `T${index}` }));

const settled = async (turns = 5) => {
  await new Promise(process.nextTick);
  if (turns > 1) await settled(turns - 1);
};

async function show(properties) {
  const element = createElement('c-week-picker', { is: WeekPicker });
  Object.assign(element, { trainers: [wei], timeZone: 'Asia/Singapore', ...properties });
  document.body.appendChild(element);
  await settled();
  return element;
}

const byId = (element, id) => element.shadowRoot.querySelector(`[data-id="${id}"]`);
const grid = (element) => element.shadowRoot.querySelector('c-week-grid');
const reasons = (element) => [...element.shadowRoot.querySelectorAll('[data-reason]')].map((one) => one.textContent);

/** What was asked to take the focus while something is done. */
async function focusedBy(doing) {
  const focus = jest.spyOn(HTMLElement.prototype, 'focus');
  doing();
  await settled();
  const { contexts } = focus.mock;
  focus.mockRestore();
  return contexts;
}

describe('c-week-picker, when something is wrong', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ALL_BUT_DATE, now: new Date(`${TODAY}T03:00:00Z`) });
    getAvailability.mockResolvedValue(answerOf(wei));
  });

  afterEach(() => {
    document.body.replaceChildren();
    jest.resetAllMocks();
    jest.useRealTimers();
  });

  it('of a hundred trainers nobody can tell about, shows one block a day and the reason once', async () => {
    const trainers = trainersOf(100);
    getAvailability.mockImplementation(({ trainerIds }) =>
      Promise.resolve({ trainers: trainerIds.map((id) => unknownTo({ id, name: id }, 'Lark does not answer.')) }),
    );
    const element = await show({ trainers });

    expect(grid(element).shadowRoot.querySelectorAll('[data-unknown]')).toHaveLength(7);
    expect(reasons(element)).toEqual(['100 trainers: Lark does not answer.']);
    await expect(element).toBeAccessible();
  });

  it('gives a few reasons at once, those of most trainers first; many can be opened', async () => {
    const [one, two, three, four] = trainersOf(4);
    const few = [unknownTo(one, 'A.'), unknownTo(two, 'B.'), unknownTo(three, 'B.'), answerOf(four)];
    getAvailability.mockResolvedValue({ trainers: few });
    const element = await show({ trainers: [one, two, three, four] });
    expect(byId(element, 'reasons')).toBeNull();
    expect(reasons(element)).toEqual(['2 trainers: B.', 'T0: A.']);

    getAvailability.mockResolvedValue({ trainers: [...few.slice(0, 3), unknownTo(four, 'C.')] });
    await element.refresh();
    await settled();
    expect(byId(element, 'reasons').open).toBe(false);
    expect(reasons(element)).toEqual(['2 trainers: B.', 'T0: A.', 'T3: C.']);
    await expect(element).toBeAccessible();
  });

  it('shows what is known when only some groups of trainers are answered', async () => {
    const trainers = trainersOf(25);
    const error = { body: { message: '{"code":"refused","message":"No answer."}' } };
    getAvailability.mockResolvedValueOnce({ trainers: trainers.slice(0, 20).map((one) => answerOf(one)) });
    getAvailability.mockRejectedValueOnce(error);
    const element = await show({ trainers });

    expect(element.shadowRoot.querySelector('c-error-panel')).toBeNull();
    expect(grid(element).slots).toHaveLength(1);
    expect(grid(element).slots[0].trainerIds).toHaveLength(20);
    expect(grid(element).unknown[0].trainers).toEqual(trainers.slice(20));
    expect(grid(element).shadowRoot.querySelectorAll('[data-unknown]')).toHaveLength(7);

    getAvailability.mockRejectedValue(error);
    await element.refresh();
    await settled();
    expect(element.shadowRoot.querySelector('c-error-panel').errors).toEqual(error);
  });

  it('keeps the focus where a button goes or cannot be used any more', async () => {
    getAvailability.mockResolvedValue(unknownTo(wei, 'No.'));
    const element = await show();
    expect(await focusedBy(() => byId(element, 'retry').click())).toEqual([byId(element, 'range')]);

    byId(element, 'next').click();
    await settled();
    byId(element, 'next').click();
    await settled();
    expect(await focusedBy(() => byId(element, 'previous').click())).toEqual([]);
    expect(await focusedBy(() => byId(element, 'previous').click())).toEqual([byId(element, 'next')]);
    expect(byId(element, 'previous').disabled).toBe(true);
  });

  it('without a free time, focuses what leads to one', async () => {
    getAvailability.mockResolvedValue(answerOf(wei, { slots: [] }));
    const element = await show();
    expect(await focusedBy(() => element.focus())).toEqual([byId(element, 'next')]);

    getAvailability.mockResolvedValue(unknownTo(wei, 'No.'));
    await element.refresh();
    await settled();
    expect(await focusedBy(() => element.focus())).toEqual([byId(element, 'retry')]);
  });

  it('forgets the day that was typed as soon as other days are on the screen', async () => {
    const element = await show();
    const field = byId(element, 'go-to');
    field.reportValidity = () => true;
    field.dispatchEvent(new CustomEvent('change', { detail: { value: '2126-06-01' } }));
    await settled();
    expect(field.value).toBe('2126-06-01');

    byId(element, 'next').click();
    await settled();
    expect(field.value).toBe('');
  });

  it('asks once when the zone turns out to be another with the same days, and names no zone before that', async () => {
    let answer;
    getAvailability.mockReturnValue(new Promise((resolve) => (answer = resolve)));
    const element = await show({ timeZone: 'Europe/Berlin' });
    expect(byId(element, 'zone')).toBeNull();

    answer(answerOf(wei));
    await settled();
    element.timeZone = 'Asia/Singapore';
    await settled();
    expect(getAvailability).toHaveBeenCalledTimes(1);
    expect(byId(element, 'zone')).not.toBeNull();

    element.timeZone = 'Pacific/Honolulu';
    await settled();
    expect(getAvailability).toHaveBeenLastCalledWith(expect.objectContaining({ fromTime: '2126-03-03' }));
  });
});
