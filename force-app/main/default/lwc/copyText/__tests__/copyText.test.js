import { createElement } from 'lwc';
import CopyText from 'c/copyText';

const settled = () => new Promise(process.nextTick);

function show() {
  const element = createElement('c-copy-text', { is: CopyText });
  Object.assign(element, { label: 'Address', text: 'https://connect.example.com/callback' });
  document.body.appendChild(element);
  return element;
}

describe('c-copy-text', () => {
  afterEach(() => {
    document.body.replaceChildren();
    delete navigator.clipboard;
  });

  it.each([
    ['says that it copied', () => Promise.resolve(), 'c.TC_Meeting_Copied'],
    ['says what to do when the browser does not', () => Promise.reject(new Error('denied')), 'c.TC_Copy_Failed'],
  ])('%s', async (_name, answer, said) => {
    const writeText = jest.fn(answer);
    Object.defineProperty(navigator, 'clipboard', { value: { writeText }, configurable: true });
    const element = show();
    element.shadowRoot.querySelector('[data-action="copy"]').click();
    await settled();

    expect(writeText).toHaveBeenCalledWith('https://connect.example.com/callback');
    expect(element.shadowRoot.querySelector('[data-said]').textContent).toBe(said);
    await expect(element).toBeAccessible();
  });
});
