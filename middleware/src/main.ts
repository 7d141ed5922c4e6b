import process from 'node:process';
import { createApp } from './app.ts';
import { ConfigError, parseConfig, readEnvironment, unusedSettings, type Config } from './config.ts';
import { followClock } from './core/follow-clock.ts';
import { createLog } from './core/log.ts';

/** The process: environment in, signals in, exit code out. */
const config = readConfig();
const log = createLog({ level: config.logLevel });
for (const setting of unusedSettings(readEnvironment())) {
  log.warn({ setting }, `${setting} is set, but this version does not use it`);
}
const clock = config.clockUrl === undefined ? undefined : await followClock({ url: config.clockUrl, fetch, log });
const app = await createApp({ config, log, ...(clock === undefined ? {} : { now: clock.now }) });
const { port } = await app.start();
log.info({ port, publicUrl: config.publicUrl }, 'Trainer Connect listens');

const LONGEST_STOP_MS = 20_000;
/** The rest is for what follows: the last pairs are written, connections closed. */
const DRAIN_MS = 16_000;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    log.info({ signal }, 'stopping: no new requests, running ones are finished');
    clock?.stop();
    // Whoever sent the signal kills soon after; everything that is cut off is taken up again at the next start.
    setTimeout(() => {
      log.error({}, 'could not stop in time');
      process.exit(1);
    }, LONGEST_STOP_MS).unref();
    app.stop(DRAIN_MS).then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'could not stop in order');
        process.exit(1);
      },
    );
  });
}

function readConfig(): Config {
  try {
    return parseConfig(readEnvironment());
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    console.error('Every setting: config/live.env.example. Offline, against the stand-ins: npm run middleware:offline');
    process.exit(1);
  }
}
