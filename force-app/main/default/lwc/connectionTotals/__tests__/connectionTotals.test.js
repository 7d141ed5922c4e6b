import { createElement } from 'lwc';
import ConnectionTotals from 'c/connectionTotals';

jest.mock('@salesforce/label/c.TC_Totals_Ending_Today', () => ({ default: 'today {0}' }), { virtual: true });
jest.mock('@salesforce/label/c.TC_Totals_Failing', () => ({ default: 'failing {0}' }), { virtual: true });

const TOTALS = {
  trainers: 12345,
  connected: 12000,
  needsReconnect: 100,
  onHold: 0,
  notConnected: 245,
  expiringWithin24h: 0,
  endingWithin14Days: 7,
  failing: 0,
};

function show(properties) {
  const element = createElement('c-connection-totals', { is: ConnectionTotals });
  Object.assign(element, { totals: TOTALS, chosen: undefined, ...properties });
  document.body.appendChild(element);
  return element;
}

const tileOf = (element, key) => element.shadowRoot.querySelector(`[data-key="${key}"]`);

describe('c-connection-totals', () => {
  afterEach(() => {
    document.body.replaceChildren();
  });

  it('counts every state, and says of what is zero nothing alarming', async () => {
    const element = show();

    const counts = [...element.shadowRoot.querySelectorAll('button')].map((tile) => [
      tile.dataset.key,
      tile.querySelector('[data-count]').textContent,
    ]);
    expect(counts).toEqual([
      ['all', '12,345'],
      ['connected', '12,000'],
      ['expiring', '7'],
      ['needs-reconnect', '100'],
      ['on-hold', '0'],
      ['not-connected', '245'],
    ]);
    expect(tileOf(element, 'needs-reconnect').className).toContain('bad');
    expect(tileOf(element, 'on-hold').className).not.toContain('warn');
    await expect(element).toBeAccessible();
  });

  it('tells what ends today and what failed to renew', () => {
    const element = show({ totals: { ...TOTALS, expiringWithin24h: 3, failing: 2 } });

    expect(tileOf(element, 'expiring').textContent).toContain('today 3');
    expect(tileOf(element, 'connected').textContent).toContain('failing 2');
  });

  it('says which state was chosen; the chosen one again means all', () => {
    const element = show({ chosen: 'on-hold' });
    const chosen = jest.fn();
    element.addEventListener('choose', ({ detail }) => chosen(detail.state));

    expect(tileOf(element, 'on-hold').getAttribute('aria-pressed')).toBe('true');
    expect(tileOf(element, 'all').getAttribute('aria-pressed')).toBe('false');
    tileOf(element, 'connected').click();
    tileOf(element, 'on-hold').click();
    tileOf(element, 'all').click();
    expect(chosen.mock.calls).toEqual([['connected'], [undefined], [undefined]]);
  });
});
