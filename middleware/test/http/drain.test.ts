import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import express from 'express';
import { createHttpApp, listen } from '../../src/http/server.ts';

const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
/** Longer than any test: who needs the limit hangs. */
const NEVER_MS = 3_600_000;

/** A server whose `/slow` answers when it is told to, and a client that keeps its connection alive. */
async function startSlow(context: TestContext, options: { headFirst?: boolean } = {}) {
  const arrived = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const asked: string[] = [];
  const router = express.Router();
  router.use((request, _response, next) => {
    asked.push(request.path);
    next();
  });
  router.get('/slow', async (_request, response) => {
    if (options.headFirst === true) response.writeHead(200, { 'Content-Length': '4' });
    if (options.headFirst === true) response.flushHeaders();
    arrived.resolve();
    await go.promise;
    response.end('done');
  });
  router.get('/next', (_request, response) => void response.end('next'));
  const server = await listen(createHttpApp({ log, trustedProxies: [], formTargets: [], routers: [router] }), 0);
  // When a test fails, its connections must not keep the server for the limit.
  const sockets: Socket[] = [];
  context.after(() => {
    go.resolve();
    for (const socket of sockets) socket.destroy();
    return server.close(0);
  });
  const open = async () => {
    const socket = connect(server.port, '127.0.0.1');
    sockets.push(socket);
    let heard = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => void (heard += chunk));
    socket.on('error', quiet);
    await once(socket, 'connect');
    return { socket, heard: () => heard, ended: once(socket, 'close') };
  };
  const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
  return { server, asked, arrived: arrived.promise, go: go.resolve, open, get };
}

for (const headFirst of [false, true]) {
  const when = headFirst ? 'has begun its answer' : 'is being worked on';
  test(`a kept-alive connection whose request ${when} when the server stops ends with its answer; no second request is answered`, async (context) => {
    const slow = await startSlow(context, { headFirst });
    const { socket, heard, ended } = await slow.open();
    socket.write(slow.get('/slow'));
    await slow.arrived;
    const closed = slow.server.close(NEVER_MS);
    slow.go();
    // As soon as the answer is there, the caller asks again on the same connection.
    while (!heard().includes('done')) await Promise.race([once(socket, 'data'), ended]);
    if (socket.writable) socket.write(slow.get('/next'));
    await ended;
    assert.match(heard(), /done$/);
    if (!headFirst) assert.match(heard(), /\r\nConnection: close\r\n/);
    assert.deepEqual(slow.asked, ['/slow']);
    await closed;
  });
}

test('connections that were opened in advance and not used do not keep a server from stopping', async (context) => {
  const slow = await startSlow(context);
  const unused = await slow.open();
  const used = await slow.open();
  used.socket.write(slow.get('/next'));
  await once(used.socket, 'data');
  await slow.server.close(NEVER_MS);
  await Promise.all([unused.ended, used.ended]);
});

test('what still runs at the limit is cut off', async (context) => {
  const slow = await startSlow(context);
  const { socket, heard, ended } = await slow.open();
  socket.write(slow.get('/slow'));
  await slow.arrived;
  await slow.server.close(1);
  await ended;
  assert.equal(heard(), '');
});
