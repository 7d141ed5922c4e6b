import type { TestContext } from 'node:test';
import fc from 'fast-check';

/** Checks a property with a seed that the test prints; `SEED=<number>` replays it, `RUNS=<number>` looks longer. */
export function holds<T>(context: TestContext, property: fc.IProperty<T>, runs = 300): void {
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  context.diagnostic(`seed ${seed}: replay with SEED=${seed}`);
  fc.assert(property, { seed, numRuns: Number(process.env['RUNS'] ?? runs) });
}
