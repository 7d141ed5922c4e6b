import { createElement } from 'lwc';
import DisconnectModal from 'c/disconnectModal';

jest.mock(
  'lightning/modal',
  () => {
    const { LightningElement, api, registerDecorators } = require('lwc');
    class Modal extends LightningElement {
      close(result) {
        this.dispatchEvent(new CustomEvent('closed', { detail: result }));
      }
    }
    registerDecorators(Modal, { publicProps: { label: { config: 0 } } });
    return { __esModule: true, default: Modal, api };
  },
  { virtual: true },
);

function open(properties) {
  const element = createElement('c-disconnect-modal', { is: DisconnectModal });
  Object.assign(element, { label: 'Disconnect Lark?', providerName: 'Lark', ...properties });
  const closed = jest.fn();
  element.addEventListener('closed', (event) => closed(event.detail));
  document.body.appendChild(element);
  return { element, closed, press: (action) => element.shadowRoot.querySelector(`[data-action="${action}"]`).click() };
}

describe('c-disconnect-modal', () => {
  afterEach(() => {
    document.body.replaceChildren();
  });

  it('says what disconnecting means', async () => {
    const { element } = open({ account: 'mei@example.com' });

    expect([...element.shadowRoot.querySelectorAll('li')].map((item) => item.textContent)).toEqual([
      'c.TC_Connect_Disconnect_Future',
      'c.TC_Connect_Disconnect_Meetings',
      'c.TC_Connect_Disconnect_Settings',
      'c.TC_Connect_Disconnect_Another',
    ]);
    await expect(element).toBeAccessible();
  });

  it('closes without a result when cancelled', () => {
    const { closed, press } = open();

    press('cancel');

    expect(closed).toHaveBeenCalledWith(null);
  });

  it('closes with the decision when confirmed', () => {
    const { closed, press } = open();

    press('disconnect');

    expect(closed).toHaveBeenCalledWith('disconnect');
  });
});
