import { createElement } from 'lwc';
import ConnectionList from 'c/connectionList';
import getConnections from '@salesforce/apex/ConnectionMonitorController.getConnections';
import LIST from '../../../staticresources/TC_Test_Connections.json';

// What a row's actions do has a test of its own.
jest.mock('c/confirmModal', () => ({ __esModule: true, default: { open: jest.fn() } }));
jest.mock('@salesforce/apex/ConnectionMonitorController.getConnections', () => ({ default: jest.fn() }), {
  virtual: true,
});
jest.mock('@salesforce/apex/ConnectionMonitorController.refreshConnection', () => ({ default: jest.fn() }), {
  virtual: true,
});
jest.mock('@salesforce/apex/ConnectionMonitorController.allowIdentityOnce', () => ({ default: jest.fn() }), {
  virtual: true,
});
jest.mock('@salesforce/apex/ConnectionMonitorController.remind', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/ConnectionMonitorController.getRun', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/ConnectionMonitorController.getRunResults', () => ({ default: jest.fn() }), {
  virtual: true,
});
jest.mock('@salesforce/apex/TrainerConnectionsController.disconnect', () => ({ default: jest.fn() }), {
  virtual: true,
});
jest.mock('@salesforce/label/c.TC_Monitor_Allowed_Next', () => ({ default: 'before {0}' }), { virtual: true });
jest.mock('@salesforce/label/c.TC_Monitor_Act_Failed', () => ({ default: 'failed for {0}' }), { virtual: true });

const refreshConnection = jest.requireMock('@salesforce/apex/ConnectionMonitorController.refreshConnection').default;
const allowIdentityOnce = jest.requireMock('@salesforce/apex/ConnectionMonitorController.allowIdentityOnce').default;
const remind = jest.requireMock('@salesforce/apex/ConnectionMonitorController.remind').default;
const getRun = jest.requireMock('@salesforce/apex/ConnectionMonitorController.getRun').default;
const getRunResults = jest.requireMock('@salesforce/apex/ConnectionMonitorController.getRunResults').default;
const disconnect = jest.requireMock('@salesforce/apex/TrainerConnectionsController.disconnect').default;
const ConfirmModal = jest.requireMock('c/confirmModal').default;

const [WEI, LI] = LIST.connections;
const TROUBLE = { body: { message: 'The booking service does not answer.' } };
const LAST_PAGE = { ...LIST, page: { limit: 50, next: null } };

/** Lets every promise that is settled already run its course. */
const settled = () => new Promise(process.nextTick);

async function show() {
  const element = createElement('c-connection-list', { is: ConnectionList });
  element.toasts = [];
  element.addEventListener('lightning__showtoast', ({ detail }) => element.toasts.push(detail));
  document.body.appendChild(element);
  await settled();
  return element;
}

const find = (element, selector) => element.shadowRoot.querySelector(selector);
const asked = () => getConnections.mock.calls.at(-1)[0].request;

async function fire(element, selector, name, detail) {
  find(element, selector).dispatchEvent(new CustomEvent(name, { detail }));
  await settled();
}

const act = (element, action, row) => fire(element, 'c-connection-table', 'act', { action, row });

