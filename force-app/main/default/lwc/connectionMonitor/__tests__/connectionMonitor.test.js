import { createElement } from 'lwc';
import ConnectionMonitor from 'c/connectionMonitor';
import refreshAll from '@salesforce/apex/ConnectionMonitorController.refreshAll';
import remindAll from '@salesforce/apex/ConnectionMonitorController.remindAll';
import { totals } from '../../../staticresources/TC_Test_Connections.json';

jest.mock('c/confirmModal', () => ({ __esModule: true, default: { open: jest.fn() } }));
jest.mock('@salesforce/customPermission/Manage_Trainer_Connections', () => ({ default: true }), { virtual: true });
jest.mock('@salesforce/apex/ConnectionMonitorController.refreshAll', () => ({ default: jest.fn() }), {
  virtual: true,
});
jest.mock('@salesforce/apex/ConnectionMonitorController.remindAll', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/label/c.TC_Monitor_Remind_All_Count', () => ({ default: 'remind {0}' }), { virtual: true });
jest.mock('@salesforce/label/c.TC_Monitor_Refresh_All_Count', () => ({ default: 'renew {0}' }), { virtual: true });
// The parts load by themselves; here it is about what they tell each other.
jest.mock('c/connectionList', () => {
  const { LightningElement } = require('lwc');
  const asked = jest.fn();
  class List extends LightningElement {
    refresh() {
      asked();
    }
  }
  require('lwc').registerDecorators(List, { publicMethods: ['refresh'] });
  return { __esModule: true, default: List, asked };
});
jest.mock('c/deadLetters', () => {
  const { LightningElement } = require('lwc');
  const asked = jest.fn();
  class Letters extends LightningElement {
    refresh() {
      asked();
    }
  }
  require('lwc').registerDecorators(Letters, { publicMethods: ['refresh'] });
  return { __esModule: true, default: Letters, asked };
});
jest.mock('c/connectionCharts', () => {
  const { LightningElement } = require('lwc');
  return { __esModule: true, default: class Charts extends LightningElement {} };
});
jest.mock('c/runProgress', () => {
  const { LightningElement } = require('lwc');
  class Progress extends LightningElement {}
  require('lwc').registerDecorators(Progress, { publicProps: { runId: {} } });
  return { __esModule: true, default: Progress };
});

const ConfirmModal = jest.requireMock('c/confirmModal').default;
const listAsked = jest.requireMock('c/connectionList').asked;
const lettersAsked = jest.requireMock('c/deadLetters').asked;
const RUN = '0d9f6c1e-6f0f-4c53-9d3c-2f4b5a6c7d8e';

const settled = () => new Promise(process.nextTick);
const find = (element, selector) => element.shadowRoot.querySelector(selector);

async function show() {
  const element = createElement('c-connection-monitor', { is: ConnectionMonitor });
  document.body.appendChild(element);
  find(element, 'c-connection-list')?.dispatchEvent(new CustomEvent('totals', { detail: { totals } }));
  await settled();
  return element;
}

describe('c-connection-monitor', () => {
  afterEach(() => {
    document.body.replaceChildren();
    window.localStorage.clear();
    jest.resetAllMocks();
  });

  it('shows its parts, and waits for the totals before anything is started', async () => {
    const element = createElement('c-connection-monitor', { is: ConnectionMonitor });
    document.body.appendChild(element);

    expect(find(element, '[data-action="remind-all"]').disabled).toBe(true);
    expect(find(element, 'c-connection-charts')).not.toBeNull();
    expect(find(element, 'c-run-progress')).toBeNull();
    expect(find(element, '[data-no-access]')).toBeNull();
    await expect(element).toBeAccessible();
  });

  it.each([
    ['remind-all', 'remind 1', remindAll],
    ['refresh-all', 'renew 1', refreshAll],
  ])('%s says how many, starts and is followed', async (action, sentence, start) => {
    start.mockResolvedValue(RUN);
    ConfirmModal.open.mockImplementation(({ run }) => run());
    const element = await show();

    find(element, `[data-action="${action}"]`).click();
    await settled();

    expect(ConfirmModal.open.mock.calls[0][0].sentences[0]).toBe(sentence);
    expect(start).toHaveBeenCalledTimes(1);
    expect(find(element, 'c-run-progress').runId).toBe(RUN);
    expect(window.localStorage.getItem('connectionMonitor.lastRun')).toBe(RUN);
    await expect(element).toBeAccessible();
  });

  it('starts nothing that was not confirmed', async () => {
    ConfirmModal.open.mockResolvedValue(undefined);
    const element = await show();

    find(element, '[data-action="refresh-all"]').click();
    await settled();

    expect(refreshAll).not.toHaveBeenCalled();
    expect(find(element, 'c-run-progress')).toBeNull();
  });

  it('finds the run again that was started before, until it was read', async () => {
    window.localStorage.setItem('connectionMonitor.lastRun', RUN);
    const element = await show();
    expect(find(element, 'c-run-progress').runId).toBe(RUN);

    find(element, 'c-run-progress').dispatchEvent(new CustomEvent('dismiss'));
    await settled();
    expect(find(element, 'c-run-progress')).toBeNull();
    expect(window.localStorage.getItem('connectionMonitor.lastRun')).toBeNull();
  });

  it('reads list and failures again when a run is through', async () => {
    window.localStorage.setItem('connectionMonitor.lastRun', RUN);
    const element = await show();

    find(element, 'c-run-progress').dispatchEvent(new CustomEvent('finished'));

    expect(listAsked).toHaveBeenCalledTimes(1);
    expect(lettersAsked).toHaveBeenCalledTimes(1);
  });
});
