import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { ProviderError } from '../../src/core/provider-error.ts';
import { createHttpClient, type HttpClientOptions, type RequestReport } from '../../src/providers/http-client.ts';
import { refusedUrl, startScriptedServer } from './scripted-server.ts';

function clientFor(t: TestContext, options: Partial<HttpClientOptions> = {}) {
  const client = createHttpClient({ provider: 'lark', timeoutMs: 5_000, ...options });
  t.after(() => client.close());
  return client;
}

const get = (url: string) => ({ method: 'GET', url, route: '/thing' }) as const;

async function failureOf(attempt: Promise<unknown>): Promise<ProviderError> {
  const error: unknown = await attempt.then(
    () => assert.fail('the request succeeded'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof ProviderError, String(error));
  return error;
}

test('An answer of any status comes back with lower-case header names and its text', async (t) => {
  await using server = await startScriptedServer(() => ({ text: 'teapot', status: 418, headers: { 'X-Id': '7' } }));
  const answer = await clientFor(t).send({
    ...get(server.url),
    method: 'POST',
    headers: { 'x-mark': 'a' },
    body: 'ü',
  });
  assert.equal(answer.status, 418);
  assert.equal(answer.headers['x-id'], '7');
  assert.equal(answer.text, 'teapot');
  assert.equal(server.requests[0]?.text, 'ü');
  assert.equal(server.requests[0]?.headers['x-mark'], 'a');
});

test('A refused connection is not-sent', async (t) => {
  const url = await refusedUrl();
  const error = await failureOf(clientFor(t).send(get(url)));
  assert.equal(error.failure, 'not-sent');
  assert.match(error.message, /ECONNREFUSED/);
});

test('A host name that does not exist is not-sent', async (t) => {
  const error = await failureOf(clientFor(t).send(get('http://nowhere.invalid/')));
  assert.equal(error.failure, 'not-sent');
});

test('A TLS handshake that fails is not-sent, because no request left', async (t) => {
  await using server = await startScriptedServer(() => ({ text: '' }));
  const error = await failureOf(clientFor(t).send(get(server.url.replace('http:', 'https:'))));
  assert.equal(error.failure, 'not-sent');
});

test('A connection that closes after the request is unknown-outcome, and the request is not repeated', async (t) => {
  await using server = await startScriptedServer(() => 'drop');
  const error = await failureOf(clientFor(t).send(get(server.url)));
  assert.equal(error.failure, 'unknown-outcome');
  assert.equal(server.requests.length, 1);
});

test('An answer that breaks off in the middle is unknown-outcome', async (t) => {
  await using server = await startScriptedServer(() => 'cut');
  assert.equal((await failureOf(clientFor(t).send(get(server.url)))).failure, 'unknown-outcome');
});

test('No answer in time is unknown-outcome', async (t) => {
  await using server = await startScriptedServer(() => 'silence');
  const error = await failureOf(clientFor(t, { timeoutMs: 60 }).send(get(server.url)));
  assert.equal(error.failure, 'unknown-outcome');
  assert.match(error.message, /60 ms/);
});

test('A request that waits too long for a free connection is not-sent and never leaves later', async (t) => {
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  await using server = await startScriptedServer(async () => {
    await answered;
    return { text: 'late' };
  });
  const client = clientFor(t, { timeoutMs: 1_000, connections: 1 });
  // Both timers end in the same moment, before the connection of the first can be reused.
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const first = failureOf(client.send(get(server.url)));
  const second = failureOf(client.send(get(server.url)));
  const deadline = performance.now() + 5_000;
  while (server.requests.length === 0 && performance.now() < deadline) await setImmediate();
  t.mock.timers.tick(1_000);
  assert.equal((await first).failure, 'unknown-outcome');
  assert.equal((await second).failure, 'not-sent');
  t.mock.timers.reset();
  answer();
  await client.close();
  assert.equal(server.requests.length, 1);
});

test('A server that accepts the connection and never shakes hands is not-sent', async (t) => {
  const server = createServer(() => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const client = createHttpClient({ provider: 'lark', timeoutMs: 60 });
  const error = await failureOf(client.send(get(`https://127.0.0.1:${port}/`)));
  assert.equal(error.failure, 'not-sent');
});

test('An answer longer than allowed is unknown-outcome', async (t) => {
  await using server = await startScriptedServer(() => ({ text: 'x'.repeat(2_000) }));
  const error = await failureOf(clientFor(t, { maxBodyBytes: 1_000 }).send(get(server.url)));
  assert.equal(error.failure, 'unknown-outcome');
  assert.match(error.message, /1000 bytes/);
});

test('A redirect is an answer, not followed', async (t) => {
  await using server = await startScriptedServer(() => ({ text: '', status: 302, headers: { location: '/other' } }));
  assert.equal((await clientFor(t).send(get(server.url))).status, 302);
  assert.equal(server.requests.length, 1);
});

test('Requests one after the other keep their connection alive', async (t) => {
  await using server = await startScriptedServer(() => ({ text: 'ok' }));
  const client = clientFor(t);
  for (let i = 0; i < 10; i++) await client.send(get(server.url));
  // undici may open a second one while it still tidies up after the first answer.
  assert.ok(server.accepted() <= 2, `${server.accepted()} connections`);
});

test('Each request is reported once with route and status, without query or header', async (t) => {
  await using server = await startScriptedServer((_, count) => (count === 1 ? { text: 'ok' } : 'drop'));
  const reports: RequestReport[] = [];
  const client = clientFor(t, { onRequest: (report) => reports.push(report) });
  const request = { ...get(`${server.url}/thing?secret=query`), headers: { authorization: 'Bearer secret-token' } };
  await client.send(request);
  await failureOf(client.send(request));
  assert.deepEqual(
    reports.map(({ durationMs: _, ...report }) => report),
    [
      { provider: 'lark', method: 'GET', route: '/thing', status: 200 },
      { provider: 'lark', method: 'GET', route: '/thing' },
    ],
  );
  assert.ok(!JSON.stringify(reports).includes('secret'));
});
