import LOCALE from '@salesforce/i18n/locale';
import TIME_ZONE from '@salesforce/i18n/timeZone';
import { format } from 'c/ldsUtils';
import { labels } from './labels';

const DAY_MS = 24 * 60 * 60 * 1000;
/** As far ahead as the first mail about it. */
const SOON_MS = 14 * DAY_MS;

const day = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeZone: TIME_ZONE });
const minute = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'short', timeZone: TIME_ZONE });
/** Empty cells are not worth a line on a phone. */
const cellOf = (instant) => (instant ? 'date' : 'date unknown');
const inWords = (instant, formatter) => (instant ? formatter.format(new Date(instant)) : labels.NONE);

const LOOKS = {
  connected: { label: labels.CONNECTED, icon: 'utility:success', variant: 'success' },
  'needs-reconnect': { label: labels.NEEDS_RECONNECT, icon: 'utility:error', variant: 'error' },
  'on-hold': { label: labels.ON_HOLD, icon: 'utility:warning', variant: 'warning' },
  'not-connected': { label: labels.NOT_CONNECTED, icon: 'utility:unlinked', variant: '' },
};

const COLUMNS = [
  { sort: 'name', label: labels.TRAINER },
  { sort: 'status', label: labels.STATUS },
  { sort: undefined, label: labels.NEXT },
  { sort: 'endsAt', label: labels.ENDS },
  { sort: 'lastRefresh', label: labels.LAST_REFRESH },
  { sort: 'connectedAt', label: labels.SINCE },
];

/**
 * @param {string} sortBy
 * @param {'asc' | 'desc'} direction
 */
export function describeColumns(sortBy, direction) {
  return COLUMNS.map(({ sort, label }) => {
    const isSorted = sort === sortBy;
    const word = direction === 'asc' ? 'ascending' : 'descending';
    return {
      key: sort ?? 'next',
      classes: `column-${sort ?? 'next'}`,
      sort,
      label,
      order: sort === undefined ? undefined : (isSorted && word) || 'none',
      icon: isSorted ? { asc: 'utility:arrowup', desc: 'utility:arrowdown' }[direction] : '',
    };
  });
}

/**
 * @param {ListedConnectionDto} connection
 * @param {string | undefined} busyId
 */
export function describeRow(connection, busyId) {
  const { id, trainer, state, forecast } = connection;
  const isBusy = id === busyId;
  return {
    id,
    name: trainer.name,
    email: trainer.email,
    look: LOOKS[state] ?? LOOKS['not-connected'],
    sentences: whatHappensNext(connection),
    isSoon: nearness(connection) === 'soon' || nearness(connection) === 'over',
    ends: inWords(forecast?.endsAt, day),
    lastRefresh: inWords(connection.lastRefresh, minute),
    since: inWords(connection.connectedAt, day),
    endsClass: cellOf(forecast?.endsAt),
    refreshClass: cellOf(connection.lastRefresh),
    sinceClass: cellOf(connection.connectedAt),
    menu: format(labels.ACTIONS_OF, trainer.name),
    isBusy,
    busy: String(isBusy),
    canRemind: state === 'needs-reconnect' || state === 'not-connected',
    canRefresh: state === 'connected' || state === 'needs-reconnect',
    canAllow: Boolean(connection.heldAccount),
    canDisconnect: state === 'connected' || state === 'needs-reconnect',
  };
}

/** What an admin should know and can do, in sentences; the first is the most important. */
function whatHappensNext(connection) {
  const { state, error, heldAccount, failing, lastReminderAt } = connection;
  const held = heldAccount ? [format(labels.HELD, heldAccount), labels.HELD_NEXT] : [];
  const reminded = lastReminderAt ? [format(labels.REMINDED, inWords(lastReminderAt, day))] : [];
  switch (state) {
    case 'connected':
      return [...held, ...(failing ? [labels.FAILING] : []), forecastOf(connection)];
    case 'needs-reconnect':
      return [error ?? labels.ENDED, labels.RECONNECT_NEXT, ...held, ...reminded];
    case 'on-hold':
      return [...(held.length > 0 ? held : [labels.HELD_SETTLED]), ...reminded];
    default:
      return [labels.NOT_CONNECTED_NEXT, ...held, ...reminded];
  }
}

function forecastOf(connection) {
  const { forecast } = connection;
  switch (nearness(connection)) {
    case 'over':
      return labels.ENDED;
    case 'soon': {
      const days = Math.ceil((new Date(forecast.endsAt).getTime() - Date.now()) / DAY_MS);
      return format(forecast.reason === 'consent' ? labels.CONSENT_IN_DAYS : labels.WINDOW_IN_DAYS, days);
    }
    default:
      return forecast ? labels.RENEWED_BY_ITSELF : labels.NO_END;
  }
}

/** @returns {'far' | 'soon' | 'over'} how near the end of a connection is */
function nearness({ state, forecast }) {
  if (state !== 'connected' || !forecast) {
    return 'far';
  }
  const left = new Date(forecast.endsAt).getTime() - Date.now();
  if (left <= 0) {
    return 'over';
  }
  return left <= SOON_MS ? 'soon' : 'far';
}
