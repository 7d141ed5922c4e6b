import { LightningElement, api } from 'lwc';
import { NavigationMixin } from 'lightning/navigation';
import { describeBookingStatus } from 'c/bookingStatus';
import { format } from 'c/ldsUtils';
import { describeLinkStatus } from 'c/linkStatus';
import DONE from '@salesforce/label/c.TC_Book_Done';
import STATUS from '@salesforce/label/c.TC_Book_Status';
import OPEN from '@salesforce/label/c.TC_Book_Open';
import NEXT from '@salesforce/label/c.TC_Book_Next';

/** @typedef {Awaited<ReturnType<typeof import('@salesforce/apex/TrainingBookingController.book').default>>} Booked */

/**
 * What became of a booking.
 * @fires next when the person wants to book another
 */
export default class BookingResult extends NavigationMixin(LightningElement) {
  labels = { STATUS, OPEN, NEXT };
  hasFocused = false;

  /** @type {Booked} */
  @api result;

  /** The form is gone, so the focus goes where the answer is. */
  renderedCallback() {
    if (this.hasFocused) {
      return;
    }
    this.hasFocused = true;
    /** @type {HTMLElement} */ (this.template.querySelector('[data-id="heading"]')).focus();
  }

  get heading() {
    return format(DONE, this.result.bookingName);
  }

  get status() {
    return describeBookingStatus(this.result.status).label;
  }

  get link() {
    return describeLinkStatus(this.result.meetingLinkStatus);
  }

  get linkBadge() {
    return `slds-badge ${this.link.badge}`;
  }

  get notes() {
    return this.result.notes ?? [];
  }

  handleOpen() {
    this[NavigationMixin.Navigate]({
      type: 'standard__recordPage',
      attributes: { recordId: this.result.bookingId, objectApiName: 'Training_Booking__c', actionName: 'view' },
    });
  }

  handleNext() {
    this.dispatchEvent(new CustomEvent('next'));
  }
}
