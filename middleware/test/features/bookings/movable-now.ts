/** A clock that stands still until it is told. */
export function createMovableClockFrom(instant: string) {
  let now = new Date(instant);
  return {
    now: () => now,
    advance: (milliseconds: number) => {
      now = new Date(now.getTime() + milliseconds);
    },
    set: (to: string) => {
      now = new Date(to);
    },
  };
}
