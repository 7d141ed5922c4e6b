import { LightningElement, api } from 'lwc';
import LOCALE from '@salesforce/i18n/locale';
import getAvailability from '@salesforce/apex/TrainingBookingController.getAvailability';
import { format } from 'c/ldsUtils';
import { formatSpan } from 'c/zonedTime';
import LOADING from '@salesforce/label/c.TC_Book_Times_Loading';
import FAILED from '@salesforce/label/c.TC_Book_Times_Failed';
import EMPTY from '@salesforce/label/c.TC_Book_Times_Empty';
import EMPTY_HELP from '@salesforce/label/c.TC_Book_Times_Empty_Help';
import UNKNOWN from '@salesforce/label/c.TC_Book_Unknown';
import UNKNOWN_HELP from '@salesforce/label/c.TC_Book_Unknown_Help';
import RETRY from '@salesforce/label/c.TC_Common_Retry';
import CHOOSE_FIRST from '@salesforce/label/c.TC_Book_Choose_First';

/**
 * When a trainer is free on a day. Asks as soon as both are known, and again when one of them changes.
 * @fires answer with `{ availability: AvailabilityDto | undefined }`; undefined while nothing is known
 * @fires choose with `{ slot: SlotDto }` (from the slot picker)
 */
export default class TrainerAvailability extends LightningElement {
  labels = { LOADING, FAILED, EMPTY, EMPTY_HELP, UNKNOWN_HELP, RETRY, CHOOSE_FIRST };

  /** @type {AvailabilityDto | undefined} */
  availability;
  /** @type {unknown} */
  error;
  isLoading = false;
  givenTrainer;
  givenDay;
  /** Answers may overtake each other: only the one to the last question counts. */
  question = 0;

  /** @type {string | undefined} start of the chosen slot */
  @api chosenStart;

  /** @type {string | undefined} id of the trainer */
  @api
  get trainerId() {
    return this.givenTrainer;
  }
  set trainerId(trainerId) {
    this.givenTrainer = trainerId;
    this.askSoon();
  }

  /** @type {string | undefined} YYYY-MM-DD */
  @api
  get day() {
    return this.givenDay;
  }
  set day(day) {
    this.givenDay = day;
    this.askSoon();
  }

  /** Asks again, for example because somebody else took a slot. */
  @api
  async refresh() {
    const question = ++this.question;
    this.tell(undefined);
    this.error = undefined;
    this.isLoading = this.isComplete;
    if (!this.isComplete) {
      return;
    }
    try {
      const answer = await getAvailability({ trainerId: this.givenTrainer, day: this.givenDay });
      if (question === this.question) {
        this.tell(answer);
      }
    } catch (error) {
      if (question === this.question) {
        this.error = error;
      }
    } finally {
      if (question === this.question) {
        this.isLoading = false;
      }
    }
  }

  /** Focuses the free times, if there are any. */
  @api
  focus() {
    /** @type {HTMLElement | null} */ (this.template.querySelector('c-slot-picker'))?.focus();
  }

  connectedCallback() {
    this.askSoon();
  }

  disconnectedCallback() {
    this.question++;
  }

  /** Trainer and day may be set one after the other: that is one question. */
  async askSoon() {
    const question = ++this.question;
    await Promise.resolve();
    if (question === this.question && this.isConnected) {
      await this.refresh();
    }
  }

  tell(availability) {
    this.availability = availability;
    this.dispatchEvent(new CustomEvent('answer', { detail: { availability } }));
  }

  get isComplete() {
    return Boolean(this.givenTrainer && this.givenDay);
  }

  get isWaiting() {
    return !this.isComplete;
  }

  get hasSlots() {
    return this.availability.slots.length > 0;
  }

  /** Nothing is free, and that is known. */
  get isFull() {
    return !this.hasSlots && this.availability.unknown.length === 0;
  }

  get unknown() {
    const { timeZone, unknown } = this.availability;
    return unknown.map((span) => ({
      start: span.start,
      words: format(UNKNOWN, formatSpan(span, { timeZone, locale: LOCALE, day: this.givenDay })),
      reason: span.reason,
    }));
  }

  handleRetry() {
    this.refresh();
  }

  handleChoose(event) {
    this.dispatchEvent(new CustomEvent('choose', { detail: event.detail }));
  }
}
