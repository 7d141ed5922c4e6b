/**
 * The movable clock of the outside world. Real time passes on it; tests and people shift it.
 * Everything with an expiry (tokens, codes, sessions, reservations) is judged by this clock.
 */
export interface MovableClock {
  now: () => Date;
  /** Jumps so that `now()` is the given instant. */
  set(instant: Date): void;
  advance(milliseconds: number): void;
  reset(): void;
}

export function createMovableClock(): MovableClock {
  let offset = 0;
  return {
    now: () => new Date(Date.now() + offset),
    set: (instant) => {
      offset = instant.getTime() - Date.now();
    },
    advance: (milliseconds) => {
      offset += milliseconds;
    },
    reset: () => {
      offset = 0;
    },
  };
}
