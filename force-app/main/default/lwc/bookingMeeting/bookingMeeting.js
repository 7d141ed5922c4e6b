import { LightningElement, api, wire } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import { getFieldValue, getRecord, notifyRecordUpdateAvailable } from 'lightning/uiRecordApi';
import getMeeting from '@salesforce/apex/TrainingBookingController.getMeeting';
import REVISION from '@salesforce/schema/Training_Booking__c.Revision__c';
import LOCALE from '@salesforce/i18n/locale';
import MY_ZONE from '@salesforce/i18n/timeZone';
import { describeBookingStatus, isOver } from 'c/bookingStatus';
import { format } from 'c/ldsUtils';
import { describeLinkStatus } from 'c/linkStatus';
import { createPoll } from 'c/poll';
import { formatSpan, knownZone } from 'c/zonedTime';
import { labels, sources, troubles } from './labels';

const POLL_MS = 3_000;
/** A meeting that is not there by then waits for something else than seconds. */
const PENDING_MS = 60_000;
/** Flow, middleware and write-back are through well before. */
const CHANGED_MS = 10_000;

/** The meeting of a booking: link, status, trouble and timeline. Follows by itself while something is under way. */
export default class BookingMeeting extends LightningElement {
  labels = labels;

  /** @type {string} id of a Training_Booking__c */
  @api recordId;

  /** @type {MeetingDto | undefined} */
  meeting;
  /** @type {unknown} */
  error;
  /** It takes so long that nobody looks any more. */
  isLate = false;
  /** @type {{ data?: MeetingDto, error?: unknown } | undefined} as the wire gave it, for refreshApex */
  wiredMeeting;
  /** @type {unknown} */
  revision;
  wasPending = false;
  poll = createPoll(
    () => refreshApex(this.wiredMeeting),
    POLL_MS,
    () => {
      this.isLate = this.wasPending;
    },
  );

  disconnectedCallback() {
    this.poll.stop();
    this.wasPending = false;
  }

  @wire(getMeeting, { bookingId: '$recordId' })
  handleMeeting(wired) {
    this.wiredMeeting = wired;
    const { data, error } = wired;
    if (data) {
      const isNews = this.meeting && showsOtherwise(this.meeting, data);
      this.meeting = data;
      this.error = undefined;
      this.followWhilePending();
      if (isNews) {
        this.tellPage();
      }
    } else if (error) {
      this.error = error;
    }
  }

  /** The revision grows with every change that people make: then meeting and timeline are about to change too. */
  @wire(getRecord, { recordId: '$recordId', optionalFields: [REVISION] })
  handleRecord({ data }) {
    if (!data) {
      return;
    }
    const revision = getFieldValue(data, REVISION);
    const isChange = this.revision !== undefined && revision !== this.revision;
    this.revision = revision;
    if (isChange) {
      this.handleRefresh();
      this.poll.runFor(CHANGED_MS);
    }
  }

  followWhilePending() {
    const isPending = this.isLinkPending || this.isSyncing;
    if (isPending && !this.wasPending) {
      this.isLate = false;
      this.poll.runFor(PENDING_MS);
    } else if (!isPending && this.wasPending) {
      this.poll.stop();
    }
    this.wasPending = isPending;
  }

  /** The rest of the page shows link and status too. */
  async tellPage() {
    try {
      await notifyRecordUpdateAvailable([{ recordId: this.recordId }]);
    } catch {
      // The page then shows the older values until it is opened again; this card is right.
    }
  }

  /** The button stays as it is meanwhile: one that is disabled would lose the focus. */
  async handleRefresh() {
    try {
      await refreshApex(this.wiredMeeting);
      // Data that did not change are not provisioned again.
      this.error = this.wiredMeeting.error;
    } catch (error) {
      this.error = error;
    }
  }

  /** Its button goes with the error. */
  async handleRetry() {
    await this.handleRefresh();
    if (!this.error) {
      this.focusOn('refresh');
    }
  }

  focusOn(id) {
    /** @type {HTMLElement | null} */ (this.template.querySelector(`[data-id="${id}"]`))?.focus();
  }

  /** Something was done here: Salesforce has it, meeting and calendar follow. */
  async handleChanged() {
    this.poll.runFor(CHANGED_MS);
    await this.handleRefresh();
    // What was done may be the last that could be: then the button that had the focus is gone.
    if (!this.canChange) {
      this.focusOn('booking-status');
    }
    await this.tellPage();
  }

  get canChange() {
    return this.meeting.mayChange && !isOver(this.meeting.status);
  }

  /** Nobody joins a cancelled training, also where the link is one that a person typed and nobody can close. */
  get linkToUse() {
    return this.meeting.status === 'Cancelled' ? undefined : this.meeting.meetingLink;
  }

  /** Only what is still to come has a link that matters. */
  get isToCome() {
    return !isOver(this.meeting.status);
  }

  get bookingStatus() {
    return describeBookingStatus(this.meeting.status);
  }

  get isLoading() {
    return !this.meeting && !this.error;
  }

  /** Nobody makes a link for a booking that is not confirmed or has lost its time, though one is pending. */
  get isLinkHeld() {
    const { status, syncStatus, meetingLinkStatus } = this.meeting;
    const isOpen = !meetingLinkStatus || meetingLinkStatus === 'Pending';
    return isOpen && (status === 'Requested' || syncStatus === 'Conflict');
  }

  get isLinkPending() {
    return this.meeting.meetingLinkStatus === 'Pending' && !this.isLinkHeld;
  }

  get status() {
    return describeLinkStatus(this.isLinkHeld ? undefined : this.meeting.meetingLinkStatus);
  }

  /** What holds a link is said beside it. */
  get statusHelp() {
    if (this.isLinkHeld) {
      return undefined;
    }
    return this.isLate && this.isLinkPending ? labels.PENDING_LATE : this.status.help;
  }

  get badgeClass() {
    return `slds-badge ${this.status.badge}`;
  }

  get source() {
    const { meetingLink, meetingLinkSource } = this.meeting;
    return meetingLink ? (sources[meetingLinkSource] ?? meetingLinkSource) : undefined;
  }

  get when() {
    return format(labels.WITH, this.time, this.meeting.trainerName);
  }

  get time() {
    const { startTime, endTime } = this.meeting;
    const timeZone = knownZone(this.meeting.timeZone, MY_ZONE);
    return format(
      labels.IN_ZONE,
      formatSpan({ start: startTime, end: endTime }, { timeZone, locale: LOCALE }),
      timeZone,
    );
  }

  get isSyncing() {
    return this.meeting.syncStatus === 'Pending';
  }

  /** A link that is pending says so itself. */
  get syncing() {
    if (!this.isSyncing || this.isLinkPending) {
      return undefined;
    }
    return this.isLate ? labels.SYNC_LATE : labels.SYNC_PENDING;
  }

  get syncReason() {
    return this.isSyncing ? this.meeting.syncError : undefined;
  }

  get syncTrouble() {
    const found = troubles[this.meeting.syncStatus];
    return found && { heading: found.heading, texts: [this.meeting.syncError, found.help].filter(Boolean) };
  }
}

/** Whether a record page that shows one of them is out of date with the other. */
function showsOtherwise(before, now) {
  const shown = ['status', 'startTime', 'trainerId', 'meetingLink', 'meetingLinkStatus', 'syncStatus', 'syncError'];
  return before.bookingId === now.bookingId && shown.some((field) => before[field] !== now[field]);
}
