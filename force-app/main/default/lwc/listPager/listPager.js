import { LightningElement, api } from 'lwc';
import { format } from 'c/ldsUtils';
import { labels } from './labels';

const SIZES = [25, 50, 100, 200];

/**
 * Turns the pages of a list that is read page by page: how many there are is not known.
 * @fires previous
 * @fires next
 * @fires size with `{ size }`
 */
export default class ListPager extends LightningElement {
  labels = labels;

  /** @type {number} of the first row shown, from 1 */
  @api first = 1;
  /** @type {number} */
  @api pageSize;
  /** @type {number} rows on this page */
  @api count = 0;
  @api hasPrevious = false;
  @api hasNext = false;
  @api disabled = false;

  get range() {
    return format(labels.RANGE, this.first, this.first + this.count - 1);
  }

  get sizes() {
    return SIZES.map((size) => ({ label: String(size), value: String(size) }));
  }

  get chosenSize() {
    return String(this.pageSize);
  }

  get cannotGoBack() {
    return this.disabled || !this.hasPrevious;
  }

  get cannotGoOn() {
    return this.disabled || !this.hasNext;
  }

  handlePrevious() {
    this.dispatchEvent(new CustomEvent('previous'));
  }

  handleNext() {
    this.dispatchEvent(new CustomEvent('next'));
  }

  handleSize(event) {
    this.dispatchEvent(new CustomEvent('size', { detail: { size: Number(event.detail.value) } }));
  }
}
