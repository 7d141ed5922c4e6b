import { createElement } from 'lwc';
import RateChart from 'c/rateChart';

jest.mock('@salesforce/label/c.TC_Chart_Reached', () => ({ default: 'reached {0}' }), { virtual: true });
jest.mock('@salesforce/label/c.TC_Chart_Missed', () => ({ default: 'missed {0}' }), { virtual: true });
jest.mock('@salesforce/label/c.TC_Chart_Target_At_Least', () => ({ default: '>= {0}' }), { virtual: true });
jest.mock('@salesforce/label/c.TC_Chart_Target_Below', () => ({ default: '< {0}' }), { virtual: true });
jest.mock('@salesforce/label/c.TC_Chart_Summary', () => ({ default: '{0} {1} {2} {3} {4} {5}' }), { virtual: true });

const points = (...rates) => rates.map((rate, index) => ({ day: `2026-11-2${index}`, rate }));

function show(properties) {
  const element = createElement('c-rate-chart', { is: RateChart });
  Object.assign(element, { heading: 'Rate', explanation: 'a out of b', target: 0.9, ...properties });
  document.body.appendChild(element);
  return element;
}

const find = (element, selector) => element.shadowRoot.querySelector(selector);
const linesOf = (element) =>
  [...element.shadowRoot.querySelectorAll('polyline')].map((line) => line.getAttribute('points'));

describe('c-rate-chart', () => {
  afterEach(() => {
    document.body.replaceChildren();
  });

  it('draws the line and its target on one scale, and says both in words', async () => {
    const element = show({ points: points(0.8, 0.9, 1) });

    expect(linesOf(element)).toEqual(['0,66.67 50,33.33 100,0']);
    expect(Number(find(element, '.target').getAttribute('y1'))).toBeCloseTo(33.33, 1);
    expect(find(element, '.scale').textContent).toBe('100%70%');
    expect(find(element, '[role="img"]').getAttribute('aria-label')).toBe('Rate Nov 20 Nov 22 80% 100% 100%');
    expect(find(element, '[data-value]').textContent).toBe('100%');
    expect(find(element, '[data-verdict]').textContent).toContain('reached >= 90%');
    await expect(element).toBeAccessible();
  });

  it('leaves gaps where nothing was counted, and draws a day alone as a dot', () => {
    const element = show({ points: points(0.9, null, 0.8, 0.8, null, 1) });

    expect(linesOf(element)).toHaveLength(3);
    const [first, second, third] = linesOf(element).map((line) => line.split(' '));
    expect(first).toHaveLength(2);
    expect(first[0]).toBe(first[1]);
    expect(second[0]).not.toBe(second[1]);
    expect(third[0]).toBe(third[1]);
  });

  it.each([
    [0.04, 'reached < 5%', '10%'],
    [0.05, 'missed < 5%', '10%'],
    [0.32, 'missed < 5%', '40%'],
  ])('a limit starts at zero: %d', (rate, verdict, top) => {
    const element = show({ points: points(rate), target: 0.05, targetIsLimit: true });

    expect(find(element, '[data-verdict]').textContent).toContain(verdict);
    expect(find(element, '.scale').textContent).toBe(`${top}0%`);
  });

  it('a rate below its target is told, and its scale goes down to it', () => {
    const element = show({ points: points(0.42) });

    expect(find(element, '[data-verdict]').textContent).toContain('missed >= 90%');
    expect(find(element, '.scale').textContent).toBe('100%30%');
  });

  it('a target of everything stays inside of the chart', () => {
    const element = show({ points: points(1, 1), target: 1 });

    expect(find(element, '.target').getAttribute('y1')).toBe('0');
    expect(find(element, '.scale').textContent).toBe('100%90%');
  });

  it('is a table on request, newest day first, with days that have nothing to count', async () => {
    const element = show({ points: points(0.8, null) });
    find(element, '[data-action="toggle"]').click();
    await Promise.resolve();

    const cells = [...element.shadowRoot.querySelectorAll('tbody tr')].map((row) => row.textContent);
    expect(cells).toEqual(['Nov 21, 2026c.TC_Chart_Nothing', 'Nov 20, 202680%']);
    expect(find(element, 'svg')).toBeNull();
    await expect(element).toBeAccessible();
  });

  it('says that nothing was counted instead of drawing an empty chart', async () => {
    const element = show({ points: points(null, null) });

    expect(find(element, '[data-empty]')).not.toBeNull();
    expect(find(element, 'svg')).toBeNull();
    expect(find(element, '[data-action="toggle"]')).toBeNull();
    await expect(element).toBeAccessible();
  });
});
