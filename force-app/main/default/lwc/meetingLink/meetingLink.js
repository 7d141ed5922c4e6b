import { LightningElement, api } from 'lwc';
import { copyToClipboard } from 'c/ldsUtils';
import JOIN from '@salesforce/label/c.TC_Meeting_Join';
import JOIN_NEW_TAB from '@salesforce/label/c.TC_Meeting_Join_New_Tab';
import COPY from '@salesforce/label/c.TC_Meeting_Copy';
import COPIED from '@salesforce/label/c.TC_Meeting_Copied';
import COPY_FAILED from '@salesforce/label/c.TC_Meeting_Copy_Failed';
import LINK from '@salesforce/label/c.TC_Meeting_Link';

/** Only these are opened: a link that somebody typed could be a script. */
const WEB_ADDRESS = /^https?:\/\//i;

/** A meeting link with the ways to use it. */
export default class MeetingLink extends LightningElement {
  labels = { JOIN, JOIN_NEW_TAB, COPY, COPIED, COPY_FAILED, LINK };
  /** @type {boolean | undefined} whether the link is on the clipboard; undefined before anybody asked */
  isCopied;
  address = '';

  /** @type {string} */
  @api
  get link() {
    return this.address;
  }
  set link(link) {
    if (link !== this.address) {
      this.isCopied = undefined;
    }
    this.address = link;
  }

  get canBeOpened() {
    return WEB_ADDRESS.test(this.address);
  }

  get said() {
    if (this.isCopied === undefined) {
      return '';
    }
    return this.isCopied ? this.labels.COPIED : this.labels.COPY_FAILED;
  }

  get copyIcon() {
    return this.isCopied ? 'utility:check' : 'utility:copy_to_clipboard';
  }

  async handleCopy() {
    this.isCopied = await copyToClipboard(this.address);
  }
}
