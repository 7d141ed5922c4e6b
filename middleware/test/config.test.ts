import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { parseEnv } from 'node:util';
import { ConfigError, parseConfig, unusedSettings, type Environment } from '../src/config.ts';

const repository = path.resolve(import.meta.dirname, '../..');
const offline = parseEnv(readFileSync(path.join(repository, 'config/offline.env'), 'utf8'));

function problemsOf(change: Environment): readonly string[] {
  try {
    parseConfig({ ...offline, ...change });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

test('config/offline.env is complete', () => {
  assert.deepEqual(problemsOf({}), []);
});

test('every problem is listed at once, with the name of the setting', () => {
  const problems = problemsOf({ PUBLIC_URL: '', PORT: 'x', ENCRYPTION_SECRET: 'short', SALESFORCE_ORG_ID: '001' });
  assert.equal(problems.length, 4);
  for (const name of ['PUBLIC_URL is missing', 'PORT', 'ENCRYPTION_SECRET', 'SALESFORCE_ORG_ID']) {
    assert.ok(
      problems.some((problem) => problem.startsWith(name)),
      name,
    );
  }
});

test('an address of Lark ends at its host: paths are added here', () => {
  const problems = problemsOf({
    LARK_DOMAIN: 'https://open.larksuite.com/open-apis',
    LARK_ACCOUNTS_DOMAIN: 'https://accounts.larksuite.com/?x=1',
  });
  assert.deepEqual(
    problems.map((problem) => problem.split(' ')[0]),
    ['LARK_DOMAIN', 'LARK_ACCOUNTS_DOMAIN'],
  );
  assert.equal(problemsOf({ LARK_DOMAIN: 'nonsense' }).length, 1);
});

test('names of the plan documents are answered with the name to use', () => {
  const problems = problemsOf({ SALESFORCE_PASSWORD: 'x', ENCRYPTION_KEY: 'x', LARK_REDIRECT_URI: 'x', APP_ID: 'x' });
  assert.equal(problems.length, 4);
  assert.match(problems.join('\n'), /LARK_REDIRECT_URI is not used here: set LARK_OAUTH_REDIRECT_URI/);
});

test('production refuses everything offline: secrets, http, embedded database, the movable clock', () => {
  const problems = problemsOf({ NODE_ENV: 'production' }).join('\n');
  for (const name of [
    'ENCRYPTION_SECRET',
    'CRON_SECRET',
    'LARK_APP_SECRET',
    'API_KEYS',
    'PUBLIC_URL must be https',
    'DATABASE_URL',
    'CLOCK_URL',
  ]) {
    assert.match(problems, new RegExp(name));
  }
});

test('without NODE_ENV it is production', () => {
  assert.match(problemsOf({ NODE_ENV: '' }).join('\n'), /must be https in production/);
});

test('http is allowed on the loopback interface only', () => {
  assert.match(
    problemsOf({ PUBLIC_URL: 'http://example.com' }).join('\n'),
    /PUBLIC_URL may be http only on the loopback/,
  );
});

test('a JWT login needs a user and a readable key; the key may be the PEM itself with escaped line ends', () => {
  const jwt = { SALESFORCE_AUTH: 'jwt' };
  assert.equal(problemsOf(jwt).length, 2);
  assert.match(problemsOf({ ...jwt, SALESFORCE_USERNAME: 'u', SALESFORCE_PRIVATE_KEY: 'no' }).join(), /neither a PEM/);
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().replaceAll('\n', '\\n');
  const config = parseConfig({ ...offline, ...jwt, SALESFORCE_USERNAME: 'u', SALESFORCE_PRIVATE_KEY: pem });
  assert.equal(config.salesforce.auth.kind, 'jwt');
});

test('API keys: unknown scopes, short keys and repeated names are named without showing a key', () => {
  const problems = problemsOf({ API_KEYS: 'a:salesforce:short-key,a:root:long-enough-but-unknown-scope' }).join('\n');
  assert.match(problems, /entry 1: the key must have at least 24/);
  assert.match(problems, /entry 2: unknown scope root/);
  assert.match(problems, /used twice/);
  assert.doesNotMatch(problems, /short-key|long-enough/);
});

test('a provider without credentials is off; half of them is a mistake', () => {
  assert.equal(parseConfig({ ...offline, LARK_APP_ID: '', LARK_APP_SECRET: '' }).lark, undefined);
  assert.match(problemsOf({ LARK_APP_SECRET: '' }).join(), /belong together/);
  assert.match(problemsOf({ LARK_APP_ID: 'cli_short' }).join(), /not an app id/);
});

test('defaults: token URL and redirect URI follow the domains', () => {
  const config = parseConfig({ ...offline, LARK_OAUTH_REDIRECT_URI: '', LARK_DOMAIN: 'http://127.0.0.1:9/' });
  assert.equal(config.lark?.tokenUrl, 'http://127.0.0.1:9/open-apis/authen/v2/oauth/token');
  assert.equal(config.lark?.redirectUri, 'http://localhost:3000/api/lark/trainer/oauth/callback');
});

test('settings of parts that are not there yet are taken, and named: they have no effect', () => {
  const change = { LARK_USER_ACCESS_TOKEN: 'u-1', METRICS_PORT: '9464', WEBSOCKET_FALLBACK_TO_HTTP: ' ', PORT: '3001' };
  assert.deepEqual(problemsOf(change), []);
  assert.deepEqual(unusedSettings({ ...offline, ...change }), ['METRICS_PORT', 'LARK_USER_ACCESS_TOKEN']);
  assert.deepEqual(unusedSettings(offline), []);
});

test('each setting is either read or named as not used yet', () => {
  const source = readFileSync(path.join(repository, 'middleware/src/config.ts'), 'utf8');
  const settings = [...source.matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map((match) => match[1] ?? '');
  const known = settings.slice(settings.indexOf('NODE_ENV'));
  assert.ok(known.length > 60);
  // The tests' own; `npm test` reads it.
  const read = known.filter((name) => new RegExp(`env\\.${name}\\b`).test(source) || name === 'TEST_DATABASE_URL');
  const unused = unusedSettings(Object.fromEntries(known.map((name) => [name, 'x'])));
  assert.deepEqual([...read, ...unused].toSorted(), known.toSorted());
});
