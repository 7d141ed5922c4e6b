import { createElement } from 'lwc';
import TrainerAvailability from 'c/trainerAvailability';
import getAvailability from '@salesforce/apex/TrainingBookingController.getAvailability';

jest.mock('@salesforce/apex/TrainingBookingController.getAvailability', () => ({ default: jest.fn() }), {
  virtual: true,
});

const answer = {
  trainer: { id: 'a01000000000001AAA', name: 'Wei Tan', larkConnected: true },
  timeZone: 'Asia/Singapore',
  from: '2026-03-01T16:00:00.000Z',
  to: '2026-03-02T16:00:00.000Z',
  slots: [{ start: '2026-03-02T01:00:00.000Z', end: '2026-03-02T02:00:00.000Z' }],
  busy: [],
  unknown: [],
  notes: [],
};
const settled = async (turns = 4) => {
  await new Promise(process.nextTick);
  if (turns > 1) await settled(turns - 1);
};

async function show(properties = { trainerId: answer.trainer.id, day: '2026-03-02' }) {
  const element = createElement('c-trainer-availability', { is: TrainerAvailability });
  const answered = jest.fn();
  element.addEventListener('answer', (event) => answered(event.detail.availability));
  Object.assign(element, properties);
  document.body.appendChild(element);
  await settled();
  return { element, answered };
}

const find = (element, selector) => element.shadowRoot.querySelector(selector);

describe('c-trainer-availability', () => {
  afterEach(() => {
    document.body.replaceChildren();
    jest.resetAllMocks();
  });

  it('asks for trainer and day before it looks for anything', async () => {
    const { element } = await show({ trainerId: answer.trainer.id });

    expect(find(element, '[data-id="waiting"]').textContent).toBe('c.TC_Book_Choose_First');
    expect(getAvailability).not.toHaveBeenCalled();
    await expect(element).toBeAccessible();
  });

  it('says that it is looking, then shows the free times', async () => {
    let reply;
    getAvailability.mockReturnValue(new Promise((resolve) => (reply = resolve)));
    const { element, answered } = await show();

    expect(find(element, '[data-id="loading"]')).not.toBeNull();
    await expect(element).toBeAccessible();

    reply(answer);
    await settled();
    const picker = find(element, 'c-slot-picker');
    expect(getAvailability).toHaveBeenCalledTimes(1);
    expect(getAvailability).toHaveBeenCalledWith({ trainerId: answer.trainer.id, day: '2026-03-02' });
    expect(picker).toMatchObject({ slots: answer.slots, timeZone: 'Asia/Singapore', day: '2026-03-02' });
    expect(answered).toHaveBeenLastCalledWith(answer);
    await expect(element).toBeAccessible();
  });

  it('says so when nothing is free', async () => {
    getAvailability.mockResolvedValue({ ...answer, slots: [] });
    const { element } = await show();

    expect(find(element, '[data-id="empty"]').textContent).toContain('c.TC_Book_Times_Empty');
    await expect(element).toBeAccessible();
  });

  it('shows unknown time with its reason, not as a full day, and asks again; and notes', async () => {
    const reason = 'The Lark calendar could not be read.';
    const unknown = [{ start: answer.from, end: answer.to, reason }];
    const notes = ['Calendars are not asked at the moment.'];
    getAvailability.mockResolvedValue({ ...answer, slots: [], unknown, notes });
    const { element } = await show();

    expect(find(element, '[data-reason]').textContent).toBe(reason);
    expect(find(element, '[data-note]').textContent).toBe(notes[0]);
    expect(find(element, '[data-id="empty"]')).toBeNull();
    await expect(element).toBeAccessible();

    getAvailability.mockResolvedValue(answer);
    find(element, '[data-retry]').click();
    await settled();
    expect(find(element, '[data-reason]')).toBeNull();
    expect(find(element, 'c-slot-picker')).not.toBeNull();
  });

  it('shows what went wrong and tries again', async () => {
    getAvailability.mockRejectedValueOnce({ body: { message: 'The booking service does not answer.' } });
    getAvailability.mockResolvedValueOnce(answer);
    const { element } = await show();
    const panel = find(element, 'c-error-panel');

    expect(panel).toMatchObject({ friendlyMessage: 'c.TC_Book_Times_Failed', retryable: true });
    await expect(element).toBeAccessible();

    panel.dispatchEvent(new CustomEvent('retry'));
    await settled();
    expect(find(element, 'c-error-panel')).toBeNull();
    expect(find(element, 'c-slot-picker')).not.toBeNull();
  });

  it('forgets a late answer to an older question', async () => {
    let reply;
    getAvailability.mockReturnValueOnce(new Promise((resolve) => (reply = resolve)));
    getAvailability.mockResolvedValueOnce({ ...answer, slots: [] });
    const { element } = await show();

    element.day = '2026-03-03';
    await settled();
    reply(answer);
    await settled();

    expect(find(element, '[data-id="empty"]')).not.toBeNull();
    expect(find(element, 'c-slot-picker')).toBeNull();
  });

  it('passes on which slot was chosen', async () => {
    getAvailability.mockResolvedValue(answer);
    const { element } = await show();
    const chosen = jest.fn();
    element.addEventListener('choose', (event) => chosen(event.detail.slot));

    find(element, 'c-slot-picker').dispatchEvent(new CustomEvent('choose', { detail: { slot: answer.slots[0] } }));

    expect(chosen).toHaveBeenCalledWith(answer.slots[0]);
  });
});
