import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { soql } from '../../src/salesforce/records.ts';
import { printed } from '../providers/printed.ts';
import { refusedUrl, type ScriptedAnswer } from '../providers/scripted-server.ts';
import {
  accessToken,
  CLIENT_SECRET,
  loginAnswer,
  ORG_ID,
  salesforceAnswering,
  salesforceErrorOf,
  sessionEnded,
} from './salesforce-under-test.ts';

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const anything = soql`SELECT Id FROM Lead`;
const noRows = { json: { totalSize: 0, done: true, records: [] } };

test('Client credentials log in with id and secret in the form', async () => {
  await using world = await salesforceAnswering(() => noRows);
  assert.equal(await world.salesforce.orgId(), ORG_ID);
  const [login] = world.logins();
  assert.equal(login?.headers['content-type'], 'application/x-www-form-urlencoded');
  assert.deepEqual(Object.fromEntries(new URLSearchParams(login?.text)), {
    grant_type: 'client_credentials',
    client_id: 'the-client',
    client_secret: CLIENT_SECRET,
  });
});

test('A JWT login sends nothing but grant type and assertion, for the login address as audience', async () => {
  const auth = { kind: 'jwt', clientId: 'the-client', username: 'bot@x.test', privateKey } as const;
  await using world = await salesforceAnswering(() => noRows, { auth });
  await world.salesforce.query(anything);
  const form = new URLSearchParams(world.logins()[0]?.text);
  assert.deepEqual([...form.keys()].sort(), ['assertion', 'grant_type']);
  assert.equal(form.get('grant_type'), 'urn:ietf:params:oauth:grant-type:jwt-bearer');
  const claims = Buffer.from(form.get('assertion')?.split('.')[1] ?? '', 'base64url').toString();
  assert.equal((JSON.parse(claims) as { aud: string }).aud, world.server.url);
  assert.equal(world.calls()[0]?.headers.authorization, `Bearer ${accessToken(1)}`);
});

test('A private key that cannot sign is refused, and not quoted', async () => {
  const broken = '-----BEGIN PRIVATE KEY-----\nbm90IGEga2V5\n-----END PRIVATE KEY-----';
  const auth = { kind: 'jwt', clientId: 'the-client', username: 'bot@x.test', privateKey: broken } as const;
  await using world = await salesforceAnswering(() => noRows, { auth });
  const error = await salesforceErrorOf(world.salesforce.orgId());
  assert.equal(error.failure, 'refused');
  assert.match(error.message, /SALESFORCE_PRIVATE_KEY/);
  assert.ok(!printed(error).includes('bm90IGEga2V5'));
  assert.equal(world.server.requests.length, 0);
});

test('Five first calls share one login', async () => {
  await using world = await salesforceAnswering(() => noRows);
  await Promise.all(Array.from({ length: 5 }, () => world.salesforce.query(anything)));
  assert.equal(world.logins().length, 1);
  assert.equal(world.calls().length, 5);
});

test('Five calls that meet an ended session share one login, and each is sent once more', async () => {
  const { promise: allHere, resolve } = Promise.withResolvers<void>();
  await using world = await salesforceAnswering(async (request, count) => {
    if (count === 5) resolve();
    if (request.headers.authorization !== `Bearer ${accessToken(1)}`) return noRows;
    await allHere;
    return sessionEnded;
  });
  await Promise.all(Array.from({ length: 5 }, () => world.salesforce.query(anything)));
  assert.equal(world.logins().length, 2);
  assert.equal(world.calls().length, 10);
});

test('A write that meets an ended session is replayed with the same body', async () => {
  await using world = await salesforceAnswering((_, count) =>
    count === 1 ? sessionEnded : { json: [{ id: 'a', success: true, errors: [] }] },
  );
  await world.salesforce.update('Lead', [{ Id: 'a', Company: 'X' }]);
  const [first, second] = world.calls();
  assert.equal(second?.text, first?.text);
  assert.equal(second?.headers.authorization, `Bearer ${accessToken(2)}`);
});

