/**
 * Does what a modal says: it waits and cannot be left meanwhile, closes with the answer, or stays and has the error.
 * Whoever opened it learns of trouble by the event `trouble`: what was asked for may be done all the same, or something
 * else may have changed. Buttons that wait lose the focus, so whoever meets an error gets it back.
 * @param {any} modal with the fields `isPending` and `error`, and a `c-modal-actions` as its ref `actions`
 * @param {() => Promise<unknown>} work
 * @param {(error: unknown) => void} [meet] what else the error changes
 */
export async function workIn(modal, work, meet) {
  modal.isPending = true;
  modal.disableClose = true;
  modal.error = undefined;
  try {
    const result = await work();
    modal.disableClose = false;
    modal.close(result);
  } catch (error) {
    modal.disableClose = false;
    modal.error = error;
    modal.dispatchEvent(new CustomEvent('trouble'));
    meet?.(error);
  } finally {
    modal.isPending = false;
    if (modal.error) {
      // As soon as the buttons are drawn without waiting.
      await Promise.resolve();
      modal.refs.actions?.focus();
    }
  }
}
