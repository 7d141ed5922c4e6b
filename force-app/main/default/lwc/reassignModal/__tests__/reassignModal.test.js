import { createElement } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import ReassignModal from 'c/reassignModal';
import getAvailability from '@salesforce/apex/TrainingBookingController.getAvailability';
import getTrainers from '@salesforce/apex/TrainingBookingController.getTrainers';
import reassign from '@salesforce/apex/TrainingBookingController.reassign';

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
jest.mock('@salesforce/apex', () => ({ refreshApex: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/TrainingBookingController.getAvailability', () => ({ default: jest.fn() }), {
  virtual: true,
});
jest.mock('@salesforce/apex/TrainingBookingController.reassign', () => ({ default: jest.fn() }), { virtual: true });
jest.mock(
  '@salesforce/apex/TrainingBookingController.getTrainers',
  () => {
    const { createApexTestWireAdapter } = require('@salesforce/sfdx-lwc-jest');
    return { default: createApexTestWireAdapter(jest.fn()) };
  },
  { virtual: true },
);

const meeting = {
  bookingId: 'b',
  trainerId: 'w',
  trainerName: 'Wei Tan',
  startTime: '2126-03-04T02:00:00.000Z',
  endTime: '2126-03-04T03:00:00.000Z',
  meetingLink: 'https://vc.larksuite.com/j/1',
  meetingLinkStatus: 'Ready',
};
const trainer = (id, larkConnected = true) => ({ id, name: `Trainer ${id}`, larkConnected, timeZone: 'UTC' });
const trainers = [
  trainer('w'),
  trainer('free'),
  trainer('later', false),
  trainer('busy'),
  trainer('unknown'),
  trainer('close'),
  trainer('closed'),
];
const own = { start: meeting.startTime, end: meeting.endTime };
const answer = (id, changes) => ({
  trainer: { id },
  timeZone: 'UTC',
  slots: [own],
  busy: [],
  unknown: [],
  notes: [],
  ...changes,
});
const answers = {
  trainers: [
    answer('free'),
    answer('later', { notes: ['Only bookings are known.'] }),
    answer('busy', { slots: [], busy: [{ start: '2126-03-04T02:30:00.000Z', end: '2126-03-04T02:45:00.000Z' }] }),
    answer('unknown', { slots: [], unknown: [{ ...own, reason: 'Lark does not answer.' }] }),
    answer('close', { slots: [], busy: [{ start: '2126-03-04T03:00:00.000Z', end: '2126-03-04T04:00:00.000Z' }] }),
    answer('closed', { slots: [] }),
  ],
};

const settled = async (turns = 6) => {
  await new Promise(process.nextTick);
  if (turns > 1) await settled(turns - 1);
};

async function open({ changes = {}, known = trainers } = {}) {
  const element = createElement('c-reassign-modal', { is: ReassignModal });
  const closed = jest.fn();
  Object.assign(element, { label: 'Reassign', when: 'Mon', meeting: { ...meeting, ...changes } });
  element.addEventListener('closed', (event) => closed(event.detail));
  document.body.appendChild(element);
  if (known) getTrainers.emit(known);
  await settled();
  const find = (selector) => element.shadowRoot.querySelector(selector);
  const all = (selector) => [...element.shadowRoot.querySelectorAll(selector)];
  const choose = async (id) => {
    const radio = find(`input[value="${id}"]`);
    radio.checked = true;
    radio.dispatchEvent(new CustomEvent('change'));
    await settled();
  };
  const act = async () => {
    find('c-modal-actions').dispatchEvent(new CustomEvent('act'));
    await settled();
  };
  const sentences = () => all('[data-sentence]').map((item) => item.textContent);
  return { element, closed, find, all, choose, act, sentences };
}

describe('c-reassign-modal', () => {
  beforeEach(() => {
    getAvailability.mockResolvedValue(answers);
    refreshApex.mockResolvedValue(undefined);
  });

  afterEach(() => {
    document.body.replaceChildren();
    jest.resetAllMocks();
  });

  it('says that it is looking', async () => {
    const { element, find } = await open({ known: null });

    expect(find('[data-id="loading"]')).not.toBeNull();
    await expect(element).toBeAccessible();
  });

  it('offers whoever is free at the time of the training, and says about the others why not', async () => {
    const { element, find, all } = await open();

    expect(getAvailability).toHaveBeenCalledWith({
      trainerIds: ['free', 'busy', 'unknown', 'close', 'closed', 'later'],
      fromTime: '2126-03-03T22:00:00.000Z',
      toTime: '2126-03-04T07:00:00.000Z',
    });
    expect(all('[data-row]').map(({ dataset }) => dataset.row)).toEqual(['free', 'later']);
    expect(all('[data-other]').map((row) => [row.dataset.other, row.querySelector('.detail').textContent])).toEqual([
      ['busy', 'c.TC_Change_Give_Busy'],
      ['unknown', 'c.TC_Change_Give_Noted'],
      ['close', 'c.TC_Change_Give_Close'],
      ['closed', 'c.TC_Change_Give_Closed'],
    ]);
    expect(find('[data-other="unknown"]').classList).toContain('unknown');
    expect(find('c-modal-actions').disabled).toBe(true);
    await expect(element).toBeAccessible();
  });

  it.each([
    ['with a new link', 'free', {}, ['Gives', 'Calendar', 'Link_New', '../TC_Change_Old_Stops']],
    ['with a link that waits', 'later', {}, ['Gives', 'Leaves', '../TC_Book_Outlook_Waits', '../TC_Change_Old_Stops']],
    ['no link yet', 'free', { meetingLink: null }, ['Gives', 'Calendar', 'Link_New']],
    ['a link entered by hand', 'free', { meetingLinkStatus: 'Manual' }, ['Gives', 'Calendar', 'Link_Stays']],
    [
      'a link entered by hand and a calendar that waits',
      'later',
      { meetingLinkStatus: 'Manual' },
      ['Gives', 'Leaves', '../TC_Book_Outlook_Calendar_Later', 'Link_Stays'],
    ],
    [
      'no meeting and a calendar that waits',
      'later',
      { meetingLink: null, meetingLinkStatus: 'Not Needed' },
      ['Gives', 'Leaves', '../TC_Book_Outlook_Calendar_Later'],
    ],
    ['no meeting', 'free', { meetingLink: null, meetingLinkStatus: 'Not Needed' }, ['Gives', 'Calendar']],
  ])('says beforehand what changes: %s', async (_name, id, changes, expected) => {
    const { element, choose, sentences } = await open({ changes });

    await choose(id);

    const label = (name) => (name.startsWith('../') ? `c.${name.slice(3)}` : `c.TC_Change_Give_${name}`);
    expect(sentences()).toEqual(expected.map(label));
    await expect(element).toBeAccessible();
  });

  it('reassigns, waits, and closes with the answer', async () => {
    let reply;
    reassign.mockReturnValue(new Promise((resolve) => (reply = resolve)));
    const { element, closed, find, choose, act } = await open();
    await choose('free');

    await act();
    expect(reassign).toHaveBeenCalledWith({ bookingId: 'b', trainerId: 'free' });
    expect(find('c-modal-actions').isPending).toBe(true);
    await expect(element).toBeAccessible();
    reply({ bookingId: 'b' });
    await settled();
    expect(closed).toHaveBeenCalledWith({ bookingId: 'b' });
  });

  it('looks again when the trainer was booked meanwhile', async () => {
    const error = { body: { message: '{"code":"slot_taken","message":"No."}' } };
    reassign.mockRejectedValue(error);
    const { element, find, all, choose, act } = await open();
    await choose('free');
    getAvailability.mockResolvedValue({ trainers: answers.trainers.slice(1) });

    await act();

    expect(find('[data-id="error"]').errors).toEqual(error);
    expect(all('[data-row]').map(({ dataset }) => dataset.row)).toEqual(['later']);
    expect(find('c-modal-actions').disabled).toBe(true);
    await expect(element).toBeAccessible();
  });

  it('forgets the choice when a later look says that the trainer is not free, and drops late answers', async () => {
    const replies = [];
    const { find, all, choose } = await open();
    await choose('free');
    getAvailability.mockImplementation(() => new Promise((resolve, reject) => replies.push({ resolve, reject })));
    getTrainers.emit([...trainers]);
    await settled();
    getTrainers.emit([...trainers]);
    await settled();
    getTrainers.emit([...trainers]);
    await settled();

    replies[2].resolve({ trainers: answers.trainers.slice(1) });
    await settled();
    replies[0].resolve(answers);
    replies[1].reject({ body: { message: 'No answer.' } });
    await settled();

    expect(all('[data-row]').map(({ dataset }) => dataset.row)).toEqual(['later']);
    expect(find('[data-id="load-error"]')).toBeNull();
    expect(find('c-modal-actions').disabled).toBe(true);
  });

  it('keeps the choice of a trainer who is still free', async () => {
    const { find, choose } = await open();
    await choose('free');
    getTrainers.emit([...trainers]);
    await settled();
    expect(find('input[value="free"]').checked).toBe(true);
    expect(find('c-modal-actions').disabled).toBe(false);
  });

  it('says that nobody is free, and can look again', async () => {
    getAvailability.mockResolvedValueOnce({ trainers: answers.trainers.slice(2) });
    const { element, find, all } = await open();

    expect(find('[data-id="nobody"]')).not.toBeNull();
    await expect(element).toBeAccessible();
    find('[data-id="again"]').click();
    await settled();
    expect(all('[data-row]')).toHaveLength(2);
  });

  it('asks a hundred at most, connected ones first, and says so', async () => {
    const many = Array.from({ length: 120 }, (_, index) => trainer(`t${index}`, index >= 110));
    getAvailability.mockResolvedValue({ trainers: [] });
    const { element, find, all } = await open({ known: many });

    expect(getAvailability).toHaveBeenCalledTimes(5);
    expect(getAvailability.mock.calls[0][0].trainerIds[0]).toBe('t110');
    expect(all('[data-other]')).toHaveLength(100);
    expect(find('[data-id="some"]').textContent).toBe('c.TC_Change_Give_Some');
    await expect(element).toBeAccessible();
  });

  it('offers who is free when others could not be asked, and says why nothing is known of those', async () => {
    const many = [trainer('free'), ...Array.from({ length: 20 }, (_, index) => trainer(`t${index}`))];
    getAvailability.mockResolvedValueOnce({ trainers: [answer('free')] });
    getAvailability.mockRejectedValueOnce({ body: { message: '{"code":"unreachable","message":"No answer."}' } });
    const { find, all } = await open({ known: many });

    expect(find('[data-id="load-error"]')).toBeNull();
    expect(find('[data-id="some"]')).toBeNull();
    expect(all('[data-row]').map(({ dataset }) => dataset.row)).toEqual(['free']);
    expect(find('[data-other="t19"] .detail').textContent).toBe('c.TC_Change_Give_Noted');
  });

  it('keeps the focus while it is looked again', async () => {
    const { find } = await open();
    find('[data-id="again"]').click();
    expect(find('[data-id="intro"]').getRootNode().activeElement).toBe(find('[data-id="intro"]'));
  });

  it('asks for at most twenty trainers at once', async () => {
    const many = Array.from({ length: 45 }, (_, index) => trainer(`t${index}`));
    getAvailability.mockResolvedValue({ trainers: [] });
    await open({ known: many });

    expect(getAvailability.mock.calls.map(([{ trainerIds }]) => trainerIds.length)).toEqual([20, 20, 5]);
  });

  it.each([
    ['the trainers', () => getTrainers.error({ message: 'No access.' }), null, () => refreshApex],
    ['their times', () => {}, trainers, () => getAvailability],
  ])('shows that %s could not be loaded, and tries again', async (_name, fail, known, asked) => {
    if (known) getAvailability.mockRejectedValueOnce({ body: { message: 'No answer.' } });
    const { element, find } = await open({ known });
    fail();
    await settled();
    const panel = find('[data-id="load-error"]');
    await expect(element).toBeAccessible();
    const before = asked().mock.calls.length;

    panel.dispatchEvent(new CustomEvent('retry'));
    await settled();

    expect(asked().mock.calls.length).toBe(before + 1);
  });
});
