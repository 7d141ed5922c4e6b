import { createElement } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import { getRecord, notifyRecordUpdateAvailable } from 'lightning/uiRecordApi';
import BookingMeeting from 'c/bookingMeeting';
import getMeeting from '@salesforce/apex/TrainingBookingController.getMeeting';
import meeting from './data/meeting.json';

jest.mock('c/bookingActions', () => {
  const { LightningElement, registerDecorators } = require('lwc');
  class Actions extends LightningElement {}
  registerDecorators(Actions, { publicProps: { meeting: { config: 0 }, when: { config: 0 } } });
  return { __esModule: true, default: Actions };
});
jest.mock('@salesforce/apex', () => ({ refreshApex: jest.fn() }), { virtual: true });
jest.mock(
  '@salesforce/apex/TrainingBookingController.getMeeting',
  () => {
    const { createApexTestWireAdapter } = require('@salesforce/sfdx-lwc-jest');
    return { default: createApexTestWireAdapter(jest.fn()) };
  },
  { virtual: true },
);

const settled = () => new Promise(process.nextTick);

async function show() {
  const element = createElement('c-booking-meeting', { is: BookingMeeting });
  element.recordId = meeting.bookingId;
  document.body.appendChild(element);
  await settled();
  return element;
}

async function showMeeting(changes = {}) {
  const element = await show();
  getMeeting.emit({ ...meeting, ...changes });
  await settled();
  return element;
}

const find = (element, id) => element.shadowRoot.querySelector(`[data-id="${id}"]`);

async function recordIsAt(revision) {
  getRecord.emit({ id: meeting.bookingId, fields: { Revision__c: { value: revision, displayValue: null } } });
  await settled();
}

