import { createElement } from 'lwc';
import NextSlots from 'c/nextSlots';

const slots = [
  { start: '2126-03-05T01:00:00.000Z', end: '2126-03-05T02:00:00.000Z' },
  { start: '2126-03-05T02:00:00.000Z', end: '2126-03-05T03:00:00.000Z' },
];

describe('c-next-slots', () => {
  afterEach(() => {
    document.body.replaceChildren();
  });

  it('offers each as a button with day and time, and tells which was chosen', async () => {
    const element = createElement('c-next-slots', { is: NextSlots });
    Object.assign(element, { slots, timeZone: 'Asia/Singapore' });
    const chosen = jest.fn();
    element.addEventListener('choose', (event) => chosen(event.detail));
    document.body.appendChild(element);
    const buttons = element.shadowRoot.querySelectorAll('lightning-button');

    expect([...buttons].map(({ label }) => label)).toEqual([
      expect.stringMatching(/Mar 5, 9:00\s.\s10:00/),
      expect.stringMatching(/Mar 5, 10:00\s.\s11:00/),
    ]);
    await expect(element).toBeAccessible();
    buttons[1].click();
    expect(chosen).toHaveBeenCalledWith({ slot: slots[1] });
  });
});
