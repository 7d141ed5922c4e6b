import process from 'node:process';
import { test } from 'node:test';
import { runSequences } from '../../../proof/kit/booking-sequences.ts';

// `npm run proof` takes another seed each time; what it finds can be played here by SEED, FIRST and COUNT.
const seed = Number(process.env['SEED'] ?? 5);
const first = Number(process.env['FIRST'] ?? 0);
const count = Number(process.env['COUNT'] ?? 200);

test(`${count} bookings through a storm: when it is over, exactly what should exist does (SEED=${seed})`, async () => {
  await runSequences({ seed, first, count, parallel: Math.min(count, 8), crashes: Math.ceil(count / 40) });
});
