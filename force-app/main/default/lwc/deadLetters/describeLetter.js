import LOCALE from '@salesforce/i18n/locale';
import TIME_ZONE from '@salesforce/i18n/timeZone';
import { format } from 'c/ldsUtils';
import { labels } from './labels';

const minute = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'short', timeZone: TIME_ZONE });

/** By kind of job; others are called as they are. */
const KINDS = {
  booking: labels.KIND_BOOKING,
  'reconcile-booking': labels.KIND_BOOKING,
  'invite-trainer': labels.KIND_INVITE,
  'merchant-mail': labels.KIND_MERCHANT_MAIL,
  'alert-admins': labels.KIND_ALERT,
};

/** @param {DeadLetterDto} letter */
export function describeLetter({ id, kind, concerns, message, advice, attempts, failedAt }) {
  const { bookingId, trainerId } = concerns;
  const kindInWords = KINDS[kind] ?? kind.replaceAll('-', ' ');
  const when = minute.format(new Date(failedAt));
  return {
    id,
    kind: kindInWords,
    message,
    advice,
    when: attempts === null ? when : format(labels.ATTEMPTS, when, attempts),
    record: bookingId ?? trainerId,
    object: bookingId ? 'Training_Booking__c' : 'Onboarding_Trainer__c',
    openLabel: bookingId ? labels.OPEN_BOOKING : labels.OPEN_TRAINER,
    retryName: `${labels.RETRY}: ${kindInWords}, ${when}`,
    openName: `${bookingId ? labels.OPEN_BOOKING : labels.OPEN_TRAINER}: ${kindInWords}, ${when}`,
  };
}
