import { LightningElement, wire } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import LOCALE from '@salesforce/i18n/locale';
import MY_ZONE from '@salesforce/i18n/timeZone';
import book from '@salesforce/apex/TrainingBookingController.book';
import getTrainers from '@salesforce/apex/TrainingBookingController.getTrainers';
import { format, problemOf } from 'c/ldsUtils';
import { dayIn, formatSpan, knownZone } from 'c/zonedTime';
import { emptyForm, isTimeGone, toRequest } from './bookingForm';
import { bookingTypes, labels, serviceTypes } from './labels';
import { describeOutlook } from './outlook';

/** In the place of a trainer's id: whoever is free. */
const ANYONE = 'anyone';
/** Asking for everybody means a call for every twenty. */
const MOST_ASKED = 100;

/** Staff book a training: who, when, what, and what comes of it. */
export default class BookTraining extends LightningElement {
  labels = labels;
  serviceTypes = serviceTypes;
  bookingTypes = bookingTypes;

  /** @type {readonly BookableTrainerDto[] | undefined} */
  trainers;
  /** @type {unknown} */
  loadError;
  /** @type {{ data?: unknown, error?: unknown } | undefined} */
  wiredTrainers;
  form = emptyForm();
  /** @type {readonly AvailabilityDto[] | undefined} what the free times on the screen are from */
  answers;
  /** @type {import('c/freeTimes').FreeSlot | undefined} */
  slot;
  /** @type {string | undefined} with anyone: who of those that have the chosen time */
  giverId;
  /** @type {string | undefined} stays while the form stays, so that trying again does not book twice */
  idempotencyKey;
  isBooking = false;
  isTimeMissing = false;
  /** @type {unknown} */
  bookError;
  /** @type {readonly SlotDto[]} in the place of a time that was taken */
  nextSlots = [];
  /** @type {string | undefined} whose next free times those are */
  refusedTrainerId;
  result;
  isNewForm = false;

  /** After the answer comes a new form, and the person goes on where it begins. */
  renderedCallback() {
    if (this.isNewForm) {
      this.isNewForm = false;
      /** @type {any} */ (this.template.querySelector('[data-field]')).focus();
    }
  }

  @wire(getTrainers)
  handleTrainers(wired) {
    this.wiredTrainers = wired;
    this.trainers = wired.data;
    this.loadError = wired.error;
  }

  async handleRetryLoad() {
    try {
      await refreshApex(this.wiredTrainers);
    } catch (error) {
      this.loadError = error;
    }
  }

  get isLoading() {
    return !this.trainers && !this.loadError;
  }

  get hasNoTrainers() {
    return this.trainers?.length === 0;
  }

  get trainerOptions() {
    const known = this.trainers.map((trainer) => ({ value: trainer.id, label: describe(trainer) }));
    return known.length > 1 ? [{ value: ANYONE, label: labels.ANYONE }, ...known] : known;
  }

  get isAnyone() {
    return this.form.trainerId === ANYONE;
  }

  /** Whoever would give the training, as soon as that is known. */
  get trainer() {
    const id = this.isAnyone ? this.giverId : this.form.trainerId;
    return this.trainers?.find((trainer) => trainer.id === id);
  }

  /** Those who are asked when they are free; those whose link is made at once come first. */
  get askedTrainers() {
    if (!this.isAnyone) {
      return this.trainer ? [this.trainer] : [];
    }
    const isConnectedFirst = [...this.trainers].sort(
      (one, other) => Number(other.larkConnected) - Number(one.larkConnected),
    );
    return isConnectedFirst.slice(0, MOST_ASKED);
  }

  get anyoneHelp() {
    return this.isAnyone && this.trainers.length > MOST_ASKED ? format(labels.ANYONE_SOME, MOST_ASKED) : undefined;
  }

  /** Times of one trainer are theirs, times of anyone are those of whoever books. */
  get shownZone() {
    return this.isAnyone ? MY_ZONE : zoneOf(this.trainer);
  }

  get chosenStart() {
    return this.slot?.start;
  }

  get giverOptions() {
    const free = this.trainers.filter(({ id }) => this.slot?.trainerIds?.includes(id));
    return free.map((trainer) => ({ value: trainer.id, label: describe(trainer) }));
  }

  get isGiverAsked() {
    return this.isAnyone && Boolean(this.slot);
  }

  get chosenWords() {
    if (!this.slot) {
      return undefined;
    }
    const span = formatSpan(this.slot, { timeZone: this.shownZone, locale: LOCALE });
    return format(labels.CHOSEN, format(labels.IN_ZONE, span, this.shownZone));
  }

  get isOnsite() {
    return this.form.serviceType === 'onsite';
  }

