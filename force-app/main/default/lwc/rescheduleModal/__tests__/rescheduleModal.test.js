import { createElement } from 'lwc';
import RescheduleModal from 'c/rescheduleModal';
import getAvailability from '@salesforce/apex/TrainingBookingController.getAvailability';
import reschedule from '@salesforce/apex/TrainingBookingController.reschedule';

jest.mock(
  'lightning/modal',
  () => {
    const { LightningElement, registerDecorators } = require('lwc');
    class Modal extends LightningElement {
      close(result) {
        if (this.disableClose) throw new Error('A modal that may not be closed was.');
        this.dispatchEvent(new CustomEvent('closed', { detail: result }));
      }
    }
    registerDecorators(Modal, { publicProps: { label: { config: 0 } } });
    return { __esModule: true, default: Modal };
  },
  { virtual: true },
);
jest.mock('@salesforce/apex/TrainingBookingController.getAvailability', () => ({ default: jest.fn() }), {
  virtual: true,
});
jest.mock('@salesforce/apex/TrainingBookingController.reschedule', () => ({ default: jest.fn() }), { virtual: true });

const meeting = {
  bookingId: 'b',
  trainerId: 'w',
  trainerName: 'Wei Tan',
  startTime: '2126-03-04T01:00:00.000Z',
  endTime: '2126-03-04T02:00:00.000Z',
  timeZone: 'Europe/Berlin',
  meetingLink: 'https://vc.larksuite.com/j/1',
};
const slot = { start: '2126-03-05T20:00:00.000Z', end: '2126-03-05T21:00:00.000Z' };
const night = { start: '2126-03-05T22:30:00.000Z', end: '2126-03-05T23:30:00.000Z' };
/** On the last Sunday of October, at the second 02:00 of Berlin. */
const twice = { start: '2126-10-27T01:00:00.000Z', end: '2126-10-27T02:00:00.000Z' };
const next = [{ start: '2126-03-20T01:00:00.000Z', end: '2126-03-20T02:00:00.000Z' }];
const taken = {
  body: { message: JSON.stringify({ code: 'slot_taken', message: 'No.', details: { nextSlots: next } }) },
};

const settled = async (turns = 6) => {
  await new Promise(process.nextTick);
  if (turns > 1) await settled(turns - 1);
};

async function open(changes) {
  const element = createElement('c-reschedule-modal', { is: RescheduleModal });
  const closed = jest.fn();
  Object.assign(element, { label: 'Move', meeting: { ...meeting, ...changes } });
  element.addEventListener('closed', (event) => closed(event.detail));
  document.body.appendChild(element);
  await settled();
  const find = (selector) => element.shadowRoot.querySelector(selector);
  const tell = async (selector, name, detail) => {
    find(selector).dispatchEvent(new CustomEvent(name, { detail }));
    await settled();
  };
  return { element, closed, find, tell };
}

const sentences = (element) =>
  [...element.shadowRoot.querySelectorAll('[data-sentence]')].map((item) => item.textContent);

/** Today is fixed, and the same in every zone of these tests; everything else goes on. */
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

