import { createElement } from 'lwc';
import SetupProvider from 'c/setupProvider';
import { providers } from '../../../staticresources/TC_Test_Setup.json';

jest.mock('@salesforce/apex/ConnectionSetupController.check', () => ({ default: jest.fn() }), { virtual: true });

const [LARK, GOOGLE] = providers;
const find = (element, selector) => element.shadowRoot.querySelector(selector);

function show(provider) {
  const element = createElement('c-setup-provider', { is: SetupProvider });
  element.provider = provider;
  document.body.appendChild(element);
  return element;
}

describe('c-setup-provider', () => {
  afterEach(() => {
    document.body.replaceChildren();
  });

  it('a provider that is ready offers what to copy and a check', async () => {
    const element = show(LARK);

    expect(find(element, '[data-state]').label).toBe('c.TC_Setup_Ready');
    expect(find(element, '[data-copy="redirect"]').text).toBe(LARK.redirectUri);
    expect(find(element, '[data-copy="scopes"]').text).toBe('offline_access\nvc:reserve');
    expect(find(element, 'c-setup-missing')).toBeNull();
    expect(find(element, 'c-setup-check').lastCheck).toEqual(LARK.lastCheck);
    await expect(element).toBeAccessible();
  });

  it('one that is off says what is missing and has nothing to check', async () => {
    const element = show(GOOGLE);

    expect(find(element, '[data-state]').label).toBe('c.TC_Connect_Status_Off');
    expect(find(element, 'c-setup-missing').missing).toEqual(GOOGLE.missing);
    expect(find(element, 'c-setup-check')).toBeNull();
    await expect(element).toBeAccessible();
  });

  it.each([
    ['incomplete', 'c.TC_Setup_Incomplete'],
    ['failing', 'c.TC_Setup_Failing'],
  ])('one that is %s can be checked', (state, label) => {
    const element = show({ ...LARK, state });

    expect(find(element, '[data-state]').label).toBe(label);
    expect(find(element, 'c-setup-check')).not.toBeNull();
  });
});
