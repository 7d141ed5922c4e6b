import LOCALE from '@salesforce/i18n/locale';
import TIME_ZONE from '@salesforce/i18n/timeZone';
import allowIdentityOnce from '@salesforce/apex/ConnectionMonitorController.allowIdentityOnce';
import getRun from '@salesforce/apex/ConnectionMonitorController.getRun';
import getRunResults from '@salesforce/apex/ConnectionMonitorController.getRunResults';
import refreshConnection from '@salesforce/apex/ConnectionMonitorController.refreshConnection';
import remind from '@salesforce/apex/ConnectionMonitorController.remind';
import disconnect from '@salesforce/apex/TrainerConnectionsController.disconnect';
import ConfirmModal from 'c/confirmModal';
import { format } from 'c/ldsUtils';
import { labels } from './labels';

const minute = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'short', timeZone: TIME_ZONE });

const LOOK_EVERY_MS = 500;
/** One mail takes a second; a queue in front of it, longer. */
const LOOKS = 20;

/**
 * Does something with one connection.
 * @param {string} action remind, refresh, allow or disconnect
 * @param {ListedConnectionDto} row
 * @returns {Promise<{ title: string, message?: string, variant: 'success' | 'info' | 'warning' } | undefined>} what to
 *   tell; undefined when the person decided against it
 */
export function performAction(action, row) {
  return { remind: remindOne, refresh: refreshOne, allow: allowOnce, disconnect: disconnectOne }[action](row);
}

async function refreshOne({ id, trainer }) {
  const { status, error } = await refreshConnection({ connectionId: id });
  if (status === 'Connected' && !error) {
    return { title: format(labels.REFRESHED, trainer.name), variant: 'success' };
  }
  return { title: format(labels.NOT_REFRESHED, trainer.name), message: error ?? labels.RECONNECT, variant: 'warning' };
}

async function allowOnce({ id, trainer }) {
  const { account, allowedUntil } = await allowIdentityOnce({ connectionId: id });
  const title = format(labels.ALLOWED, account, trainer.name);
  const until = minute.format(new Date(allowedUntil));
  return { title, message: format(labels.ALLOWED_NEXT, until), variant: 'success' };
}

async function disconnectOne({ trainer, account, provider }) {
  const done = await ConfirmModal.open({
    label: format(labels.DISCONNECT_TITLE, trainer.name),
    size: 'small',
    sentences: [
      format(labels.DISCONNECT_WHAT, account ?? trainer.email),
      labels.DISCONNECT_FUTURE,
      labels.DISCONNECT_MEETINGS,
      labels.DISCONNECT_SETTINGS,
    ],
    actLabel: labels.DISCONNECT,
    pendingLabel: labels.DISCONNECTING,
    failedLabel: labels.DISCONNECT_FAILED,
    variant: 'destructive',
    run: async () => {
      await disconnect({ trainerId: trainer.id, provider });
      return true;
    },
  });
  return done && { title: format(labels.DISCONNECTED, trainer.name), variant: 'success' };
}

async function remindOne({ trainer }) {
  const runId = await remind({ trainerIds: [trainer.id] });
  if (!(await isThrough(runId))) {
    return { title: format(labels.REMIND_UNDER_WAY, trainer.name), variant: 'info' };
  }
  const [result] = (await getRunResults({ runId })).results;
  switch (result?.outcome) {
    case 'succeeded':
      return { title: format(labels.REMINDED, trainer.name), variant: 'success' };
    case 'failed':
      throw new Error(result.message);
    default:
      return { title: format(labels.NOT_REMINDED, trainer.name), message: result?.message, variant: 'info' };
  }
}

async function isThrough(runId) {
  for (let look = 0; look < LOOKS; look += 1) {
    // eslint-disable-next-line no-await-in-loop
    const { finishedAt } = await getRun({ runId });
    if (finishedAt) {
      return true;
    }
    // eslint-disable-next-line no-await-in-loop, @lwc/lwc/no-async-operation
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return false;
}
