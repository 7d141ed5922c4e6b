import { LightningElement, wire } from 'lwc';
import { refreshApex } from '@salesforce/apex';
import { NavigationMixin } from 'lightning/navigation';
import MY_ZONE from '@salesforce/i18n/timeZone';
import book from '@salesforce/apex/TrainingBookingController.book';
import getTrainers from '@salesforce/apex/TrainingBookingController.getTrainers';
import { MOST_ASKED, firstAsked } from 'c/askTrainers';
import { format, leavesOutcomeOpen, problemOf } from 'c/ldsUtils';
import { dayIn, knownZone } from 'c/zonedTime';
import { emptyForm, isTimeGone, toRequest } from './bookingForm';
import { fieldProblemsOf } from './fieldProblems';
import { bookingTypes, labels, serviceTypes } from './labels';
import { describeOutlook } from './outlook';
import { askedIn, withSent } from './sentRequests';
import { describe, inZone, zoneOf } from './words';

/** In the place of a trainer's id: whoever is free. */
const ANYONE = 'anyone';
/** The browser takes name@store, but no mail goes there. */
const EMAIL_PATTERN = String.raw`.+@.+\.[A-Za-z]{2,}`;
/** Where fields of the request are filled in that are not fields of this form. */
const MERCHANT_FIELDS = /** @type {const} */ ({ merchantId: 'reference', merchantName: 'name' });

/** Staff book a training: who, when, what, and what comes of it. */
export default class BookTraining extends NavigationMixin(LightningElement) {
  labels = labels;
  emailPattern = EMAIL_PATTERN;
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
  /** @type {Record<string, string>} zones by trainer, as the answers had them: the list may be old */
  zones = {};
  /** @type {readonly import('./sentRequests').SentRequest[]} the same is sent again as it was, and books once */
  sent = [];
  /** @type {string | undefined} */
  bookingsUrl;
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

  async connectedCallback() {
    this.bookingsUrl = await this[NavigationMixin.GenerateUrl]({
      type: 'standard__objectPage',
      attributes: { objectApiName: 'Training_Booking__c', actionName: 'list' },
    });
  }

  /** After an answer comes a new form, and the person goes on where it begins. */
  renderedCallback() {
    if (this.isNewForm) {
      this.isNewForm = false;
      /** @type {any} */ (this.template.querySelector('[data-field]'))?.focus();
    }
  }

  @wire(getTrainers)
  handleTrainers(wired) {
    this.wiredTrainers = wired;
    this.trainers = wired.data;
    this.loadError = wired.error;
  }

