import assert from 'node:assert/strict';
import { test } from 'node:test';
import express from 'express';
import { createRequireCronSecret } from '../../src/http/authenticate.ts';
import { createHttpApp, listen } from '../../src/http/server.ts';

const lines: object[] = [];
const record = (fields: object) => void lines.push(fields);
const log = { debug: record, info: record, warn: record, error: record };

async function serve(router: express.Router) {
  const server = await listen(createHttpApp({ log, trustedProxies: [], formTargets: [], routers: [router] }), 0);
  return { base: `http://127.0.0.1:${server.port}`, server };
}

test('cron endpoints take the cron secret and nothing else', async () => {
  const router = express.Router();
  router.get(
    '/cron',
    createRequireCronSecret('the-right-cron-secret'),
    (_request, response) => void response.json({ ok: true }),
  );
  const { base, server } = await serve(router);
  const status = async (authorization?: string) =>
    (await fetch(`${base}/cron`, authorization === undefined ? {} : { headers: { Authorization: authorization } }))
      .status;
  assert.equal(await status(), 401);
  assert.equal(await status('Bearer the-wrong-cron-secret'), 401);
  assert.equal(await status('the-right-cron-secret'), 401);
  assert.equal(await status('Bearer the-right-cron-secret'), 200);
  await server.close(1_000);
});

test('wrong keys are answered 401 sixty times a minute, then 429; right ones are always answered, many at once as well', async (context) => {
  const router = express.Router();
  const open = Promise.withResolvers<void>();
  router.get('/cron', createRequireCronSecret('the-right-cron-secret'), async (_request, response) => {
    await open.promise;
    response.json({ done: true });
  });
  const { base, server } = await serve(router);
  context.after(() => server.close(1_000));
  const ask = async (secret: string) =>
    (await fetch(`${base}/cron`, { headers: { Authorization: `Bearer ${secret}` } })).status;
  const many = Array.from({ length: 150 }, () => ask('the-right-cron-secret'));
  setTimeout(open.resolve, 200);
  assert.deepEqual(new Set(await Promise.all(many)), new Set([200]));
  const guesses: number[] = [];
  for (let guess = 0; guess < 62; guess++) guesses.push(await ask(`guess-${guess}`));
  assert.equal(guesses.filter((status) => status === 401).length, 60);
  assert.deepEqual(guesses.slice(60), [429, 429]);
  assert.equal(await ask('the-right-cron-secret'), 200, 'whoever guesses behind the same address locks nobody out');
});

test('a request that runs when the server stops is answered; new ones are not taken', async () => {
  const arrived = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const router = express.Router();
  router.get('/slow', async (_request, response) => {
    arrived.resolve();
    await go.promise;
    response.json({ done: true });
  });
  const { base, server } = await serve(router);
  const running = fetch(`${base}/slow`);
  await arrived.promise;
  const closed = server.close(10_000);
  await assert.rejects(fetch(`${base}/slow`));
  go.resolve();
  assert.deepEqual(await (await running).json(), { done: true });
  await closed;
});

test('an unexpected error shows nothing of itself outside; the log has it under the same request id', async () => {
  const router = express.Router();
  router.get('/broken/:id', () => {
    throw new Error('the password is hunter2');
  });
  const { base, server } = await serve(router);
  const response = await fetch(`${base}/broken/7?secret=abc`, { headers: { 'X-Request-Id': 'request-of-a-test' } });
  const text = await response.text();
  assert.equal(response.status, 500);
  assert.doesNotMatch(text, /hunter2|at .*\.ts/);
  assert.match(text, /request-of-a-test/);
  const own = JSON.stringify(lines.filter((line) => 'requestId' in line && line.requestId === 'request-of-a-test'));
  assert.match(own, /"route":"\/broken\/:id"/);
  assert.doesNotMatch(own, /secret=abc/);
  await server.close(1_000);
});

const unusable: [string, string, RequestInit, number, string][] = [
  ['an address that cannot be decoded', '/things/%E0%A4%A', {}, 400, 'invalid_input'],
  [
    'a body that is no gzip',
    '/things',
    { method: 'POST', headers: { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' }, body: '{}' },
    400,
    'invalid_input',
  ],
  [
    'an encoding that nobody knows',
    '/things',
    { method: 'POST', headers: { 'Content-Type': 'application/json', 'Content-Encoding': 'rot13' }, body: '{}' },
    415,
    'unsupported_media_type',
  ],
  [
    'a form with too many parameters',
    '/form',
    { method: 'POST', body: new URLSearchParams('p=1&'.repeat(1_001)) },
    413,
    'body_too_large',
  ],
];
for (const [name, path, request, status, code] of unusable) {
  test(`${name}: ${status} ${code}, not our fault`, async (context) => {
    const router = express.Router();
    router.get('/things/:id', (_request, response) => void response.json({ ok: true }));
    router.post('/form', express.urlencoded({ extended: false }), (_request, response) => void response.json({}));
    const { base, server } = await serve(router);
    context.after(() => server.close(100));
    const response = await fetch(base + path, request);
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    assert.deepEqual([response.status, error.code], [status, code]);
    assert.match(error.message, /^The .+\.$|^Send .+\.$/);
  });
}

test('every answer carries the security headers and does not name the framework', async () => {
  const { base, server } = await serve(express.Router());
  const { headers } = await fetch(`${base}/nowhere`);
  assert.equal(headers.get('x-powered-by'), null);
  assert.equal(headers.get('referrer-policy'), 'no-referrer');
  assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'.*frame-ancestors 'none'/);
  assert.equal(headers.get('x-content-type-options'), 'nosniff');
  assert.ok(headers.get('strict-transport-security'));
  await server.close(1_000);
});