describe('c-reschedule-modal', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ALL_BUT_DATE, now: new Date('2126-03-03T09:00:00Z') });
    const { trainerId: id, trainerName: name } = meeting;
    const answer = {
      trainer: { id, name },
      timeZone: 'Asia/Singapore',
      slots: [slot],
      busy: [],
      unknown: [],
      notes: [],
    };
    getAvailability.mockResolvedValue(answer);
  });

  afterEach(() => {
    document.body.replaceChildren();
    jest.resetAllMocks();
    jest.useRealTimers();
  });

  it("shows where the training is and the trainer's week; nothing can be done before a time is chosen", async () => {
    const { element, find } = await open();

    expect(find('[data-id="now"]').textContent).toBe('c.TC_Change_Move_Now');
    expect(find('c-week-picker')).toMatchObject({
      trainers: [{ id: 'w', name: 'Wei Tan' }],
      timeZone: 'Asia/Singapore',
      moving: { start: meeting.startTime, end: meeting.endTime },
    });
    expect(find('c-modal-actions').disabled).toBe(true);
    expect(find('[data-id="what"]')).toBeNull();
    await expect(element).toBeAccessible();
  });

  it('says what moving means, with the link only where there is one', async () => {
    const { element, find, tell } = await open();
    await tell('c-week-picker', 'choose', { slot });
    expect(sentences(element)).toEqual([
      'c.TC_Change_Move_Moves',
      'c.TC_Change_Move_Calendar',
      'c.TC_Change_Move_Link',
    ]);
    expect(element.shadowRoot.activeElement).toBe(find('[data-id="what"]'));
    expect(find('[data-id="week"]').className).toBe('slds-hide');
    await expect(element).toBeAccessible();

    find('[data-id="another"]').click();
    await settled();
    expect(find('[data-id="what"]')).toBeNull();
    expect(find('[data-id="week"]').className).toBe('');

    const byHand = await open({ meetingLinkStatus: 'Manual' });
    await byHand.tell('c-week-picker', 'choose', { slot });
    expect(sentences(byHand.element)[2]).toBe('c.TC_Change_Give_Link_Stays');

    const without = await open({ meetingLink: null });
    await without.tell('c-week-picker', 'choose', { slot });
    expect(sentences(without.element)).toHaveLength(2);
  });

  it("moves in the booking's own time, waits, and closes with the answer", async () => {
    let reply;
    reschedule.mockReturnValue(new Promise((resolve) => (reply = resolve)));
    const { element, closed, find, tell } = await open();
    await tell('c-week-picker', 'choose', { slot });

    await tell('c-modal-actions', 'act');
    expect(reschedule).toHaveBeenCalledWith({
      bookingId: 'b',
      bookDate: '2126-03-05',
      startTime: '21:00',
      endTime: '22:00',
      timeZone: 'Europe/Berlin',
    });
    expect(find('c-modal-actions').isPending).toBe(true);
    expect(find('c-week-picker').disabled).toBe(true);
    await expect(element).toBeAccessible();

    reply({ bookingId: 'b' });
    await settled();
    expect(closed).toHaveBeenCalledWith({ bookingId: 'b' });
  });

  it.each([
    ['has no zone', null, slot, '04:00'],
    ['has a zone in which it would be midnight', 'Europe/Berlin', night, '06:30'],
    ['has a zone in which the time comes twice', 'Europe/Berlin', twice, '09:00'],
  ])("moves in the trainer's time when the booking %s", async (_name, timeZone, chosen, startTime) => {
    reschedule.mockResolvedValue({});
    const { tell } = await open({ timeZone });
    await tell('c-week-picker', 'choose', { slot: chosen });

    await tell('c-modal-actions', 'act');

    expect(reschedule.mock.calls[0][0]).toMatchObject({ startTime, timeZone: 'Asia/Singapore' });
  });

  it('offers the next free times when the chosen one was taken, and looks anew', async () => {
    reschedule.mockRejectedValueOnce(taken);
    const { element, closed, find, tell } = await open();
    await tell('c-week-picker', 'choose', { slot });
    await tell('c-modal-actions', 'act');

    expect(find('c-error-panel').errors).toEqual(taken);
    expect(find('c-next-slots').slots).toEqual(next);
    expect(find('c-modal-actions').disabled).toBe(true);
    expect(getAvailability).toHaveBeenCalledTimes(1 + 1);
    await expect(element).toBeAccessible();

    reschedule.mockResolvedValueOnce({});
    await tell('c-next-slots', 'choose', { slot: next[0] });
    expect(find('c-error-panel')).toBeNull();
    await tell('c-modal-actions', 'act');
    expect(reschedule.mock.calls[1][0]).toMatchObject({ bookDate: '2126-03-20', startTime: '02:00' });
    expect(closed).toHaveBeenCalledTimes(1);
  });

  it('looks anew when the chosen time has passed meanwhile', async () => {
    reschedule.mockRejectedValueOnce({ body: { message: '{"code":"start_in_past","message":"Passed."}' } });
    const { find, tell } = await open();
    await tell('c-week-picker', 'choose', { slot });
    await tell('c-modal-actions', 'act');

    expect(getAvailability).toHaveBeenCalledTimes(2);
    expect(find('[data-id="what"]')).toBeNull();
    expect(find('c-modal-actions').disabled).toBe(true);
    expect(find('c-next-slots')).toBeNull();
  });

  it('keeps the chosen time after another trouble', async () => {
    reschedule.mockRejectedValueOnce({ body: { message: '{"code":"unreachable","message":"No answer."}' } });
    const { find, tell } = await open();
    await tell('c-week-picker', 'choose', { slot });

    await tell('c-modal-actions', 'act');

    expect(find('c-error-panel')).not.toBeNull();
    expect(find('c-modal-actions').disabled).toBe(false);
    expect(find('c-next-slots')).toBeNull();
  });
});
