import path from 'node:path';
import process from 'node:process';
import { startStandins } from './registry.ts';

/** npm run standins: the outside world alone, on its usual ports; its state is kept in .data/. */
const basePort = Number(process.env['STANDIN_PORT'] ?? 4000);
const standins = await startStandins({
  basePort,
  dataDirectory: path.join(process.env['DATA_DIR'] ?? '.data', 'standins'),
  redirectUri: process.env['LARK_OAUTH_REDIRECT_URI'] ?? 'http://localhost:3000/api/lark/trainer/oauth/callback',
});
console.log(`Salesforce  ${standins.salesforce.url}   mails: ${standins.salesforce.url}/outbox`);
console.log(`Lark        ${standins.lark.url}`);
console.log('Now run "npm run middleware:offline" in another terminal. Ctrl+C stops this one.');

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void standins.close().then(() => process.exit(0));
  });
}
