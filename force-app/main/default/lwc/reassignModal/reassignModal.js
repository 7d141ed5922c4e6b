import { api, wire } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import LightningModal from 'lightning/modal';
import getAvailability from '@salesforce/apex/TrainingBookingController.getAvailability';
import getTrainers from '@salesforce/apex/TrainingBookingController.getTrainers';
import reassign from '@salesforce/apex/TrainingBookingController.reassign';
import { MOST_ASKED, askInGroups, firstAsked } from 'c/askTrainers';
import { format, problemOf } from 'c/ldsUtils';
import { workIn } from 'c/modalWork';
import { describeChange } from './describeChange';
import { around, describeFreedom, freedomOf } from './freedom';
import { labels } from './labels';

/** Gives a booking to another trainer who is free. Resolves with the booking when it was given. */
export default class ReassignModal extends LightningModal {
  labels = labels;

  /** @type {MeetingDto} */
  @api meeting;
  /** @type {string} when the training is, in words */
  @api when;

  /** @type {readonly BookableTrainerDto[] | undefined} those who are asked */
  trainers;
  /** How many there are besides whoever has it. */
  count = 0;
  wiredTrainers;
  /** @type {readonly AvailabilityDto[] | undefined} */
  answers;
  /** @type {unknown} */
  loadError;
  /** @type {string | undefined} */
  chosenId;
  isPending = false;
  /** How often it was looked: only the last look counts. */
  looks = 0;
  /** @type {unknown} */
  error;

  @wire(getTrainers)
  handleTrainers(wired) {
    this.wiredTrainers = wired;
    if (wired.data) {
      const others = wired.data.filter(({ id }) => id !== this.meeting.trainerId);
      this.trainers = firstAsked(others);
      this.count = others.length;
      this.look();
    } else if (wired.error) {
      this.loadError = wired.error;
    }
  }

  async look() {
    const asked = around(this.span);
    const question = { fromTime: asked.start, toTime: asked.end };
    const look = ++this.looks;
    this.loadError = undefined;
    this.answers = undefined;
    try {
      const answers = await askInGroups(getAvailability, this.trainers, question, asked);
      if (look !== this.looks) return;
      this.answers = answers;
      if (!this.free.some(({ id }) => id === this.chosenId)) this.chosenId = undefined;
    } catch (error) {
      if (look === this.looks) this.loadError = error;
    }
  }

  /** The button is gone while it is looked again: the focus waits where it stays. */
  async handleRetry() {
    /** @type {HTMLElement} */ (this.refs.intro).focus();
    if (this.trainers) {
      await this.look();
      return;
    }
    try {
      await refreshApex(this.wiredTrainers);
    } catch (error) {
      this.loadError = error;
    }
  }

  get intro() {
    return format(labels.INTRO, this.when, this.meeting.trainerName);
  }

  get span() {
    return { start: this.meeting.startTime, end: this.meeting.endTime };
  }

  get someHelp() {
    return this.count > MOST_ASKED ? format(labels.SOME, MOST_ASKED, this.count) : undefined;
  }

  get isLoading() {
    return !this.answers && !this.loadError;
  }

  get rows() {
    const { span } = this;
    return this.trainers.map((trainer) => {
      const answer = this.answers.find((one) => one.trainer.id === trainer.id);
      const freedom = freedomOf(answer, span);
      return {
        id: trainer.id,
        name: trainer.name,
        isFree: freedom.kind === 'free',
        isUnknown: freedom.kind === 'unknown',
        rowClass: freedom.kind === 'unknown' ? 'row unknown' : 'row',
        words: describeFreedom(freedom),
        connection: trainer.larkConnected ? labels.CONNECTED : labels.NOT_CONNECTED,
        isChosen: trainer.id === this.chosenId,
      };
    });
  }

  get free() {
    return this.rows.filter(({ isFree }) => isFree);
  }

  get others() {
    return this.rows.filter(({ isFree }) => !isFree);
  }

  get hasFree() {
    return this.free.length > 0;
  }

  get hasOthers() {
    return this.others.length > 0;
  }

  get isUnchosen() {
    return this.chosenId === undefined;
  }

  get sentences() {
    const trainer = this.trainers.find(({ id }) => id === this.chosenId);
    return describeChange(this.meeting, trainer);
  }

  handleChoose(event) {
    this.chosenId = event.target.value;
    this.error = undefined;
  }

  handleLeave() {
    this.close();
  }

  handleAct() {
    const parameters = { bookingId: this.meeting.bookingId, trainerId: this.chosenId };
    return workIn(
      this,
      () => reassign(parameters),
      (error) => this.meet(error),
    );
  }

  meet(error) {
    if (problemOf(error).code === 'slot_taken') {
      this.chosenId = undefined;
      this.look();
    }
  }
}
