import { LightningElement, api } from 'lwc';
import LOCALE from '@salesforce/i18n/locale';
import MY_ZONE from '@salesforce/i18n/timeZone';
import getAvailability from '@salesforce/apex/TrainingBookingController.getAvailability';
import { askInGroups } from 'c/askTrainers';
import { addDays, formatDay, mergeSlots, slotsForMoving, withoutOwn } from 'c/freeTimes';
import { format } from 'c/ldsUtils';
import { dayIn, showSameTime, zoneName } from 'c/zonedTime';
import { labels } from './labels';
import { reasonsIn, unknownIn } from './unknownTimes';

const DAYS = 7;
const FEW = 2;

/**
 * When trainers are free, week by week: of one trainer with what is in the way, of many those times that at least one
 * of them has.
 * @fires answer with `{ answers: readonly AvailabilityDto[] | undefined, days: string[] }`; undefined while nothing is
 *   known; `days` are those on the screen
 * @fires choose with `{ slot: FreeSlot }`
 */
export default class WeekPicker extends LightningElement {
  labels = labels;

  /** @type {readonly AvailabilityDto[] | undefined} */
  answers;
  /** @type {unknown} */
  error;
  isLoading = false;
  /** @type {readonly { id: string, name: string }[]} */
  givenTrainers = [];
  givenZone;
  /** @type {string | undefined} the first day on the screen; today unless somebody went elsewhere */
  firstDay;
  /** The zone of a trainer is sure once their times are known. */
  isZoneSure = false;
  /** Typed as the day to go to; empty as soon as other days are on the screen. */
  goTo = '';
  /** Answers may overtake each other: only the one to the last question counts. */
  question = 0;

  /** @type {string | undefined} start of the chosen slot */
  @api chosenStart;
  /** @type {SlotDto | undefined} where the booking is that is to be moved: times are as long, and its own counts as free */
  @api moving;
  @api disabled = false;

  /** @type {readonly { id: string, name: string }[]} */
  @api
  get trainers() {
    return this.givenTrainers;
  }
  set trainers(trainers) {
    const isOther = idsOf(trainers) !== idsOf(this.givenTrainers);
    this.givenTrainers = trainers ?? [];
    if (isOther) {
      this.isZoneSure = false;
      this.askSoon();
    }
  }

  /** @type {string} IANA name of the zone in which times are shown */
  @api
  get timeZone() {
    return this.givenZone;
  }
  set timeZone(timeZone) {
    const [before] = this.days;
    this.givenZone = timeZone;
    // It is asked by days: as long as those stay, the answer does.
    if (this.days[0] !== before) {
      this.askSoon();
    }
  }

