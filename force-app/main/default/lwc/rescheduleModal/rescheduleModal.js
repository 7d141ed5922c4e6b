import { api } from 'lwc';
import LightningModal from 'lightning/modal';
import LOCALE from '@salesforce/i18n/locale';
import reschedule from '@salesforce/apex/TrainingBookingController.reschedule';
import { format, problemOf } from 'c/ldsUtils';
import { workIn } from 'c/modalWork';
import { dayIn, formatSpan, isPlainIn, knownZone, wallTime } from 'c/zonedTime';
import ACT from '@salesforce/label/c.TC_Change_Move_Act';
import ANOTHER from '@salesforce/label/c.TC_Change_Move_Another';
import CALENDAR from '@salesforce/label/c.TC_Change_Move_Calendar';
import CHOOSE from '@salesforce/label/c.TC_Change_Move_Choose';
import FAILED from '@salesforce/label/c.TC_Change_Move_Failed';
import LINK from '@salesforce/label/c.TC_Change_Move_Link';
import LINK_STAYS from '@salesforce/label/c.TC_Change_Give_Link_Stays';
import MOVES from '@salesforce/label/c.TC_Change_Move_Moves';
import NOW from '@salesforce/label/c.TC_Change_Move_Now';
import PENDING from '@salesforce/label/c.TC_Change_Move_Pending';
import IN_ZONE from '@salesforce/label/c.TC_Meeting_In_Zone';
import OUTLOOK from '@salesforce/label/c.TC_Book_Outlook';

/** Moves a booking to another free time of its trainer. Resolves with the booking when it was moved. */
export default class RescheduleModal extends LightningModal {
  labels = { ACT, ANOTHER, CHOOSE, FAILED, OUTLOOK, PENDING };

  /** @type {MeetingDto} */
  @api meeting;

  /** @type {SlotDto | undefined} */
  slot;
  isPending = false;
  /** @type {unknown} */
  error;
  /** @type {readonly SlotDto[]} in the place of a time that was taken */
  nextSlots = [];
  /** @type {string | undefined} the trainer's, as the middleware knows it */
  answeredZone;

  get trainers() {
    return [{ id: this.meeting.trainerId, name: this.meeting.trainerName }];
  }

  get timeZone() {
    return this.answeredZone ?? knownZone(this.meeting.timeZone, 'UTC');
  }

  get moving() {
    return { start: this.meeting.startTime, end: this.meeting.endTime };
  }

  get now() {
    return format(NOW, this.words(this.moving));
  }

  get chosenStart() {
    return this.slot?.start;
  }

  /** The week stays as it was, for whoever comes back to it. */
  get weekClass() {
    return this.slot ? 'slds-hide' : '';
  }

  get isUnchosen() {
    return !this.slot;
  }

  get hasNextSlots() {
    return this.nextSlots.length > 0;
  }

  get sentences() {
    const { trainerName, meetingLink, meetingLinkStatus } = this.meeting;
    const sentences = [format(MOVES, this.words(this.slot)), format(CALENDAR, trainerName)];
    const link = meetingLinkStatus === 'Manual' ? LINK_STAYS : LINK;
    return meetingLink ? [...sentences, link] : sentences;
  }

  words(span) {
    return format(IN_ZONE, formatSpan(span, { timeZone: this.timeZone, locale: LOCALE }), this.timeZone);
  }

  handleAnswer(event) {
    this.answeredZone = knownZone(event.detail.answers?.[0]?.timeZone, this.answeredZone);
  }

  handleChoose(event) {
    this.choose(event.detail.slot);
  }

  handleNextSlot(event) {
    const { slot } = event.detail;
    this.week.showInstant(slot.start);
    this.choose(slot);
  }

  /** What it means takes the place of the week, and the focus. */
  async choose(slot) {
    this.slot = slot;
    this.error = undefined;
    this.nextSlots = [];
    await Promise.resolve();
    /** @type {HTMLElement | null} */ (this.template.querySelector('[data-id="what"]'))?.focus();
  }

  async handleAnother() {
    this.slot = undefined;
    await Promise.resolve();
    this.week.focus();
  }

  /** @returns {any} the week picker with its methods */
  get week() {
    return this.refs.week;
  }

  handleLeave() {
    this.close();
  }

  handleAct() {
    const { slot } = this;
    const own = knownZone(this.meeting.timeZone, this.timeZone);
    // Moving leaves the booking's zone as it is, unless its clocks cannot tell this time.
    const timeZone = isPlainIn(slot, own) ? own : this.timeZone;
    const parameters = {
      bookingId: this.meeting.bookingId,
      bookDate: dayIn(timeZone, new Date(slot.start)),
      startTime: wallTime(slot.start, timeZone),
      endTime: wallTime(slot.end, timeZone),
      timeZone,
    };
    return workIn(
      this,
      () => reschedule(parameters),
      (error) => this.meet(error),
    );
  }

  meet(error) {
    const { code, details } = problemOf(error);
    if (code === 'slot_taken' || code === 'start_in_past') {
      this.slot = undefined;
      this.nextSlots = details?.nextSlots ?? [];
      this.week.refresh();
    }
  }
}
