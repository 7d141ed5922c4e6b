import { createElement } from 'lwc';
import ConnectionSetup from 'c/connectionSetup';
import getSetup from '@salesforce/apex/ConnectionSetupController.getSetup';
import SETUP from '../../../staticresources/TC_Test_Setup.json';

jest.mock('@salesforce/customPermission/Manage_Trainer_Connections', () => ({ default: true }), { virtual: true });
jest.mock('@salesforce/apex/ConnectionSetupController.getSetup', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/ConnectionSetupController.check', () => ({ default: jest.fn() }), { virtual: true });

const settled = () => new Promise(process.nextTick);
const find = (element, selector) => element.shadowRoot.querySelector(selector);

async function show() {
  const element = createElement('c-connection-setup', { is: ConnectionSetup });
  document.body.appendChild(element);
  await settled();
  return element;
}

describe('c-connection-setup', () => {
  beforeEach(() => {
    getSetup.mockResolvedValue(SETUP);
  });

  afterEach(() => {
    document.body.replaceChildren();
    getSetup.mockReset();
  });

  it('loads, then shows each provider and Salesforce', async () => {
    const element = createElement('c-connection-setup', { is: ConnectionSetup });
    document.body.appendChild(element);
    expect(find(element, 'lightning-spinner')).not.toBeNull();
    await settled();

    const shown = [...element.shadowRoot.querySelectorAll('[data-id]')].map(({ dataset }) => dataset.id);
    expect(shown).toEqual(['salesforce', 'lark', 'google']);
    expect(find(element, '[data-id="salesforce"]').templates).toEqual(SETUP.templates);
    await expect(element).toBeAccessible();
  });

  it('reads everything again after a check, and keeps what it shows meanwhile', async () => {
    const element = await show();
    getSetup.mockResolvedValue({ ...SETUP, providers: [{ ...SETUP.providers[0], state: 'failing' }] });
    find(element, '[data-id="lark"]').dispatchEvent(new CustomEvent('checked'));
    expect(find(element, '[data-id="lark"]')).not.toBeNull();
    await settled();

    expect(find(element, '[data-id="lark"]').provider.state).toBe('failing');
  });

  it('says what went wrong and reads again', async () => {
    getSetup.mockRejectedValueOnce(new Error('No answer.'));
    const element = await show();
    expect(find(element, 'c-error-panel').friendlyMessage).toBe('c.TC_Setup_Load_Failed');
    await expect(element).toBeAccessible();

    find(element, 'c-error-panel').dispatchEvent(new CustomEvent('retry'));
    await settled();
    expect(find(element, 'c-error-panel')).toBeNull();
    expect(find(element, '[data-id="lark"]')).not.toBeNull();
  });
});
