// A middleware in a process of its own. Argument: the name of the step at which it stops until it is told to go on
// (to be killed or frozen there).
import process from 'node:process';
import { createApp } from '../../src/app.ts';
import { parseConfig, readEnvironment } from '../../src/config.ts';
import { followClock } from '../../src/core/follow-clock.ts';
import { createLog } from '../../src/core/log.ts';
import type { FromMiddleware, ToMiddleware } from './processes.ts';

const [stopAt] = process.argv.slice(2);
const tell = (message: FromMiddleware) => process.send?.(message);
const { promise: toldToGoOn, resolve: goOn } = Promise.withResolvers<void>();
process.on('message', (message: ToMiddleware) => {
  if (message === 'go on') goOn();
  // The system counts in kilobytes.
  else tell({ peakMemory: process.resourceUsage().maxRSS * 1024 });
});
const config = parseConfig(readEnvironment());
const log = createLog({ level: config.logLevel });
const clock = config.clockUrl === undefined ? undefined : await followClock({ url: config.clockUrl, fetch, log });
const app = await createApp({
  config,
  log,
  ...(clock === undefined ? {} : { now: clock.now }),
  step: (name) => {
    if (name !== stopAt) return Promise.resolve();
    tell({ reached: name });
    return toldToGoOn;
  },
});
tell(await app.start());
process.once('SIGTERM', () => void app.stop(5_000).then(() => process.exit(0)));
// Nobody is left behind when the test ends early.
process.once('disconnect', () => process.exit(1));
