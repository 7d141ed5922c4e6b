import { LightningElement, api } from 'lwc';
import { leavesOutcomeOpen, reduceErrors } from 'c/ldsUtils';
import SOMETHING_WENT_WRONG from '@salesforce/label/c.TC_Error_Title';
import UNKNOWN from '@salesforce/label/c.TC_Error_Unknown';
import UNKNOWN_HELP from '@salesforce/label/c.TC_Error_Unknown_Help';
import RETRY from '@salesforce/label/c.TC_Common_Retry';

/**
 * Says in place what went wrong.
 * @fires retry when the person asks to try again
 */
export default class ErrorPanel extends LightningElement {
  labels = { SOMETHING_WENT_WRONG, UNKNOWN, UNKNOWN_HELP, RETRY };

  /** @type {any} one error or many, as thrown, as a wire gave it, or already as texts */
  @api errors;

  /** @type {string} the first line; "Something went wrong" without it */
  @api friendlyMessage;

  /** Whether trying again makes sense: shows the button. */
  @api retryable = false;

  /** Whether something was to be changed: then "it was not done" is said only when that is known. */
  @api isChange = false;

  get isOpen() {
    return this.isChange && leavesOutcomeOpen(this.errors);
  }

  get heading() {
    if (this.isOpen) {
      return this.labels.UNKNOWN;
    }
    return this.friendlyMessage || this.labels.SOMETHING_WENT_WRONG;
  }

  get messages() {
    const messages = reduceErrors(this.errors).filter((message) => message !== this.heading);
    return this.isOpen ? [...messages, this.labels.UNKNOWN_HELP] : messages;
  }

  handleRetry() {
    this.dispatchEvent(new CustomEvent('retry'));
  }
}
