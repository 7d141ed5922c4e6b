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

  it('offers to try again when that makes sense, and says so when asked', async () => {
    const element = show({ errors: 'Timed out', retryable: true });
    const retried = jest.fn();
    element.addEventListener('retry', retried);

    element.shadowRoot.querySelector('lightning-button').click();

    expect(retried).toHaveBeenCalledTimes(1);
    await expect(element).toBeAccessible();
  });
});
