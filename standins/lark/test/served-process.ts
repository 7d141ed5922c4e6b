import { createMovableClock } from '../../kit/clock.ts';
import { startLark } from '../index.ts';
import { ANNA } from './helpers.ts';

/** A Lark in a process of its own, for the tests that kill it: prints its url, keeps its state in the given file. */
const lark = await startLark({
  clock: createMovableClock(),
  file: process.argv[2],
  accounts: [{ email: ANNA, name: 'Anna Trainer' }],
});
process.stdout.write(`${lark.url}\n`);
