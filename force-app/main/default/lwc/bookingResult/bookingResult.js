import { LightningElement, api, wire } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import { NavigationMixin } from 'lightning/navigation';
import getMeeting from '@salesforce/apex/TrainingBookingController.getMeeting';
import LOCALE from '@salesforce/i18n/locale';
import MY_ZONE from '@salesforce/i18n/timeZone';
import { describeBookingStatus } from 'c/bookingStatus';
import { format } from 'c/ldsUtils';
import { describeLinkStatus } from 'c/linkStatus';
import { createPoll } from 'c/poll';
import { formatSpan, knownZone } from 'c/zonedTime';
import { labels } from './labels';

/** @typedef {Awaited<ReturnType<typeof import('@salesforce/apex/TrainingBookingController.book').default>>} Booked */

const POLL_MS = 3_000;
/** A link that is not there by then waits for something else than seconds. */
const PENDING_MS = 60_000;

/**
 * What became of a booking. A link that is still being made is followed.
 * @fires next when the person wants to book another
 */
export default class BookingResult extends NavigationMixin(LightningElement) {
  labels = labels;
  hasFocused = false;

  /** @type {Booked} */
  @api result;

  /** @type {MeetingDto | undefined} the booking as Salesforce has it */
  meeting;
  /** @type {{ data?: MeetingDto, error?: unknown } | undefined} as the wire gave it, for refreshApex */
  wiredMeeting;
  /** It takes so long that nobody looks any more. */
  isLate = false;
  poll = createPoll(
    () => refreshApex(this.wiredMeeting),
    POLL_MS,
    () => {
      this.isLate = true;
    },
  );

  connectedCallback() {
    if (this.isPending) {
      this.poll.runFor(PENDING_MS);
    }
  }

  disconnectedCallback() {
    this.poll.stop();
  }

  /** The form is gone, so the focus goes where the answer is. */
  renderedCallback() {
    if (this.hasFocused) {
      return;
    }
    this.hasFocused = true;
    this.focusOnHeading();
  }

  @wire(getMeeting, { bookingId: '$result.bookingId' })
  handleMeeting(wired) {
    this.wiredMeeting = wired;
    if (wired.data) {
      this.meeting = wired.data;
      if (!this.isPending) {
        this.poll.stop();
      }
    }
  }

  /** What the answer said stands; only a link that was missing comes later. */
  get current() {
    return this.result.meetingLinkStatus === 'Pending' && this.meeting ? this.meeting : this.result;
  }

  get isPending() {
    return this.current.meetingLinkStatus === 'Pending';
  }

  get isGivenUp() {
    return this.isLate && this.isPending;
  }

  get heading() {
    return format(labels.DONE, this.result.bookingName);
  }

  get summary() {
    if (!this.meeting) {
      return undefined;
    }
    const { startTime, endTime, trainerName, merchantName } = this.meeting;
    const timeZone = knownZone(this.meeting.timeZone, MY_ZONE);
    const span = formatSpan({ start: startTime, end: endTime }, { timeZone, locale: LOCALE });
    const training = format(labels.WITH, format(labels.IN_ZONE, span, timeZone), trainerName);
    return merchantName ? format(labels.FOR, training, merchantName) : training;
  }

  get status() {
    return describeBookingStatus(this.current.status);
  }

  get link() {
    return describeLinkStatus(this.current.meetingLinkStatus);
  }

  get linkBadge() {
    return `slds-badge ${this.link.badge}`;
  }

  get linkHelp() {
    return this.isGivenUp ? labels.PENDING_LATE : this.link.help;
  }

  get notes() {
    return this.result.notes ?? [];
  }

  /** The button goes when the link is there. */
  async handleRefresh() {
    try {
      await refreshApex(this.wiredMeeting);
    } catch {
      // What is shown is still right: the link is not known to be there.
    }
    if (!this.isGivenUp) {
      this.focusOnHeading();
    }
  }

  focusOnHeading() {
    /** @type {HTMLElement | null} */ (this.template.querySelector('[data-id="heading"]'))?.focus();
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
