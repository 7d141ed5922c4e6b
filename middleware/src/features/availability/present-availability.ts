import type { Interval } from '../../core/interval.ts';
import { isTimeZone } from '../../core/zoned-time.ts';
import type { Availability } from './find-availability.ts';

/** The answer about one trainer. */
export function presentOne({ trainer, span, busy, unknown, slots, notes }: Availability) {
  return {
    trainer: { id: trainer.id, name: trainer.name, larkConnected: trainer.lark.status === 'Connected' },
    timeZone: isTimeZone(trainer.timeZone) ? trainer.timeZone : 'UTC',
    from: span.start.toISOString(),
    to: span.end.toISOString(),
    busy: busy.map((interval) => ({ ...inIso(interval), source: interval.source })),
    slots: slots.map(inIso),
    unknown: unknown.map((interval) => ({ ...inIso(interval), reason: interval.reason })),
    notes,
  };
}

/** The answer about several: each by themselves, and taken together who of them is free, or unknown, when. */
export function presentSeveral(found: readonly Availability[]) {
  const trainers = found.map(presentOne);
  return {
    trainers,
    slots: byTrainers(
      trainers.flatMap(({ trainer, slots }) => slots.map((slot) => ({ ...slot, trainerId: trainer.id }))),
    ),
    unknown: byTrainers(
      trainers.flatMap(({ trainer, unknown }) => unknown.map((time) => ({ ...time, trainerId: trainer.id }))),
    ),
    notes: [...new Set(trainers.flatMap(({ notes }) => notes))],
  };
}

/** The same time of several trainers becomes one entry with all of their ids; by start. */
function byTrainers<T extends { start: string; trainerId: string }>(entries: readonly T[]) {
  const groups = new Map<string, Omit<T, 'trainerId'> & { start: string; trainerIds: string[] }>();
  for (const { trainerId, ...time } of entries) {
    const key = JSON.stringify(time);
    const group = groups.get(key);
    if (group) group.trainerIds.push(trainerId);
    else groups.set(key, { ...time, trainerIds: [trainerId] });
  }
  // Ties keep the order of the trainers; instants in ISO 8601 sort as text.
  return [...groups.values()].sort((a, b) => (a.start < b.start ? -1 : Number(a.start > b.start)));
}

function inIso({ start, end }: Interval) {
  return { start: start.toISOString(), end: end.toISOString() };
}
