import { createElement } from 'lwc';
import ModalActions from 'c/modalActions';

function show(properties) {
  const element = createElement('c-modal-actions', { is: ModalActions });
  Object.assign(element, { label: 'Move', pendingLabel: 'Moving…', ...properties });
  const told = jest.fn();
  for (const name of ['leave', 'act']) {
    element.addEventListener(name, () => told(name));
  }
  document.body.appendChild(element);
  return { element, told, button: (action) => element.shadowRoot.querySelector(`[data-action="${action}"]`) };
}

describe('c-modal-actions', () => {
  afterEach(() => {
    document.body.replaceChildren();
  });

  it('offers to leave and to act', async () => {
    const { element, told, button } = show();

    button('leave').click();
    button('act').click();

    expect(told.mock.calls).toEqual([['leave'], ['act']]);
    expect(button('act').label).toBe('Move');
    await expect(element).toBeAccessible();
  });

  it('waits while it is done, and says so', async () => {
    const { element, button } = show({ isPending: true });

    expect(button('leave').disabled).toBe(true);
    expect(button('act')).toMatchObject({ disabled: true, label: 'Moving…' });
    expect(element.shadowRoot.querySelector('[role="status"]')).not.toBeNull();
    await expect(element).toBeAccessible();
  });

  it('waits for a choice', () => {
    const { button } = show({ disabled: true });

    expect(button('leave').disabled).toBe(false);
    expect(button('act').disabled).toBe(true);
  });
});
