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

/**
 * What can be done with a booking and its meeting. Every action says in a modal what will happen before it does.
 * @fires changed when something was done
 */
export default class BookingActions extends LightningElement {
  labels = labels;

  /** @type {MeetingDto} that the user may change */
  @api meeting;
  /** @type {string} when the training is, in words */
  @api when;

  /** Meetings without a link that is made cannot be made again. */
  get canRegenerate() {
    const { serviceType, meetingLinkStatus } = this.meeting;
    return serviceType === 'Remote' && meetingLinkStatus !== 'Not Needed';
  }

  get canEnterLink() {
    return this.meeting.serviceType === 'Remote';
  }

  handleReschedule(event) {
    const modal = () => RescheduleModal.open({ label: labels.MOVE_TITLE, size: 'large', meeting: this.meeting });
    return this.run(event, modal, labels.MOVE_DONE);
  }

  handleReassign(event) {
    const { meeting, when } = this;
    const modal = () => ReassignModal.open({ label: labels.GIVE_TITLE, size: 'medium', meeting, when });
    return this.run(event, modal, labels.GIVE_DONE);
  }

  handleRegenerate(event) {
    const { meeting } = this;
    const modal = () =>
      ConfirmModal.open({
        label: labels.REGENERATE_TITLE,
        size: 'small',
        sentences: describeRegenerating(meeting),
        actLabel: labels.REGENERATE,
        pendingLabel: labels.REGENERATE_PENDING,
        failedLabel: labels.REGENERATE_FAILED,
        run: () => regenerateLink({ bookingId: meeting.bookingId }),
      });
    return this.run(event, modal, labels.REGENERATE_DONE);
  }

  handleLink(event) {
    const { bookingId, meetingLink } = this.meeting;
    const modal = () => ManualLinkModal.open({ label: labels.LINK_TITLE, size: 'small', bookingId, link: meetingLink });
    return this.run(event, modal, labels.LINK_DONE);
  }

  handleCancel(event) {
    const { meeting, when } = this;
    const modal = () =>
      ConfirmModal.open({
        label: format(labels.CANCEL_TITLE, meeting.bookingName),
        size: 'small',
        sentences: describeCancelling(meeting, when),
        actLabel: labels.CANCEL,
        pendingLabel: labels.CANCEL_PENDING,
        failedLabel: labels.CANCEL_FAILED,
        variant: 'destructive',
        run: () => cancelBooking({ bookingId: meeting.bookingId }),
      });
    return this.run(event, modal, labels.CANCEL_DONE);
  }

  /** Whoever leaves the modal is back at the button that opened it. */
  async run({ currentTarget }, openModal, title) {
    const result = await openModal();
    currentTarget.focus();
    if (result === undefined) {
      return;
    }
    this.dispatchEvent(new ShowToastEvent({ title, variant: 'success' }));
    this.dispatchEvent(new CustomEvent('changed'));
  }
}
