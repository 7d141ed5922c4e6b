/**
 * A limit of the org that begins anew at midnight UTC. (The platform counts API requests over the last 24 hours
 * instead; one rule for all lets a test run out of any of them and come back at a known moment.)
 */
export interface DailyLimit {
  max: number;
  used(): number;
  remaining(): number;
  /** False: that many are more than the day has left, and nothing is counted. */
  take(count: number): boolean;
  /** Leaves that many for the rest of the day. */
  leave(count: number): void;
}

export function createDailyLimit(max: number, now: () => Date): DailyLimit {
  let day = '';
  let used = 0;
  const usedToday = () => {
    const today = now().toISOString().slice(0, 10);
    if (today !== day) {
      day = today;
      used = 0;
    }
    return used;
  };
  const limit: DailyLimit = {
    max,
    used: usedToday,
    remaining: () => Math.max(0, limit.max - usedToday()),
    take: (count) => {
      if (count > limit.remaining()) return false;
      used += count;
      return true;
    },
    leave: (count) => {
      usedToday();
      used = limit.max - count;
    },
  };
  return limit;
}