  /** The form may be drawn before the promise tells: whether it is to take the focus is said before. */
  async handleRetryLoad() {
    this.isNewForm = true;
    try {
      await refreshApex(this.wiredTrainers);
    } catch (error) {
      this.isNewForm = false;
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

  get askedTrainers() {
    if (!this.isAnyone) {
      return this.trainer ? [this.trainer] : [];
    }
    return firstAsked(this.trainers);
  }

  get anyoneHelp() {
    return this.isAnyone && this.trainers.length > MOST_ASKED ? format(labels.ANYONE_SOME, MOST_ASKED) : undefined;
  }

  /** Times of one trainer are theirs, times of anyone are those of whoever books. */
  get shownZone() {
    return this.isAnyone ? MY_ZONE : this.zoneOfTrainer;
  }

  get zoneOfTrainer() {
    return this.zones[this.trainer?.id] ?? zoneOf(this.trainer);
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
    return format(labels.CHOSEN, inZone(this.slot, this.shownZone));
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

  /** What is asked for at the moment; undefined while who or when is missing. */
  get asked() {
    return this.trainer && this.slot ? askedIn(this.form, this.trainer.id, this.slot) : undefined;
  }

  /** Whether the chosen trainer may be booked at the chosen time by a request that nobody knows the outcome of. */
  get isMaybeBooked() {
    return this.sent.some(
      ({ isOpen, request, slot }) =>
        isOpen && request.trainerId === this.trainer?.id && slot.start === this.slot?.start,
    );
  }

  /** About every request that nobody knows the outcome of: what is safe, or what to look at first. */
  get openWords() {
    const open = this.sent.filter(({ isOpen }) => isOpen);
    return open.map(({ asked, request, trainerName, slot }) => ({
      key: request.idempotencyKey,
      words:
        asked === this.asked
          ? labels.OPEN_SAME
          : format(labels.OPEN_CHANGED, trainerName, inZone(slot, request.timeZone)),
    }));
  }

  handleField(event) {
    event.target.setCustomValidity('');
    this.change({ [event.target.dataset.field]: event.detail.value ?? undefined });
  }

  handleMerchant(event) {
    this.change({ merchant: event.detail.merchant });
  }

  handleAnswer(event) {
    const { answers, days } = event.detail;
    this.answers = answers;
    const zones = (answers ?? []).map(({ trainer, timeZone }) => [trainer.id, knownZone(timeZone, undefined)]);
    this.zones = { ...this.zones, ...Object.fromEntries(zones.filter(([, zone]) => zone)) };
    // Answers about other weeks say nothing about the chosen time.
    if (answers && this.slot && days.includes(dayIn(this.shownZone, new Date(this.slot.start)))) {
      this.keepIfFree(answers);
    }
  }

  keepIfFree(answers) {
    if (this.isMaybeBooked) {
      // Then it may be this very training that is in the way, and sending it again tells.
      return;
    }
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
    this.forgetTrouble();
  }

  chooseSlot(slot) {
    this.slot = slot;
    this.giverId = this.isAnyone ? slot?.trainerIds[0] : undefined;
    this.isTimeMissing = false;
  }

  forgetTrouble() {
    this.bookError = undefined;
    this.nextSlots = [];
  }

  change(values) {
    this.form = { ...this.form, ...values };
    this.forgetTrouble();
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
    const request = this.requestToSend();
    try {
      const result = await book({ request: request.request });
      this.child('merchant').refresh();
      this.sent = [];
      this.result = result;
    } catch (error) {
      this.meet(error, request);
    } finally {
      this.isBooking = false;
    }
    if (this.bookError) {
      // As soon as the fields and the button are drawn without waiting.
      await Promise.resolve();
      this.focusAfterTrouble();
    }
  }

  /** What was sent before is sent as it was: under the same key the service takes nothing else. */
  requestToSend() {
    const { asked, slot, trainer } = this;
    const before = this.sent.find((one) => one.asked === asked);
    if (before) {
      return before;
    }
    const form = { ...this.form, trainerId: trainer.id };
    const request = toRequest(form, slot, this.zoneOfTrainer, crypto.randomUUID());
    return { asked, request, trainerName: trainer.name, slot };
  }

  meet(error, request) {
    const { code, details } = problemOf(error);
    this.sent = withSent(this.sent, request, code === 'request_in_progress' ? undefined : leavesOutcomeOpen(error));
    this.bookError = error;
    this.refusedTrainerId = request.request.trainerId;
    this.nextSlots = details?.nextSlots ?? [];
    if (isTimeGone(code)) {
      this.child('week').refresh();
    }
  }

  /** The button lost the focus while it waited; fields that were refused come first. */
  focusAfterTrouble() {
    const problems = fieldProblemsOf(this.bookError);
    const targets = problems.map(({ field, words }) => this.showProblem(field, words));
    if (targets.length > 0 && targets.every(Boolean)) {
      this.bookError = labels.CHECK_FIELDS;
    }
    (targets.find(Boolean) ?? this.child('book'))?.focus();
  }

  /** @returns {any} the field that shows it, if this form has it */
  showProblem(name, words) {
    const part = MERCHANT_FIELDS[name];
    if (part) {
      this.child('merchant').showProblem(part, words);
      return this.child('merchant');
    }
    const field = /** @type {any} */ (this.template.querySelector(`[data-field="${name}"]`));
    field?.setCustomValidity(words);
    field?.reportValidity();
    return field;
  }

  /** Every field says what it misses; the first one that does gets the focus. */
  isComplete() {
    const fields = /** @type {any[]} */ ([...this.template.querySelectorAll('[data-field], [data-fields]')]);
    const invalid = fields.filter((field) => !field.reportValidity());
    // While free times are loaded again, nobody knows whether the chosen one is among them.
    this.isTimeMissing = !this.slot || !(this.answers || this.isMaybeBooked);
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
    this.sent = [];
    this.result = undefined;
    this.isNewForm = true;
  }
}
