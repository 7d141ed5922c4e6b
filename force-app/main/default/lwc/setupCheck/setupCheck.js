import { LightningElement, api } from 'lwc';
import LOCALE from '@salesforce/i18n/locale';
import TIME_ZONE from '@salesforce/i18n/timeZone';
import check from '@salesforce/apex/ConnectionSetupController.check';
import { format } from 'c/ldsUtils';
import { labels } from './labels';

const minute = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'short', timeZone: TIME_ZONE });

/**
 * Tries one part for real and shows each step.
 * @fires checked with what was found, so that the parent reads the state again
 */
export default class SetupCheck extends LightningElement {
  labels = labels;

  /** @type {string} id of a provider, or `salesforce` */
  @api subject;
  /** @type {string} as people call it */
  @api subjectName;
  /** @type {{ at: string, ok: boolean, message: string } | null} how the last check ended */
  @api lastCheck = null;

  /** @type {SetupCheckDto | undefined} */
  found;
  /** @type {unknown} */
  error;
  isChecking = false;

  get buttonLabel() {
    return this.isChecking ? labels.CHECKING : labels.CHECK;
  }

  get buttonName() {
    return `${this.buttonLabel}: ${this.subjectName}`;
  }

  get steps() {
    return (this.found?.steps ?? []).map((step) => ({
      ...step,
      icon: step.ok ? 'utility:success' : 'utility:error',
      variant: step.ok ? 'success' : 'error',
      word: step.ok ? labels.STEP_OK : labels.STEP_FAILED,
    }));
  }

  get said() {
    const last = this.found ?? this.lastCheck;
    if (!last) {
      return { text: labels.NEVER, icon: 'utility:info', variant: '' };
    }
    const when = minute.format(new Date(last.at));
    return last.ok
      ? { text: format(labels.LAST_OK, when), icon: 'utility:success', variant: 'success' }
      : { text: format(labels.LAST_FAILED, when), icon: 'utility:error', variant: 'error' };
  }

  /** Only a check of today knows its steps; of an older one only what it said is kept. */
  get olderMessage() {
    return this.found ? '' : this.lastCheck?.message;
  }

  async handleCheck() {
    this.isChecking = true;
    this.error = undefined;
    try {
      this.found = await check({ subject: this.subject });
      this.dispatchEvent(new CustomEvent('checked'));
    } catch (error) {
      this.error = error;
    } finally {
      this.isChecking = false;
    }
  }
}
