import { LightningElement, api } from 'lwc';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import cancelBooking from '@salesforce/apex/TrainingBookingController.cancelBooking';
import regenerateLink from '@salesforce/apex/TrainingBookingController.regenerateLink';
import ConfirmModal from 'c/confirmModal';
import { format } from 'c/ldsUtils';
import ManualLinkModal from 'c/manualLinkModal';
import ReassignModal from 'c/reassignModal';
import RescheduleModal from 'c/rescheduleModal';
import { describeCancelling, describeRegenerating } from './consequences';
import { labels } from './labels';
import { describeRegenerated } from './regenerated';

/**
 * What can be done with a booking and its meeting. Every action says in a modal what will happen before it does.
 * @fires changed when something was done, or may have been
 */
export default class BookingActions extends LightningElement {
  labels = labels;

  /** @type {MeetingDto} that the user may change */
  @api meeting;
  /** @type {string} when the training is, in words */
  @api when;

  /** Only a confirmed training that has its time gets a meeting, and only a link that is made can be made again. */
  get canRegenerate() {
    const { status, serviceType, meetingLinkStatus, syncStatus } = this.meeting;
    const hasMeeting = status === 'Confirmed' && syncStatus !== 'Conflict';
    return hasMeeting && serviceType === 'Remote' && meetingLinkStatus !== 'Not Needed';
  }

  get canEnterLink() {
    return this.meeting.serviceType === 'Remote';
  }

  handleReschedule(event) {
    const { meeting } = this;
    const modal = (handlers) => RescheduleModal.open({ label: labels.MOVE_TITLE, size: 'large', meeting, ...handlers });
    return this.run(event, modal, () => done(labels.MOVE_DONE));
  }

  handleReassign(event) {
    const { meeting, when } = this;
    const modal = (handlers) =>
      ReassignModal.open({ label: labels.GIVE_TITLE, size: 'medium', meeting, when, ...handlers });
    return this.run(event, modal, () => done(labels.GIVE_DONE));
  }

  handleRegenerate(event) {
    const { meeting } = this;
    const modal = (handlers) =>
      ConfirmModal.open({
        ...handlers,
        label: labels.REGENERATE_TITLE,
        size: 'small',
        sentences: describeRegenerating(meeting),
        actLabel: labels.REGENERATE,
        pendingLabel: labels.REGENERATE_PENDING,
        failedLabel: labels.REGENERATE_FAILED,
        run: () => regenerateLink({ bookingId: meeting.bookingId }),
      });
    return this.run(event, modal, (result) => describeRegenerated(meeting, result));
  }

  handleLink(event) {
    const { bookingId, meetingLink } = this.meeting;
    const modal = (handlers) =>
      ManualLinkModal.open({ label: labels.LINK_TITLE, size: 'small', bookingId, link: meetingLink, ...handlers });
    return this.run(event, modal, () => done(labels.LINK_DONE));
  }

  handleCancel(event) {
    const { meeting, when } = this;
    const modal = (handlers) =>
      ConfirmModal.open({
        ...handlers,
        label: format(labels.CANCEL_TITLE, meeting.bookingName),
        size: 'small',
        sentences: describeCancelling(meeting, when),
        actLabel: labels.CANCEL,
        pendingLabel: labels.CANCEL_PENDING,
        failedLabel: labels.CANCEL_FAILED,
        variant: 'destructive',
        run: () => cancelBooking({ bookingId: meeting.bookingId }),
      });
    return this.run(event, modal, () => done(labels.CANCEL_DONE));
  }

  /** Whoever leaves the modal is back at the button that opened it. */
  async run({ currentTarget }, openModal, toastFor) {
    let hadTrouble = false;
    const ontrouble = () => {
      hadTrouble = true;
    };
    const result = await openModal({ ontrouble });
    currentTarget.focus();
    if (result !== undefined) {
      this.dispatchEvent(new ShowToastEvent(toastFor(result)));
    }
    // After trouble something may be done all the same, or somebody else has changed what is shown here.
    if (result !== undefined || hadTrouble) {
      this.dispatchEvent(new CustomEvent('changed'));
    }
  }
}

function done(title) {
  return { title, variant: 'success' };
}
