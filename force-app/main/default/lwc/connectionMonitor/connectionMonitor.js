import { LightningElement } from 'lwc';
import IS_ADMIN from '@salesforce/customPermission/Manage_Trainer_Connections';
import { openRefreshAll, openRemindAll } from './bulkModals';
import { labels } from './labels';
import { recallRun, rememberRun } from './lastRun';

/** Who is connected, whose access ends and what failed, and what an admin can do about it. */
export default class ConnectionMonitor extends LightningElement {
  labels = labels;
  mayBeHere = IS_ADMIN === true;

  /** @type {ConnectionTotalsDto | undefined} */
  totals;
  /** The run that was started here last; null when its results were read. */
  runId = recallRun();

  get isWithoutTotals() {
    return !this.totals;
  }

  handleTotals(event) {
    this.totals = event.detail.totals;
  }

  async handleRemindAll(event) {
    const { currentTarget } = event;
    this.follow(currentTarget, await openRemindAll(this.totals));
  }

  async handleRefreshAll(event) {
    const { currentTarget } = event;
    this.follow(currentTarget, await openRefreshAll(this.totals));
  }

  /** Whoever leaves the modal is back at the button that opened it. */
  follow(button, runId) {
    button.focus();
    if (runId) {
      rememberRun(runId);
      this.runId = runId;
    }
  }

  handleDismissRun() {
    rememberRun(null);
    this.runId = null;
  }

  handleFinished() {
    const { list, letters } = /** @type {Record<string, any>} */ (this.refs);
    list.refresh();
    letters.refresh();
  }
}
