import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { type TestContext } from 'node:test';
import { BuildFailed } from '../build/build-pages.ts';
import { createPageBuild } from '../build/page-build.ts';
import { isCacheable } from '../build/apex-methods.ts';
import { generateModule } from '../build/platform-modules.ts';
import { createFixturePackage, startWorld } from './support.ts';

/** A build of the fixtures in a cache of its own. */
function startBuild(t: TestContext, root: string, options: { watch?: boolean } = {}) {
  const cacheDirectory = mkdtempSync(path.join(tmpdir(), 'lightning-builds-'));
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

test('A build of unchanged sources is taken from the cache, also by another process’s first look', async (t) => {
  const { lightning } = await startWorld(t, { metadata: createFixturePackage(t) });
  await lightning.built();
  const again = await startWorld(t, { metadata: createFixturePackage(t) });
  const startedAt = performance.now();
  await again.lightning.built();
  assert.ok(performance.now() - startedAt < 2_000, 'the second build takes no building');
  const script = await fetch(`${again.lightning.url}/build/main.js`);
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
    assert.throws(() => generateModule(id, sources), words);
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
