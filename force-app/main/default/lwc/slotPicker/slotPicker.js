import { LightningElement, api } from 'lwc';
import LOCALE from '@salesforce/i18n/locale';
import MY_ZONE from '@salesforce/i18n/timeZone';
import { format } from 'c/ldsUtils';
import { formatSpan, formatTime, showSameTime, zoneName } from 'c/zonedTime';
import TIMES from '@salesforce/label/c.TC_Book_Times';
import TIMES_ZONE from '@salesforce/label/c.TC_Book_Times_Zone';
import YOUR_TIME from '@salesforce/label/c.TC_Book_Your_Time';

/** Steps of the arrow keys. */
const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/**
 * Free times as a radio group: one tab stop, arrow keys move and choose.
 * @fires choose with `{ slot: SlotDto }`
 */
export default class SlotPicker extends LightningElement {
  labels = { TIMES };

  /** @type {readonly SlotDto[]} */
  @api slots = [];
  /** @type {string} IANA name of the trainer's zone */
  @api timeZone;
  /** @type {string} YYYY-MM-DD in that zone */
  @api day;
  /** @type {string | undefined} start of the chosen slot */
  @api value;

  @api
  focus() {
    /** @type {HTMLElement | null} */ (this.template.querySelector('[tabindex="0"]'))?.focus();
  }

  get zoneWords() {
    return format(TIMES_ZONE, zoneName(this.timeZone, LOCALE, this.slots[0]?.start), this.timeZone);
  }

  get options() {
    const { timeZone, day } = this;
    const tabStop = Math.max(0, this.indexOf(this.value));
    return this.slots.map((slot, index) => {
      const isChosen = slot.start === this.value;
      return {
        start: slot.start,
        time: formatSpan(slot, { timeZone, locale: LOCALE, day }),
        myTime: showSameTime(slot.start, timeZone, MY_ZONE)
          ? undefined
          : format(YOUR_TIME, formatTime(slot.start, { timeZone: MY_ZONE, locale: LOCALE, day })),
        checked: String(isChosen),
        tabIndex: index === tabStop ? '0' : '-1',
        class: `slds-button slot ${isChosen ? 'slds-button_brand' : 'slds-button_neutral'}`,
      };
    });
  }

  indexOf(start) {
    return this.slots.findIndex((slot) => slot.start === start);
  }

  handleClick(event) {
    this.choose(this.indexOf(event.currentTarget.dataset.start));
  }

  handleKeydown(event) {
    const step = steps[event.key];
    if (step === undefined) {
      return;
    }
    event.preventDefault();
    const count = this.slots.length;
    const index = (this.indexOf(event.currentTarget.dataset.start) + step + count) % count;
    /** @type {HTMLElement} */ (this.template.querySelectorAll('[role="radio"]')[index]).focus();
    this.choose(index);
  }

  choose(index) {
    const slot = this.slots[index];
    if (slot.start !== this.value) {
      this.dispatchEvent(new CustomEvent('choose', { detail: { slot } }));
    }
  }
}
