import { createElement } from 'lwc';
import ConnectionMonitor from 'c/connectionMonitor';

jest.mock('c/confirmModal', () => ({ __esModule: true, default: { open: jest.fn() } }));
jest.mock('@salesforce/customPermission/Manage_Trainer_Connections', () => ({ default: undefined }), {
  virtual: true,
});

it('c-connection-monitor asks for nothing and says whom it is for, when somebody else opens it', async () => {
  const element = createElement('c-connection-monitor', { is: ConnectionMonitor });
  document.body.appendChild(element);

  expect(element.shadowRoot.querySelector('[data-no-access]').textContent).toContain('c.TC_Admin_Not_For_You');
  expect(element.shadowRoot.querySelector('c-connection-list')).toBeNull();
  expect(element.shadowRoot.querySelector('lightning-button')).toBeNull();
  await expect(element).toBeAccessible();
});
