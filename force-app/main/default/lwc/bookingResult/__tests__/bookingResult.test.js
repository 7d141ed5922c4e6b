import { createElement } from 'lwc';
import BookingResult from 'c/bookingResult';

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
  });

  it('says what became of the booking, with link and status in words, and has the focus', async () => {
    const element = show();

    expect(find(element, 'message').textContent).toBe(result.message);
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
