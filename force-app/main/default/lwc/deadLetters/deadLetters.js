import { LightningElement, api } from 'lwc';
import getDeadLetters from '@salesforce/apex/ConnectionMonitorController.getDeadLetters';
import retryDeadLetter from '@salesforce/apex/ConnectionMonitorController.retryDeadLetter';
import { NavigationMixin } from 'lightning/navigation';
import { format, reduceErrors } from 'c/ldsUtils';
import { describeLetter } from './describeLetter';
import { labels } from './labels';

/** What failed for good: why, what to do about it, and trying it again. */
export default class DeadLetters extends NavigationMixin(LightningElement) {
  labels = labels;

  /** @type {readonly DeadLetterDto[] | undefined} newest first */
  letters;
  /** @type {string | null} */
  next = null;
  /** @type {unknown} */
  error;
  isLoading = false;
  isRetrying = false;
  /** @type {{ text: string, reasons: { key: string, text: string }[], icon: string, variant: string } | undefined} */
  outcome;

  connectedCallback() {
    this.refresh();
  }

  /** Reads the list again from its newest. */
  @api
  async refresh() {
    this.isLoading = true;
    this.error = undefined;
    try {
      const { jobs, nextCursor } = await getDeadLetters({ cursor: null });
      this.letters = jobs;
      this.next = nextCursor;
    } catch (error) {
      this.error = error;
    } finally {
      this.isLoading = false;
    }
  }

  get isFirstLoad() {
    return this.isLoading && !this.letters;
  }

  get rows() {
    return (this.letters ?? []).map(describeLetter);
  }

  get hasRows() {
    return this.rows.length > 0;
  }

  get hasSeveral() {
    return this.rows.length > 1;
  }

  get isEmpty() {
    return this.letters?.length === 0;
  }

  get retryAllLabel() {
    return format(labels.RETRY_ALL, this.rows.length);
  }

  async handleMore() {
    this.isLoading = true;
    this.error = undefined;
    try {
      const { jobs, nextCursor } = await getDeadLetters({ cursor: this.next });
      this.letters = [...this.letters, ...jobs];
      this.next = nextCursor;
    } catch (error) {
      this.error = error;
    } finally {
      this.isLoading = false;
    }
  }

  handleRetryOne(event) {
    return this.retry([event.currentTarget.dataset.id]);
  }

  handleRetryAll() {
    return this.retry(this.letters.map(({ id }) => id));
  }

  /**
   * One after the other: what failed together would fail together again.
   * @param {readonly string[]} ids
   */
  async retry(ids) {
    this.isRetrying = true;
    this.outcome = undefined;
    /** @type {string[]} */
    const reasons = [];
    for (const jobId of ids) {
      try {
        // eslint-disable-next-line no-await-in-loop
        await retryDeadLetter({ jobId });
      } catch (error) {
        reasons.push(...reduceErrors(error));
      }
    }
    await this.refresh();
    this.outcome = describeOutcome(ids.length, reasons);
    this.isRetrying = false;
    await Promise.resolve();
    const outcome = /** @type {HTMLElement | undefined} */ (this.refs.outcome);
    outcome?.focus();
  }

  handleOpen(event) {
    const { id, object } = event.currentTarget.dataset;
    this[NavigationMixin.Navigate]({
      type: 'standard__recordPage',
      attributes: { recordId: id, objectApiName: object, actionName: 'view' },
    });
  }
}

function describeOutcome(count, reasons) {
  const tried = count - reasons.length;
  if (reasons.length === 0) {
    return { text: format(labels.RETRIED, tried), reasons: [], icon: 'utility:success', variant: 'success' };
  }
  return {
    text: format(labels.RETRIED_SOME, tried, reasons.length),
    reasons: [...new Set(reasons)].map((text) => ({ key: text, text })),
    icon: 'utility:warning',
    variant: 'warning',
  };
}
