import { createElement } from 'lwc';
import WeekPicker from 'c/weekPicker';
import getAvailability from '@salesforce/apex/TrainingBookingController.getAvailability';

jest.mock('@salesforce/apex/TrainingBookingController.getAvailability', () => ({ default: jest.fn() }), {
  virtual: true,
});

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
const noah = { id: 'n', name: 'Noah Fischer' };
const slots = [{ start: '2126-03-05T01:00:00.000Z', end: '2126-03-05T02:00:00.000Z' }];
const answerOf = (trainer, changes) => ({
  trainer,
  timeZone: 'Asia/Singapore',
  slots,
  busy: [],
  unknown: [],
  notes: [],
  ...changes,
});
const unknown = [
  { start: '2126-03-03T16:00:00.000Z', end: '2126-03-10T16:00:00.000Z', reason: 'Lark does not answer.' },
];

const settled = async (turns = 5) => {
  await new Promise(process.nextTick);
  if (turns > 1) await settled(turns - 1);
};

async function show(properties) {
  const element = createElement('c-week-picker', { is: WeekPicker });
  Object.assign(element, { trainers: [wei], timeZone: 'Asia/Singapore', ...properties });
  const answered = jest.fn();
  element.addEventListener('answer', (event) => answered(event.detail.answers));
  document.body.appendChild(element);
  await settled();
  return { element, answered };
}

const byId = (element, id) => element.shadowRoot.querySelector(`[data-id="${id}"]`);
const grid = (element) => element.shadowRoot.querySelector('c-week-grid');

