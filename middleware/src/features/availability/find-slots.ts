import { mergeIntervals, overlaps, type Interval } from '../../core/interval.ts';

export interface SlotRules {
  slotMs: number;
  /** From the start of one slot to the start of the next. */
  stepMs: number;
  /** Kept free before and after what is busy. */
  bufferMs: number;
}

/**
 * The slots inside `span` and inside the working hours that touch neither busy nor unknown time. Slots start at the
 * beginning of a working day and every step of real time from there.
 */
export function findSlots(given: {
  span: Interval;
  /** Sorted and disjoint. */
  workingHours: readonly Interval[];
  busy: readonly Interval[];
  /** Time about which nothing is known is never free. */
  unknown: readonly Interval[];
  rules: SlotRules;
}): Interval[] {
  const { span, rules } = given;
  const taken = mergeIntervals([...given.busy.map((interval) => widen(interval, rules.bufferMs)), ...given.unknown]);
  const slots: Interval[] = [];
  let passed = 0;
  for (const hours of given.workingHours) {
    const end = Math.min(hours.end.getTime(), span.end.getTime());
    const first = firstStart(hours.start.getTime(), span.start.getTime(), rules.stepMs);
    for (let start = first; start + rules.slotMs <= end; start += rules.stepMs) {
      const slot = { start: new Date(start), end: new Date(start + rules.slotMs) };
      while (passed < taken.length && (taken[passed]?.end ?? slot.end) <= slot.start) passed++;
      const next = taken[passed];
      if (!next || !overlaps(next, slot)) slots.push(slot);
    }
  }
  return slots;
}

/** Cuts intervals to what lies inside `span`; sorted and disjoint. */
export function clip(intervals: readonly Interval[], span: Interval): Interval[] {
  return mergeIntervals(
    intervals
      .filter((interval) => overlaps(interval, span))
      .map(({ start, end }) => ({
        start: start < span.start ? span.start : start,
        end: end > span.end ? span.end : end,
      })),
  );
}

function firstStart(dayStart: number, notBefore: number, stepMs: number): number {
  if (dayStart >= notBefore) return dayStart;
  return dayStart + Math.ceil((notBefore - dayStart) / stepMs) * stepMs;
}

/** Time with a margin before and after it. */
export function widen({ start, end }: Interval, byMs: number): Interval {
  return { start: new Date(start.getTime() - byMs), end: new Date(end.getTime() + byMs) };
}
