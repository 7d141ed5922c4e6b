import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { type TestContext } from 'node:test';
import { BuildFailed } from '../build/build-pages.ts';
import { createPageBuild } from '../build/page-build.ts';
import { isCacheable } from '../build/apex-methods.ts';
import { generateModule } from '../build/platform-modules.ts';
import { createFixturePackage, startWorld } from './support.ts';

/** A build of the fixtures in a cache of its own. */
function startBuild(t: TestContext, root: string, options: { watch?: boolean; cacheDirectory?: string } = {}) {
  const cacheDirectory = options.cacheDirectory ?? mkdtempSync(path.join(tmpdir(), 'lightning-builds-'));
  const build = createPageBuild({
    sources: () => ({ root, components: ['bookTraining'] }),
    cacheDirectory,
    watch: options.watch ?? false,
  });
  t.after(() => {
    build.close();
    rmSync(cacheDirectory, { recursive: true, force: true });
  });
  return build;
}

const write = (root: string, name: string, source: string) =>
  writeFileSync(path.join(root, `lwc/${name}/${name}.js`), source);

test('Unchanged sources are built once, also by two who begin at once; the cache serves them afterwards', async (t) => {
  const root = createFixturePackage(t);
  const cacheDirectory = mkdtempSync(path.join(tmpdir(), 'lightning-builds-'));
  t.after(() => rmSync(cacheDirectory, { recursive: true, force: true }));
  const drafts = new Set<string>();
  const watcher = watch(cacheDirectory, (_event, name) => {
    // A draft's name has the process and the time behind the hash.
    if (name !== null && /^[0-9a-f]+\.\d/.test(name)) drafts.add(name);
  });
  t.after(() => watcher.close());
  const [one, other] = [startBuild(t, root, { cacheDirectory }), startBuild(t, root, { cacheDirectory })];
  const folder = await one.folder();
  assert.equal(await other.folder(), folder);
  assert.equal(await startBuild(t, root, { cacheDirectory }).folder(), folder);
  assert.equal(drafts.size, 1, [...drafts].join());
});

test('Built pages are served as scripts', async (t) => {
  const { lightning } = await startWorld(t, { metadata: createFixturePackage(t) });
  await lightning.built();
  const script = await fetch(`${lightning.url}/build/main.js`);
  assert.match(script.headers.get('content-type') ?? '', /javascript/);
});

test('A component that asks for a component that is not there fails the build with its name', async (t) => {
  const root = createFixturePackage(t);
  write(root, 'bookTraining', "import 'c/nowhere';");
  await assert.rejects(startBuild(t, root).folder(), (error) => {
    assert.ok(error instanceof BuildFailed);
    assert.match(error.message, /no component c\/nowhere/);
    return true;
  });
});

test('A label, an Apex method or a module that does not exist is refused by name', (t) => {
  const sources = { root: createFixturePackage(t), components: [] };
  for (const [id, words] of [
    ['@salesforce/label/c.TC_Nowhere', /no custom label TC_Nowhere/],
    ['@salesforce/apex/Fixture.nowhere', /no @AuraEnabled Apex method Fixture\.nowhere/],
    ['@salesforce/messageChannel/Nowhere__c', /not known/],
  ] as const) {
    assert.throws(() => generateModule(id, sources, () => new Map()), words);
  }
});

test('A fault in a component is shown in the page in place of the pages', async (t) => {
  const root = createFixturePackage(t);
  write(root, 'bookTraining', 'export default class {');
  const { lightning } = await startWorld(t, { metadata: root });
  const script = await (await fetch(`${lightning.url}/build/main.js`)).text();
  assert.match(script, /The pages could not be built/);
  assert.match(script, /bookTraining\.js/);
});

test('A change of a source, when the build is watched, is told when it is built or has failed', async (t) => {
  const root = createFixturePackage(t);
  const build = startBuild(t, root, { watch: true });
  const told = Promise.withResolvers<void>();
  build.onChange(() => told.resolve());
  write(root, 'bookTraining', 'export default class {');
  await told.promise;
  await assert.rejects(build.folder(), BuildFailed);
});

test('What is cacheable is read from the Apex source', (t) => {
  const root = createFixturePackage(t);
  assert.equal(isCacheable(root, 'Fixture.read'), true);
  assert.equal(isCacheable(root, 'Fixture.fail'), false);
  assert.equal(isCacheable(root, 'Fixture.other'), undefined);
  assert.equal(isCacheable(root, 'Nowhere.read'), undefined);
});
