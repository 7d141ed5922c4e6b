import { LightningElement, api } from 'lwc';
import LOCALE from '@salesforce/i18n/locale';
import MY_ZONE from '@salesforce/i18n/timeZone';
import { formatDay, mergeSpans, partOfDay, touchesDay } from 'c/freeTimes';
import { format } from 'c/ldsUtils';
import { dayIn, formatTime, showSameTime } from 'c/zonedTime';
import ALL_DAY from '@salesforce/label/c.TC_Week_All_Day';
import BUSY from '@salesforce/label/c.TC_Week_Busy';
import FREE_COUNT from '@salesforce/label/c.TC_Week_Free_Count';
import FREE_ONE from '@salesforce/label/c.TC_Week_Free_One';
import FROM from '@salesforce/label/c.TC_Week_From';
import NOTHING from '@salesforce/label/c.TC_Week_Nothing';
import OWN from '@salesforce/label/c.TC_Week_Own';
import REASONS from '@salesforce/label/c.TC_Week_Reasons';
import UNKNOWN from '@salesforce/label/c.TC_Week_Unknown';
import UNKNOWN_MANY from '@salesforce/label/c.TC_Week_Unknown_Many';
import UNKNOWN_OF from '@salesforce/label/c.TC_Week_Unknown_Of';
import UNTIL from '@salesforce/label/c.TC_Week_Until';
import YOUR_TIME from '@salesforce/label/c.TC_Book_Your_Time';

/** Steps of the arrow keys: [days, times]. */
const steps = { ArrowRight: [1, 0], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowUp: [0, -1] };

/** Room for the words is small: of more reasons only the number is told. */
const FEW_REASONS = 2;

/**
 * Time of which nothing is known; `trainers` if it has to be told for whom.
 * @typedef {SlotDto & { reason: string, trainers?: readonly { id: string, name: string }[] }} UnknownSpan
 */

/**
 * Days beside each other; where they have no room one below the other, to be opened. Every day is one tab stop, arrow keys
 * move between times and days.
 * @fires choose with `{ slot: FreeSlot }`
 */
export default class WeekGrid extends LightningElement {
  labels = { NOTHING };

  /** @type {readonly string[]} YYYY-MM-DD in the zone */
  @api days = [];
  /** @type {readonly (SlotDto & { trainerIds?: readonly string[] })[]} by start */
  @api slots = [];
  /** @type {readonly UnknownSpan[]} never offered */
  @api unknown = [];
  /** @type {readonly SlotDto[]} */
  @api busy = [];
  /** @type {SlotDto | undefined} where the booking is that is to be moved */
  @api own;
  /** @type {string} IANA name */
  @api timeZone;
  /** @type {string | undefined} start of the chosen slot */
  @api value;
  @api disabled = false;

  /** @type {Record<string, boolean>} what a person opened or closed, by day; matters where days are below each other only */
  opened = {};
  /** @type {Record<string, string>} the tab stop by day, as a start */
  tabStops = {};

  /** Focuses the first free time, if there is any. */
  @api
  focus() {
    /** @type {HTMLElement | null} */ (this.template.querySelector('button[data-start][tabindex="0"]'))?.focus();
  }

  /** What scrolls can be reached by keyboard, also while no time in it can. */
  get scrollTabIndex() {
    return this.disabled || this.slots.length === 0 ? '0' : undefined;
  }

  get columns() {
    const firstFree = this.days.find((day) => this.slotsOf(day).length > 0);
    return this.days.map((day) => {
      const slots = this.slotsOf(day);
      const hasChosen = slots.some(({ start }) => start === this.value);
      const isOpen = this.opened[day] ?? (hasChosen || day === firstFree);
      return {
        day,
        name: formatDay(day, LOCALE, { weekday: 'long', month: 'long', day: 'numeric' }),
        weekday: formatDay(day, LOCALE, { weekday: 'short' }),
        date: formatDay(day, LOCALE, { month: 'short', day: 'numeric' }),
        summary: summaryOf(slots.length, this.unknownOf(day).length > 0),
        items: this.itemsOf(day, slots),
        isEmpty: slots.length + this.unknownOf(day).length + this.ownOf(day).length === 0,
        expanded: String(isOpen),
        icon: isOpen ? 'utility:chevrondown' : 'utility:chevronright',
        bodyClass: isOpen ? 'body' : 'body closed',
        bodyId: `body-${day}`,
      };
    });
  }

  slotsOf(day) {
    return this.slots.filter(({ start }) => dayIn(this.timeZone, new Date(start)) === day);
  }

  ownOf(day) {
    return this.own && touchesDay(this.own, day, this.timeZone) ? [this.own] : [];
  }

  unknownOf(day) {
    return this.unknown.filter((span) => touchesDay(span, day, this.timeZone));
  }

