import LOCALE from '@salesforce/i18n/locale';
import { format } from 'c/ldsUtils';
import { labels } from './labels';

const number = new Intl.NumberFormat(LOCALE);

/**
 * The tiles in reading order: a number, what it counts, and what there is to do about it.
 * @param {ConnectionTotalsDto} totals
 */
export function describeTotals(totals) {
  const tile = (state, count, label, help, look) => ({
    state,
    count: number.format(count),
    label,
    help,
    look: count > 0 ? look : '',
  });
  return [
    tile(undefined, totals.trainers, labels.ALL, labels.ALL_HELP, ''),
    tile('connected', totals.connected, labels.CONNECTED, helpOnFailing(totals), 'good'),
    tile('expiring', totals.endingWithin14Days, labels.ENDING, helpOnEnding(totals), 'warn'),
    tile('needs-reconnect', totals.needsReconnect, labels.NEEDS_RECONNECT, labels.NEEDS_RECONNECT_HELP, 'bad'),
    tile('on-hold', totals.onHold, labels.ON_HOLD, labels.ON_HOLD_HELP, 'warn'),
    tile('not-connected', totals.notConnected, labels.NOT_CONNECTED, labels.NOT_CONNECTED_HELP, ''),
  ];
}

function helpOnEnding({ expiringWithin24h }) {
  return expiringWithin24h > 0 ? format(labels.ENDING_TODAY, number.format(expiringWithin24h)) : labels.ENDING_HELP;
}

function helpOnFailing({ failing }) {
  return failing > 0 ? format(labels.FAILING, number.format(failing)) : labels.CONNECTED_HELP;
}
