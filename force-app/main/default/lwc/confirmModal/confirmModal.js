import { api } from 'lwc';
import LightningModal from 'lightning/modal';
import { workIn } from 'c/modalWork';

/** Says what will happen and does it. Resolves with what `run` answers; undefined when nothing was done. */
export default class ConfirmModal extends LightningModal {
  /** @type {readonly string[]} what will happen */
  @api sentences = [];
  /** @type {string} */
  @api actLabel;
  /** @type {string} */
  @api pendingLabel;
  /** @type {string} the first line when it did not work */
  @api failedLabel;
  /** @type {'brand' | 'destructive'} */
  @api variant = 'brand';
  /** @type {() => Promise<unknown>} */
  @api run;

  isPending = false;
  /** @type {unknown} */
  error;

  handleLeave() {
    this.close();
  }

  handleAct() {
    return workIn(this, this.run);
  }
}