  /** Asks again, for example because somebody else took a slot. */
  @api
  async refresh() {
    const question = ++this.question;
    this.tell(undefined);
    this.error = undefined;
    this.isLoading = !this.isWaiting;
    if (this.isWaiting) {
      return;
    }
    try {
      const answers = await this.ask();
      if (question === this.question) {
        this.tell(answers);
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

  /** Shows the week that begins with a day. @param {string} day YYYY-MM-DD */
  @api
  showDay(day) {
    if (day < this.today) {
      this.showDay(this.today);
    } else if (day !== this.days[0]) {
      this.firstDay = day;
      this.goTo = '';
      this.refresh();
    }
  }

  /** Shows the week with an instant, if it is not on the screen. @param {string} instant ISO 8601 */
  @api
  showInstant(instant) {
    const day = dayIn(this.timeZone, new Date(instant));
    if (!this.days.includes(day)) {
      this.showDay(day);
    }
  }

  /** Focuses the first free time, or what leads to one. */
  @api
  focus() {
    const hasFree = this.answers && this.slots.length > 0;
    const wanted = this.template.querySelector(hasFree ? 'c-week-grid' : '[data-id="retry"]');
    /** @type {HTMLElement | undefined} */ (wanted ?? this.refs.next)?.focus();
  }

  connectedCallback() {
    this.askSoon();
  }

  disconnectedCallback() {
    this.question++;
  }

  /** Trainers and zone may be set one after the other: that is one question. */
  async askSoon() {
    const question = ++this.question;
    await Promise.resolve();
    if (question === this.question && this.isConnected) {
      await this.refresh();
    }
  }

  async ask() {
    const { fromTime, toTime } = this.span;
    const start = `${fromTime}T00:00:00.000Z`;
    const end = `${addDays(toTime, 1)}T00:00:00.000Z`;
    return askInGroups(getAvailability, this.givenTrainers, { fromTime, toTime }, { start, end });
  }

  /** Days are read in the zone of each trainer: a day more on both sides holds the week of every other zone. */
  get span() {
    const { days, isOne } = this;
    const [from, to] = [days[0], days[DAYS - 1]];
    return isOne ? { fromTime: from, toTime: to } : { fromTime: addDays(from, -1), toTime: addDays(to, 1) };
  }

  tell(answers) {
    this.answers = answers;
    this.isZoneSure ||= Boolean(answers);
    this.dispatchEvent(new CustomEvent('answer', { detail: { answers, days: this.days } }));
  }

  get isOne() {
    return this.givenTrainers.length === 1;
  }

  get isWaiting() {
    return this.givenTrainers.length === 0;
  }

  get today() {
    return dayIn(this.timeZone ?? MY_ZONE);
  }

  get days() {
    const { today } = this;
    const first = this.firstDay && this.firstDay > today ? this.firstDay : today;
    return Array.from({ length: DAYS }, (_, index) => addDays(first, index));
  }

  get slots() {
    const [answer] = this.answers;
    const slots = this.moving ? slotsForMoving(answer, this.moving) : mergeSlots(this.answers);
    return slots.filter(({ start }) => this.isOnScreen(start));
  }

  get unknown() {
    return unknownIn(this.answers, this.isOne);
  }

  /** What is in the way of one trainer matters only if it has to be that one. */
  get busy() {
    const busy = this.isOne ? this.answers.flatMap((answer) => answer.busy) : [];
    return this.moving ? withoutOwn(busy, this.moving) : busy;
  }

  isOnScreen(instant) {
    return this.days.includes(dayIn(this.timeZone, new Date(instant)));
  }

  get hasUnknown() {
    return this.unknown.length > 0;
  }

  get reasons() {
    return reasonsIn(this.unknown);
  }

  get hasManyReasons() {
    return this.reasons.length > FEW;
  }

  get reasonsSummary() {
    return format(labels.REASONS, this.reasons.length);
  }

  get notes() {
    return [...new Set(this.answers.flatMap(({ notes }) => notes))];
  }

  /** Of many trainers there may be many: whoever wants to know opens them. */
  get hasManyNotes() {
    return this.notes.length > FEW;
  }

  get notesSummary() {
    return format(labels.NOTES, this.notes.length);
  }

  /** Nothing is free, and that is known. */
  get isFull() {
    return this.slots.length === 0 && !this.hasUnknown;
  }

  get heading() {
    const { days } = this;
    const options = /** @type {Intl.DateTimeFormatOptions} */ ({
      timeZone: 'UTC',
      month: 'short',
      day: 'numeric',
      year: 'numeric',
    });
    const [from, to] = [days[0], days[DAYS - 1]].map((day) => new Date(`${day}T00:00:00Z`));
    return new Intl.DateTimeFormat(LOCALE, options).formatRange(from, to);
  }

  get isZoneShown() {
    return this.isZoneSure || !this.isOne;
  }

  get zoneWords() {
    const at = `${this.days[0]}T12:00:00Z`;
    const zone = [zoneName(this.timeZone, LOCALE, at), this.timeZone];
    if (!this.isOne) {
      return format(labels.ZONE_YOURS, ...zone);
    }
    const words = format(labels.ZONE_OF, ...zone, this.givenTrainers[0].name);
    const isMyTime = showSameTime(at, this.timeZone, MY_ZONE);
    return isMyTime ? words : `${words} ${format(labels.ZONE_OTHER, zoneName(MY_ZONE, LOCALE, at), MY_ZONE)}`;
  }

  get lengthWords() {
    const [slot] = this.slots;
    return slot ? format(labels.LENGTH, (Date.parse(slot.end) - Date.parse(slot.start)) / 60_000) : '';
  }

  get isFirstWeek() {
    return this.disabled || this.days[0] === this.today;
  }

  get emptyHelp() {
    return format(labels.EMPTY_HELP, formatDay(addDays(this.days[0], DAYS), LOCALE, { month: 'long', day: 'numeric' }));
  }

  handlePrevious() {
    this.showDay(addDays(this.days[0], -DAYS));
    if (this.isFirstWeek) {
      // The button is about to be disabled, and would take the focus with it.
      /** @type {HTMLElement} */ (this.refs.next).focus();
    }
  }

  handleNext() {
    this.showDay(addDays(this.days[0], DAYS));
  }

  handleDay(event) {
    const { value } = event.detail;
    if (value && event.target.reportValidity()) {
      this.showDay(value);
    }
    this.goTo = value ?? '';
  }

  /** The button is gone while it is looked again: the focus waits where it stays. */
  handleRetry() {
    /** @type {HTMLElement} */ (this.refs.range).focus();
    this.refresh();
  }

  handleChoose(event) {
    this.dispatchEvent(new CustomEvent('choose', { detail: event.detail }));
  }
}

function idsOf(trainers) {
  return (trainers ?? []).map(({ id }) => id).join();
}