test('A session that is refused right after a login is a refusal, not an endless loop', async () => {
  await using world = await salesforceAnswering(() => sessionEnded);
  const error = await salesforceErrorOf(world.salesforce.query(anything));
  assert.equal(error.failure, 'refused');
  assert.equal(error.code, 'INVALID_SESSION_ID');
  assert.equal(world.calls().length, 2);
  assert.equal(world.logins().length, 2);
});

test('The configured org may be given in its 15-character form', async () => {
  await using world = await salesforceAnswering(() => noRows, { orgId: ORG_ID.slice(0, 15) });
  assert.equal(await world.salesforce.orgId(), ORG_ID);
});

test('A login that leads to another org is refused before any call', async () => {
  const foreign = '00D000000000009EAA';
  await using world = await salesforceAnswering(() => noRows, {
    login: (request, count) => loginAnswer(`http://${request.headers.host}`, count, foreign),
  });
  const error = await salesforceErrorOf(world.salesforce.query(anything));
  assert.equal(error.failure, 'refused');
  assert.match(error.message, /00D000000000009EAA.*SALESFORCE_ORG_ID is 00D000000000001EAA/);
  assert.equal(world.calls().length, 0);
});

test('A refused login says why and quotes neither secret nor assertion; the next call tries again', async () => {
  const jwt = { kind: 'jwt', clientId: 'the-client', username: 'bot@x.test', privateKey } as const;
  const secret = { kind: 'client_credentials', clientId: 'the-client', clientSecret: CLIENT_SECRET } as const;
  for (const auth of [jwt, secret]) {
    await using world = await salesforceAnswering(() => noRows, {
      auth,
      login: ({ text, headers }, count) => {
        const form = new URLSearchParams(text);
        const quoted = `user hasn't approved this consumer ${form.get('assertion') ?? form.get('client_secret')}`;
        return count === 1
          ? { json: { error: 'invalid_grant', error_description: quoted }, status: 400 }
          : loginAnswer(`http://${headers.host}`, count);
      },
    });
    const error = await salesforceErrorOf(world.salesforce.query(anything));
    assert.equal(error.failure, 'refused');
    assert.equal(error.code, 'invalid_grant');
    assert.match(error.message, /hasn't approved this consumer/);
    const text = printed(error) + world.log.lines.join();
    const assertion = new URLSearchParams(world.logins()[0]?.text).get('assertion') ?? CLIENT_SECRET;
    assert.ok(!text.includes(assertion) && !text.includes(CLIENT_SECRET), text);
    assert.deepEqual(await world.salesforce.query(anything), []);
  }
});

const troubles: readonly [string, ScriptedAnswer, string][] = [
  ['503', { text: 'down', status: 503 }, 'unreachable'],
  ['a dropped connection', 'drop', 'unreachable'],
  ['"retry your request"', { json: { error: 'unknown_error', error_description: 'retry' }, status: 400 }, 'busy'],
  ['429', { json: {}, status: 429 }, 'busy'],
  ['a web page', { text: '<html>', headers: { 'content-type': 'text/html' } }, 'refused'],
  ['JSON of something else', { json: { hello: 'world' } }, 'refused'],
  ['a redirect', { text: '', status: 302, headers: { location: '/elsewhere' } }, 'refused'],
];
for (const [what, answer, failure] of troubles) {
  test(`A login that meets ${what} is ${failure} even for a write: nothing was sent`, async () => {
    await using world = await salesforceAnswering(() => noRows, { login: () => answer });
    assert.equal((await salesforceErrorOf(world.salesforce.update('Lead', [{ Id: 'a' }]))).failure, failure);
    assert.equal(world.calls().length, 0);
    assert.equal(world.logins().length, 1);
  });
}

test('A login without an answer is unreachable after the timeout', async () => {
  await using world = await salesforceAnswering(() => noRows, { login: () => 'silence', timeoutMs: 60 });
  assert.equal((await salesforceErrorOf(world.salesforce.orgId())).failure, 'unreachable');
});

test('A login address where nothing listens is unreachable', async () => {
  await using world = await salesforceAnswering(() => noRows, { loginUrl: await refusedUrl() });
  const error = await salesforceErrorOf(world.salesforce.orgId());
  assert.equal(error.failure, 'unreachable');
  assert.match(error.message, /ECONNREFUSED/);
});