  get outlook() {
    if (!this.trainer) {
      return undefined;
    }
    return describeOutlook({
      trainerName: this.trainer.name,
      // The list may be minutes old; the answer about the free times is not.
      isConnected: this.answerOf(this.trainer.id)?.trainer.larkConnected ?? this.trainer.larkConnected,
      serviceType: this.form.serviceType,
      bookingType: this.form.bookingType,
    });
  }

  get submitLabel() {
    return this.isBooking ? labels.PENDING : labels.SUBMIT;
  }

  handleField(event) {
    this.change({ [event.target.dataset.field]: event.detail.value ?? undefined });
  }

  handleMerchant(event) {
    this.change({ merchant: event.detail.merchant });
  }

  handleAnswer(event) {
    const { answers, days } = event.detail;
    this.answers = answers;
    // Answers about other weeks say nothing about the chosen time.
    if (answers && this.slot && days.includes(dayIn(this.shownZone, new Date(this.slot.start)))) {
      this.keepIfFree(answers);
    }
  }

  keepIfFree(answers) {
    const { start } = this.slot;
    const free = answers.filter(({ slots }) => slots.some((slot) => slot.start === start));
    const trainerIds = free.map(({ trainer }) => trainer.id);
    if (trainerIds.length === 0) {
      this.chooseSlot(undefined);
      return;
    }
    this.slot = { ...this.slot, trainerIds };
    if (this.isAnyone && !trainerIds.includes(this.giverId)) {
      this.giverId = trainerIds[0];
    }
  }

  handleSlot(event) {
    this.forgetTrouble();
    this.chooseSlot(event.detail.slot);
  }

  /** The next free times are those of the trainer whose time was taken. */
  handleNextSlot(event) {
    const { slot } = event.detail;
    const trainerIds = [this.refusedTrainerId];
    this.forgetTrouble();
    this.chooseSlot({ ...slot, trainerIds });
    this.child('week').showInstant(slot.start);
    this.child('book').focus();
  }

  handleGiver(event) {
    this.giverId = event.detail.value;
    this.idempotencyKey = undefined;
  }

  chooseSlot(slot) {
    this.slot = slot;
    this.giverId = this.isAnyone ? slot?.trainerIds[0] : undefined;
    this.isTimeMissing = false;
    this.idempotencyKey = undefined;
  }

  forgetTrouble() {
    this.bookError = undefined;
    this.nextSlots = [];
  }

  change(values) {
    this.form = { ...this.form, ...values };
    this.forgetTrouble();
    this.idempotencyKey = undefined;
    if ('trainerId' in values) {
      this.chooseSlot(undefined);
    }
  }

  answerOf(trainerId) {
    return this.answers?.find(({ trainer }) => trainer.id === trainerId);
  }

  async handleBook() {
    if (this.isBooking || !this.isComplete()) {
      return;
    }
    this.isBooking = true;
    this.forgetTrouble();
    const { id } = this.trainer;
    try {
      this.idempotencyKey ??= crypto.randomUUID();
      const timeZone = this.answerOf(id)?.timeZone ?? zoneOf(this.trainer);
      const form = { ...this.form, trainerId: id };
      const result = await book({ request: toRequest(form, this.slot, timeZone, this.idempotencyKey) });
      this.child('merchant').refresh();
      this.idempotencyKey = undefined;
      this.result = result;
    } catch (error) {
      this.bookError = error;
      this.refusedTrainerId = id;
      this.nextSlots = problemOf(error).details?.nextSlots ?? [];
      if (isTimeGone(problemOf(error).code)) {
        this.child('week').refresh();
      }
    } finally {
      this.isBooking = false;
    }
  }

  /** Every field says what it misses; the first one that does gets the focus. */
  isComplete() {
    const fields = /** @type {any[]} */ ([...this.template.querySelectorAll('[data-field], [data-fields]')]);
    const invalid = fields.filter((field) => !field.reportValidity());
    // While free times are loaded again, nobody knows whether the chosen one is among them.
    this.isTimeMissing = !this.slot || !this.answers;
    (invalid[0] ?? (this.isTimeMissing ? this.child('week') : undefined))?.focus();
    return invalid.length === 0 && !this.isTimeMissing;
  }

  /** @returns {any} a component of ours, with the methods it offers */
  child(ref) {
    return this.refs[ref];
  }

  handleNext() {
    this.form = emptyForm();
    this.chooseSlot(undefined);
    this.answers = undefined;
    this.result = undefined;
    this.isNewForm = true;
  }
}

/** @param {BookableTrainerDto} trainer */
function describe(trainer) {
  return format(trainer.larkConnected ? labels.CONNECTED : labels.NOT_CONNECTED, trainer.name, zoneOf(trainer));
}

/** @param {BookableTrainerDto | undefined} trainer */
function zoneOf(trainer) {
  return knownZone(trainer?.timeZone, 'UTC');
}
