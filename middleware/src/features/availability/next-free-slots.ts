import type { Interval } from '../../core/interval.ts';
import type { Trainer } from '../../core/trainer.ts';
import { findAvailability, type FindAvailabilityDeps } from './find-availability.ts';

const LOOK_AHEAD_MS = 14 * 24 * 3_600_000;
/** Whoever wanted the taken slot waits for the answer, and can do without offers. */
const PATIENCE_MS = 3_000;

/**
 * The first free slots of a length after an instant, within two weeks, to offer instead of a taken one; they do not
 * overlap. The same truth as `findAvailability`: time about which nothing is known is not offered, and `unknown` and
 * `notes` say for people why there may be few.
 * Calendars are waited for three seconds. Throws `SalesforceError`.
 */
export async function nextFreeSlots(
  deps: FindAvailabilityDeps,
  trainer: Trainer,
  after: Date,
  wanted: { durationMs: number; count: number },
): Promise<{ slots: Interval[]; unknown: string[]; notes: string[] }> {
  const span = { start: after, end: new Date(after.getTime() + LOOK_AHEAD_MS) };
  const settings = () => ({ ...deps.settings(), minutes: wanted.durationMs / 60_000 });
  const [found] = await findAvailability({ patienceMs: PATIENCE_MS, ...deps, settings }, [{ trainer, span }]);
  const disjoint: Interval[] = [];
  for (const slot of found?.slots ?? []) {
    if (disjoint.length === wanted.count) break;
    const last = disjoint.at(-1);
    if (!last || slot.start >= last.end) disjoint.push(slot);
  }
  const unknown = [...new Set(found?.unknown.map(({ reason }) => reason))];
  return { slots: disjoint, unknown, notes: found?.notes ?? [] };
}
