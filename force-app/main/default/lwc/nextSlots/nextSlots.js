import { LightningElement, api } from 'lwc';
import LOCALE from '@salesforce/i18n/locale';
import MY_ZONE from '@salesforce/i18n/timeZone';
import { format } from 'c/ldsUtils';
import { dayIn, formatSpan, formatTime, showSameTime, zoneName } from 'c/zonedTime';
import TITLE from '@salesforce/label/c.TC_Next_Slots';
import WITH_OWN from '@salesforce/label/c.TC_Next_Slots_With_Own';
import ZONE from '@salesforce/label/c.TC_Next_Slots_Zone';
import YOUR_TIME from '@salesforce/label/c.TC_Book_Your_Time';

/**
 * Offered in the place of a time that was taken.
 * @fires choose with `{ slot: SlotDto }`
 */
export default class NextSlots extends LightningElement {
  labels = { TITLE };

  /** @type {readonly SlotDto[]} */
  @api slots = [];
  /** @type {string} IANA name */
  @api timeZone;
  @api disabled = false;

  get options() {
    return this.slots.map((slot) => ({ start: slot.start, words: this.words(slot) }));
  }

  get zoneWords() {
    return format(ZONE, zoneName(this.timeZone, LOCALE, this.slots[0]?.start), this.timeZone);
  }

  /** The time of the trainer, and that of whoever reads it where it is another. */
  words(slot) {
    const { timeZone } = this;
    const words = formatSpan(slot, { timeZone, locale: LOCALE });
    if (showSameTime(slot.start, timeZone, MY_ZONE)) {
      return words;
    }
    const day = dayIn(timeZone, new Date(slot.start));
    return format(
      WITH_OWN,
      words,
      format(YOUR_TIME, formatTime(slot.start, { timeZone: MY_ZONE, locale: LOCALE, day })),
    );
  }

  handleClick(event) {
    const slot = this.slots.find(({ start }) => start === event.target.dataset.start);
    this.dispatchEvent(new CustomEvent('choose', { detail: { slot } }));
  }
}
