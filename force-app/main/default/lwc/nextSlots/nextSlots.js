import { LightningElement, api } from 'lwc';
import LOCALE from '@salesforce/i18n/locale';
import { formatSpan } from 'c/zonedTime';
import TITLE from '@salesforce/label/c.TC_Next_Slots';

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
    const reader = { timeZone: this.timeZone, locale: LOCALE };
    return this.slots.map((slot) => ({ start: slot.start, words: formatSpan(slot, reader) }));
  }

  handleClick(event) {
    const slot = this.slots.find(({ start }) => start === event.target.dataset.start);
    this.dispatchEvent(new CustomEvent('choose', { detail: { slot } }));
  }
}
