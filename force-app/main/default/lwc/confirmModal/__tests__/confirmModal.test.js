import { createElement } from 'lwc';
import ConfirmModal from 'c/confirmModal';

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

const settled = async (turns = 4) => {
  await new Promise(process.nextTick);
  if (turns > 1) await settled(turns - 1);
};

function open(run) {
  const element = createElement('c-confirm-modal', { is: ConfirmModal });
  const closed = jest.fn();
  Object.assign(element, {
    label: 'Cancel TB-00001?',
    sentences: ['The training is cancelled.', 'The link stops working.'],
    actLabel: 'Cancel training',
    pendingLabel: 'Cancelling…',
    failedLabel: 'The training was not cancelled',
    variant: 'destructive',
    run,
  });
  element.addEventListener('closed', (event) => closed(event.detail));
  document.body.appendChild(element);
  return { element, closed, actions: element.shadowRoot.querySelector('c-modal-actions') };
}

describe('c-confirm-modal', () => {
  afterEach(() => {
    document.body.replaceChildren();
  });

  it('says beforehand what will happen, and does nothing when it is left', async () => {
    const run = jest.fn();
    const { element, closed, actions } = open(run);

    const sentences = [...element.shadowRoot.querySelectorAll('[data-sentence]')].map((item) => item.textContent);
    expect(sentences).toEqual(['The training is cancelled.', 'The link stops working.']);
    expect(actions).toMatchObject({ label: 'Cancel training', variant: 'destructive', isPending: false });
    await expect(element).toBeAccessible();
    actions.dispatchEvent(new CustomEvent('leave'));
    expect(closed).toHaveBeenCalledWith(null);
    expect(run).not.toHaveBeenCalled();
  });

  it('waits while it is done and closes with the answer', async () => {
    let reply;
    const { element, closed, actions } = open(() => new Promise((resolve) => (reply = resolve)));

    actions.dispatchEvent(new CustomEvent('act'));
    await settled();
    expect(actions.isPending).toBe(true);
    await expect(element).toBeAccessible();

    reply({ bookingId: 'b' });
    await settled();
    expect(closed).toHaveBeenCalledWith({ bookingId: 'b' });
  });

  it('stays open and says what went wrong, until it is tried again', async () => {
    const error = { body: { message: '{"code":"unreachable","message":"No answer."}' } };
    const run = jest.fn().mockRejectedValueOnce(error).mockResolvedValueOnce({});
    const { element, closed, actions } = open(run);

    actions.dispatchEvent(new CustomEvent('act'));
    await settled();
    expect(element.shadowRoot.querySelector('c-error-panel')).toMatchObject({
      friendlyMessage: 'The training was not cancelled',
      errors: error,
      isChange: true,
    });
    expect(actions.isPending).toBe(false);
    expect(closed).not.toHaveBeenCalled();
    await expect(element).toBeAccessible();

    actions.dispatchEvent(new CustomEvent('act'));
    await settled();
    expect(closed).toHaveBeenCalledTimes(1);
  });

  it('can be left after it went wrong, and whoever opened it knows of that', async () => {
    const { element, closed, actions } = open(() => Promise.reject(new Error('No answer.')));
    const trouble = jest.fn();
    element.addEventListener('trouble', trouble);

    actions.dispatchEvent(new CustomEvent('act'));
    await settled();
    actions.dispatchEvent(new CustomEvent('leave'));

    expect(trouble).toHaveBeenCalledTimes(1);
    expect(closed).toHaveBeenCalledWith(null);
  });
});