describe('c-connection-list', () => {
  beforeEach(() => {
    getConnections.mockResolvedValue(LIST);
  });

  afterEach(() => {
    document.body.replaceChildren();
    jest.useRealTimers();
    jest.resetAllMocks();
  });

  it('reads one page by name and hands over rows and totals', async () => {
    const heard = jest.fn();
    const element = createElement('c-connection-list', { is: ConnectionList });
    element.addEventListener('totals', ({ detail }) => heard(detail.totals));
    document.body.appendChild(element);
    expect(find(element, 'lightning-spinner')).not.toBeNull();
    await settled();

    expect(asked()).toEqual({
      state: undefined,
      search: '',
      sortBy: 'name',
      direction: 'asc',
      after: null,
      pageSize: 50,
    });
    expect(find(element, 'c-connection-table').connections).toEqual(LIST.connections);
    expect(find(element, 'c-connection-totals').totals).toEqual(LIST.totals);
    expect(heard).toHaveBeenCalledWith(LIST.totals);
    await expect(element).toBeAccessible();
  });

  it('turns pages forth and back by where they begin', async () => {
    const element = await show();

    getConnections.mockResolvedValue(LAST_PAGE);
    await fire(element, 'c-list-pager', 'next');
    expect(asked().after).toBe('bmV4dA');
    expect(find(element, 'c-list-pager').first).toBe(3);
    expect(find(element, 'c-list-pager').hasPrevious).toBe(true);
    expect(find(element, 'c-list-pager').hasNext).toBe(false);
    getConnections.mockResolvedValue(LIST);
    await fire(element, 'c-list-pager', 'previous');
    expect(asked().after).toBeNull();
    await fire(element, 'c-list-pager', 'size', { size: 200 });
    expect(asked()).toMatchObject({ after: null, pageSize: 200 });
  });

  it('goes back a page when the last row of this one went elsewhere', async () => {
    const element = await show();
    getConnections.mockResolvedValueOnce({ ...LAST_PAGE, connections: [] });

    await fire(element, 'c-list-pager', 'next');

    expect(asked().after).toBeNull();
    expect(find(element, 'c-connection-table')).not.toBeNull();
  });

  it('orders by a heading, the other way round by the same again, and begins anew', async () => {
    const element = await show();
    await fire(element, 'c-list-pager', 'next');

    await fire(element, 'c-connection-table', 'sort', { sortBy: 'endsAt' });
    expect(asked()).toMatchObject({ sortBy: 'endsAt', direction: 'asc', after: null });
    await fire(element, 'c-connection-table', 'sort', { sortBy: 'endsAt' });
    expect(asked()).toMatchObject({ sortBy: 'endsAt', direction: 'desc' });
  });

  it('searches when typing pauses, once', async () => {
    const element = await show();
    jest.useFakeTimers();
    for (const value of ['w', 'we', 'wei']) {
      find(element, 'lightning-input').dispatchEvent(new CustomEvent('change', { detail: { value } }));
    }
    jest.advanceTimersByTime(299);
    expect(getConnections).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(1);

    expect(getConnections).toHaveBeenCalledTimes(2);
    expect(asked().search).toBe('wei');
  });

  it('shows the answer to the last question only', async () => {
    const element = await show();
    const answers = [];
    getConnections.mockImplementation(() => new Promise((resolve) => answers.push(resolve)));
    await fire(element, 'c-connection-totals', 'choose', { state: 'connected' });
    await fire(element, 'c-connection-totals', 'choose', { state: 'on-hold' });

    answers[1]({ ...LIST, connections: [LI] });
    await settled();
    answers[0]({ ...LIST, connections: [WEI] });
    await settled();

    expect(find(element, 'c-connection-table').connections).toEqual([LI]);
    expect(find(element, 'lightning-spinner')).toBeNull();
  });

  it('says that nobody matches and shows all again', async () => {
    const element = await show();
    getConnections.mockResolvedValueOnce({ ...LAST_PAGE, connections: [] });
    await fire(element, 'c-connection-totals', 'choose', { state: 'on-hold' });

    expect(find(element, '[data-empty]').textContent).toContain('c.TC_Monitor_No_Match');
    await expect(element).toBeAccessible();
    find(element, '[data-action="show-all"]').click();
    await settled();
    expect(asked()).toMatchObject({ state: undefined, search: '' });
    expect(find(element, 'c-connection-table')).not.toBeNull();
  });

  it('says that there are no trainers at all', async () => {
    getConnections.mockResolvedValue({ ...LAST_PAGE, connections: [] });
    const element = await show();

    expect(find(element, '[data-empty]').textContent).toContain('c.TC_Monitor_No_Trainers');
    expect(find(element, '[data-action="show-all"]')).toBeNull();
  });

  it('says what went wrong and tries again', async () => {
    getConnections.mockRejectedValueOnce(TROUBLE);
    const element = await show();

    expect(find(element, '[data-error="list"]').errors).toEqual(TROUBLE);
    expect(find(element, 'c-connection-table')).toBeNull();
    await expect(element).toBeAccessible();
    await fire(element, '[data-error="list"]', 'retry');
    expect(find(element, '[data-error="list"]')).toBeNull();
    expect(find(element, 'c-connection-table')).not.toBeNull();
  });

  it('renews, tells it and reads the list again', async () => {
    refreshConnection.mockResolvedValue({ status: 'Connected', error: null });
    const element = await show();

    await act(element, 'refresh', WEI);

    expect(refreshConnection).toHaveBeenCalledWith({ connectionId: WEI.id });
    expect(element.toasts).toEqual([expect.objectContaining({ title: 'c.TC_Monitor_Refreshed', variant: 'success' })]);
    expect(getConnections).toHaveBeenCalledTimes(2);
    expect(find(element, 'c-connection-table').busyId).toBeUndefined();
  });

  it('tells honestly when a renewal did not connect', async () => {
    refreshConnection.mockResolvedValue({ status: 'Needs Reconnect', error: 'Revoked.' });
    const element = await show();

    await act(element, 'refresh', WEI);

    expect(element.toasts[0]).toMatchObject({ message: 'Revoked.', variant: 'warning' });
  });

  it('allows a held account once', async () => {
    allowIdentityOnce.mockResolvedValue({ account: 'me@private.example', allowedUntil: '2026-12-03T10:00:00.000Z' });
    const element = await show();

    await act(element, 'allow', WEI);

    expect(allowIdentityOnce).toHaveBeenCalledWith({ connectionId: WEI.id });
    expect(element.toasts[0]).toMatchObject({ title: 'c.TC_Monitor_Allowed', variant: 'success' });
    expect(element.toasts[0].message).toMatch(/^before Dec 3, 2026/);
  });

  it.each([
    ['succeeded', 'c.TC_Monitor_Reminded', 'success'],
    ['skipped', 'c.TC_Monitor_Not_Reminded', 'info'],
  ])('a reminder that %s is told', async (outcome, title, variant) => {
    remind.mockResolvedValue('run-1');
    getRun.mockResolvedValue({ finishedAt: '2026-11-26T10:00:00Z' });
    getRunResults.mockResolvedValue({ results: [{ outcome, message: 'Today already.' }] });
    const element = await show();

    await act(element, 'remind', LI);

    expect(remind).toHaveBeenCalledWith({ trainerIds: [LI.trainer.id] });
    expect(element.toasts[0]).toMatchObject({ title, variant });
  });

  it('a reminder that failed says why in place, and can be tried again', async () => {
    remind.mockResolvedValue('run-1');
    getRun.mockResolvedValue({ finishedAt: '2026-11-26T10:00:00Z' });
    getRunResults.mockResolvedValueOnce({ results: [{ outcome: 'failed', message: 'No mailbox.' }] });
    getRunResults.mockResolvedValueOnce({ results: [{ outcome: 'succeeded' }] });
    const element = await show();

    await act(element, 'remind', LI);
    const panel = find(element, '[data-error="action"]');
    expect(panel.friendlyMessage).toBe('failed for Li Na');
    expect(panel.errors.message).toBe('No mailbox.');
    await expect(element).toBeAccessible();
    panel.dispatchEvent(new CustomEvent('retry'));
    await settled();
    await settled();
    expect(find(element, '[data-error="action"]')).toBeNull();
    expect(element.toasts).toHaveLength(1);
  });

  it('disconnects only what somebody confirmed', async () => {
    ConfirmModal.open.mockResolvedValueOnce(undefined);
    const element = await show();

    await act(element, 'disconnect', WEI);
    expect(element.toasts).toEqual([]);
    expect(getConnections).toHaveBeenCalledTimes(1);

    ConfirmModal.open.mockImplementationOnce(({ run }) => run());
    await act(element, 'disconnect', WEI);
    expect(disconnect).toHaveBeenCalledWith({ trainerId: WEI.trainer.id, provider: 'lark' });
    expect(element.toasts[0]).toMatchObject({ title: 'c.TC_Monitor_Disconnected' });
    expect(getConnections).toHaveBeenCalledTimes(2);
  });
});
