/** Random numbers that are the same for the same seed, on every machine. */
export interface Seeded {
  /** At least 0, less than 1. */
  next(): number;
  below(count: number): number;
  chance(probability: number): boolean;
  pick<T>(choices: readonly [T, ...T[]]): T;
  /** One of the names, each as often as its weight says. */
  weighed<T extends string>(weights: Readonly<Record<T, number>>): T;
  /** Numbers of their own for a part of the work, whatever the other parts take. */
  fork(part: number): Seeded;
}

export function seeded(seed: number): Seeded {
  let state = seed | 0;
  // mulberry32
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (count: number) => Math.floor(next() * count);
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    pick: (choices) => choices[below(choices.length)] ?? choices[0],
    weighed: <T extends string>(weights: Readonly<Record<T, number>>) => {
      const entries = Object.entries(weights) as [T, number][];
      let left = next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [name, weight] of entries) if ((left -= weight) < 0) return name;
      return entries[0]?.[0] as T;
    },
    fork: (part) => seeded(Math.imul(seed ^ 0x9e3779b9, 31) + Math.imul(part + 1, 0x85ebca6b)),
  };
}

/** Of the environment's `SEED`, or another one each time. */
export function seedOf(given: string | undefined): number {
  return given === undefined || given === '' ? Math.floor(Math.random() * 2 ** 31) : Number(given);
}
