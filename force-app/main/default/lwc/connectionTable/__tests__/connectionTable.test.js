import { createElement } from 'lwc';
import ConnectionTable from 'c/connectionTable';
import { connections } from '../../../staticresources/TC_Test_Connections.json';

jest.mock('@salesforce/label/c.TC_Table_Consent_In_Days', () => ({ default: 'consent in {0}' }), { virtual: true });
jest.mock('@salesforce/label/c.TC_Table_Window_In_Days', () => ({ default: 'window in {0}' }), { virtual: true });
jest.mock('@salesforce/label/c.TC_Table_Held', () => ({ default: 'held {0}' }), { virtual: true });
jest.mock('@salesforce/label/c.TC_Table_Reminded', () => ({ default: 'reminded {0}' }), { virtual: true });
jest.mock('@salesforce/label/c.TC_Table_Actions_Of', () => ({ default: 'actions of {0}' }), { virtual: true });

const [WEI, LI] = connections;
const DAY_MS = 86_400_000;
const inDays = (days) => new Date(Date.now() + days * DAY_MS - 1000).toISOString();

function show(rows, properties = {}) {
  const element = createElement('c-connection-table', { is: ConnectionTable });
  Object.assign(element, { connections: rows, sortBy: 'name', direction: 'asc', ...properties });
  document.body.appendChild(element);
  return element;
}

const rowOf = (element, { id }) => element.shadowRoot.querySelector(`[data-row="${id}"]`);
const sentencesOf = (element, row) =>
  [...rowOf(element, row).querySelectorAll('[data-next] p')].map((sentence) => sentence.textContent);
const actionsOf = (element, row) =>
  [...rowOf(element, row).querySelectorAll('lightning-menu-item')].map(({ value }) => value);

describe('c-connection-table', () => {
  afterEach(() => {
    document.body.replaceChildren();
  });

  it('says how each connection stands and what can be done', async () => {
    const element = show([WEI, LI]);

    expect(sentencesOf(element, WEI)).toEqual(['c.TC_Table_Renewed_By_Itself']);
    expect(sentencesOf(element, LI)).toEqual([
      'The access was revoked in Lark.',
      'c.TC_Table_Reconnect_Next',
      'reminded Nov 25, 2026',
    ]);
    expect(actionsOf(element, WEI)).toEqual(['refresh', 'open', 'disconnect']);
    expect(actionsOf(element, LI)).toEqual(['remind', 'refresh', 'open', 'disconnect']);
    expect(rowOf(element, LI).querySelector('lightning-button-menu').alternativeText).toBe('actions of Li Na');
    await expect(element).toBeAccessible();
  });

  it.each([
    ['consent', 2, 'consent in 2'],
    ['refresh-window', 1, 'window in 1'],
  ])('an end by %s that is near is told in days, and a reminder would not help', (reason, days, sentence) => {
    const row = { ...WEI, forecast: { endsAt: inDays(days), reason } };
    const element = show([row]);

    expect(sentencesOf(element, row)).toEqual([sentence]);
    expect(actionsOf(element, row)).not.toContain('remind');
  });

  it('an end that is over is told as such; a failed renewal comes before the forecast', () => {
    const over = { ...WEI, forecast: { endsAt: inDays(-1), reason: 'consent' } };
    const failing = { ...WEI, id: 'lark:2', failing: true };
    const element = show([over, failing]);

    expect(sentencesOf(element, over)).toEqual(['c.TC_Table_Ended']);
    expect(sentencesOf(element, failing)).toEqual(['c.TC_Table_Failing', 'c.TC_Table_Renewed_By_Itself']);
  });

  it('an account that waits can be allowed once, whatever the state beside it', () => {
    const held = { ...WEI, state: 'on-hold', heldAccount: 'me@private.example', forecast: null };
    const beside = { ...WEI, id: 'lark:2', heldAccount: 'me@private.example' };
    const element = show([held, beside]);

    expect(sentencesOf(element, held)).toEqual(['held me@private.example', 'c.TC_Table_Held_Next']);
    expect(actionsOf(element, held)).toEqual(['allow', 'open']);
    expect(actionsOf(element, beside)).toContain('allow');
    expect(actionsOf(show([WEI]), WEI)).not.toContain('allow');
  });

  it('on hold without an account that waits is the turn of the trainer', () => {
    const row = {
      ...WEI,
      state: 'on-hold',
      heldAccount: null,
      forecast: null,
      error: 'An administrator has to allow it.',
    };
    const element = show([row]);

    expect(sentencesOf(element, row)).toEqual(['c.TC_Table_Held_Settled']);
    expect(actionsOf(element, row)).toEqual(['open']);
  });

  it('never connected means a reminder and nothing to disconnect', () => {
    const row = { ...WEI, state: 'not-connected', connectedAt: null, lastRefresh: null, forecast: null };
    const element = show([row]);

    expect(sentencesOf(element, row)).toEqual(['c.TC_Table_Not_Connected_Next']);
    expect(actionsOf(element, row)).toEqual(['remind', 'open']);
  });

  it('tells its order to everybody and asks for another', () => {
    const element = show([WEI], { sortBy: 'endsAt', direction: 'desc' });
    const sorted = jest.fn();
    element.addEventListener('sort', ({ detail }) => sorted(detail.sortBy));

    const orders = [...element.shadowRoot.querySelectorAll('thead th')].map((th) => th.getAttribute('aria-sort'));
    expect(orders).toEqual(['none', 'none', null, 'descending', 'none', 'none', null]);
    element.shadowRoot.querySelector('[data-sort="status"]').click();
    expect(sorted).toHaveBeenCalledWith('status');
  });

  it('hands over what was chosen with its row, and shows that it works', () => {
    const element = show([WEI, LI], { busyId: LI.id });
    const acted = jest.fn();
    element.addEventListener('act', ({ detail }) => acted(detail.action, detail.row.id));

    rowOf(element, WEI)
      .querySelector('lightning-button-menu')
      .dispatchEvent(new CustomEvent('select', { detail: { value: 'refresh' } }));
    rowOf(element, WEI).querySelector('[data-action="open"]').click();

    expect(acted.mock.calls).toEqual([
      ['refresh', WEI.id],
      ['open', WEI.id],
    ]);
    expect(rowOf(element, LI).getAttribute('aria-busy')).toBe('true');
    expect(rowOf(element, LI).querySelector('lightning-button-menu').disabled).toBe(true);
    expect(rowOf(element, LI).querySelector('lightning-spinner')).not.toBeNull();
  });
});
