import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { unusedSettings } from '../src/config.ts';
import { errorStatus } from '../src/core/error-codes.ts';

const repository = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(repository, file), 'utf8');

test('every error code has an entry in docs/troubleshooting.md, and every entry is a code', () => {
  const entries = [...read('docs/troubleshooting.md').matchAll(/^\| `(\w+)` +\|/gm)].map((match) => match[1]);
  assert.deepEqual(entries.toSorted(), Object.keys(errorStatus).toSorted());
});

test('every error code is thrown somewhere', () => {
  const sources = globSync('middleware/src/**/*.ts', { cwd: repository })
    .filter((file) => !file.endsWith('error-codes.ts'))
    .map(read)
    .join('\n');
  const unused = Object.keys(errorStatus).filter((code) => !sources.includes(`'${code}'`));
  assert.deepEqual(unused, []);
});

test('every route is in docs/http-api.md', () => {
  const routers = globSync('middleware/src/features/**/*.ts', { cwd: repository }).map(read).join('\n');
  const constants = new Map(
    [...routers.matchAll(/const ([A-Z]+) = '(\/[^']+)'/g)].map((match) => [match[1], match[2]]),
  );
  const paths = [...routers.matchAll(/router\s*\.(?:get|post|put|patch|delete)\(\s*(?:'(\/[^']+)'|([A-Z]+)\b)/g)].map(
    (match) => match[1] ?? constants.get(match[2]),
  );
  assert.ok(paths.length > 10, `found ${paths.length}`);
  const documented = read('docs/http-api.md');
  const missing = paths.filter((route) => !documented.includes(`${route?.replaceAll(/:(\w+)/g, '{$1}')}`));
  assert.deepEqual(missing, []);
});

test('config/live.env.example has every setting that this version reads in production, and nothing else', () => {
  const settings = [...read('middleware/src/config.ts').matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map(
    (match) => match[1] ?? '',
  );
  const known = settings.slice(settings.indexOf('NODE_ENV'));
  assert.ok(known.length > 60);
  const withoutEffect = unusedSettings(Object.fromEntries(known.map((name) => [name, 'x'])));
  const forDevelopment = ['CLOCK_URL', 'TEST_DATABASE_URL'];
  const listed = [...read('config/live.env.example').matchAll(/^([A-Z_]+)=/gm)].map((match) => match[1] ?? '');
  assert.deepEqual(
    listed.toSorted(),
    known.filter((name) => !withoutEffect.includes(name) && !forDevelopment.includes(name)).toSorted(),
  );
});

test('the README shows both commands at the top', () => {
  const top = read('README.md').split('\n').slice(0, 12).join('\n');
  assert.match(top, /npm start/);
  assert.match(top, /npm test/);
});
