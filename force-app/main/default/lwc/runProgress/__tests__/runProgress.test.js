import { createElement } from 'lwc';
import RunProgress from 'c/runProgress';
import getRun from '@salesforce/apex/ConnectionMonitorController.getRun';
import DONE from '../../../staticresources/TC_Test_Run.json';

jest.mock('@salesforce/apex/ConnectionMonitorController.getRun', () => ({ default: jest.fn() }), { virtual: true });
jest.mock(
  '@salesforce/apex/ConnectionMonitorController.getRunResults',
  () => ({ default: jest.fn().mockResolvedValue({ results: [], page: { next: null } }) }),
  { virtual: true },
);
jest.mock('@salesforce/label/c.TC_Run_Counts', () => ({ default: '{0} of {1}: {2}/{3}/{4}' }), { virtual: true });

const RUNNING = { ...DONE, state: 'running', done: 1, succeeded: 1, failed: 0, skipped: 0, finishedAt: null };

/** With fake timers as well, promises run their course. */
const settled = async () => {
  for (let turn = 0; turn < 10; turn += 1) {
    // eslint-disable-next-line no-await-in-loop
    await Promise.resolve();
  }
};

async function show(runId = DONE.runId) {
  const element = createElement('c-run-progress', { is: RunProgress });
  element.finished = jest.fn();
  element.addEventListener('finished', element.finished);
  element.runId = runId;
  document.body.appendChild(element);
  await settled();
  return element;
}

const find = (element, selector) => element.shadowRoot.querySelector(selector);

describe('c-run-progress', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
  });

  afterEach(() => {
    document.body.replaceChildren();
    jest.useRealTimers();
    getRun.mockReset();
  });

  it('follows a run until it is through, and tells it once', async () => {
    getRun.mockResolvedValue(RUNNING);
    const element = await show();
    expect(find(element, 'lightning-progress-bar').value).toBe(33);
    expect(find(element, '[data-counts]').textContent).toBe('1 of 3: 1/0/0');
    expect(find(element, '[data-goes-on]')).not.toBeNull();
    expect(find(element, 'c-run-results')).toBeNull();

    getRun.mockResolvedValue(DONE);
    jest.advanceTimersByTime(2_000);
    await settled();
    expect(find(element, 'lightning-progress-bar')).toBeNull();
    expect(find(element, '[data-outcome]').textContent).toContain('c.TC_Run_Some_Failed');
    expect(find(element, 'c-run-results').run).toEqual(DONE);
    expect(element.finished).toHaveBeenCalledTimes(1);

    jest.advanceTimersByTime(60_000);
    await settled();
    expect(getRun).toHaveBeenCalledTimes(2);
  });

  it('shows a run that was through before anybody looked, without telling it again', async () => {
    getRun.mockResolvedValue(DONE);
    const element = await show();

    expect(find(element, 'c-run-results')).not.toBeNull();
    expect(element.finished).not.toHaveBeenCalled();
    const dismissed = jest.fn();
    element.addEventListener('dismiss', dismissed);
    find(element, '[data-action="dismiss"]').click();
    expect(dismissed).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['nobody was left', { total: 0, done: 0, succeeded: 0, failed: 0, skipped: 0 }, 'c.TC_Run_Nobody'],
    ['all went well', { failed: 0, succeeded: 2 }, 'c.TC_Run_All_Done'],
    ['it was stopped', { state: 'stopped', note: 'Lark does not answer.' }, 'c.TC_Run_Stopped'],
  ])('says how it ended when %s', async (_name, given, text) => {
    getRun.mockResolvedValue({ ...DONE, ...given });
    const element = await show();

    expect(find(element, '[data-outcome]').textContent).toContain(text);
    expect(find(element, '[data-note]')?.textContent).toBe(given.note);
  });

  it('says what went wrong, asks again by itself and on request', async () => {
    const trouble = { body: { message: 'No answer.' } };
    getRun.mockRejectedValueOnce(trouble);
    const element = await show();
    expect(find(element, 'c-error-panel').errors).toEqual(trouble);
    expect(find(element, '[data-action="dismiss"]')).not.toBeNull();

    getRun.mockResolvedValueOnce(RUNNING);
    find(element, 'c-error-panel').dispatchEvent(new CustomEvent('retry'));
    await settled();
    expect(find(element, 'c-error-panel')).toBeNull();

    getRun.mockRejectedValueOnce(trouble);
    jest.advanceTimersByTime(2_000);
    await settled();
    expect(find(element, 'c-error-panel')).not.toBeNull();
    expect(find(element, '[data-counts]')).not.toBeNull();
    getRun.mockResolvedValue(DONE);
    jest.advanceTimersByTime(2_000);
    await settled();
    expect(find(element, 'c-error-panel')).toBeNull();
  });

  it('asks no more when it is gone', async () => {
    getRun.mockResolvedValue(RUNNING);
    const element = await show();
    element.remove();
    jest.advanceTimersByTime(60_000);
    await settled();

    expect(getRun).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['running', RUNNING],
    ['through', DONE],
  ])('is accessible when %s', async (_name, run) => {
    jest.useRealTimers();
    getRun.mockResolvedValue(run);
    const element = await show();
    await expect(element).toBeAccessible();
  });
});
