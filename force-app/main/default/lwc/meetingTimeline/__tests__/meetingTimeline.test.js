import { createElement } from 'lwc';
import MeetingTimeline from 'c/meetingTimeline';
import meeting from '../../bookingMeeting/__tests__/data/meeting.json';

jest.mock('@salesforce/i18n/timeZone', () => ({ default: 'Asia/Singapore' }), { virtual: true });

function show(entries) {
  const element = createElement('c-meeting-timeline', { is: MeetingTimeline });
  element.entries = entries;
  document.body.appendChild(element);
  return element;
}

const rowsOf = (element) => [...element.shadowRoot.querySelectorAll('[data-entry]')];

describe('c-meeting-timeline', () => {
  afterEach(() => {
    document.body.replaceChildren();
  });

  it('lists the steps with time, words, message and who, in the order given', async () => {
    const element = show(meeting.timeline);
    const [first, , last] = rowsOf(element);

    expect(rowsOf(element)).toHaveLength(3);
    expect(first.querySelector('[data-title]').textContent).toBe('c.TC_Meeting_Step_Outcome');
    expect(first.querySelector('[data-message]').textContent).toBe('The meeting link has changed.');
    expect(first.querySelector('lightning-formatted-date-time')).toMatchObject({
      value: '2026-03-01T08:00:06.000Z',
      timeZone: 'Asia/Singapore',
    });
    expect(first.querySelector('[data-by]')).not.toBeNull();
    expect(last.querySelector('[data-by]')).toBeNull();
    await expect(element).toBeAccessible();
  });

  it('shows old and new link of a change only', () => {
    const [first, second] = rowsOf(show(meeting.timeline));

    expect(first.querySelector('[data-links]').textContent).toContain('https://vc.larksuite.com/j/111111111');
    expect(first.querySelector('[data-links]').textContent).toContain('https://vc.larksuite.com/j/222222222');
    expect(second.querySelector('[data-links]')).toBeNull();
  });

  it('shows a step without an outcome, and one that it does not know, as they are', () => {
    const [row] = rowsOf(show([{ id: '1', step: 'Briefing', occurredAt: '2026-03-01T08:00:00.000Z' }]));

    expect(row.querySelector('[data-title]').textContent).toBe('Briefing');
  });

  it('says so when nothing has happened yet', async () => {
    const element = show([]);

    expect(element.shadowRoot.querySelector('[data-empty]').textContent).toBe('c.TC_Meeting_Timeline_Empty');
    await expect(element).toBeAccessible();
  });
});
