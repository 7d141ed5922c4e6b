// A middleware in a process of its own. Argument: the name of the step at which it stops for ever (to be killed there).
import process from 'node:process';
import { createApp } from '../../src/app.ts';
import { parseConfig, readEnvironment } from '../../src/config.ts';
import { followClock } from '../../src/core/follow-clock.ts';
import { createLog } from '../../src/core/log.ts';

const [stopAt] = process.argv.slice(2);
const config = parseConfig(readEnvironment());
const log = createLog({ level: config.logLevel });
const clock = config.clockUrl === undefined ? undefined : await followClock({ url: config.clockUrl, fetch, log });
const app = await createApp({
  config,
  log,
  ...(clock === undefined ? {} : { now: clock.now }),
  step: (name) => {
    if (name !== stopAt) return Promise.resolve();
    process.send?.({ reached: name });
    return new Promise(() => undefined);
  },
});
process.send?.(await app.start());
process.once('SIGTERM', () => void app.stop(5_000).then(() => process.exit(0)));
