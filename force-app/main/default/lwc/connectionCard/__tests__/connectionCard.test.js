import { createElement } from 'lwc';
import ConnectionCard from 'c/connectionCard';
import DisconnectModal from 'c/disconnectModal';
import { leaveFor } from 'c/ldsUtils';
import disconnect from '@salesforce/apex/TrainerConnectionsController.disconnect';
import startConnect from '@salesforce/apex/TrainerConnectionsController.startConnect';

jest.mock('@salesforce/apex/TrainerConnectionsController.disconnect', () => ({ default: jest.fn() }), {
  virtual: true,
});
jest.mock('@salesforce/apex/TrainerConnectionsController.startConnect', () => ({ default: jest.fn() }), {
  virtual: true,
});
jest.mock('c/disconnectModal', () => ({ __esModule: true, default: { open: jest.fn() } }));
jest.mock('c/ldsUtils', () => ({ ...jest.requireActual('c/ldsUtils'), leaveFor: jest.fn() }));
// Labels resolve to their names: with places to fill, what is filled in can be seen.
jest.mock('@salesforce/label/c.TC_Connect_Consent_Until', () => ({ default: 'consent {0} {1}' }), { virtual: true });
jest.mock('@salesforce/label/c.TC_Connect_Window_Until', () => ({ default: 'window {0} {1}' }), { virtual: true });
jest.mock('@salesforce/label/c.TC_Connect_Ended', () => ({ default: 'ended {0} {1}' }), { virtual: true });
jest.mock('@salesforce/label/c.TC_Connect_Held_Text', () => ({ default: 'held {0}' }), { virtual: true });
jest.mock('@salesforce/label/c.TC_Connect_Held_Other', () => ({ default: 'held beside {0}' }), { virtual: true });
jest.mock('@salesforce/label/c.TC_Connect_Reason', () => ({ default: 'reason {0}' }), { virtual: true });
jest.mock('@salesforce/label/c.TC_Connect_Sign_In_As', () => ({ default: 'sign in to {0} as {1}' }), {
  virtual: true,
});

const NOT_CONNECTED = {
  provider: 'lark',
  connected: false,
  status: 'Not Connected',
  account: null,
  heldAccount: null,
  providerOff: false,
  connectedAt: null,
  lastRefresh: null,
  tokenExpiresAt: null,
  refreshExpiresAt: null,
  consentExpiresAt: null,
  forecast: null,
  scopes: [],
  error: null,
};
const CONNECTED = {
  ...NOT_CONNECTED,
  connected: true,
  status: 'Connected',
  account: 'mei@example.com',
  connectedAt: '2026-01-05T01:00:00.000Z',
  lastRefresh: '2026-01-06T02:30:00.000Z',
  consentExpiresAt: '2027-01-05T12:00:00.000Z',
  forecast: { endsAt: '2027-01-05T12:00:00.000Z', reason: 'consent' },
  scopes: ['offline_access'],
};
const NEEDS_RECONNECT = {
  ...CONNECTED,
  connected: false,
  status: 'Needs Reconnect',
  forecast: null,
  error: 'The refresh token was revoked.',
};
const ON_HOLD = { ...NOT_CONNECTED, status: 'On Hold', heldAccount: 'other@example.com', error: 'Not matched.' };

function show(connection, properties = {}) {
  const element = createElement('c-connection-card', { is: ConnectionCard });
  Object.assign(element, { connection, trainerId: 'a01000000000001AAA', trainerName: 'Mei Lin', ...properties });
  document.body.appendChild(element);
  return element;
}

const find = (element, selector) => element.shadowRoot.querySelector(selector);
const buttonOf = (element, action) => find(element, `[data-action="${action}"]`);
const badgeOf = (element) => find(element, 'lightning-badge').label;
const explanationsOf = (element) =>
  [...element.shadowRoot.querySelectorAll('[data-explanation]')].map((item) => item.textContent);

/** Lets every promise that is settled already run its course. */
const settled = () => new Promise(process.nextTick);

