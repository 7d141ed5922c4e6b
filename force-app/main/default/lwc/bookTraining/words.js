import LOCALE from '@salesforce/i18n/locale';
import { format } from 'c/ldsUtils';
import { formatSpan, knownZone } from 'c/zonedTime';
import { labels } from './labels';

/** A time with the zone it is told in. @param {SlotDto} slot @param {string} timeZone */
export function inZone(slot, timeZone) {
  return format(labels.IN_ZONE, formatSpan(slot, { timeZone, locale: LOCALE }), timeZone);
}

/** @param {BookableTrainerDto} trainer */
export function describe(trainer) {
  return format(trainer.larkConnected ? labels.CONNECTED : labels.NOT_CONNECTED, trainer.name, zoneOf(trainer));
}

/** As the list of trainers has it. @param {BookableTrainerDto | undefined} trainer */
export function zoneOf(trainer) {
  return knownZone(trainer?.timeZone, 'UTC');
}
