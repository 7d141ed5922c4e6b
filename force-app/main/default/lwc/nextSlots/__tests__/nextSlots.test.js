import { createElement } from 'lwc';
import NextSlots from 'c/nextSlots';
import MY_ZONE from '@salesforce/i18n/timeZone';

jest.mock('@salesforce/label/c.TC_Next_Slots_Zone', () => ({ default: 'Times in {0} ({1}).' }), { virtual: true });
jest.mock('@salesforce/label/c.TC_Next_Slots_With_Own', () => ({ default: '{0} · {1}' }), { virtual: true });
jest.mock('@salesforce/label/c.TC_Book_Your_Time', () => ({ default: '{0} your time' }), { virtual: true });

const slots = [
  { start: '2126-03-05T01:00:00.000Z', end: '2126-03-05T02:00:00.000Z' },
  { start: '2126-03-05T02:00:00.000Z', end: '2126-03-05T03:00:00.000Z' },
];

describe('c-next-slots', () => {
  afterEach(() => {
    document.body.replaceChildren();
  });

  function show(timeZone) {
    const element = createElement('c-next-slots', { is: NextSlots });
    Object.assign(element, { slots, timeZone });
    document.body.appendChild(element);
    const buttons = [...element.shadowRoot.querySelectorAll('lightning-button')];
    return { element, buttons, words: buttons.map(({ label }) => label) };
  }

  it('offers each as a button with day and time, names the zone, and tells which was chosen', async () => {
    const { element, buttons, words } = show(MY_ZONE);
    const chosen = jest.fn();
    element.addEventListener('choose', (event) => chosen(event.detail));

    expect(words).toEqual([
      expect.stringMatching(/^Mon, Mar 4, 5:00\s.\s6:00\sPM$/),
      expect.stringMatching(/^Mon, Mar 4, 6:00\s.\s7:00\sPM$/),
    ]);
    expect(element.shadowRoot.querySelector('[data-id="zone"]').textContent).toContain(`(${MY_ZONE})`);
    await expect(element).toBeAccessible();
    buttons[1].click();
    expect(chosen).toHaveBeenCalledWith({ slot: slots[1] });
  });

  it('of another zone, has the time of the person beside that of the trainer', async () => {
    const { element, words } = show('Asia/Singapore');

    expect(words[0]).toMatch(/Mar 5, 9:00\s.\s10:00\sAM · .*5:00\sPM your time$/);
    expect(element.shadowRoot.querySelector('[data-id="zone"]').textContent).toBe(
      'Times in Singapore Standard Time (Asia/Singapore).',
    );
    await expect(element).toBeAccessible();
  });
});