describe('c-connection-card', () => {
  beforeEach(() => {
    jest.spyOn(Date, 'now').mockReturnValue(Date.parse('2026-06-15T12:00:00.000Z'));
    startConnect.mockResolvedValue('https://connect.example/authorize?ticket=t');
    disconnect.mockResolvedValue(null);
    DisconnectModal.open.mockResolvedValue('disconnect');
  });

  afterEach(() => {
    document.body.replaceChildren();
    jest.clearAllMocks();
  });

  describe('the states', () => {
    it('not connected: says what that means and who signs in, and offers to connect', async () => {
      const element = show(NOT_CONNECTED);

      expect(badgeOf(element)).toBe('c.TC_Connect_Status_Not_Connected');
      expect(explanationsOf(element)).toEqual([
        'c.TC_Connect_Not_Connected_Text',
        'sign in to c.TC_Connect_Provider_Lark as Mei Lin',
      ]);
      expect(buttonOf(element, 'connect').label).toBe('c.TC_Connect_Connect');
      expect(buttonOf(element, 'disconnect')).toBeNull();
      await expect(element).toBeAccessible();
    });

    it('connected: shows the account, since when, the last refresh and when consent is asked again', async () => {
      const element = show(CONNECTED);

      expect(badgeOf(element)).toBe('c.TC_Connect_Status_Connected');
      expect(find(element, 'lightning-icon').alternativeText).toBe('c.TC_Connect_Status');
      expect(find(element, '[data-account]').textContent).toBe('mei@example.com');
      expect(find(element, '[data-connected-at]').value).toBe(CONNECTED.connectedAt);
      expect(find(element, '[data-last-refresh]').value).toBe(CONNECTED.lastRefresh);
      expect(find(element, '[data-last-refresh]').timeZone).toBe('America/Los_Angeles');
      expect(find(element, '[data-forecast]').textContent).toBe('consent c.TC_Connect_Provider_Lark January 5, 2027');
      expect(explanationsOf(element)).toEqual([]);
      expect(buttonOf(element, 'connect')).toBeNull();
      expect(buttonOf(element, 'disconnect')).not.toBeNull();
      await expect(element).toBeAccessible();
    });

    it('connected without times: says so instead of showing an invalid date', async () => {
      const element = show({ ...CONNECTED, lastRefresh: null, consentExpiresAt: null, forecast: null });

      expect(find(element, '[data-last-refresh]')).toBeNull();
      expect(find(element, 'dl').textContent).toContain('c.TC_Connect_Not_Yet');
      expect(find(element, '[data-forecast]')).toBeNull();
      await expect(element).toBeAccessible();
    });

    it('connected, another account held: names that one and keeps showing the connected one', async () => {
      const element = show({ ...CONNECTED, heldAccount: 'other@example.com', error: 'Not matched.' });

      expect(explanationsOf(element)).toEqual(['held beside other@example.com']);
      expect(find(element, '[data-account]').textContent).toBe('mei@example.com');
      await expect(element).toBeAccessible();
    });

    it('needs reconnect: gives the reason and offers to reconnect or disconnect', async () => {
      const element = show(NEEDS_RECONNECT);

      expect(badgeOf(element)).toBe('c.TC_Connect_Status_Needs_Reconnect');
      expect(explanationsOf(element)).toContain('reason The refresh token was revoked.');
      expect(buttonOf(element, 'connect').label).toBe('c.TC_Connect_Reconnect');
      expect(buttonOf(element, 'disconnect')).not.toBeNull();
      await expect(element).toBeAccessible();
    });

    it('on hold: names the account and what happens next', async () => {
      const element = show(ON_HOLD);

      expect(badgeOf(element)).toBe('c.TC_Connect_Status_On_Hold');
      expect(explanationsOf(element)).toEqual(['held other@example.com', 'c.TC_Connect_Held_Next']);
      expect(buttonOf(element, 'connect').label).toBe('c.TC_Connect_Reconnect');
      await expect(element).toBeAccessible();
    });

    it('on hold without an account: explains it all the same', () => {
      expect(explanationsOf(show({ ...ON_HOLD, heldAccount: null }))[0]).toBe('c.TC_Connect_Held_Text_No_Account');
    });

    it('provider off: says so and offers nothing that would be refused', async () => {
      const element = show({ ...NOT_CONNECTED, providerOff: true });

      expect(badgeOf(element)).toBe('c.TC_Connect_Status_Off');
      expect(explanationsOf(element)).toEqual(['c.TC_Connect_Off_Text']);
      expect(buttonOf(element, 'connect')).toBeNull();
      await expect(element).toBeAccessible();
    });

    it('provider off while connected: the account can still be disconnected', () => {
      const element = show({ ...CONNECTED, providerOff: true });

      expect(badgeOf(element)).toBe('c.TC_Connect_Status_Off');
      expect(buttonOf(element, 'disconnect')).not.toBeNull();
    });
  });

  describe('the end of a connection', () => {
    const endingOn = (endsAt, reason = 'consent') => ({ ...CONNECTED, forecast: { endsAt, reason } });

    it('more than 14 days away: said in passing', () => {
      const element = show(endingOn('2026-06-29T12:00:00.001Z'));

      expect(find(element, '[data-forecast]').textContent).toBe('consent c.TC_Connect_Provider_Lark June 29, 2026');
      expect(find(element, '[data-ending]')).toBeNull();
      expect(buttonOf(element, 'connect')).toBeNull();
      expect(badgeOf(element)).toBe('c.TC_Connect_Status_Connected');
    });

    it('14 days away: a warning in words, and the same connecting as ever', async () => {
      const element = show(endingOn('2026-06-29T12:00:00.000Z'));

      const warning = find(element, '[data-ending]');
      expect(warning.textContent).toContain('consent c.TC_Connect_Provider_Lark June 29, 2026');
      expect(warning.textContent).toContain('c.TC_Connect_Ends_Soon_Next');
      expect(badgeOf(element)).toBe('c.TC_Connect_Status_Ends_Soon');
      expect(buttonOf(element, 'connect').label).toBe('c.TC_Connect_Again');
      expect(buttonOf(element, 'disconnect')).not.toBeNull();
      await expect(element).toBeAccessible();

      buttonOf(element, 'connect').click();
      await settled();
      expect(leaveFor).toHaveBeenCalledWith('https://connect.example/authorize?ticket=t');
    });

    it('an access that is not renewed: says that instead of asking for consent', () => {
      const element = show(endingOn('2026-06-19T12:00:00.000Z', 'refresh-window'));

      expect(find(element, '[data-forecast]').textContent).toBe('window c.TC_Connect_Provider_Lark June 19, 2026');
    });

    it('over: says since when and what to do', async () => {
      const element = show(endingOn('2026-06-14T12:00:00.000Z'));

      const warning = find(element, '[data-ending]');
      expect(warning.textContent).toContain('ended c.TC_Connect_Provider_Lark June 14, 2026');
      expect(warning.textContent).toContain('c.TC_Connect_Ended_Next');
      expect(badgeOf(element)).toBe('c.TC_Connect_Status_Ended');
      expect(buttonOf(element, 'connect').label).toBe('c.TC_Connect_Again');
      await expect(element).toBeAccessible();
    });

    it('provider off: no warning about what nobody can do now', () => {
      const element = show({ ...endingOn('2026-06-16T12:00:00.000Z'), providerOff: true });

      expect(find(element, '[data-forecast]')).toBeNull();
      expect(badgeOf(element)).toBe('c.TC_Connect_Status_Off');
      expect(buttonOf(element, 'connect')).toBeNull();
    });
  });

  describe('connecting', () => {
    it('asks for a link back to this page without its query, says so and leaves', async () => {
      window.history.replaceState({}, '', '/lightning/n/Trainer_Connections?c__error=access_denied#top');
      const element = show(NOT_CONNECTED);

      buttonOf(element, 'connect').click();
      await settled();

      expect(startConnect).toHaveBeenCalledWith({
        trainerId: 'a01000000000001AAA',
        provider: 'lark',
        returnUrl: `${window.location.origin}/lightning/n/Trainer_Connections`,
      });
      expect(leaveFor).toHaveBeenCalledWith('https://connect.example/authorize?ticket=t');
      expect(find(element, '[data-connecting]').textContent).toContain('c.TC_Connect_Connecting');
      expect(find(element, 'lightning-spinner').alternativeText).toBe('c.TC_Connect_Connecting');
      expect(buttonOf(element, 'connect')).toBeNull();
      await expect(element).toBeAccessible();
    });

    it('shows what the server refused, stays, and tries again when asked', async () => {
      startConnect.mockRejectedValueOnce({ body: { message: 'This is not your record.' } });
      const element = show(NOT_CONNECTED);

      buttonOf(element, 'connect').click();
      await settled();

      const panel = find(element, 'c-error-panel');
      expect(panel.friendlyMessage).toBe('c.TC_Connect_Connect_Failed');
      expect(panel.errors).toEqual({ body: { message: 'This is not your record.' } });
      expect(leaveFor).not.toHaveBeenCalled();
      await expect(element).toBeAccessible();

      panel.dispatchEvent(new CustomEvent('retry'));
      await settled();

      expect(leaveFor).toHaveBeenCalledTimes(1);
      expect(find(element, 'c-error-panel')).toBeNull();
    });

    it('is usable again when the browser brings the page back', async () => {
      const element = show(NOT_CONNECTED);
      buttonOf(element, 'connect').click();
      await settled();

      window.dispatchEvent(new CustomEvent('pageshow'));
      await settled();

      expect(buttonOf(element, 'connect')).not.toBeNull();
    });
  });

  describe('disconnecting', () => {
    function disconnectFrom(connection) {
      const element = show(connection);
      const changed = jest.fn();
      const toasted = jest.fn();
      element.addEventListener('changed', changed);
      element.addEventListener('lightning__showtoast', (event) => toasted(event.detail));
      buttonOf(element, 'disconnect').click();
      return { element, changed, toasted };
    }

    it('asks first, naming the account, and does nothing when the person cancels', async () => {
      DisconnectModal.open.mockResolvedValue(undefined);
      const { changed } = disconnectFrom(CONNECTED);
      await settled();

      expect(DisconnectModal.open).toHaveBeenCalledWith(
        expect.objectContaining({ label: 'c.TC_Connect_Disconnect_Title', account: 'mei@example.com' }),
      );
      expect(disconnect).not.toHaveBeenCalled();
      expect(changed).not.toHaveBeenCalled();
    });

    it('disconnects when confirmed, says so and tells the parent', async () => {
      const { changed, toasted } = disconnectFrom(CONNECTED);
      await settled();

      expect(disconnect).toHaveBeenCalledWith({ trainerId: 'a01000000000001AAA', provider: 'lark' });
      expect(toasted).toHaveBeenCalledWith(
        expect.objectContaining({ title: 'c.TC_Connect_Disconnected', variant: 'success' }),
      );
      expect(changed).toHaveBeenCalledTimes(1);
    });

    it('moves the focus to the button that takes its place, once the parent knows, and only then', async () => {
      const { element } = disconnectFrom(CONNECTED);
      const focused = jest.spyOn(HTMLElement.prototype, 'focus').mockImplementation(function focus() {
        focused.last = this;
      });
      await settled();
      expect(focused).not.toHaveBeenCalled();

      element.connection = NOT_CONNECTED;
      await settled();
      expect(focused).toHaveBeenCalledTimes(1);
      expect(focused.last.label).toBe('c.TC_Connect_Connect');

      element.connection = { ...NOT_CONNECTED };
      await settled();
      expect(focused).toHaveBeenCalledTimes(1);
      focused.mockRestore();
    });

    it('is busy until the server answers', async () => {
      let answer;
      disconnect.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
      const { element } = disconnectFrom(CONNECTED);
      await settled();

      expect(buttonOf(element, 'disconnect').disabled).toBe(true);
      expect(find(element, 'lightning-spinner')).not.toBeNull();

      answer(null);
      await settled();
      expect(buttonOf(element, 'disconnect').disabled).toBe(false);
    });

    it('shows what went wrong, and tries again without asking twice', async () => {
      disconnect.mockRejectedValueOnce({ body: { message: 'The middleware did not answer.' } });
      const { element, changed } = disconnectFrom(CONNECTED);
      await settled();

      const panel = find(element, 'c-error-panel');
      expect(panel.friendlyMessage).toBe('c.TC_Connect_Disconnect_Failed');
      expect(changed).not.toHaveBeenCalled();
      await expect(element).toBeAccessible();

      panel.dispatchEvent(new CustomEvent('retry'));
      await settled();

      expect(DisconnectModal.open).toHaveBeenCalledTimes(1);
      expect(changed).toHaveBeenCalledTimes(1);
    });
  });
});
