import { createElement } from 'lwc';
import WeekGrid from 'c/weekGrid';

jest.mock('@salesforce/label/c.TC_Week_Unknown_Many', () => ({ default: 'Not known for {0} trainers' }), {
  virtual: true,
});
jest.mock('@salesforce/label/c.TC_Week_Unknown_Of', () => ({ default: 'Not known for {0}' }), { virtual: true });

const days = ['2126-03-04', '2126-03-05', '2126-03-06'];
const slot = (start, end) => ({ start: `2126-03-${start}:00.000Z`, end: `2126-03-${end}:00.000Z`, trainerIds: ['a'] });
const thursday = [slot('04T01:00', '04T02:00'), slot('04T01:30', '04T02:30')];
const saturday = [slot('06T01:00', '06T02:00'), slot('06T05:00', '06T06:00'), slot('06T06:00', '06T07:00')];
const unknown = [{ ...slot('04T16:00', '05T16:00'), reason: 'The Lark calendar could not be read.' }];
const busy = [slot('04T03:00', '04T04:00'), slot('04T03:30', '04T05:00')];

const settled = () => new Promise(process.nextTick);

function show(properties) {
  const element = createElement('c-week-grid', { is: WeekGrid });
  Object.assign(element, { days, timeZone: 'Asia/Singapore', slots: [...thursday, ...saturday], ...properties });
  document.body.appendChild(element);
  return element;
}

const all = (element, selector) => [...element.shadowRoot.querySelectorAll(selector)];
const buttons = (element, day) => all(element, `.day[data-day="${day}"] button[data-start]`);
const button = (element, one) => element.shadowRoot.querySelector(`button[data-start="${one.start}"]`);

async function press(element, from, key) {
  button(element, from).dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true }));
  await settled();
  await settled();
  return element.shadowRoot.activeElement?.dataset.start;
}

describe('c-week-grid', () => {
  afterEach(() => {
    document.body.replaceChildren();
  });

  it('shows free times as buttons under their day, which has a name', async () => {
    const element = show({ value: thursday[1].start });

    expect(all(element, '.day').map((day) => day.getAttribute('aria-label'))).toEqual([
      expect.stringContaining('March 4'),
      expect.stringContaining('March 5'),
      expect.stringContaining('March 6'),
    ]);
    expect(buttons(element, days[0]).map((one) => one.getAttribute('aria-pressed'))).toEqual(['false', 'true']);
    expect(buttons(element, days[0])[0].textContent).toContain('9:00');
    expect(buttons(element, days[2])).toHaveLength(3);
    await expect(element).toBeAccessible();
  });

  it('says that nothing is free on a day', async () => {
    const element = show({ slots: [] });

    expect(all(element, '[data-nothing]')).toHaveLength(3);
    await expect(element).toBeAccessible();
  });

  it('hatches unknown time and says why for everybody to read; busy time is plain and merged', async () => {
    const element = show({ unknown, busy });

    const [block] = all(element, `.day[data-day="${days[1]}"] [data-unknown]`);
    expect(block.classList).toContain('unknown');
    expect(block.textContent).toContain('c.TC_Week_Unknown');
    const reason = block.querySelector('[data-reason]');
    expect([reason.textContent, reason.title]).toEqual([unknown[0].reason, unknown[0].reason]);
    expect(reason.classList).not.toContain('slds-assistive-text');
    expect(all(element, '[data-unknown]')).toHaveLength(1);
    expect(all(element, '[data-busy]')).toHaveLength(1);
    await expect(element).toBeAccessible();
  });

  it('has one block a day for time that is not known of several trainers', async () => {
    const wei = { id: 'w', name: 'Wei Tan' };
    const noah = { id: 'n', name: 'Noah Fischer' };
    const [night] = unknown;
    const element = show({
      unknown: [
        { ...night, trainers: [wei, noah] },
        { ...slot('05T18:00', '05T20:00'), reason: 'Google does not answer.', trainers: [noah] },
        { ...slot('05T20:00', '05T21:00'), reason: night.reason, trainers: [noah] },
      ],
    });
    const told = (day) =>
      all(element, `.day[data-day="${day}"] [data-unknown]`).map((one) =>
        [...one.querySelectorAll('p')].map(({ textContent }) => textContent),
      );

    expect(told(days[1])).toEqual([['Not known for 2 trainers', 'c.TC_Week_All_Day', night.reason]]);
    expect(told(days[2]).map(([name]) => name)).toEqual(['Not known for Noah Fischer', 'Not known for Noah Fischer']);
    await expect(element).toBeAccessible();
  });

  it('names the time of the booking that is to be moved', async () => {
    const element = show({ slots: [], own: thursday[0] });

    expect(all(element, '[data-own]').map(({ textContent }) => textContent)).toEqual(['c.TC_Week_Own']);
    expect(all(element, '[data-nothing]')).toHaveLength(2);
    await expect(element).toBeAccessible();
  });

  it('tells which time was chosen', () => {
    const element = show();
    const chosen = jest.fn();
    element.addEventListener('choose', (event) => chosen(event.detail));

    button(element, saturday[1]).click();

    expect(chosen).toHaveBeenCalledWith({ slot: saturday[1] });
  });

  it('takes no choice while it is disabled', async () => {
    const element = show({ disabled: true });

    expect(buttons(element, days[0]).every(({ disabled }) => disabled)).toBe(true);
    await expect(element).toBeAccessible();
  });

  it('shows the time of the person beside that of another zone', () => {
    const element = show({ timeZone: 'America/New_York', days: ['2126-03-03'], slots: [thursday[0]] });

    expect(button(element, thursday[0]).querySelector('.my-time').textContent).toBe('c.TC_Book_Your_Time');
  });

  it('a day is one tab stop; arrow keys move within it and over days without times, and stop at the ends', async () => {
    const element = show();

    expect(buttons(element, days[2]).map(({ tabIndex }) => tabIndex)).toEqual([0, -1, -1]);
    expect(await press(element, thursday[0], 'ArrowDown')).toBe(thursday[1].start);
    expect(await press(element, thursday[1], 'ArrowDown')).toBe(thursday[1].start);
    expect(await press(element, thursday[1], 'ArrowRight')).toBe(saturday[1].start);
    expect(buttons(element, days[2]).map(({ tabIndex }) => tabIndex)).toEqual([-1, 0, -1]);
    expect(await press(element, saturday[2], 'ArrowLeft')).toBe(thursday[1].start);
    expect(await press(element, thursday[1], 'ArrowUp')).toBe(thursday[0].start);
    expect(await press(element, thursday[0], 'Home')).toBe(thursday[0].start);
  });

  it('on narrow screens the first day with free times is open, and every day says how many it has', async () => {
    const element = show({ unknown, slots: [...saturday] });
    const toggles = () => all(element, '[data-toggle]');

    expect(toggles().map((one) => one.getAttribute('aria-expanded'))).toEqual(['false', 'false', 'true']);
    expect(toggles()[1].textContent).toContain('c.TC_Week_Unknown');
    expect(toggles()[2].textContent).toContain('c.TC_Week_Free_Count');

    toggles()[0].click();
    toggles()[2].click();
    await settled();
    expect(toggles().map((one) => one.getAttribute('aria-expanded'))).toEqual(['true', 'false', 'false']);
    expect(all(element, '.body.closed')).toHaveLength(2);
    await expect(element).toBeAccessible();
  });

  it('focuses the first free time', () => {
    const element = show();

    element.focus();

    expect(element.shadowRoot.activeElement).toBe(button(element, thursday[0]));
  });
});
