import LOCALE from '@salesforce/i18n/locale';
import TIME_ZONE from '@salesforce/i18n/timeZone';
import { format } from 'c/ldsUtils';
import { labels } from './labels';

/** As far ahead as the first mail about it. */
const SOON_MS = 14 * 24 * 60 * 60 * 1000;

/**
 * How near the end of a connection is.
 * @param {ConnectionDto} connection
 * @returns {'none' | 'far' | 'soon' | 'over'}
 */
export function nearnessOf({ status, providerOff, forecast }) {
  if (!forecast || status !== 'Connected' || providerOff) {
    return 'none';
  }
  const left = new Date(forecast.endsAt).getTime() - Date.now();
  if (left <= 0) {
    return 'over';
  }
  return left <= SOON_MS ? 'soon' : 'far';
}

/**
 * What ends when, and what to do about it: the day in the person's language and time zone.
 * @param {ConnectionDto} connection
 * @param {string} providerName
 * @returns {{ text: string, next: string | undefined } | undefined} undefined when there is nothing to say
 */
export function describeForecast(connection, providerName) {
  const nearness = nearnessOf(connection);
  if (nearness === 'none') {
    return undefined;
  }
  const { endsAt, reason } = connection.forecast;
  const day = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'long', timeZone: TIME_ZONE }).format(new Date(endsAt));
  if (nearness === 'over') {
    return { text: format(labels.ENDED, providerName, day), next: labels.ENDED_NEXT };
  }
  const sentence = reason === 'consent' ? labels.CONSENT_UNTIL : labels.WINDOW_UNTIL;
  return {
    text: format(sentence, providerName, day),
    next: nearness === 'soon' ? labels.ENDS_SOON_NEXT : undefined,
  };
}
