// npm start: the whole product offline, in one process.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import process from 'node:process';
import { parseEnv } from 'node:util';
import { createApp } from '../middleware/src/app.ts';
import { parseConfig } from '../middleware/src/config.ts';
import { createLog } from '../middleware/src/core/log.ts';
import { startStandins } from '../standins/registry.ts';
import { salesforceKey } from '../standins/salesforce-key.ts';

const repository = path.resolve(import.meta.dirname, '..');
const offline = parseEnv(readFileSync(path.join(repository, 'config/offline.env'), 'utf8'));
const port = process.env['PORT'] ?? offline['PORT'] ?? '3000';
const publicUrl = `http://localhost:${port}`;
const dataDirectory = path.resolve(repository, process.env['DATA_DIR'] ?? '.data');

const basePort = Number(process.env['STANDIN_PORT'] ?? 4000);

try {
  const startedAt = performance.now();
  // Before any file is opened: whoever runs here already has locked them now and then.
  for (const wanted of [Number(port), basePort, basePort + 1, basePort + 2]) await requireFree(wanted);
  const standins = await startStandins({
    basePort,
    dataDirectory: path.join(dataDirectory, 'standins'),
    redirectUri: `${publicUrl}/api/lark/trainer/oauth/callback`,
    middleware: { url: publicUrl, apiKey: salesforceKey(offline['API_KEYS']) },
    lightning: { watch: true },
  });
  const config = parseConfig({
    ...offline,
    ...standins.environment(),
    // The stand-ins run in this process: their clock is passed on directly.
    CLOCK_URL: undefined,
    PORT: port,
    PUBLIC_URL: publicUrl,
    DATA_DIR: dataDirectory,
    LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'warn',
  });
  const app = await createApp({ config, log: createLog({ level: config.logLevel }), now: standins.clock.now });
  await app.start();

  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`
Trainer Connect runs offline (started in ${seconds} s). Ctrl+C stops it; its state is kept in .data/.

  Open Salesforce: http://localhost:${standins.lightning?.port}

  Without Salesforce     ${publicUrl}/trainers/authorize
  Mails that were sent   ${standins.salesforce.url}/outbox
  Health                 ${publicUrl}/api/health/lark
  Salesforce stand-in    ${standins.salesforce.url}
  Lark stand-in          ${standins.lark.url}

The story in the terminal: npm run demo. The API: docs/http-api.md, with the keys of config/offline.env.
`);

  const stop = async () => {
    await app.stop(5_000);
    await standins.close();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());
} catch (error) {
  const { code, port: taken } = error as { code?: string; port?: number };
  if (code === 'EADDRINUSE') {
    console.error(
      `Port ${taken} is in use. Stop what runs there, or choose others: PORT=3100 STANDIN_PORT=4100 npm start`,
    );
  } else {
    console.error(error instanceof Error ? error.message : error);
  }
  process.exit(1);
}

/** Throws `EADDRINUSE`. */
async function requireFree(wanted: number): Promise<void> {
  const probe = createServer().listen(wanted);
  await once(probe, 'listening');
  probe.close();
  await once(probe, 'close');
}
