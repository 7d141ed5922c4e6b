import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionsRouter, type ConnectionsRouterDeps } from '../../../src/features/connections/routes.ts';
import { createHttpApp, listen } from '../../../src/http/server.ts';
import { openMemoryDatabase } from '../../kit/memory-database.ts';
import { silentLog } from '../../tokens/kit.ts';

test('the database is away at the callback: a page whose address holds neither code nor state, and one line in the log', async (context) => {
  const { db, close } = await openMemoryDatabase();
  await close();
  const lines: string[] = [];
  const passOn: ConnectionsRouterDeps['limitPages'] = (_request, _response, next) => void next();
  const router = connectionsRouter({
    db,
    now: () => new Date(),
    log: {
      ...silentLog,
      error: (fields: object, message: string) => void lines.push(JSON.stringify(fields) + message),
    },
    stateSecret: 'a-secret',
    oauth: { id: 'lark' },
    limitPages: passOn,
    limitMails: passOn,
    requireScope: () => passOn,
  } as unknown as ConnectionsRouterDeps);
  const server = await listen(
    createHttpApp({ log: silentLog, trustedProxies: [], formTargets: [], routers: [router] }),
    0,
  );
  context.after(() => server.close(100));
  const [code, state, browser] = ['c'.repeat(43), 's'.repeat(43), 'b'.repeat(43)];
  const callback = `http://127.0.0.1:${server.port}/api/lark/trainer/oauth/callback?code=${code}&state=${state}`;
  const headers = { Accept: 'text/html', Cookie: `__Host-trainer-connect=${browser}` };
  const response = await fetch(callback, { headers, redirect: 'manual' });
  assert.deepEqual([response.status, response.headers.get('location')], [303, '/trainers/authorize/result']);
  assert.equal(lines.length, 1);
  assert.doesNotMatch(lines.join(), /ccc|sss|bbb/);
});
