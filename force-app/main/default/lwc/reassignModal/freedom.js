import { MOST_TRAINERS, answersIn, isCovered, overlaps } from 'c/freeTimes';
import { format } from 'c/ldsUtils';
import BUSY from '@salesforce/label/c.TC_Change_Give_Busy';
import CLOSED from '@salesforce/label/c.TC_Change_Give_Closed';
import FREE from '@salesforce/label/c.TC_Change_Give_Free';
import NOTED from '@salesforce/label/c.TC_Change_Give_Noted';
import UNKNOWN from '@salesforce/label/c.TC_Change_Give_Unknown';

/** Free times begin at certain minutes: those around the span show whether all of it is free. */
const MARGIN_MS = 2 * 3_600_000;

/**
 * @param {(parameters: { trainerIds: readonly string[], fromTime: string, toTime: string }) => Promise<AvailabilityAnswer>} ask
 * @param {readonly string[]} ids
 * @param {SlotDto} span
 * @returns {Promise<AvailabilityDto[]>}
 */
export async function askInGroups(ask, ids, span) {
  const fromTime = new Date(Date.parse(span.start) - MARGIN_MS).toISOString();
  const toTime = new Date(Date.parse(span.end) + MARGIN_MS).toISOString();
  const answers = [];
  for (let index = 0; index < ids.length; index += MOST_TRAINERS) {
    answers.push(ask({ trainerIds: ids.slice(index, index + MOST_TRAINERS), fromTime, toTime }));
  }
  return (await Promise.all(answers)).flatMap(answersIn);
}

/**
 * Whether a trainer could take a time, as far as it is known.
 * @param {AvailabilityDto | undefined} answer
 * @param {SlotDto} span
 * @returns {{ kind: 'free' | 'busy' | 'unknown' | 'closed', reason: string }} why nothing is known, or what to know of free time
 */
export function freedomOf(answer, span) {
  const reason = answer?.unknown.find((one) => overlaps(one, span))?.reason;
  if (!answer || reason !== undefined) {
    return { kind: 'unknown', reason: reason ?? '' };
  }
  if (answer.busy.some((one) => overlaps(one, span))) {
    return { kind: 'busy', reason: '' };
  }
  const isFree = isCovered(answer.slots, span);
  return isFree ? { kind: 'free', reason: answer.notes.join(' ') } : { kind: 'closed', reason: '' };
}

/** @param {ReturnType<typeof freedomOf>} freedom */
export function describeFreedom({ kind, reason }) {
  const words = { free: FREE, busy: BUSY, unknown: UNKNOWN, closed: CLOSED }[kind];
  return reason ? format(NOTED, words, reason) : words;
}
