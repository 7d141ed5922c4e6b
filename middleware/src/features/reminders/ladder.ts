/** Days after a trainer was first seen without a connection on which they are reminded. */
export const rungs = [1, 3, 7, 14] as const;

const DAY_MS = 86_400_000;
/** A mail in the evening and one in the morning are two days, but not two days apart. */
const APART_MS = 20 * 3_600_000;

export interface Climb {
  /** When the middleware first saw them without a connection. */
  unconnectedSince: Date;
  /** Reminders since then, by whomever. */
  reminders: number;
  lastReminderAt: Date | undefined;
}

/**
 * Whether the next mail is due on this day. Days are UTC's, so that the hour at which the daily run comes by does not
 * matter. A rung that came late, or a reminder that somebody sent by hand, moves the later ones: the distances stay.
 */
export function isRungDue({ unconnectedSince, reminders, lastReminderAt }: Climb, now: Date): boolean {
  const rung = rungs[Math.max(0, reminders)];
  if (rung === undefined || isRemindedToday(lastReminderAt, now)) return false;
  if (daysBetween(unconnectedSince, now) < rung) return false;
  const before = rungs[reminders - 1];
  return before === undefined || lastReminderAt === undefined || daysBetween(lastReminderAt, now) >= rung - before;
}

/** Nobody is reminded twice on one day, nor twice within twenty hours. */
export function isRemindedToday(lastReminderAt: Date | undefined, now: Date): boolean {
  if (lastReminderAt === undefined) return false;
  return daysBetween(lastReminderAt, now) < 1 || now.getTime() - lastReminderAt.getTime() < APART_MS;
}

/**
 * From which count the rungs are counted for a trainer who is seen without a connection now.
 * @param seen.isPastKnown whether this database was there when they lost it. If it was not, it may have been lost, and
 *   their last reminders may be those of a ladder that is under way or over: rather one mail too few.
 */
export function remindedBefore(seen: {
  reminders: number;
  lastReminderAt: Date | undefined;
  connectedAt: Date | undefined;
  isPastKnown: boolean;
}): number {
  const { reminders, lastReminderAt, connectedAt, isPastKnown } = seen;
  const connectedSince = connectedAt !== undefined && (lastReminderAt === undefined || connectedAt > lastReminderAt);
  return isPastKnown || connectedSince ? reminders : Math.max(0, reminders - rungs.length);
}

function daysBetween(earlier: Date, later: Date): number {
  return Math.floor(later.getTime() / DAY_MS) - Math.floor(earlier.getTime() / DAY_MS);
}