  itemsOf(day, slots) {
    const tabStop = this.tabStopOf(day, slots);
    const free = slots.map((slot) => this.slotItem(day, slot, tabStop));
    const unknown = this.unknownItems(day);
    const busy = mergeSpans(this.busy.filter((span) => touchesDay(span, day, this.timeZone))).map((span) => ({
      key: `busy ${span.start}`,
      at: Date.parse(span.start),
      isBusy: true,
      words: format(BUSY, this.words(span, day)),
    }));
    const own = this.ownOf(day).map((span) => ({
      key: 'own',
      at: Date.parse(span.start),
      isOwn: true,
      words: format(OWN, this.words(span, day)),
    }));
    return [...unknown, ...own, ...busy, ...free].sort((one, other) => one.at - other.at);
  }

  /** One block a day for several trainers: what is free below it is to be seen. */
  unknownItems(day) {
    const spans = this.unknownOf(day);
    const names = new Map(spans.flatMap(({ trainers = [] }) => trainers.map(({ id, name }) => [id, name])));
    if (names.size > 1) {
      const reasons = [...new Set(spans.map(({ reason }) => reason))];
      const reason = reasons.length > FEW_REASONS ? format(REASONS, reasons.length) : reasons.join(' ');
      return [this.unknownItem(day, { ...hullOf(spans), reason }, format(UNKNOWN_MANY, names.size))];
    }
    const [name] = names.values();
    return spans.map((span) => this.unknownItem(day, span, name ? format(UNKNOWN_OF, name) : UNKNOWN));
  }

  unknownItem(day, span, name) {
    return {
      key: `unknown ${span.start} ${span.reason}`,
      at: Date.parse(span.start),
      isUnknown: true,
      name,
      when: this.words(span, day),
      reason: span.reason,
    };
  }

  slotItem(day, slot, tabStop) {
    const { timeZone } = this;
    const isChosen = slot.start === this.value;
    return {
      key: `slot ${slot.start}`,
      at: Date.parse(slot.start),
      isSlot: true,
      start: slot.start,
      time: formatTime(slot.start, { timeZone, locale: LOCALE, day }),
      myTime: showSameTime(slot.start, timeZone, MY_ZONE)
        ? undefined
        : format(YOUR_TIME, formatTime(slot.start, { timeZone: MY_ZONE, locale: LOCALE, day })),
      pressed: String(isChosen),
      tabIndex: slot.start === tabStop ? '0' : '-1',
      class: `slds-button slot ${isChosen ? 'slds-button_brand' : 'slds-button_neutral'}`,
    };
  }

  /** Where the keyboard enters a day: where it was, else the chosen time, else the first. */
  tabStopOf(day, slots) {
    const wanted = [this.tabStops[day], this.value].find((start) => slots.some((slot) => slot.start === start));
    return wanted ?? slots[0]?.start;
  }

  words(span, day) {
    const { kind, words } = partOfDay(span, { day, timeZone: this.timeZone, locale: LOCALE });
    return { all: ALL_DAY, from: format(FROM, words), until: format(UNTIL, words), between: words }[kind];
  }

  handleToggle(event) {
    const { day } = event.currentTarget.dataset;
    const isOpen = event.currentTarget.getAttribute('aria-expanded') === 'true';
    this.opened = { ...this.opened, [day]: !isOpen };
  }

  handleClick(event) {
    const { start } = event.currentTarget.dataset;
    const slot = this.slots.find((one) => one.start === start);
    this.tabStops = { ...this.tabStops, [dayIn(this.timeZone, new Date(start))]: start };
    this.dispatchEvent(new CustomEvent('choose', { detail: { slot } }));
  }

  async handleKeydown(event) {
    const step = steps[event.key];
    if (!step) {
      return;
    }
    event.preventDefault();
    const target = this.neighbour(event.currentTarget.dataset.start, step);
    if (!target) {
      return;
    }
    const day = dayIn(this.timeZone, new Date(target.start));
    this.opened = { ...this.opened, [day]: true };
    this.tabStops = { ...this.tabStops, [day]: target.start };
    // A day that was closed can take the focus once it is drawn.
    await Promise.resolve();
    /** @type {HTMLElement | null} */ (this.template.querySelector(`button[data-start="${target.start}"]`))?.focus();
  }

  /** The time above or below, or the one as high up on the next day that has any. */
  neighbour(start, [days, times]) {
    const today = dayIn(this.timeZone, new Date(start));
    const slots = this.slotsOf(today);
    const index = slots.findIndex((slot) => slot.start === start);
    if (days === 0) {
      return slots[index + times];
    }
    const order = days > 0 ? this.days : [...this.days].reverse();
    const next = order.slice(order.indexOf(today) + 1).find((day) => this.slotsOf(day).length > 0);
    const others = next ? this.slotsOf(next) : [];
    return others[Math.min(index, others.length - 1)];
  }
}

/** From the first start to the last end. @param {readonly SlotDto[]} spans */
function hullOf(spans) {
  const starts = spans.map(({ start }) => Date.parse(start));
  const ends = spans.map(({ end }) => Date.parse(end));
  return { start: new Date(Math.min(...starts)).toISOString(), end: new Date(Math.max(...ends)).toISOString() };
}

function summaryOf(count, hasUnknown) {
  if (count > 0) {
    return count === 1 ? FREE_ONE : format(FREE_COUNT, count);
  }
  return hasUnknown ? UNKNOWN : NOTHING;
}
