import { isCovered, overlaps } from 'c/freeTimes';
import { format } from 'c/ldsUtils';
import BUSY from '@salesforce/label/c.TC_Change_Give_Busy';
import CLOSE from '@salesforce/label/c.TC_Change_Give_Close';
import CLOSED from '@salesforce/label/c.TC_Change_Give_Closed';
import FREE from '@salesforce/label/c.TC_Change_Give_Free';
import NOTED from '@salesforce/label/c.TC_Change_Give_Noted';
import UNKNOWN from '@salesforce/label/c.TC_Change_Give_Unknown';

/** No buffer before and after what is busy is longer: what may be too close is among the answers. */
const MARGIN_MS = 4 * 3_600_000;

/**
 * What to ask about, so that the answer shows whether all of a span is free, and if not, why.
 * @param {SlotDto} span
 */
export function around({ start, end }) {
  return {
    start: new Date(Date.parse(start) - MARGIN_MS).toISOString(),
    end: new Date(Date.parse(end) + MARGIN_MS).toISOString(),
  };
}

/**
 * Whether a trainer could take a time, as far as it is known.
 * @param {AvailabilityDto | undefined} answer
 * @param {SlotDto} span
 * @returns {{ kind: 'free' | 'busy' | 'unknown' | 'close' | 'closed', reason: string }} why nothing is known, or what to know of free time
 */
export function freedomOf(answer, span) {
  const reason = answer?.unknown.find((one) => overlaps(one, span))?.reason;
  if (!answer || reason !== undefined) {
    return { kind: 'unknown', reason: reason ?? '' };
  }
  if (answer.busy.some((one) => overlaps(one, span))) {
    return { kind: 'busy', reason: '' };
  }
  if (isCovered(answer.slots, span)) {
    return { kind: 'free', reason: answer.notes.join(' ') };
  }
  // Near something else it may be the buffer around it, or the end of the working day: the answer does not tell which.
  return { kind: answer.busy.length > 0 ? 'close' : 'closed', reason: '' };
}

/** @param {ReturnType<typeof freedomOf>} freedom */
export function describeFreedom({ kind, reason }) {
  const words = { free: FREE, busy: BUSY, unknown: UNKNOWN, close: CLOSE, closed: CLOSED }[kind];
  return reason ? format(NOTED, words, reason) : words;
}
