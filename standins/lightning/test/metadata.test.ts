import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { loadSchema } from '../../salesforce/schema/load-schema.ts';
import { findField, findObject } from '../../salesforce/schema/types.ts';
import { placedComponents, readPageMetadata } from '../metadata/index.ts';
import { readXmlFile } from '../metadata/xml.ts';
import { PACKAGE } from './support.ts';

const metadata = readPageMetadata(PACKAGE);
const schema = loadSchema([path.join(PACKAGE, '..'), path.join(PACKAGE, '../../fresh-org')]);

function assertField(object: string, field: string, place: string): void {
  const found = findObject(schema, object);
  assert.ok(found && findField(found, field), `${place} names ${object}.${field}, which does not exist`);
}

test('Every tab of the app leads to an object, a page or a component that exists', () => {
  for (const tab of metadata.app.tabs) {
    if (tab.kind === 'object') assert.ok(findObject(schema, tab.target), tab.target);
    if (tab.kind === 'page') assert.equal(metadata.pages.get(tab.target)?.type, 'AppPage', tab.target);
  }
  const used = new Set(metadata.app.tabs.map(({ name }) => name));
  const files = readdirSync(path.join(PACKAGE, 'tabs')).map((file) => file.replace('.tab-meta.xml', ''));
  assert.deepEqual(new Set(files), used, 'no tab is left out of the app');
});

test('Every page is of the object that it is activated for, on wide windows and on phones', () => {
  const xml = readXmlFile(path.join(PACKAGE, 'applications/Trainer_Connect.app-meta.xml'), 'CustomApplication');
  for (const [object, page] of metadata.app.recordPages) {
    assert.deepEqual([metadata.pages.get(page)?.type, metadata.pages.get(page)?.object], ['RecordPage', object]);
    const factors = xml
      .list('actionOverrides')
      .filter((override) => override.text('pageOrSobjectType') === object)
      .map((override) => override.text('formFactor'));
    assert.deepEqual(factors.sort(), ['Large', 'Small'], object);
  }
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
    const onTab = metadata.app.tabs.some(({ kind, target }) => kind === 'component' && target === name);
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
  const tabs = new Map(metadata.app.tabs.map((tab) => [tab.name, tab]));
  for (const [name, rights] of metadata.rights) {
    for (const app of rights.apps) assert.equal(app, metadata.app.name);
    for (const tab of rights.tabs) {
      const found = tabs.get(tab);
      assert.ok(found, `${name} opens the tab ${tab}`);
      const set = schema.permissionSets.find((one) => one.name === name);
      if (found.kind === 'object') assert.equal(set?.objects.get(found.target.toLowerCase())?.read, true, name);
    }
  }
  const opening = [...metadata.rights].filter(([, { apps }]) => apps.length > 0).map(([name]) => name);
  assert.deepEqual(opening, ['Trainer_Connect_Admin', 'Trainer_Connect_Staff', 'Trainer_Connect_Trainer']);
});
