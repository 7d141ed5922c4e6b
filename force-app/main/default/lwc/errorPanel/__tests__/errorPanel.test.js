import { createElement } from 'lwc';
import ErrorPanel from 'c/errorPanel';

function show(properties) {
  const element = createElement('c-error-panel', { is: ErrorPanel });
  Object.assign(element, properties);
  document.body.appendChild(element);
  return element;
}

const headingOf = (element) => element.shadowRoot.querySelector('[data-heading]').textContent;
const messagesOf = (element) =>
  [...element.shadowRoot.querySelectorAll('[data-message]')].map((message) => message.textContent);

describe('c-error-panel', () => {
  afterEach(() => {
    document.body.replaceChildren();
  });

  it('shows the words of an Apex error under a general heading, as an alert', async () => {
    const element = show({ errors: { body: { message: 'Not your record.' } } });

    expect(headingOf(element)).toBe('c.TC_Error_Title');
    expect(messagesOf(element)).toEqual(['Not your record.']);
    expect(element.shadowRoot.querySelector('[role="alert"]')).not.toBeNull();
    expect(element.shadowRoot.querySelector('lightning-button')).toBeNull();
    await expect(element).toBeAccessible();
  });

  it('shows a friendly heading and does not repeat it', async () => {
    const element = show({ friendlyMessage: 'Booking failed', errors: ['Booking failed', 'The slot is taken.'] });

    expect(headingOf(element)).toBe('Booking failed');
    expect(messagesOf(element)).toEqual(['The slot is taken.']);
    await expect(element).toBeAccessible();
  });

  it.each(['outcome_unknown', 'unreachable', 'internal'])(
    'says of a change that got no answer (%s) neither that it was done nor that it was not',
    async (code) => {
      const errors = { body: { message: JSON.stringify({ code, message: 'No answer.' }) } };
      const element = show({ errors, friendlyMessage: 'The training was not booked', isChange: true });

      expect(headingOf(element)).toBe('c.TC_Error_Unknown');
      expect(messagesOf(element)).toHaveLength(2);
      expect(messagesOf(element)[1]).toBe('c.TC_Error_Unknown_Help');
      await expect(element).toBeAccessible();
    },
  );

  it.each([
    ['a change that was refused', { code: 'slot_taken', isChange: true }],
    ['what was only read', { code: 'unreachable', isChange: false }],
  ])('says of %s what the friendly heading says', (_name, { code, isChange }) => {
    const errors = { body: { message: JSON.stringify({ code, message: 'No.' }) } };
    const element = show({ errors, friendlyMessage: 'That did not work', isChange });

    expect(headingOf(element)).toBe('That did not work');
    expect(messagesOf(element)).not.toContain('c.TC_Error_Unknown_Help');
  });

  it('offers to try again when that makes sense, and says so when asked', async () => {
    const element = show({ errors: 'Timed out', retryable: true });
    const retried = jest.fn();
    element.addEventListener('retry', retried);

    element.shadowRoot.querySelector('lightning-button').click();

    expect(retried).toHaveBeenCalledTimes(1);
    await expect(element).toBeAccessible();
  });
});
