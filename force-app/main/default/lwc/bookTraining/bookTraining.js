import { LightningElement, wire } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import MY_ZONE from '@salesforce/i18n/timeZone';
import book from '@salesforce/apex/TrainingBookingController.book';
import getTrainers from '@salesforce/apex/TrainingBookingController.getTrainers';
import { format, reduceErrors } from 'c/ldsUtils';
import { dayIn, knownZone } from 'c/zonedTime';
import { emptyForm, saysSlotIsGone, toRequest } from './bookingForm';
import { bookingTypes, labels, serviceTypes } from './labels';
import { describeOutlook } from './outlook';

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
  /** @type {AvailabilityDto | undefined} what the free times on the screen are from */
  availability;
  /** @type {SlotDto | undefined} */
  slot;
  /** @type {string | undefined} stays while the form stays, so that trying again does not book twice */
  idempotencyKey;
  isBooking = false;
  isTimeMissing = false;
  /** @type {string[] | undefined} */
  bookErrors;
  result;

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
    return this.trainers.map(({ id, name, timeZone, larkConnected }) => ({
      value: id,
      label: format(larkConnected ? labels.CONNECTED : labels.NOT_CONNECTED, name, knownZone(timeZone, 'UTC')),
    }));
  }

  get trainer() {
    return this.trainers?.find(({ id }) => id === this.form.trainerId);
  }

  get today() {
    return dayIn(knownZone(this.trainer?.timeZone, MY_ZONE));
  }

  /** A day that has passed is not asked about; its field says why. */
  get askedDay() {
    const { day } = this.form;
    return day && day >= this.today ? day : undefined;
  }

  get chosenStart() {
    return this.slot?.start;
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
      isConnected: this.availability?.trainer.larkConnected ?? this.trainer.larkConnected,
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
    this.availability = event.detail.availability;
    const isStillFree = this.availability?.slots.some(({ start }) => start === this.chosenStart);
    if (this.availability && !isStillFree) {
      this.chooseSlot(undefined);
    }
  }

  handleSlot(event) {
    this.bookErrors = undefined;
    this.chooseSlot(event.detail.slot);
  }

  chooseSlot(slot) {
    this.slot = slot;
    this.isTimeMissing = false;
    this.idempotencyKey = undefined;
  }

  change(values) {
    this.form = { ...this.form, ...values };
    this.bookErrors = undefined;
    this.idempotencyKey = undefined;
    if ('trainerId' in values || 'day' in values) {
      this.chooseSlot(undefined);
    }
  }

  async handleBook() {
    if (this.isBooking || !this.isComplete()) {
      return;
    }
    this.isBooking = true;
    this.bookErrors = undefined;
    try {
      this.idempotencyKey ??= crypto.randomUUID();
      const request = toRequest(this.form, this.slot, this.availability.timeZone, this.idempotencyKey);
      const result = await book({ request });
      this.child('merchant').refresh();
      this.idempotencyKey = undefined;
      this.result = result;
    } catch (error) {
      this.bookErrors = reduceErrors(error);
      if (saysSlotIsGone(this.bookErrors)) {
        this.child('availability').refresh();
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
    this.isTimeMissing = !this.slot || !this.availability;
    (invalid[0] ?? (this.isTimeMissing ? this.child('availability') : undefined))?.focus();
    return invalid.length === 0 && !this.isTimeMissing;
  }

  /** @returns {any} a component of ours, with the methods it offers */
  child(ref) {
    return this.refs[ref];
  }

  handleNext() {
    this.form = emptyForm();
    this.chooseSlot(undefined);
    this.availability = undefined;
    this.result = undefined;
  }
}
