import { createElement } from 'lwc';
import ManualLinkModal from 'c/manualLinkModal';
import setManualLink from '@salesforce/apex/TrainingBookingController.setManualLink';

jest.mock(
  'lightning/modal',
  () => {
    const { LightningElement, registerDecorators } = require('lwc');
    class Modal extends LightningElement {
      close(result) {
        if (this.disableClose) throw new Error('A modal that may not be closed was.');
        this.dispatchEvent(new CustomEvent('closed', { detail: result }));
      }
    }
    registerDecorators(Modal, { publicProps: { label: { config: 0 } } });
    return { __esModule: true, default: Modal };
  },
  { virtual: true },
);
jest.mock('@salesforce/apex/TrainingBookingController.setManualLink', () => ({ default: jest.fn() }), {
  virtual: true,
});

const settled = async (turns = 4) => {
  await new Promise(process.nextTick);
  if (turns > 1) await settled(turns - 1);
};

function open({ isValid = true } = {}) {
  const element = createElement('c-manual-link-modal', { is: ManualLinkModal });
  const closed = jest.fn();
  Object.assign(element, { label: 'Enter the link', bookingId: 'b', link: 'https://vc.larksuite.com/j/1' });
  element.addEventListener('closed', (event) => closed(event.detail));
  document.body.appendChild(element);
  const field = element.shadowRoot.querySelector('[data-id="link"]');
  field.checkValidity = () => isValid;
  field.reportValidity = jest.fn(() => isValid);
  const actions = element.shadowRoot.querySelector('c-modal-actions');
  const act = async () => {
    actions.dispatchEvent(new CustomEvent('act'));
    await settled();
  };
  const type = (value) => field.dispatchEvent(new CustomEvent('change', { detail: { value } }));
  return { element, closed, field, actions, act, type };
}

describe('c-manual-link-modal', () => {
  afterEach(() => {
    document.body.replaceChildren();
    jest.resetAllMocks();
  });

  it('begins with the link there is and says what entering one means', async () => {
    const { element, field, closed, actions } = open();

    expect(field.value).toBe('https://vc.larksuite.com/j/1');
    expect(element.shadowRoot.querySelectorAll('[data-sentence]')).toHaveLength(3);
    await expect(element).toBeAccessible();
    actions.dispatchEvent(new CustomEvent('leave'));
    expect(closed).toHaveBeenCalledWith(null);
  });

  it('saves without blanks around the link, waits, and closes with the answer', async () => {
    let reply;
    setManualLink.mockReturnValue(new Promise((resolve) => (reply = resolve)));
    const { element, closed, actions, act, type } = open();
    type(' https://meet.example.com/1 ');

    await act();
    expect(setManualLink).toHaveBeenCalledWith({ bookingId: 'b', link: 'https://meet.example.com/1' });
    expect(actions.isPending).toBe(true);
    await expect(element).toBeAccessible();

    reply({ bookingId: 'b' });
    await settled();
    expect(closed).toHaveBeenCalledWith({ bookingId: 'b' });
  });

  it('does not send what is no web address', async () => {
    const { closed, act, type } = open({ isValid: false });
    type('tomorrow');

    await act();

    expect(setManualLink).not.toHaveBeenCalled();
    expect(closed).not.toHaveBeenCalled();
  });

  it('takes back what was wrong with the link as soon as it is right', async () => {
    const { field, type } = open();

    type('https://meet.example.com/1');

    expect(field.reportValidity).toHaveBeenCalledTimes(1);
  });

  it('says what went wrong, until something else is typed', async () => {
    const error = { body: { message: '{"code":"invalid_input","message":"link: must begin with https."}' } };
    setManualLink.mockRejectedValue(error);
    const { element, act, type } = open();

    await act();
    expect(element.shadowRoot.querySelector('c-error-panel')).toMatchObject({ errors: error, isChange: true });
    await expect(element).toBeAccessible();
    type('https://meet.example.com/2');
    await settled();
    expect(element.shadowRoot.querySelector('c-error-panel')).toBeNull();
  });
});
