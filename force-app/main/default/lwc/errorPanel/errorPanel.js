import { LightningElement, api } from 'lwc';
import { reduceErrors } from 'c/ldsUtils';
import SOMETHING_WENT_WRONG from '@salesforce/label/c.TC_Error_Title';
import RETRY from '@salesforce/label/c.TC_Common_Retry';

/**
 * Says in place what went wrong.
 * @fires retry when the person asks to try again
 */
export default class ErrorPanel extends LightningElement {
  labels = { SOMETHING_WENT_WRONG, RETRY };

  /** @type {any} one error or many, as thrown, as a wire gave it, or already as texts */
  @api errors;

  /** @type {string} the first line; "Something went wrong" without it */
  @api friendlyMessage;

  /** Whether trying again makes sense: shows the button. */
  @api retryable = false;

  get heading() {
    return this.friendlyMessage || this.labels.SOMETHING_WENT_WRONG;
  }

  get messages() {
    return reduceErrors(this.errors).filter((message) => message !== this.heading);
  }

  handleRetry() {
    this.dispatchEvent(new CustomEvent('retry'));
  }
}
