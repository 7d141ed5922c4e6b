import { createElement } from 'lwc';
import BookingActions from 'c/bookingActions';
import ConfirmModal from 'c/confirmModal';
import ManualLinkModal from 'c/manualLinkModal';
import ReassignModal from 'c/reassignModal';
import RescheduleModal from 'c/rescheduleModal';
import cancelBooking from '@salesforce/apex/TrainingBookingController.cancelBooking';
import regenerateLink from '@salesforce/apex/TrainingBookingController.regenerateLink';

jest.mock('c/confirmModal', () => ({ __esModule: true, default: { open: jest.fn() } }));
jest.mock('c/manualLinkModal', () => ({ __esModule: true, default: { open: jest.fn() } }));
jest.mock('c/reassignModal', () => ({ __esModule: true, default: { open: jest.fn() } }));
jest.mock('c/rescheduleModal', () => ({ __esModule: true, default: { open: jest.fn() } }));
jest.mock('@salesforce/apex/TrainingBookingController.cancelBooking', () => ({ default: jest.fn() }), {
  virtual: true,
});
jest.mock('@salesforce/apex/TrainingBookingController.regenerateLink', () => ({ default: jest.fn() }), {
  virtual: true,
});

const meeting = {
  bookingId: 'b',
  bookingName: 'TB-00001',
  status: 'Confirmed',
  serviceType: 'Remote',
  meetingLink: 'https://vc.larksuite.com/j/1',
  meetingLinkStatus: 'Ready',
  merchantName: 'Harbour Coffee',
  trainerName: 'Wei Tan',
  trainerConnected: true,
};

const settled = () => new Promise(process.nextTick);

function show(changes) {
  const element = createElement('c-booking-actions', { is: BookingActions });
  Object.assign(element, { meeting: { ...meeting, ...changes }, when: 'Mon' });
  const told = { changed: jest.fn(), toast: jest.fn() };
  element.addEventListener('changed', told.changed);
  element.addEventListener('lightning__showtoast', (event) => told.toast(event.detail));
  document.body.appendChild(element);
  const button = (action) => element.shadowRoot.querySelector(`[data-action="${action}"]`);
  return { element, told, button };
}

