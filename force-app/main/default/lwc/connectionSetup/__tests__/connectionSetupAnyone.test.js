import { createElement } from 'lwc';
import ConnectionSetup from 'c/connectionSetup';
import getSetup from '@salesforce/apex/ConnectionSetupController.getSetup';

jest.mock('@salesforce/customPermission/Manage_Trainer_Connections', () => ({ default: undefined }), {
  virtual: true,
});
jest.mock('@salesforce/apex/ConnectionSetupController.getSetup', () => ({ default: jest.fn() }), { virtual: true });

it('c-connection-setup asks for nothing and says whom it is for, when somebody else opens it', async () => {
  const element = createElement('c-connection-setup', { is: ConnectionSetup });
  document.body.appendChild(element);

  expect(element.shadowRoot.querySelector('[data-no-access]')).not.toBeNull();
  expect(getSetup).not.toHaveBeenCalled();
  await expect(element).toBeAccessible();
});
