import { api } from 'lwc';
import LightningModal from 'lightning/modal';
import setManualLink from '@salesforce/apex/TrainingBookingController.setManualLink';
import { workIn } from 'c/modalWork';
import BAD from '@salesforce/label/c.TC_Change_Link_Bad';
import FAILED from '@salesforce/label/c.TC_Change_Link_Failed';
import FIELD from '@salesforce/label/c.TC_Meeting_Link';
import PENDING from '@salesforce/label/c.TC_Change_Saving';
import SAVE from '@salesforce/label/c.TC_Change_Link_Save';
import STAYS from '@salesforce/label/c.TC_Change_Link_Stays';
import SHOWN from '@salesforce/label/c.TC_Change_Link_Shown';
import TOLD from '@salesforce/label/c.TC_Change_Tell_Everybody';

/** Takes a link that a person enters. Resolves with the booking when it was saved. */
export default class ManualLinkModal extends LightningModal {
  labels = { BAD, FAILED, FIELD, PENDING, SAVE };
  sentences = [SHOWN, STAYS, TOLD];

  /** @type {string} */
  @api bookingId;
  /** @type {string | null | undefined} the link there is */
  @api link;

  /** @type {string | undefined} */
  typed;
  isPending = false;
  /** @type {unknown} */
  error;

  get value() {
    return this.typed ?? this.link ?? '';
  }

  handleChange(event) {
    this.typed = event.detail.value;
    this.error = undefined;
    // What was wrong is taken back while it is typed: on leaving the field, the button would move away from the pointer.
    if (event.target.checkValidity()) {
      event.target.reportValidity();
    }
  }

  handleLeave() {
    this.close();
  }

  async handleAct() {
    const field = /** @type {any} */ (this.template.querySelector('[data-id="link"]'));
    if (!field.reportValidity()) {
      field.focus();
      return;
    }
    await workIn(this, () => setManualLink({ bookingId: this.bookingId, link: this.value.trim() }));
  }
}
