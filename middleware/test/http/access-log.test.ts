import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test, type TestContext } from 'node:test';
import express from 'express';
import { createHttpApp, listen } from '../../src/http/server.ts';

interface Line {
  route: string;
  status?: number;
  aborted?: boolean;
}

/** A server with `/things/:id`, which answers when it is told to, and the next line of its access log. */
async function startLogged(context: TestContext) {
  const arrived = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const line = Promise.withResolvers<Line>();
  const quiet = () => undefined;
  const info = (fields: object, message: string) => void (message === 'request' && line.resolve(fields as Line));
  const router = express.Router();
  router.get('/things/:id', async (_request, response) => {
    arrived.resolve();
    await go.promise;
    response.json({});
  });
  const log = { debug: quiet, info, warn: quiet, error: quiet };
  const server = await listen(createHttpApp({ log, trustedProxies: [], formTargets: [], routers: [router] }), 0);
  context.after(() => server.close(0));
  return { port: server.port, arrived: arrived.promise, go: go.resolve, line: line.promise };
}

test('a request is logged once it is answered', async (context) => {
  const logged = await startLogged(context);
  logged.go();
  await fetch(`http://127.0.0.1:${logged.port}/things/7?secret=abc`);
  const { route, status, aborted } = await logged.line;
  assert.deepEqual([route, status, aborted], ['/things/:id', 200, undefined]);
});

test('a request whose caller goes before the answer is logged as aborted, without a status', async (context) => {
  const logged = await startLogged(context);
  const socket = connect(logged.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write('GET /things/7 HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await logged.arrived;
  socket.destroy();
  const { route, status, aborted } = await logged.line;
  assert.deepEqual([route, status, aborted], ['/things/:id', undefined, true]);
  logged.go();
});
