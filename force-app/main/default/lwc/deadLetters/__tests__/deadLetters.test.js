import { createElement } from 'lwc';
import DeadLetters from 'c/deadLetters';
import getDeadLetters from '@salesforce/apex/ConnectionMonitorController.getDeadLetters';
import retryDeadLetter from '@salesforce/apex/ConnectionMonitorController.retryDeadLetter';
import { jobs } from '../../../staticresources/TC_Test_Dead_Letters.json';

jest.mock('@salesforce/apex/ConnectionMonitorController.getDeadLetters', () => ({ default: jest.fn() }), {
  virtual: true,
});
jest.mock('@salesforce/apex/ConnectionMonitorController.retryDeadLetter', () => ({ default: jest.fn() }), {
  virtual: true,
});
jest.mock('@salesforce/label/c.TC_Letters_Retried', () => ({ default: 'retried {0}' }), { virtual: true });
jest.mock('@salesforce/label/c.TC_Letters_Retried_Some', () => ({ default: 'retried {0}, not {1}' }), {
  virtual: true,
});

const [MAIL] = jobs;
const OTHER = { ...MAIL, id: 'job-2', kind: 'wash-dishes', concerns: {}, attempts: null };
const NOTHING = { jobs: [], nextCursor: null };

/** Several promises one after the other. */
const settled = async () => {
  for (let turn = 0; turn < 5; turn += 1) {
    // eslint-disable-next-line no-await-in-loop
    await new Promise(process.nextTick);
  }
};
const find = (element, selector) => element.shadowRoot.querySelector(selector);
const letterOf = (element, id) => find(element, `[data-letter="${id}"]`);

async function show() {
  const element = createElement('c-dead-letters', { is: DeadLetters });
  document.body.appendChild(element);
  await settled();
  return element;
}

describe('c-dead-letters', () => {
  beforeEach(() => {
    getDeadLetters.mockResolvedValue({ jobs: [MAIL, OTHER], nextCursor: null });
    retryDeadLetter.mockResolvedValue({ retried: true });
  });

  afterEach(() => {
    document.body.replaceChildren();
    jest.resetAllMocks();
  });

  it('says what failed, why, and what to do', async () => {
    const element = await show();

    expect(letterOf(element, MAIL.id).textContent).toContain('c.TC_Letters_Kind_Merchant_Mail');
    expect(letterOf(element, MAIL.id).textContent).toContain(MAIL.message);
    expect(letterOf(element, MAIL.id).textContent).toContain(MAIL.advice);
    expect(letterOf(element, MAIL.id).querySelector('[data-action="open"]').dataset.object).toBe('Training_Booking__c');
    expect(letterOf(element, OTHER.id).textContent).toContain('wash dishes');
    expect(letterOf(element, OTHER.id).querySelector('[data-action="open"]')).toBeNull();
    await expect(element).toBeAccessible();
  });

  it('tries one again, and it leaves the list', async () => {
    const element = await show();
    getDeadLetters.mockResolvedValue({ jobs: [OTHER], nextCursor: null });

    letterOf(element, MAIL.id).querySelector('[data-action="retry"]').click();
    await settled();

    expect(retryDeadLetter).toHaveBeenCalledWith({ jobId: MAIL.id });
    expect(letterOf(element, MAIL.id)).toBeNull();
    expect(find(element, '[data-outcome]').textContent).toBe('retried 1');
    expect(find(element, '[data-action="retry-all"]')).toBeNull();
    await expect(element).toBeAccessible();
  });

  it('tries all again, and tells which could not be', async () => {
    retryDeadLetter.mockRejectedValueOnce(new Error('It is gone.'));
    const element = await show();

    find(element, '[data-action="retry-all"]').click();
    await settled();

    expect(retryDeadLetter.mock.calls.map(([{ jobId }]) => jobId)).toEqual([MAIL.id, OTHER.id]);
    expect(find(element, '[data-outcome]').textContent).toBe('retried 1, not 1');
    expect(find(element, '[data-reason]').textContent).toBe('It is gone.');
    await expect(element).toBeAccessible();
  });

  it('waits while it tries', async () => {
    retryDeadLetter.mockReturnValue(new Promise(() => undefined));
    const element = await show();
    find(element, '[data-action="retry-all"]').click();
    await settled();

    expect(find(element, '[data-action="retry-all"]').disabled).toBe(true);
    expect(letterOf(element, MAIL.id).querySelector('[data-action="retry"]').disabled).toBe(true);
    expect(find(element, 'lightning-spinner')).not.toBeNull();
  });

  it('shows more where there is more', async () => {
    getDeadLetters.mockResolvedValueOnce({ jobs: [MAIL], nextCursor: 'older' });
    const element = await show();
    getDeadLetters.mockResolvedValueOnce({ jobs: [OTHER], nextCursor: null });

    find(element, '[data-action="more"]').click();
    await settled();

    expect(getDeadLetters.mock.calls[1][0]).toEqual({ cursor: 'older' });
    expect(element.shadowRoot.querySelectorAll('[data-letter]')).toHaveLength(2);
    expect(find(element, '[data-action="more"]')).toBeNull();
  });

  it('says that nothing failed', async () => {
    getDeadLetters.mockResolvedValue(NOTHING);
    const element = await show();

    expect(find(element, '[data-empty]')).not.toBeNull();
    await expect(element).toBeAccessible();
  });

  it('says what went wrong and reads again', async () => {
    getDeadLetters.mockRejectedValueOnce(new Error('No answer.'));
    const element = await show();
    expect(find(element, 'c-error-panel').friendlyMessage).toBe('c.TC_Letters_Load_Failed');
    expect(find(element, '[data-empty]')).toBeNull();
    await expect(element).toBeAccessible();

    find(element, 'c-error-panel').dispatchEvent(new CustomEvent('retry'));
    await settled();
    expect(find(element, 'c-error-panel')).toBeNull();
    expect(letterOf(element, MAIL.id)).not.toBeNull();
  });
});
