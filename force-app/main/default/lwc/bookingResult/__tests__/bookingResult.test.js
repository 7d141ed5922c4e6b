import { createElement } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import BookingResult from 'c/bookingResult';
import getMeeting from '@salesforce/apex/TrainingBookingController.getMeeting';

jest.mock('@salesforce/apex', () => ({ refreshApex: jest.fn() }), { virtual: true });
jest.mock(
  '@salesforce/apex/TrainingBookingController.getMeeting',
  () => {
    const { createApexTestWireAdapter } = require('@salesforce/sfdx-lwc-jest');
    return { default: createApexTestWireAdapter(jest.fn()) };
  },
  { virtual: true },
);
// Labels stand for themselves; what is filled into them is asked of the words.
jest.mock('c/ldsUtils', () => ({
  ...jest.requireActual('c/ldsUtils'),
  format: (text, ...values) => [text, ...values].join('|'),
}));

const mockNavigate = jest.fn();
jest.mock('lightning/navigation', () => {
  const Navigate = Symbol('Navigate');
  const NavigationMixin = (Base) =>
    class extends Base {
      [Navigate](page) {
        mockNavigate(page);
      }
    };
  NavigationMixin.Navigate = Navigate;
  return { NavigationMixin };
});

const result = {
  bookingId: 'a02000000000001AAA',
  bookingName: 'TB-00001',
  status: 'Confirmed',
  meetingLink: 'https://vc.larksuite.com/j/123456789',
  meetingLinkStatus: 'Ready',
  message: 'Your training is booked. The meeting link is ready.',
  notes: [],
};

const meeting = {
  ...result,
  startTime: '2026-03-02T01:00:00.000Z',
  endTime: '2026-03-02T02:00:00.000Z',
  timeZone: 'Asia/Singapore',
  trainerName: 'Wei Tan',
  merchantName: 'Harbour Coffee',
};
const pending = { meetingLink: null, meetingLinkStatus: 'Pending' };

const settled = () => new Promise(process.nextTick);

async function emit(changes = {}) {
  getMeeting.emit({ ...meeting, ...changes });
  await settled();
}

function show(changes = {}) {
  const element = createElement('c-booking-result', { is: BookingResult });
  element.result = { ...result, ...changes };
  document.body.appendChild(element);
  return element;
}

const find = (element, id) => element.shadowRoot.querySelector(`[data-id="${id}"]`);

describe('c-booking-result', () => {
  afterEach(() => {
    document.body.replaceChildren();
    jest.clearAllMocks();
    jest.useRealTimers();
  });

  it('says what became of the booking, with link and status in words, and has the focus', async () => {
    const element = show();

    expect(find(element, 'status').textContent).toBe('c.TC_Book_Status_Confirmed');
    expect(find(element, 'link-status').textContent).toBe('c.TC_Meeting_Ready');
    expect(element.shadowRoot.querySelector('c-meeting-link').link).toBe(result.meetingLink);
    expect(element.shadowRoot.activeElement).toBe(find(element, 'heading'));
    await expect(element).toBeAccessible();
  });

  it('without a link says why, and shows notes', async () => {
    const notes = ['On 2026-10-25 the clocks are put back: the first time is meant.'];
    const element = show({ meetingLink: null, meetingLinkStatus: 'Pending Trainer Setup', notes });

    expect(element.shadowRoot.querySelector('c-meeting-link')).toBeNull();
    expect(find(element, 'link-help').textContent).toBe('c.TC_Meeting_Setup_Help');
    expect(element.shadowRoot.querySelector('[data-note]').textContent).toBe(notes[0]);
    await expect(element).toBeAccessible();
  });

  it('says in the words of the page when it is, with whom and for whom, and nothing of the text for merchants', async () => {
    const element = show();
    expect(find(element, 'summary')).toBeNull();
    await emit();

    expect(getMeeting.getLastConfig()).toEqual({ bookingId: result.bookingId });
    const summary = find(element, 'summary').textContent;
    for (const part of [/9:00.+10:00/, /Asia\/Singapore/, /Wei Tan/, /Harbour Coffee/, /^c\.TC_Book_For/]) {
      expect(summary).toMatch(part);
    }
    expect(element.shadowRoot.textContent).not.toContain(result.message);
    await expect(element).toBeAccessible();
  });

  it('explains a booking status that needs it', () => {
    const element = show({ status: 'Requested' });
    expect(find(element, 'status-help').textContent).toBe('c.TC_Status_Requested_Help');
  });

  describe('while the link is made', () => {
    beforeEach(() => {
      jest.useFakeTimers({ doNotFake: ['nextTick'] });
      refreshApex.mockResolvedValue(undefined);
    });

    it('asks every 3 seconds, and shows the link as soon as it is there', async () => {
      const element = show(pending);
      await emit(pending);
      expect(find(element, 'link-help').textContent).toBe('c.TC_Meeting_Pending_Help');
      await jest.advanceTimersByTimeAsync(9_500);
      expect(refreshApex).toHaveBeenCalledTimes(3);

      await emit();

      expect(element.shadowRoot.querySelector('c-meeting-link').link).toBe(result.meetingLink);
      expect(find(element, 'link-status').textContent).toBe('c.TC_Meeting_Ready');
      await jest.advanceTimersByTimeAsync(60_000);
      expect(refreshApex).toHaveBeenCalledTimes(3);
    });

    it('says after a minute what to do, and looks again when asked', async () => {
      const element = show(pending);
      await emit(pending);
      expect(find(element, 'refresh')).toBeNull();

      await jest.advanceTimersByTimeAsync(61_000);

      expect(find(element, 'link-help').textContent).toBe('c.TC_Meeting_Pending_Late');
      const asked = refreshApex.mock.calls.length;
      refreshApex.mockImplementation(() => emit());
      find(element, 'refresh').click();
      await settled();
      await settled();
      expect(refreshApex).toHaveBeenCalledTimes(asked + 1);
      expect(find(element, 'refresh')).toBeNull();
      expect(find(element, 'link-help').textContent).toBe('c.TC_Meeting_Ready_Help');
      expect(element.shadowRoot.activeElement).toBe(find(element, 'heading'));
    });

    it('is given up also when nothing can be read, and stays what the answer said', async () => {
      refreshApex.mockRejectedValue(new Error('No network'));
      const element = show(pending);

      await jest.advanceTimersByTimeAsync(61_000);
      find(element, 'refresh').click();
      await settled();

      expect(find(element, 'link-help').textContent).toBe('c.TC_Meeting_Pending_Late');
      expect(find(element, 'refresh')).not.toBeNull();
    });

    it('does not ask when the link is there, or when the answer is gone', async () => {
      show();
      show(pending).remove();

      await jest.advanceTimersByTimeAsync(60_000);

      expect(refreshApex).not.toHaveBeenCalled();
    });
  });

  it("goes to the booking's page", () => {
    find(show(), 'open').click();

    expect(mockNavigate).toHaveBeenCalledWith({
      type: 'standard__recordPage',
      attributes: { recordId: result.bookingId, objectApiName: 'Training_Booking__c', actionName: 'view' },
    });
  });

  it('asks for another booking', () => {
    const element = show();
    const next = jest.fn();
    element.addEventListener('next', next);

    find(element, 'next').click();

    expect(next).toHaveBeenCalledTimes(1);
  });
});