describe('c-week-picker', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ALL_BUT_DATE, now: new Date(`${TODAY}T03:00:00Z`) });
    getAvailability.mockResolvedValue(answerOf(wei));
  });

  afterEach(() => {
    document.body.replaceChildren();
    jest.resetAllMocks();
    jest.useRealTimers();
  });

  it('waits for a trainer', async () => {
    const { element } = await show({ trainers: [] });

    expect(byId(element, 'waiting').textContent).toBe('c.TC_Book_Choose_First');
    expect(getAvailability).not.toHaveBeenCalled();
    await expect(element).toBeAccessible();
  });

  it('shows seven days from today with the zone and the length', async () => {
    const { element, answered } = await show();

    expect(getAvailability).toHaveBeenCalledWith({ trainerIds: ['w'], fromTime: TODAY, toTime: '2126-03-10' });
    expect(grid(element).days).toHaveLength(7);
    expect(grid(element).slots).toEqual([{ ...slots[0], trainerIds: ['w'] }]);
    expect(byId(element, 'zone').textContent).toContain('c.TC_Week_Zone_Of');
    expect(byId(element, 'length').textContent).toBe('c.TC_Week_Length');
    expect(answered).toHaveBeenLastCalledWith([answerOf(wei)]);
    await expect(element).toBeAccessible();
  });

  it('says that it is looking', async () => {
    getAvailability.mockReturnValue(new Promise(() => {}));
    const { element } = await show();

    expect(byId(element, 'loading')).not.toBeNull();
    await expect(element).toBeAccessible();
  });

  it('shows what went wrong and tries again', async () => {
    const error = { body: { message: '{"code":"unreachable","message":"No answer."}' } };
    getAvailability.mockRejectedValueOnce(error);
    const { element } = await show();
    const panel = element.shadowRoot.querySelector('c-error-panel');

    expect(panel.errors).toEqual(error);
    await expect(element).toBeAccessible();
    panel.dispatchEvent(new CustomEvent('retry'));
    await settled();
    expect(grid(element)).not.toBeNull();
  });

  it('goes on week by week and back, not before today', async () => {
    const { element } = await show();
    expect(byId(element, 'previous').disabled).toBe(true);

    byId(element, 'next').click();
    await settled();
    expect(getAvailability).toHaveBeenLastCalledWith({
      trainerIds: ['w'],
      fromTime: '2126-03-11',
      toTime: '2126-03-17',
    });
    expect(byId(element, 'previous').disabled).toBe(false);

    byId(element, 'previous').click();
    await settled();
    expect(grid(element).days[0]).toBe(TODAY);
  });

  it('goes to a day that is typed, if the field takes it', async () => {
    const { element } = await show();
    const field = byId(element, 'go-to');
    const type = async (value, isValid) => {
      field.reportValidity = () => isValid;
      field.dispatchEvent(new CustomEvent('change', { detail: { value } }));
      await settled();
    };

    await type('2126-01-01', false);
    await type(null, true);
    expect(getAvailability).toHaveBeenCalledTimes(1);
    await type('2126-06-01', true);
    expect(grid(element).days[0]).toBe('2126-06-01');
  });

  it('goes to an instant only if it is not on the screen', async () => {
    const { element } = await show();

    element.showInstant('2126-03-09T01:00:00.000Z');
    await settled();
    expect(getAvailability).toHaveBeenCalledTimes(1);
    element.showInstant('2126-03-15T20:00:00.000Z');
    await settled();
    expect(grid(element).days[0]).toBe('2126-03-16');
  });

  it('says that a week has no free time and what to do', async () => {
    getAvailability.mockResolvedValue(answerOf(wei, { slots: [] }));
    const { element } = await show();

    expect(byId(element, 'empty').textContent).toContain('c.TC_Week_Empty_Help');
    await expect(element).toBeAccessible();
  });

  it('never calls a week empty of which nothing is known, and gives the reason', async () => {
    getAvailability.mockResolvedValue(answerOf(wei, { slots: [], unknown }));
    const { element } = await show();

    expect(byId(element, 'empty')).toBeNull();
    expect(byId(element, 'unknown').querySelector('[data-reason]').textContent).toBe('Lark does not answer.');
    expect(grid(element).unknown).toEqual([{ ...unknown[0], trainers: [] }]);
    await expect(element).toBeAccessible();

    getAvailability.mockResolvedValue(answerOf(wei));
    byId(element, 'retry').click();
    await settled();
    expect(byId(element, 'unknown')).toBeNull();
  });

  it('shows notes; many of them can be opened', async () => {
    getAvailability.mockResolvedValueOnce(answerOf(wei, { notes: ['Only bookings are known.'] }));
    const { element } = await show();
    expect(byId(element, 'notes')).toBeNull();
    expect(element.shadowRoot.querySelector('[data-note]').textContent).toBe('Only bookings are known.');

    getAvailability.mockResolvedValueOnce(answerOf(wei, { notes: ['One.', 'Two.', 'Three.'] }));
    await element.refresh();
    await settled();
    expect(byId(element, 'notes').querySelectorAll('[data-note]')).toHaveLength(3);
    await expect(element).toBeAccessible();
  });

  it('of several trainers, asks a day more on both sides and leaves out what is in the way of one', async () => {
    const busy = [{ start: '2126-03-05T03:00:00.000Z', end: '2126-03-05T04:00:00.000Z', source: 'booking' }];
    getAvailability.mockResolvedValue({ trainers: [answerOf(wei, { busy, unknown }), answerOf(noah)] });
    const { element } = await show({ trainers: [wei, noah] });

    expect(getAvailability).toHaveBeenCalledWith({
      trainerIds: ['w', 'n'],
      fromTime: '2126-03-03',
      toTime: '2126-03-11',
    });
    expect(grid(element).slots).toEqual([{ ...slots[0], trainerIds: ['w', 'n'] }]);
    expect(grid(element).busy).toEqual([]);
    expect(byId(element, 'zone').textContent).toBe('c.TC_Week_Zone_Yours');
    await expect(element).toBeAccessible();
  });

  it('shows only times of the days on the screen', async () => {
    const late = { start: '2126-03-10T20:00:00.000Z', end: '2126-03-10T21:00:00.000Z' };
    getAvailability.mockResolvedValue({ trainers: [answerOf(wei, { slots: [...slots, late] }), answerOf(noah)] });
    const { element } = await show({ trainers: [wei, noah] });

    expect(grid(element).slots.map(({ start }) => start)).toEqual([slots[0].start]);
  });

  it('takes the answer to the last question only', async () => {
    let first;
    getAvailability.mockReturnValueOnce(new Promise((resolve) => (first = resolve)));
    const { element } = await show();
    getAvailability.mockResolvedValue(answerOf(noah, { slots: [] }));
    element.trainers = [noah];
    await settled();

    first(answerOf(wei));
    await settled();

    expect(grid(element).slots).toEqual([]);
  });

  it('offers times for a booking that moves', async () => {
    const moving = { start: '2126-03-05T02:00:00.000Z', end: '2126-03-05T03:00:00.000Z' };
    getAvailability.mockResolvedValue(answerOf(wei, { busy: [moving] }));
    const { element } = await show({ moving });

    expect(grid(element).slots.map(({ start }) => start.slice(11, 16))).toEqual(['01:00', '01:30']);
    expect(grid(element)).toMatchObject({ own: moving, busy: [] });
  });

  it('shows what touches the booking that moves as in the way, without the booking', async () => {
    const moving = { start: '2126-03-05T02:00:00.000Z', end: '2126-03-05T03:00:00.000Z' };
    const row = { start: moving.start, end: '2126-03-05T04:00:00.000Z', source: 'booking' };
    getAvailability.mockResolvedValue(answerOf(wei, { busy: [row] }));
    const { element } = await show({ moving });

    expect(grid(element).busy).toEqual([{ ...row, start: moving.end }]);
    expect(grid(element).slots.map(({ start }) => start.slice(11, 16))).toEqual(['01:00', '01:30']);
  });

  it('takes nothing while it is disabled, and passes a choice on', async () => {
    const { element } = await show({ disabled: true });
    expect(grid(element).disabled).toBe(true);
    expect(byId(element, 'next').disabled).toBe(true);
    const chosen = jest.fn();
    element.addEventListener('choose', (event) => chosen(event.detail));

    grid(element).dispatchEvent(new CustomEvent('choose', { detail: { slot: slots[0] } }));

    expect(chosen).toHaveBeenCalledWith({ slot: slots[0] });
  });
});
