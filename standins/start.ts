import { readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { parseEnv } from 'node:util';
import { startStandins } from './registry.ts';
import { salesforceKey } from './salesforce-key.ts';

/** npm run standins: the outside world alone, on its usual ports; its state is kept in .data/. */
const basePort = Number(process.env['STANDIN_PORT'] ?? 4000);
const offline = parseEnv(readFileSync(path.resolve(import.meta.dirname, '../config/offline.env'), 'utf8'));
const standins = await startStandins({
  basePort,
  dataDirectory: path.join(process.env['DATA_DIR'] ?? '.data', 'standins'),
  redirectUri: process.env['LARK_OAUTH_REDIRECT_URI'] ?? 'http://localhost:3000/api/lark/trainer/oauth/callback',
  middleware: {
    url: process.env['PUBLIC_URL'] ?? offline['PUBLIC_URL'] ?? 'http://localhost:3000',
    apiKey: salesforceKey(process.env['API_KEYS'] ?? offline['API_KEYS']),
  },
  lightning: { watch: true },
});
console.log(`Lightning   http://localhost:${basePort}`);
console.log(`Salesforce  ${standins.salesforce.url}   mails: ${standins.salesforce.url}/outbox`);
console.log(`Lark        ${standins.lark.url}`);
console.log('Now run "npm run middleware:offline" in another terminal. Ctrl+C stops this one.');

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void standins.close().then(() => process.exit(0));
  });
}
