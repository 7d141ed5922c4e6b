import { LightningElement, api } from 'lwc';
import LOCALE from '@salesforce/i18n/locale';
import { format } from 'c/ldsUtils';
import { drawLines, rangeOf, share } from './geometry';
import { labels } from './labels';

const percent = new Intl.NumberFormat(LOCALE, { style: 'percent', maximumFractionDigits: 1 });
/** Days are days of UTC, whatever the person's zone. */
const day = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeZone: 'UTC' });
const shortDay = new Intl.DateTimeFormat(LOCALE, { month: 'short', day: 'numeric', timeZone: 'UTC' });

/** One rate over days as a line with its target; the same as a table on request. */
export default class RateChart extends LightningElement {
  labels = labels;

  /** @type {string} */
  @api heading;
  /** @type {string} what is divided by what */
  @api explanation;
  /** @type {readonly { day: string, rate: number | null }[]} in order; a day on which there was nothing to count has null */
  @api points = [];
  /** @type {number} 0 to 1 */
  @api target;
  /** Whether the rate should stay below the target instead of reaching it. */
  @api targetIsLimit = false;

  isTable = false;

  get known() {
    return this.points.filter(({ rate }) => rate !== null);
  }

  get isEmpty() {
    return this.known.length === 0;
  }

  get newest() {
    return this.known.at(-1);
  }

  get current() {
    return this.isEmpty ? '' : percent.format(this.newest.rate);
  }

  get isReached() {
    const { rate } = this.newest;
    return this.targetIsLimit ? rate < this.target : rate >= this.target;
  }

  get verdict() {
    const target = percent.format(this.target);
    const aim = format(this.targetIsLimit ? labels.TARGET_BELOW : labels.TARGET_AT_LEAST, target);
    if (this.isEmpty) {
      return { text: aim, icon: 'utility:info', variant: '' };
    }
    return this.isReached
      ? { text: format(labels.REACHED, aim), icon: 'utility:success', variant: 'success' }
      : { text: format(labels.MISSED, aim), icon: 'utility:warning', variant: 'warning' };
  }

  get range() {
    return rangeOf(
      this.known.map(({ rate }) => rate),
      this.target,
      this.targetIsLimit,
    );
  }

  get top() {
    return percent.format(this.range.to);
  }

  get bottom() {
    return percent.format(this.range.from);
  }

  get lines() {
    return drawLines(this.points, this.range);
  }

  get targetAt() {
    return 100 - share(this.target, this.range);
  }

  get from() {
    return shortDay.format(new Date(this.points[0].day));
  }

  get until() {
    return shortDay.format(new Date(this.points.at(-1).day));
  }

  get summary() {
    const rates = this.known.map(({ rate }) => rate);
    const [lowest, highest] = [Math.min(...rates), Math.max(...rates)].map((rate) => percent.format(rate));
    return format(labels.SUMMARY, this.heading, this.from, this.until, lowest, highest, this.current);
  }

  get rows() {
    return this.points.toReversed().map(({ day: key, rate }) => ({
      key,
      day: day.format(new Date(key)),
      value: rate === null ? labels.NOTHING : percent.format(rate),
    }));
  }

  get toggleLabel() {
    return this.isTable ? labels.AS_LINE : labels.AS_TABLE;
  }

  get toggleName() {
    return `${this.toggleLabel}: ${this.heading}`;
  }

  handleToggle() {
    this.isTable = !this.isTable;
  }
}
