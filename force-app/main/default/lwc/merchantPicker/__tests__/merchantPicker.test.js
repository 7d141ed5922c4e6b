import { createElement } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import MerchantPicker from 'c/merchantPicker';
import getMerchants from '@salesforce/apex/TrainingBookingController.getMerchants';

jest.mock('@salesforce/apex', () => ({ refreshApex: jest.fn() }), { virtual: true });
jest.mock(
  '@salesforce/apex/TrainingBookingController.getMerchants',
  () => {
    const { createApexTestWireAdapter } = require('@salesforce/sfdx-lwc-jest');
    return { default: createApexTestWireAdapter(jest.fn()) };
  },
  { virtual: true },
);

// As Apex answers: the newest booking first.
const merchants = [
  { reference: 'M-1002', name: null },
  { reference: 'M-1001', name: 'Harbour Coffee' },
];
const settled = () => new Promise(process.nextTick);

async function show(given = merchants) {
  const element = createElement('c-merchant-picker', { is: MerchantPicker });
  const chosen = jest.fn();
  element.addEventListener('choose', (event) => chosen(event.detail.merchant));
  document.body.appendChild(element);
  if (given) getMerchants.emit(given);
  await settled();
  return { element, chosen };
}

const field = (element, name) => element.shadowRoot.querySelector(`[data-field="${name}"]`);

async function enter(element, name, value) {
  field(element, name).dispatchEvent(new CustomEvent('change', { detail: { value } }));
  await settled();
}

describe('c-merchant-picker', () => {
  afterEach(() => {
    document.body.replaceChildren();
    jest.resetAllMocks();
  });

  it('says that it is loading', async () => {
    const { element } = await show(null);

    expect(field(element, 'choice').spinnerActive).toBe(true);
    await expect(element).toBeAccessible();
  });

  it('offers the merchants booked before and another one', async () => {
    const { element } = await show();

    expect(field(element, 'choice').spinnerActive).toBe(false);
    expect(field(element, 'choice').options).toEqual([
      { value: 'M-1001', label: 'c.TC_Book_Merchant_Option' },
      { value: 'M-1002', label: 'M-1002' },
      { value: ' another ', label: 'c.TC_Book_Another_Merchant' },
    ]);
    expect(field(element, 'reference')).toBeNull();
    await expect(element).toBeAccessible();
  });

  it('tells which merchant was chosen; one without a name goes by its reference', async () => {
    const { element, chosen } = await show();

    await enter(element, 'choice', 'M-1001');
    await enter(element, 'choice', 'M-1002');

    expect(chosen.mock.calls).toEqual([[merchants[1]], [{ reference: 'M-1002', name: 'M-1002' }]]);
  });

  it('asks for reference and name of another merchant', async () => {
    const { element, chosen } = await show();

    await enter(element, 'choice', ' another ');
    await expect(element).toBeAccessible();
    await enter(element, 'reference', 'M-2001');
    await enter(element, 'name', 'Tea & Toast');

    expect(chosen).toHaveBeenLastCalledWith({ reference: 'M-2001', name: 'Tea & Toast' });
  });

  it('asks for reference and name at once when no merchant was booked before', async () => {
    const { element } = await show([]);

    expect(field(element, 'reference')).not.toBeNull();
  });

  it('still takes another merchant when the list could not be loaded', async () => {
    const { element } = await show(null);
    getMerchants.error({ message: 'No access' });
    await settled();

    expect(element.shadowRoot.querySelector('c-error-panel').retryable).toBe(true);
    expect(field(element, 'reference')).not.toBeNull();
    await expect(element).toBeAccessible();

    element.shadowRoot.querySelector('c-error-panel').dispatchEvent(new CustomEvent('retry'));
    expect(refreshApex).toHaveBeenCalledTimes(1);
  });

  it('says so when there may be more merchants than are listed', async () => {
    const { element } = await show();
    expect(element.shadowRoot.querySelector('[data-id="some"]')).toBeNull();

    getMerchants.emit(Array.from({ length: 2_000 }, (_, index) => ({ reference: `M-${index}`, name: 'Shop' })));
    await settled();
    expect(element.shadowRoot.querySelector('[data-id="some"]').textContent).toBe('c.TC_Book_Merchants_Some');
  });

  it('is where it was asked to try again, once the list is there', async () => {
    const { element } = await show(null);
    getMerchants.error({ message: 'No access' });
    await settled();
    refreshApex.mockImplementation(async () => getMerchants.emit(merchants));
    const focus = jest.spyOn(HTMLElement.prototype, 'focus');

    element.shadowRoot.querySelector('c-error-panel').dispatchEvent(new CustomEvent('retry'));
    await settled();
    await settled();

    expect(focus.mock.contexts).toEqual([field(element, 'choice')]);
    focus.mockRestore();
  });

  it('shows what was refused at the field, until something else is entered', async () => {
    const { element } = await show();
    const said = (name) => {
      field(element, name).setCustomValidity = jest.fn();
      return field(element, name).setCustomValidity;
    };
    const choice = said('choice');
    element.showProblem('reference', 'Too long.');
    expect(choice).toHaveBeenLastCalledWith('Too long.');
    await enter(element, 'choice', ' another ');
    expect(choice).toHaveBeenLastCalledWith('');

    const name = said('name');
    element.showProblem('name', 'Empty.');
    expect(name).toHaveBeenLastCalledWith('Empty.');
    await enter(element, 'name', 'Tea');
    expect(name).toHaveBeenLastCalledWith('');
  });

  it('has every field say what it misses, and focuses the first', async () => {
    const { element } = await show();
    await enter(element, 'choice', ' another ');
    for (const [name, isValid] of [
      ['choice', true],
      ['reference', false],
      ['name', false],
    ]) {
      field(element, name).reportValidity = jest.fn(() => isValid);
      field(element, name).checkValidity = () => isValid;
      field(element, name).focus = jest.fn();
    }

    expect(element.reportValidity()).toBe(false);
    expect(field(element, 'name').reportValidity).toHaveBeenCalled();
    element.focus();
    expect(field(element, 'reference').focus).toHaveBeenCalled();
  });
});
