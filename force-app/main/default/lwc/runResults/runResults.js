import { LightningElement, api } from 'lwc';
import LOCALE from '@salesforce/i18n/locale';
import TIME_ZONE from '@salesforce/i18n/timeZone';
import getRunResults from '@salesforce/apex/ConnectionMonitorController.getRunResults';
import { NavigationMixin } from 'lightning/navigation';
import { format } from 'c/ldsUtils';
import { labels } from './labels';

const instant = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'short', timeStyle: 'medium', timeZone: TIME_ZONE });

/** In reading order: what needs somebody comes first. */
const OUTCOMES = [
  { outcome: 'failed', label: labels.FAILED, icon: 'utility:error', variant: 'error' },
  { outcome: 'skipped', label: labels.SKIPPED, icon: 'utility:skip', variant: '' },
  { outcome: 'succeeded', label: labels.SUCCEEDED, icon: 'utility:success', variant: 'success' },
];

/** What a run did, one row a trainer. */
export default class RunResults extends NavigationMixin(LightningElement) {
  labels = labels;

  /** @type {readonly RunResultDto[]} */
  results = [];
  /** @type {string | null} */
  next = null;
  outcome = 'failed';
  isLoading = false;
  /** @type {unknown} */
  error;
  shownRun;

  /** @type {RunDto} that is through */
  @api
  get run() {
    return this.shownRun;
  }
  set run(run) {
    const isOther = run.runId !== this.shownRun?.runId;
    this.shownRun = run;
    if (isOther) {
      this.outcome = OUTCOMES.find(({ outcome }) => run[outcome] > 0)?.outcome ?? 'failed';
      this.begin();
    }
  }

  get outcomes() {
    return OUTCOMES.map(({ outcome, label }) => ({ label: format(label, this.run[outcome]), value: outcome }));
  }

  get rows() {
    const look = OUTCOMES.find(({ outcome }) => outcome === this.outcome);
    return this.results.map((result) => ({
      ...result,
      // A trainer who was deleted since has no name any more.
      name: result.trainerName || result.trainerId,
      icon: look.icon,
      variant: look.variant,
      when: instant.format(new Date(result.at)),
    }));
  }

  get isEmpty() {
    return this.results.length === 0 && !this.isLoading && !this.error;
  }

  handleOutcome(event) {
    this.outcome = event.detail.value;
    this.begin();
  }

  handleOpen(event) {
    const { id } = event.currentTarget.dataset;
    this[NavigationMixin.Navigate]({
      type: 'standard__recordPage',
      attributes: { recordId: id, objectApiName: 'Onboarding_Trainer__c', actionName: 'view' },
    });
  }

  begin() {
    this.results = [];
    this.next = null;
    this.readOn();
  }

  async readOn() {
    const { outcome } = this;
    this.isLoading = true;
    this.error = undefined;
    try {
      const answer = await getRunResults({ runId: this.run.runId, outcome, after: this.next });
      if (outcome === this.outcome) {
        this.results = [...this.results, ...answer.results];
        this.next = answer.page.next;
      }
    } catch (error) {
      if (outcome === this.outcome) {
        this.error = error;
      }
    } finally {
      if (outcome === this.outcome) {
        this.isLoading = false;
      }
    }
  }
}
