import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
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

test('every name in config/live.env.example is a setting of config.ts', () => {
  const settings = [...read('middleware/src/config.ts').matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map(
    (match) => match[1] ?? '',
  );
  assert.ok(settings.length > 60);
  const unknown = [...read('config/live.env.example').matchAll(/^([A-Z_]+)=/gm)]
    .map((match) => match[1] ?? '')
    .filter((name) => !settings.includes(name));
  assert.deepEqual(unknown, []);
});

test('the README shows both commands at the top', () => {
  const top = read('README.md').split('\n').slice(0, 12).join('\n');
  assert.match(top, /npm start/);
  assert.match(top, /npm test/);
});