describe('c-booking-meeting', () => {
  beforeEach(() => {
    refreshApex.mockResolvedValue(undefined);
  });

  afterEach(() => {
    document.body.replaceChildren();
    jest.clearAllMocks();
    jest.useRealTimers();
  });

  it('says that it is loading', async () => {
    const element = await show();

    expect(find(element, 'loading')).not.toBeNull();
    expect(getMeeting.getLastConfig()).toEqual({ bookingId: meeting.bookingId });
    await expect(element).toBeAccessible();
  });

  it('shows link, status in words, source, time and timeline', async () => {
    const element = await showMeeting();

    expect(find(element, 'loading')).toBeNull();
    expect(element.shadowRoot.querySelector('c-meeting-link').link).toBe(meeting.meetingLink);
    expect(find(element, 'status').textContent).toBe('c.TC_Meeting_Ready');
    expect(find(element, 'source').textContent).toBe('c.TC_Meeting_Source_Reservation');
    expect(find(element, 'when').textContent).toBe('c.TC_Meeting_With');
    expect(element.shadowRoot.querySelector('c-meeting-timeline').entries).toHaveLength(3);
    expect(find(element, 'sync-trouble')).toBeNull();
    await expect(element).toBeAccessible();
  });

  it.each([
    ['Not Needed', 'c.TC_Meeting_Not_Needed'],
    ['Pending', 'c.TC_Meeting_Pending'],
    ['Pending Trainer Setup', 'c.TC_Meeting_Setup'],
    ['Failed', 'c.TC_Meeting_Failed'],
    [null, 'c.TC_Meeting_None'],
  ])('without a link says what %s means', async (meetingLinkStatus, label) => {
    const element = await showMeeting({ meetingLink: null, meetingLinkStatus });

    expect(find(element, 'status').textContent).toBe(label);
    expect(find(element, 'status-help').textContent).toBe(`${label}_Help`);
    expect(element.shadowRoot.querySelector('c-meeting-link')).toBeNull();
    await expect(element).toBeAccessible();
  });

  it.each([
    ['is only requested', { status: 'Requested', syncStatus: 'Synced' }],
    ['has lost its time', { status: 'Confirmed', syncStatus: 'Conflict' }],
  ])('promises no link to a booking that %s', async (_name, changes) => {
    const element = await showMeeting({ meetingLink: null, meetingLinkStatus: 'Pending', ...changes });

    expect(find(element, 'status').textContent).toBe('c.TC_Meeting_None');
    expect(find(element, 'status-help')).toBeNull();
    await expect(element).toBeAccessible();
  });

  it('tells why a change waits', async () => {
    const element = await showMeeting({ syncStatus: 'Pending', syncError: 'Lark is unavailable at the moment.' });

    expect(find(element, 'sync-reason').textContent).toBe('Lark is unavailable at the moment.');
    getMeeting.emit(meeting);
    await settled();
    expect(find(element, 'sync-reason')).toBeNull();
  });

  it('shows a link that somebody entered as such', async () => {
    const element = await showMeeting({ meetingLinkStatus: 'Manual', meetingLinkSource: 'Manual' });

    expect(find(element, 'status').textContent).toBe('c.TC_Meeting_Manual');
    expect(find(element, 'source').textContent).toBe('c.TC_Meeting_Source_Manual');
  });

  it.each([
    ['Conflict', 'c.TC_Meeting_Sync_Conflict'],
    ['Failed', 'c.TC_Meeting_Sync_Failed'],
  ])('shows the reason of the sync status %s', async (syncStatus, heading) => {
    const element = await showMeeting({ syncStatus, syncError: 'TB-00002 has this time.' });

    expect(find(element, 'sync-trouble')).toMatchObject({
      friendlyMessage: heading,
      errors: ['TB-00002 has this time.', `${heading}_Help`],
    });
    await expect(element).toBeAccessible();
  });

  it('reads a booking without a zone, or with one that does not exist', async () => {
    expect(find(await showMeeting({ timeZone: null }), 'when')).not.toBeNull();
    document.body.replaceChildren();
    expect(find(await showMeeting({ timeZone: 'Asia/Tokio' }), 'when')).not.toBeNull();
  });

  it('shows what went wrong and tries again', async () => {
    const element = await show();
    getMeeting.error({ message: 'This booking does not exist, or you cannot see it.' });
    await settled();
    const panel = element.shadowRoot.querySelector('c-error-panel');

    expect(panel).toMatchObject({ friendlyMessage: 'c.TC_Meeting_Load_Failed', retryable: true });
    await expect(element).toBeAccessible();

    const focus = jest.spyOn(find(element, 'refresh'), 'focus');
    panel.dispatchEvent(new CustomEvent('retry'));
    getMeeting.emit(meeting);
    await settled();

    expect(refreshApex).toHaveBeenCalledTimes(1);
    expect(element.shadowRoot.querySelector('c-error-panel')).toBeNull();
    expect(find(element, 'status')).not.toBeNull();
    // The button that had the focus is gone.
    expect(focus).toHaveBeenCalledTimes(1);
  });

  it('refreshes when asked, and keeps what it shows when that fails', async () => {
    const element = await showMeeting();
    refreshApex.mockRejectedValue({ body: { message: 'No network' } });

    find(element, 'refresh').click();
    await Promise.resolve();
    // A button that is disabled meanwhile loses the focus.
    expect(find(element, 'refresh').disabled).toBeFalsy();
    await settled();
    await settled();

    expect(element.shadowRoot.querySelector('c-error-panel').errors).toEqual({ body: { message: 'No network' } });
    expect(find(element, 'status')).not.toBeNull();
  });

  it('offers no link to join a cancelled training', async () => {
    const element = await showMeeting({ status: 'Cancelled', meetingLinkStatus: 'Manual' });
    expect(element.shadowRoot.querySelector('c-meeting-link')).toBeNull();
    getMeeting.emit({ ...meeting, status: 'Completed' });
    await settled();
    expect(element.shadowRoot.querySelector('c-meeting-link')).not.toBeNull();
  });

  it.each(['Requested', 'Cancelled', 'Completed'])('explains the booking status %s', async (status) => {
    const element = await showMeeting({ status });

    expect(find(element, 'booking-status-name').textContent).toBe(`c.TC_Book_Status_${status}`);
    expect(find(element, 'booking-status').textContent).toContain(`c.TC_Status_${status}_Help`);
    await expect(element).toBeAccessible();
  });

  it.each([
    ['whoever may change a booking to come', { mayChange: true }, true],
    ['nobody else', { mayChange: false }, false],
    ['nobody once it is cancelled', { mayChange: true, status: 'Cancelled' }, false],
    ['nobody once it is completed', { mayChange: true, status: 'Completed' }, false],
  ])('offers changes to %s', async (_name, changes, isOffered) => {
    const element = await showMeeting(changes);

    expect(element.shadowRoot.querySelector('c-booking-actions') !== null).toBe(isOffered);
    await expect(element).toBeAccessible();
  });

  it('reads everything again after a change, and the focus is never lost', async () => {
    const element = await showMeeting({ mayChange: true });
    refreshApex.mockImplementation(async () => {
      getMeeting.emit({ ...meeting, mayChange: true, status: 'Cancelled' });
    });

    element.shadowRoot.querySelector('c-booking-actions').dispatchEvent(new CustomEvent('changed'));
    await settled();
    await settled();
    await settled();

    expect(refreshApex).toHaveBeenCalledTimes(1);
    expect(notifyRecordUpdateAvailable).toHaveBeenCalledWith([{ recordId: meeting.bookingId }]);
    expect(element.shadowRoot.activeElement).toBe(find(element, 'booking-status'));
  });

  describe('while something is under way', () => {
    beforeEach(() => {
      jest.useFakeTimers({ doNotFake: ['nextTick'] });
    });

    it('asks every 3 seconds while the link is pending, and stops when it is there', async () => {
      await showMeeting({ meetingLink: null, meetingLinkStatus: 'Pending' });

      await jest.advanceTimersByTimeAsync(9_500);
      expect(refreshApex).toHaveBeenCalledTimes(3);

      getMeeting.emit(meeting);
      await settled();
      await jest.advanceTimersByTimeAsync(60_000);
      expect(refreshApex).toHaveBeenCalledTimes(3);
      expect(notifyRecordUpdateAvailable).toHaveBeenCalledWith([{ recordId: meeting.bookingId }]);
    });

    it('gives up after a minute, whatever the answers are', async () => {
      refreshApex.mockRejectedValue(new Error('No network'));
      await showMeeting({ meetingLink: null, meetingLinkStatus: 'Pending' });

      await jest.advanceTimersByTimeAsync(300_000);

      expect(refreshApex).toHaveBeenCalledTimes(20);
    });

    it('promises nothing any more when it has given up, until the link is there', async () => {
      const element = await showMeeting({ meetingLink: null, meetingLinkStatus: 'Pending', syncStatus: 'Pending' });
      expect(find(element, 'status-help').textContent).toBe('c.TC_Meeting_Pending_Help');

      await jest.advanceTimersByTimeAsync(61_000);

      expect(find(element, 'status-help').textContent).toBe('c.TC_Meeting_Pending_Late');
      // One sentence is enough for both.
      expect(find(element, 'syncing')).toBeNull();
      getMeeting.emit({ ...meeting, syncStatus: 'Pending' });
      await settled();
      expect(find(element, 'syncing').textContent).toBe('c.TC_Meeting_Sync_Late');
      getMeeting.emit(meeting);
      await settled();
      expect(find(element, 'status-help').textContent).toBe('c.TC_Meeting_Ready_Help');
      // What is changed next is followed again.
      getMeeting.emit({ ...meeting, syncStatus: 'Pending' });
      await settled();
      expect(find(element, 'syncing').textContent).toBe('c.TC_Meeting_Sync_Pending');
    });

    it('does not ask any more once it is gone', async () => {
      const element = await showMeeting({ meetingLink: null, meetingLinkStatus: 'Pending' });

      element.remove();
      await jest.advanceTimersByTimeAsync(60_000);

      expect(refreshApex).not.toHaveBeenCalled();
    });

    it.each([
      ['nothing is pending', {}],
      [
        'a requested booking has no link',
        { status: 'Requested', meetingLink: null, meetingLinkStatus: 'Pending', syncStatus: 'Synced' },
      ],
    ])('does not ask when %s', async (_name, changes) => {
      await showMeeting(changes);
      await recordIsAt(1);

      await jest.advanceTimersByTimeAsync(60_000);

      expect(refreshApex).not.toHaveBeenCalled();
      expect(notifyRecordUpdateAvailable).not.toHaveBeenCalled();
    });

    it('says that a change is on its way, and follows it', async () => {
      const element = await showMeeting({ syncStatus: 'Pending' });

      await jest.advanceTimersByTimeAsync(3_500);

      expect(find(element, 'syncing').textContent).toBe('c.TC_Meeting_Sync_Pending');
      expect(refreshApex).toHaveBeenCalledTimes(1);
    });

    it('asks at once and for ten seconds when the booking was changed on the page', async () => {
      await showMeeting();
      await recordIsAt(1);
      await recordIsAt(2);

      expect(refreshApex).toHaveBeenCalledTimes(1);
      await jest.advanceTimersByTimeAsync(60_000);
      expect(refreshApex).toHaveBeenCalledTimes(4);
    });
  });
});
