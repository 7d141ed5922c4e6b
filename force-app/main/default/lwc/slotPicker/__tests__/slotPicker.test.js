import { createElement } from 'lwc';
import SlotPicker from 'c/slotPicker';

jest.mock('@salesforce/i18n/timeZone', () => ({ default: 'Europe/Paris' }), { virtual: true });
jest.mock('@salesforce/i18n/locale', () => ({ default: 'en-US' }), { virtual: true });

const slots = [
  { start: '2026-03-02T01:00:00.000Z', end: '2026-03-02T02:00:00.000Z' },
  { start: '2026-03-02T01:30:00.000Z', end: '2026-03-02T02:30:00.000Z' },
  { start: '2026-03-02T02:00:00.000Z', end: '2026-03-02T03:00:00.000Z' },
];
const settled = () => new Promise(process.nextTick);
/** Some versions of ICU put thin or non-breaking blanks around dashes and before AM. */
const plain = (text) => text.replace(/[\s\u2009\u202f]+/g, ' ');

function show(properties = {}) {
  const element = createElement('c-slot-picker', { is: SlotPicker });
  Object.assign(element, { slots, timeZone: 'Asia/Singapore', day: '2026-03-02', ...properties });
  const chosen = jest.fn();
  element.addEventListener('choose', (event) => chosen(event.detail.slot));
  document.body.appendChild(element);
  return { element, chosen };
}

const radiosOf = (element) => [...element.shadowRoot.querySelectorAll('[role="radio"]')];
const press = (radio, key) => radio.dispatchEvent(new KeyboardEvent('keydown', { key, cancelable: true }));

describe('c-slot-picker', () => {
  afterEach(() => {
    document.body.replaceChildren();
  });

  it("shows every slot in the trainer's zone, and in the user's own where it differs", async () => {
    const { element } = show();
    const [first] = radiosOf(element);

    expect(radiosOf(element)).toHaveLength(3);
    expect(plain(first.querySelector('.time').textContent)).toBe('9:00 – 10:00 AM');
    expect(first.querySelector('.my-time').textContent).toBe('c.TC_Book_Your_Time');
    expect(element.shadowRoot.querySelector('[data-id="zone"]').textContent).toBe('c.TC_Book_Times_Zone');
    await expect(element).toBeAccessible();
  });

  it('leaves out the own zone where the clocks show the same', () => {
    const { element } = show({ timeZone: 'Europe/Berlin' });

    expect(radiosOf(element)[0].querySelector('.my-time')).toBeNull();
  });

  it('marks the chosen slot in a way that is not colour alone', async () => {
    const { element } = show({ value: slots[1].start });

    expect(radiosOf(element).map((radio) => radio.ariaChecked ?? radio.getAttribute('aria-checked'))).toEqual([
      'false',
      'true',
      'false',
    ]);
    await expect(element).toBeAccessible();
  });

  it('tells which slot was clicked, and not again when it is chosen already', async () => {
    const { element, chosen } = show();

    radiosOf(element)[2].click();
    expect(chosen).toHaveBeenCalledWith(slots[2]);

    element.value = slots[2].start;
    await settled();
    radiosOf(element)[2].click();
    expect(chosen).toHaveBeenCalledTimes(1);
  });

  it('is one tab stop: the chosen slot, or the first', async () => {
    const { element } = show();
    expect(radiosOf(element).map((radio) => radio.tabIndex)).toEqual([0, -1, -1]);

    element.value = slots[2].start;
    await settled();
    expect(radiosOf(element).map((radio) => radio.tabIndex)).toEqual([-1, -1, 0]);
  });

  it('moves and chooses by arrow keys, round the ends', () => {
    const { element, chosen } = show();
    const radios = radiosOf(element);

    press(radios[0], 'ArrowRight');
    press(radios[0], 'ArrowUp');
    press(radios[2], 'ArrowDown');
    press(radios[2], 'Tab');

    expect(chosen.mock.calls).toEqual([[slots[1]], [slots[2]], [slots[0]]]);
    expect(element.shadowRoot.activeElement).toBe(radios[0]);
  });
});
