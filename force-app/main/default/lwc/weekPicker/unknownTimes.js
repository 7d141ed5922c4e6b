import { format } from 'c/ldsUtils';
import { labels } from './labels';

/**
 * Time of which nothing is known for those trainers.
 * @typedef {SlotDto & { reason: string, trainers: { id: string, name: string }[] }} UnknownTime
 */

/**
 * Equal time with an equal reason once, with everybody it holds for.
 * @param {readonly AvailabilityDto[]} answers
 * @param {boolean} isOne whoever asked for one trainer knows whose time it is: nobody is named
 * @returns {UnknownTime[]}
 */
export function unknownIn(answers, isOne) {
  /** @type {Map<string, UnknownTime>} */
  const merged = new Map();
  for (const { trainer, unknown } of answers) {
    for (const { start, end, reason } of unknown) {
      const key = `${start} ${end} ${reason}`;
      const time = merged.get(key) ?? { start, end, reason, trainers: [] };
      if (!isOne) {
        time.trainers.push(trainer);
      }
      merged.set(key, time);
    }
  }
  return [...merged.values()];
}

/**
 * Every reason once, with the trainer or the number of trainers; those that hold for most come first.
 * @param {readonly UnknownTime[]} unknown
 * @returns {string[]}
 */
export function reasonsIn(unknown) {
  /** @type {Map<string, Map<string, string>>} */
  const names = new Map();
  for (const { reason, trainers } of unknown) {
    const known = names.get(reason) ?? new Map();
    trainers.forEach(({ id, name }) => known.set(id, name));
    names.set(reason, known);
  }
  return [...names]
    .sort(([, one], [, other]) => other.size - one.size)
    .map(([reason, trainers]) => {
      if (trainers.size > 1) {
        return format(labels.OF_MANY, trainers.size, reason);
      }
      const [name] = trainers.values();
      return name === undefined ? reason : format(labels.OF, name, reason);
    });
}