describe('c-booking-actions', () => {
  afterEach(() => {
    document.body.replaceChildren();
    jest.resetAllMocks();
  });

  it.each([
    ['a remote training', {}, ['reschedule', 'reassign', 'regenerate', 'link', 'cancel']],
    [
      'a remote one without a meeting',
      { meetingLinkStatus: 'Not Needed' },
      ['reschedule', 'reassign', 'link', 'cancel'],
    ],
    ['an onsite one', { serviceType: 'Onsite', meetingLinkStatus: 'Not Needed' }, ['reschedule', 'reassign', 'cancel']],
    [
      'one that is not confirmed yet',
      { status: 'Requested', meetingLink: null, meetingLinkStatus: null },
      ['reschedule', 'reassign', 'link', 'cancel'],
    ],
    ['one whose time another one has', { syncStatus: 'Conflict' }, ['reschedule', 'reassign', 'link', 'cancel']],
  ])('offers for %s what makes sense', async (_name, changes, actions) => {
    const { element } = show(changes);

    const shown = [...element.shadowRoot.querySelectorAll('[data-action]')].map(({ dataset }) => dataset.action);
    expect(shown).toEqual(actions);
    await expect(element).toBeAccessible();
  });

  it.each([
    ['reschedule', RescheduleModal, 'Move_Done'],
    ['reassign', ReassignModal, 'Give_Done'],
    ['regenerate', ConfirmModal, 'Regenerate_Done'],
    ['link', ManualLinkModal, 'Link_Done'],
    ['cancel', ConfirmModal, 'Cancel_Done'],
  ])('%s: says that it was done, and the focus is back at the button', async (action, modal, toast) => {
    modal.open.mockResolvedValue({ bookingId: 'b', meetingLink: 'https://new.example', meetingLinkStatus: 'Ready' });
    const { told, button } = show();
    const focus = jest.spyOn(button(action), 'focus');

    button(action).click();
    await settled();
    await settled();

    expect(modal.open).toHaveBeenCalledTimes(1);
    expect(told.toast).toHaveBeenCalledWith(
      expect.objectContaining({ title: `c.TC_Change_${toast}`, variant: 'success' }),
    );
    expect(told.changed).toHaveBeenCalledTimes(1);
    expect(focus).toHaveBeenCalledTimes(1);
  });

  it('does nothing when a modal is left, but the focus is back', async () => {
    RescheduleModal.open.mockResolvedValue(undefined);
    const { told, button } = show();
    const focus = jest.spyOn(button('reschedule'), 'focus');

    button('reschedule').click();
    await settled();
    await settled();

    expect(told.toast).not.toHaveBeenCalled();
    expect(told.changed).not.toHaveBeenCalled();
    expect(focus).toHaveBeenCalledTimes(1);
  });

  it('has everything read again when a modal is left after trouble: it may be done all the same', async () => {
    ConfirmModal.open.mockImplementation(async ({ ontrouble }) => ontrouble(new CustomEvent('trouble')));
    const { told, button } = show();

    button('cancel').click();
    await settled();
    await settled();

    expect(told.toast).not.toHaveBeenCalled();
    expect(told.changed).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['Lark does not answer', {}, { meetingLinkStatus: 'Pending' }, 'Waits', 'info'],
    ['the old one stays for now', {}, { meetingLink: meeting.meetingLink }, 'Waits', 'info'],
    ['the trainer has to connect', {}, { meetingLinkStatus: 'Pending Trainer Setup' }, 'Waits', 'warning'],
    ['nobody can make it', {}, { meetingLinkStatus: 'Failed' }, 'Failed', 'error'],
    [
      'the trainer is not connected and the old one stays',
      { trainerConnected: false },
      { meetingLink: meeting.meetingLink },
      'Waits',
      'warning',
    ],
  ])('does not say that a new link is made when %s', async (_name, changes, result, title, variant) => {
    ConfirmModal.open.mockResolvedValue({ bookingId: 'b', meetingLink: null, meetingLinkStatus: 'Ready', ...result });
    const { told, button } = show(changes);

    button('regenerate').click();
    await settled();
    await settled();

    expect(told.toast).toHaveBeenCalledWith(
      expect.objectContaining({ title: `c.TC_Change_Regenerate_${title}`, variant }),
    );
    expect(told.changed).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['with a link', {}, ['Cancel_What', 'Cancel_Link', 'Cancel_Calendar', 'Cancel_Again']],
    [
      'with one entered by hand',
      { meetingLinkStatus: 'Manual' },
      ['Cancel_What', 'Manual_Open', 'Cancel_Calendar', 'Cancel_Again'],
    ],
    ['without one', { meetingLink: null }, ['Cancel_What', 'Cancel_Calendar', 'Cancel_Again']],
  ])('says beforehand what cancelling means %s, and cancels', (_name, changes, sentences) => {
    ConfirmModal.open.mockReturnValue(new Promise(() => {}));
    const { button } = show(changes);
    button('cancel').click();
    const [given] = ConfirmModal.open.mock.calls[0];

    expect(given.sentences).toEqual(sentences.map((name) => `c.TC_Change_${name}`));
    given.run();
    expect(cancelBooking).toHaveBeenCalledWith({ bookingId: 'b' });
  });

  it.each([
    ['a new link', {}, ['Give_Link_New', 'Old_Stops', 'Regenerate_Event', 'Tell_Everybody']],
    [
      'in the place of one entered by hand',
      { meetingLinkStatus: 'Manual' },
      ['Give_Link_New', 'Manual_Open', 'Regenerate_Event', 'Tell_Everybody'],
    ],
    ['a first one', { meetingLink: null }, ['Give_Link_New', 'Regenerate_Event']],
    ['one that waits', { meetingLink: null, trainerConnected: false }, ['Give_Link_Later', 'Regenerate_Event']],
  ])('says beforehand what making the link again means: %s', (_name, changes, sentences) => {
    ConfirmModal.open.mockReturnValue(new Promise(() => {}));
    const { button } = show(changes);
    button('regenerate').click();
    const [given] = ConfirmModal.open.mock.calls[0];

    expect(given.sentences).toEqual(sentences.map((name) => `c.TC_Change_${name}`));
    given.run();
    expect(regenerateLink).toHaveBeenCalledWith({ bookingId: 'b' });
  });
});
