import { LightningElement, api } from 'lwc';
import LOCALE from '@salesforce/i18n/locale';
import TIME_ZONE from '@salesforce/i18n/timeZone';
import getRun from '@salesforce/apex/ConnectionMonitorController.getRun';
import { format } from 'c/ldsUtils';
import { createPoll } from 'c/poll';
import { labels } from './labels';

const POLL_MS = 2_000;
/** Asked again within this time at the latest; a run can take longer, and every answer asks on. */
const FOLLOW_MS = 60_000;

const instant = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'short', timeZone: TIME_ZONE });

/**
 * Follows a run over many trainers: how far it is, and what it did for each when it is through.
 * @fires finished when it ended while somebody was looking
 * @fires dismiss when the person has read it
 */
export default class RunProgress extends LightningElement {
  labels = labels;

  /** @type {RunDto | undefined} */
  run;
  /** @type {unknown} */
  error;
  followedId;
  poll = createPoll(() => this.read(), POLL_MS);

  /** @type {string} */
  @api
  get runId() {
    return this.followedId;
  }
  set runId(runId) {
    if (runId !== this.followedId) {
      this.followedId = runId;
      this.run = undefined;
      this.read();
    }
  }

  disconnectedCallback() {
    this.poll.stop();
  }

  get heading() {
    return this.run?.kind.startsWith('remind') ? labels.REMIND : labels.REFRESH;
  }

  get isLoading() {
    return !this.run && !this.error;
  }

  get hasBar() {
    return !this.isOver;
  }

  get isOver() {
    return Boolean(this.run?.finishedAt);
  }

  /** A run that has not counted yet whom it is about shows no share of them. */
  get percent() {
    const { done, total } = this.run;
    return total > 0 ? Math.floor((100 * done) / total) : 0;
  }

  get counts() {
    const { done, total, succeeded, failed, skipped } = this.run;
    return format(labels.COUNTS, done, total, succeeded, failed, skipped);
  }

  get when() {
    const { startedAt, finishedAt } = this.run;
    return finishedAt
      ? format(labels.FINISHED, instant.format(new Date(finishedAt)))
      : format(labels.STARTED, instant.format(new Date(startedAt)));
  }

  get outcome() {
    const { total, failed, state } = this.run;
    if (total === 0) {
      return { text: labels.NOBODY, icon: 'utility:info', variant: '' };
    }
    if (state === 'stopped') {
      return { text: labels.STOPPED, icon: 'utility:warning', variant: 'warning' };
    }
    return failed > 0
      ? { text: labels.SOME_FAILED, icon: 'utility:warning', variant: 'warning' }
      : { text: labels.ALL_DONE, icon: 'utility:success', variant: 'success' };
  }

  get hasResults() {
    return this.isOver && this.run.done > 0;
  }

  async read() {
    const id = this.followedId;
    const wasRunning = Boolean(this.run) && !this.isOver;
    try {
      const run = await getRun({ runId: id });
      if (id !== this.followedId) {
        return;
      }
      this.run = run;
      this.error = undefined;
      if (!run.finishedAt) {
        this.poll.runFor(FOLLOW_MS);
        return;
      }
      this.poll.stop();
      if (wasRunning) {
        this.dispatchEvent(new CustomEvent('finished'));
      }
    } catch (error) {
      this.error = error;
    }
  }

  handleDismiss() {
    this.dispatchEvent(new CustomEvent('dismiss'));
  }
}
