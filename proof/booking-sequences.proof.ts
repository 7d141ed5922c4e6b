import process from 'node:process';
import { test } from 'node:test';
import { runSequences } from './kit/booking-sequences.ts';
import { seedOf } from './kit/seeded.ts';
import { say } from './kit/report.ts';
import { runSequencesOverTwoProcesses } from './kit/two-processes.ts';

const seed = seedOf(process.env['SEED']);
const TOTAL = Number(process.env['SEQUENCES'] ?? 5_000);
/** Of these, one in ten over two processes. */
const OVER_TWO = Math.floor(TOTAL / 10);
const A_WORLD = 200;

for (let first = 0; first < TOTAL; first += A_WORLD) {
  const count = Math.min(A_WORLD, TOTAL - first);
  const isOverTwo = first + count > TOTAL - OVER_TWO;
  const where = isOverTwo ? 'over two processes on PostgreSQL, with SIGKILL' : 'with crashes';
  test(`bookings ${first} to ${first + count - 1} through a storm ${where} (SEED=${seed})`, async () => {
    const options = { seed, first, count, parallel: 8, crashes: Math.ceil(count / 40) };
    try {
      await (isOverTwo ? runSequencesOverTwoProcesses(options) : runSequences(options));
    } catch (error) {
      // Now, not when all the others have run.
      say(String(error));
      throw error;
    }
  });
}
