import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const repository = path.resolve(import.meta.dirname, '../..');
const sources = globSync(['middleware/**/*.ts', 'standins/**/*.ts'], { cwd: repository }).map((file) => ({
  file,
  text: readFileSync(path.join(repository, file), 'utf8'),
}));
const product = sources.filter(({ file }) => file.startsWith('middleware/src/'));

/** What a file imports: packages by name, our own files by their path in the repository. */
function importsOf({ file, text }: { file: string; text: string }): string[] {
  const specifiers = [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');
  return specifiers.map((specifier) =>
    specifier.startsWith('.') ? path.join(path.dirname(file), specifier) : specifier,
  );
}

function violations(rule: (file: string, imported: string) => boolean, among = product): string[] {
  return among.flatMap((source) =>
    importsOf(source)
      .filter((imported) => rule(source.file, imported))
      .map((imported) => `${source.file} imports ${imported}`),
  );
}

const ports = [
  /^middleware\/src\/providers\/ports\//,
  /^middleware\/src\/salesforce\/records\.ts$/,
  /^middleware\/src\/storage\/(database|lease|runs)\.ts$/,
  /^middleware\/src\/queue\/queue\.ts$/,
  /^middleware\/src\/tokens\/port\.ts$/,
];
const isOurs = (imported: string) => imported.startsWith('middleware/') || imported.startsWith('standins/');
const isPort = (imported: string) => ports.some((port) => port.test(imported));
const room = (file: string) => /^middleware\/src\/(features\/[^/]+|[^/]+)\//.exec(file)?.[1];

test('the rules see the files', () => {
  assert.ok(product.length > 50);
  assert.ok(importsOf(product.find(({ file }) => file.endsWith('src/app.ts')) ?? assert.fail('app.ts')).length > 20);
});

test('core imports no room of ours', () => {
  assert.deepEqual(
    violations((file, imported) => room(file) === 'core' && isOurs(imported) && room(imported) !== 'core'),
    [],
  );
});

test('a feature imports core, http, ports and itself, nothing else of ours', () => {
  assert.deepEqual(
    violations((file, imported) => {
      const feature = room(file);
      if (feature?.startsWith('features/') !== true || !isOurs(imported)) return false;
      const target = room(imported);
      return !(target === 'core' || target === 'http' || target === feature || isPort(imported));
    }),
    [],
  );
});

test('tokens, providers, salesforce, queue and http import only core, ports, storage and themselves', () => {
  const rooms = ['tokens', 'providers', 'salesforce', 'queue', 'http', 'storage'];
  assert.deepEqual(
    violations((file, imported) => {
      const own = room(file);
      if (own === undefined || !rooms.includes(own) || !isOurs(imported)) return false;
      const target = room(imported);
      const allowed = target === own || target === 'core' || isPort(imported);
      const queueOpensDatabase = own === 'queue' && target === 'storage';
      const databaseMigrates = own === 'storage' && imported.startsWith('middleware/migrations/');
      return !(allowed || queueOpensDatabase || databaseMigrates);
    }),
    [],
  );
});

test('only salesforce/connection.ts imports jsforce, only providers/lark a Lark SDK', () => {
  const jsforce = violations((_file, imported) => /^jsforce(\/|$)/.test(imported)).map((text) => text.split(' ')[0]);
  assert.deepEqual([...new Set(jsforce)], ['middleware/src/salesforce/connection.ts']);
  assert.deepEqual(
    violations((file, imported) => imported.startsWith('@larksuiteoapi/') && room(file) !== 'providers'),
    [],
  );
});

test('only main.ts and app.ts construct: nobody imports them', () => {
  assert.deepEqual(
    violations((file, imported) => /src\/(main|app)\.ts$/.test(imported) && !file.endsWith('src/main.ts')),
    [],
  );
});

test('only config.ts reads the environment, only main.ts touches the process', () => {
  const readers = product.filter(({ text }) => /process\.env/.test(text)).map(({ file }) => file);
  assert.deepEqual(readers, ['middleware/src/config.ts']);
  const touching = product
    .filter(({ text }) => /process\.(on|once|exit|argv|stdout|stderr)\b/.test(text))
    .map(({ file }) => file);
  assert.deepEqual(touching, ['middleware/src/main.ts']);
});

test('the product and the stand-ins never import each other', () => {
  assert.deepEqual(
    violations((_file, imported) => imported.startsWith('standins/')),
    [],
  );
  assert.deepEqual(
    violations(
      (_file, imported) => imported.startsWith('middleware/'),
      sources.filter(({ file }) => file.startsWith('standins/')),
    ),
    [],
  );
});

test('time and chance come in through deps: no feature reads the clock itself', () => {
  const own = product
    .filter(({ file }) => /^middleware\/src\/(features|tokens|salesforce|providers)\//.test(file))
    .filter(({ text }) => /\bDate\.now\(\)|new Date\(\)/.test(text))
    .map(({ file }) => file);
  assert.deepEqual(own, []);
});
