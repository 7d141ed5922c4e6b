import refreshAll from '@salesforce/apex/ConnectionMonitorController.refreshAll';
import remindAll from '@salesforce/apex/ConnectionMonitorController.remindAll';
import ConfirmModal from 'c/confirmModal';
import { format } from 'c/ldsUtils';
import { labels } from './labels';

/**
 * Says who will be reminded and starts it.
 * @param {ConnectionTotalsDto} totals
 * @returns {Promise<string | undefined>} the run; undefined when nothing was started
 */
export function openRemindAll({ notConnected, needsReconnect }) {
  const open = notConnected + needsReconnect;
  return ConfirmModal.open({
    label: labels.REMIND_ALL_TITLE,
    size: 'small',
    sentences: [format(labels.REMIND_ALL_COUNT, open), labels.REMIND_ALL_SPARED, labels.RUN_GOES_ON],
    actLabel: labels.REMIND_ALL_ACT,
    pendingLabel: labels.STARTING,
    failedLabel: labels.RUN_NOT_STARTED,
    run: () => remindAll(),
  });
}

/**
 * Says how many connections will be renewed and starts it.
 * @param {ConnectionTotalsDto} totals
 * @returns {Promise<string | undefined>} the run; undefined when nothing was started
 */
export function openRefreshAll({ connected }) {
  return ConfirmModal.open({
    label: labels.REFRESH_ALL_TITLE,
    size: 'small',
    sentences: [format(labels.REFRESH_ALL_COUNT, connected), labels.REFRESH_ALL_SAFE, labels.RUN_GOES_ON],
    actLabel: labels.REFRESH_ALL_ACT,
    pendingLabel: labels.STARTING,
    failedLabel: labels.RUN_NOT_STARTED,
    run: () => refreshAll(),
  });
}
