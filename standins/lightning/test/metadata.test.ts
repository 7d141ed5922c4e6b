import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { loadSchema } from '../../salesforce/schema/load-schema.ts';
import { findField, findObject } from '../../salesforce/schema/types.ts';
import { placedComponents, readPageMetadata } from '../metadata/index.ts';
import { isStandardTab } from '../metadata/read-app.ts';
import { readXmlFile } from '../metadata/xml.ts';
import { createFixturePackage, PACKAGE } from './support.ts';

const metadata = readPageMetadata(PACKAGE);
const schema = loadSchema([path.join(PACKAGE, '..'), path.join(PACKAGE, '../../fresh-org')]);

function assertField(object: string, field: string, place: string): void {
  const found = findObject(schema, object);
  assert.ok(found && findField(found, field), `${place} names ${object}.${field}, which does not exist`);
}

test('Every tab of an app leads to an object, a page or a component that exists', () => {
  for (const tab of metadata.tabs.values()) {
    if (tab.kind === 'object') assert.ok(findObject(schema, tab.target), tab.target);
    if (tab.kind === 'page') assert.equal(metadata.pages.get(tab.target)?.type, 'AppPage', tab.target);
  }
  const used = new Set(metadata.tabs.keys());
  const files = readdirSync(path.join(PACKAGE, 'tabs')).map((file) => file.replace('.tab-meta.xml', ''));
  assert.deepEqual(new Set(files), used, 'no tab is left out of the apps');
});

test('Every app activates the same pages, each of its object, on wide windows and on phones', () => {
  for (const app of metadata.apps) {
    assert.deepEqual(app.recordPages, metadata.recordPages, app.name);
    const file = path.join(PACKAGE, 'applications', `${app.name}.app-meta.xml`);
    for (const [object, page] of app.recordPages) {
      assert.deepEqual([metadata.pages.get(page)?.type, metadata.pages.get(page)?.object], ['RecordPage', object]);
      const factors = readXmlFile(file, 'CustomApplication')
        .list('actionOverrides')
        .filter((override) => override.text('pageOrSobjectType') === object)
        .map((override) => override.text('formFactor'));
      assert.deepEqual(factors.sort(), ['Large', 'Small'], `${app.name}: ${object}`);
    }
  }
});

test('Apps that show an object by different pages are refused, and so are unknown tabs', (t) => {
  const root = createFixturePackage(t);
  const file = path.join(root, 'applications/Trainer_Connect_Trainers.app-meta.xml');
  const xml = readFileSync(file, 'utf8');
  writeFileSync(file, xml.replaceAll('>Trainer_Record_Page<', '>Training_Booking_Record_Page<'));
  assert.throws(() => readPageMetadata(root), /Trainer_Connect_Trainers: another app shows Onboarding_Trainer__c/);
  writeFileSync(file, xml.replace('<tabs>Trainer_Connections<', '<tabs>standard-Nothing<'));
  assert.throws(() => readPageMetadata(root), /there is no tab standard-Nothing/);
});

test('Every component that a page places exists, is exposed, and allows that kind of page', () => {
  for (const name of placedComponents(metadata)) {
    const file = path.join(PACKAGE, 'lwc', name, `${name}.js-meta.xml`);
    assert.ok(existsSync(file), `there is no component ${name}`);
    const xml = readXmlFile(file, 'LightningComponentBundle');
    assert.equal(xml.text('isExposed'), 'true', name);
    const targets = xml.list('targets').flatMap((one) => one.texts('target'));
    for (const page of metadata.pages.values()) {
      const placed = page.regions.some(({ blocks }) =>
        blocks.some((block) => block.type === 'component' && block.name === name),
      );
      if (placed) assert.ok(targets.includes(`lightning__${page.type}`), `${name} is not allowed on ${page.name}`);
    }
    const onTab = [...metadata.tabs.values()].some(({ kind, target }) => kind === 'component' && target === name);
    if (onTab) assert.ok(targets.includes('lightning__Tab'), name);
  }
});

test('Identifiers on a page are unique, as the platform demands', () => {
  for (const name of metadata.pages.keys()) {
    const xml = readXmlFile(path.join(PACKAGE, 'flexipages', `${name}.flexipage-meta.xml`), 'FlexiPage');
    const identifiers = xml
      .list('flexiPageRegions')
      .flatMap((region) => region.list('itemInstances'))
      .flatMap((item) => [...item.list('componentInstance'), ...item.list('fieldInstance')])
      .map((instance) => instance.needText('identifier'));
    assert.equal(new Set(identifiers).size, identifiers.length, name);
  }
});

test('Every field of layouts, pages, highlights and list views exists; required fields are on the layout', () => {
  for (const [object, sections] of metadata.layouts) {
    const placed = sections.flatMap(({ columns }) => columns.flat()).map(({ field }) => field);
    for (const field of placed) assertField(object, field, 'the layout');
    assert.equal(new Set(placed).size, placed.length, 'a layout holds a field once');
    const required = findObject(schema, object)?.fields.filter((field) => field.required && field.custom) ?? [];
    for (const { name } of required) assert.ok(placed.includes(name), `the layout needs the required ${name}`);
  }
  for (const page of metadata.pages.values()) {
    for (const block of page.regions.flatMap(({ blocks }) => blocks)) {
      if (block.type !== 'details') continue;
      for (const { field } of block.sections?.flatMap(({ columns }) => columns.flat()) ?? []) {
        assertField(page.object ?? '', field, page.name);
      }
    }
  }
  for (const [object, fields] of metadata.highlights) {
    for (const field of fields) assertField(object, field, 'the compact layout');
  }
  for (const [object, views] of metadata.listViews) {
    for (const view of views) {
      for (const field of [...view.columns, ...view.filters.map((filter) => filter.field)]) {
        assertField(object, field, view.name);
      }
    }
  }
});

test('Permission sets open apps and tabs that exist, and whoever sees an object tab reads the object', () => {
  const apps = new Map(metadata.apps.map((app) => [app.name, app]));
  for (const [name, rights] of metadata.rights) {
    for (const app of rights.apps) {
      const tabs = apps.get(app)?.tabs ?? assert.fail(`${name} opens the app ${app}`);
      assert.ok(
        tabs.some((tab) => rights.tabs.includes(tab.name)),
        `${name} opens ${app} without any of its tabs`,
      );
    }
    for (const tab of rights.tabs.filter((one) => !isStandardTab(one))) {
      const found = metadata.tabs.get(tab);
      assert.ok(found, `${name} opens the tab ${tab}`);
      const set = schema.permissionSets.find((one) => one.name === name);
      if (found.kind === 'object') assert.equal(set?.objects.get(found.target.toLowerCase())?.read, true, name);
    }
  }
  const opening = [...metadata.rights].filter(([, { apps }]) => apps.length > 0).map(([name]) => name);
  assert.deepEqual(opening, ['Trainer_Connect_Admin', 'Trainer_Connect_Staff', 'Trainer_Connect_Trainer']);
});
