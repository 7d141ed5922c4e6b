import { createElement } from 'lwc';
import RunResults from 'c/runResults';
import getRunResults from '@salesforce/apex/ConnectionMonitorController.getRunResults';
import RUN from '../../../staticresources/TC_Test_Run.json';
import { results } from '../../../staticresources/TC_Test_Run_Results.json';

jest.mock('@salesforce/apex/ConnectionMonitorController.getRunResults', () => ({ default: jest.fn() }), {
  virtual: true,
});
jest.mock('@salesforce/label/c.TC_Result_Failed', () => ({ default: 'failed {0}' }), { virtual: true });

const settled = () => new Promise(process.nextTick);
const find = (element, selector) => element.shadowRoot.querySelector(selector);
const rowsOf = (element) => [...element.shadowRoot.querySelectorAll('[data-result]')];

async function show(run = RUN) {
  const element = createElement('c-run-results', { is: RunResults });
  element.run = run;
  document.body.appendChild(element);
  await settled();
  return element;
}

describe('c-run-results', () => {
  beforeEach(() => {
    getRunResults.mockResolvedValue({ results, page: { next: null } });
  });

  afterEach(() => {
    document.body.replaceChildren();
    getRunResults.mockReset();
  });

  it('begins with what failed, and says why', async () => {
    const element = await show();

    expect(getRunResults).toHaveBeenCalledWith({ runId: RUN.runId, outcome: 'failed', after: null });
    expect(find(element, 'lightning-radio-group').options[0]).toEqual({ label: 'failed 1', value: 'failed' });
    expect(rowsOf(element)[0].textContent).toContain('The mailbox does not exist.');
    expect(rowsOf(element)[0].querySelector('lightning-button').label).toBe('Li Na');
    await expect(element).toBeAccessible();
  });

  it('begins with what was done when nothing failed', async () => {
    await show({ ...RUN, failed: 0, skipped: 0 });

    expect(getRunResults.mock.calls[0][0].outcome).toBe('succeeded');
  });

  it('shows another outcome, and only that one', async () => {
    const element = await show();
    const answers = [];
    getRunResults.mockImplementation(() => new Promise((resolve) => answers.push(resolve)));
    for (const value of ['skipped', 'succeeded']) {
      find(element, 'lightning-radio-group').dispatchEvent(new CustomEvent('change', { detail: { value } }));
    }
    answers[0]({ results, page: { next: null } });
    await settled();
    expect(rowsOf(element)).toEqual([]);
    expect(find(element, '[data-empty]')).toBeNull();
    answers[1]({ results: [{ ...results[0], trainerName: 'Wei Tan' }], page: { next: null } });
    await settled();

    expect(rowsOf(element).map((row) => row.querySelector('lightning-button').label)).toEqual(['Wei Tan']);
  });

  it('goes on where the page ended', async () => {
    getRunResults.mockResolvedValueOnce({ results, page: { next: 'more' } });
    const element = await show();
    getRunResults.mockResolvedValueOnce({ results: [{ ...results[0], trainerId: 'a2' }], page: { next: null } });

    find(element, '[data-action="more"]').click();
    await settled();

    expect(getRunResults.mock.calls[1][0].after).toBe('more');
    expect(rowsOf(element)).toHaveLength(2);
    expect(find(element, '[data-action="more"]')).toBeNull();
  });

  it('says nobody, and what went wrong', async () => {
    getRunResults.mockResolvedValueOnce({ results: [], page: { next: null } });
    expect(find(await show(), '[data-empty]')).not.toBeNull();

    getRunResults.mockRejectedValueOnce(new Error('No answer.'));
    const element = await show({ ...RUN, runId: 'other' });
    expect(find(element, 'c-error-panel').friendlyMessage).toBe('c.TC_Result_Load_Failed');
    expect(find(element, '[data-empty]')).toBeNull();
    await expect(element).toBeAccessible();
  });
});
