import { createElement } from 'lwc';
import SetupSalesforce from 'c/setupSalesforce';
import { salesforce, templates } from '../../../staticresources/TC_Test_Setup.json';

jest.mock('@salesforce/apex/ConnectionSetupController.check', () => ({ default: jest.fn() }), { virtual: true });

const find = (element, selector) => element.shadowRoot.querySelector(selector);

function show(given = {}) {
  const element = createElement('c-setup-salesforce', { is: SetupSalesforce });
  Object.assign(element, { salesforce: { ...salesforce, ...given }, templates });
  document.body.appendChild(element);
  return element;
}

describe('c-setup-salesforce', () => {
  afterEach(() => {
    document.body.replaceChildren();
  });

  it('says as whom it works, what mail is left, and which texts are sent', async () => {
    const element = show();

    expect(find(element, '[data-fact="user"]').textContent).toBe('integration@trainer-connect.example');
    expect(find(element, '[data-fact="mail"]').textContent).toBe('4,990');
    const told = [...element.shadowRoot.querySelectorAll('[data-template]')].map((row) => row.textContent);
    expect(told[0]).toContain('c.TC_Setup_Template_Own');
    expect(told[1]).toContain('c.TC_Setup_Template_Built_In');
    expect(told[2]).toContain('c.TC_Setup_Template_Missing');
    await expect(element).toBeAccessible();
  });

  it('does not make up what is not known', () => {
    const element = show({ mailRemaining: null, mailSender: null, state: 'failing' });

    expect(find(element, '[data-fact="mail"]').textContent).toBe('c.TC_Setup_Unknown');
    expect(find(element, '[data-fact="sender"]').textContent).toBe('c.TC_Setup_Unknown');
    expect(find(element, '[data-state]').label).toBe('c.TC_Setup_Failing');
  });
});
