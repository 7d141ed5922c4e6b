import { LightningElement, api } from 'lwc';
import LEAVE from '@salesforce/label/c.TC_Change_Keep';

/**
 * The end of a modal: leave it, or do what it says. While it is done, both wait.
 * @fires leave
 * @fires act
 */
export default class ModalActions extends LightningElement {
  labels = { LEAVE };

  /** @type {string} what happens */
  @api label;
  /** @type {string} the same while it happens */
  @api pendingLabel;
  /** @type {'brand' | 'destructive'} */
  @api variant = 'brand';
  @api isPending = false;
  /** Whether something has to be chosen first. */
  @api disabled = false;

  /** Focuses what can be done next. */
  @api
  focus() {
    const action = this.isActDisabled ? 'leave' : 'act';
    /** @type {HTMLElement | null} */ (this.template.querySelector(`[data-action="${action}"]`))?.focus();
  }

  get actLabel() {
    return this.isPending ? this.pendingLabel : this.label;
  }

  get isActDisabled() {
    return this.isPending || this.disabled;
  }

  handleLeave() {
    this.dispatchEvent(new CustomEvent('leave'));
  }

  handleAct() {
    this.dispatchEvent(new CustomEvent('act'));
  }
}
