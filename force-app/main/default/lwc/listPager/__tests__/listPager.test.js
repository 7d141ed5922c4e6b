import { createElement } from 'lwc';
import ListPager from 'c/listPager';

jest.mock('@salesforce/label/c.TC_Pager_Range', () => ({ default: '{0} to {1}' }), { virtual: true });

function show(properties) {
  const element = createElement('c-list-pager', { is: ListPager });
  Object.assign(element, { first: 51, pageSize: 50, count: 13, hasPrevious: true, hasNext: false, ...properties });
  document.body.appendChild(element);
  return element;
}

const find = (element, selector) => element.shadowRoot.querySelector(selector);

describe('c-list-pager', () => {
  afterEach(() => {
    document.body.replaceChildren();
  });

  it('says which rows are shown, and goes only where there is something', async () => {
    const element = show();

    expect(find(element, '[data-range]').textContent).toBe('51 to 63');
    expect(find(element, '[data-action="previous"]').disabled).toBe(false);
    expect(find(element, '[data-action="next"]').disabled).toBe(true);
    await expect(element).toBeAccessible();
  });

  it('waits while a page is loaded', () => {
    const element = show({ hasNext: true, disabled: true });

    expect(find(element, '[data-action="previous"]').disabled).toBe(true);
    expect(find(element, '[data-action="next"]').disabled).toBe(true);
  });

  it('asks for pages and their size', () => {
    const element = show({ hasNext: true });
    const heard = jest.fn();
    for (const name of ['previous', 'next', 'size']) {
      element.addEventListener(name, ({ detail }) => heard(name, detail?.size));
    }

    find(element, '[data-action="previous"]').click();
    find(element, '[data-action="next"]').click();
    find(element, 'lightning-combobox').dispatchEvent(new CustomEvent('change', { detail: { value: '100' } }));

    expect(heard.mock.calls).toEqual([
      ['previous', undefined],
      ['next', undefined],
      ['size', 100],
    ]);
  });
});
