import { LightningElement, api } from 'lwc';
import { copyToClipboard } from 'c/ldsUtils';
import COPIED from '@salesforce/label/c.TC_Meeting_Copied';
import COPY from '@salesforce/label/c.TC_Copy_Button';
import COPY_FAILED from '@salesforce/label/c.TC_Copy_Failed';

/** A text that somebody needs elsewhere, with a button that copies it. */
export default class CopyText extends LightningElement {
  labels = { COPY };

  /** @type {string} what the text is */
  @api label;
  /** @type {string} lines are kept */
  @api text;

  /** @type {boolean | undefined} whether the text is on the clipboard; undefined before anybody asked */
  isCopied;

  get said() {
    if (this.isCopied === undefined) {
      return '';
    }
    return this.isCopied ? COPIED : COPY_FAILED;
  }

  get name() {
    return `${COPY}: ${this.label}`;
  }

  get icon() {
    return this.isCopied ? 'utility:check' : 'utility:copy_to_clipboard';
  }

  async handleCopy() {
    this.isCopied = await copyToClipboard(this.text);
  }
}
