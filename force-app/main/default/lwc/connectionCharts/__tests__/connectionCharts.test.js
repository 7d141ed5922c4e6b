import { createElement } from 'lwc';
import ConnectionCharts from 'c/connectionCharts';
import getMetrics from '@salesforce/apex/ConnectionMonitorController.getMetrics';

jest.mock(
  '@salesforce/apex/ConnectionMonitorController.getMetrics',
  () => {
    const { createApexTestWireAdapter } = require('@salesforce/sfdx-lwc-jest');
    return { default: createApexTestWireAdapter(jest.fn()) };
  },
  { virtual: true },
);

const NONE = {
  trainers: null,
  connected: null,
  exchangesOk: null,
  exchangesFailed: null,
  meetingsWanted: null,
  meetingsMade: null,
  bookings: null,
  errors: null,
};
const METRICS = [
  { ...NONE, day: '2026-11-24', provider: 'lark', trainers: 10, connected: 5 },
  {
    ...NONE,
    day: '2026-11-26',
    provider: 'google',
    trainers: 2,
    connected: 2,
    exchangesOk: 10,
    exchangesFailed: 0,
    bookings: 0,
    errors: 0,
  },
  {
    day: '2026-11-26',
    provider: 'lark',
    trainers: 8,
    connected: 6,
    exchangesOk: 29,
    exchangesFailed: 1,
    meetingsWanted: 4,
    meetingsMade: 3,
    bookings: 10,
    errors: 1,
  },
];

const settled = () => new Promise(process.nextTick);
const find = (element, selector) => element.shadowRoot.querySelector(selector);
const chartOf = (element, rate) => find(element, `[data-rate="${rate}"]`);

function show() {
  const element = createElement('c-connection-charts', { is: ConnectionCharts });
  document.body.appendChild(element);
  return element;
}

describe('c-connection-charts', () => {
  afterEach(() => {
    document.body.replaceChildren();
  });

  it('loads, then draws four rates with their targets', async () => {
    const element = show();
    expect(find(element, 'lightning-spinner')).not.toBeNull();
    getMetrics.emit(METRICS);
    await settled();

    const charts = ['connection', 'meeting', 'refresh', 'error'].map((rate) => {
      const { target, targetIsLimit, points } = chartOf(element, rate);
      return [rate, target, Boolean(targetIsLimit), points.length, points.at(-1).rate];
    });
    expect(charts).toEqual([
      ['connection', 0.9, false, 30, 0.8],
      ['meeting', 0.95, false, 30, 0.75],
      ['refresh', 1, false, 30, 0.975],
      ['error', 0.05, true, 30, 0.02],
    ]);
    await expect(element).toBeAccessible();
  });

  it('a period ends with the newest day, and days without counts are gaps', async () => {
    const element = show();
    getMetrics.emit(METRICS);
    await settled();
    find(element, 'lightning-radio-group').dispatchEvent(new CustomEvent('change', { detail: { value: '7' } }));
    await settled();

    const { points } = chartOf(element, 'connection');
    expect(points[0].day).toBe('2026-11-20');
    expect(points.map(({ rate }) => rate)).toEqual([null, null, null, null, 0.5, null, 0.8]);
    expect(chartOf(element, 'meeting').points[4].rate).toBeNull();
  });

  it('says that nothing was counted yet', async () => {
    const element = show();
    getMetrics.emit([]);
    await settled();

    expect(find(element, '[data-empty]')).not.toBeNull();
    expect(find(element, 'lightning-radio-group')).toBeNull();
    await expect(element).toBeAccessible();
  });

  it('says what went wrong', async () => {
    const element = show();
    getMetrics.error({ message: 'No access.' });
    await settled();

    expect(find(element, 'c-error-panel').friendlyMessage).toBe('c.TC_Charts_Load_Failed');
    expect(find(element, 'lightning-spinner')).toBeNull();
    await expect(element).toBeAccessible();
  });
});
