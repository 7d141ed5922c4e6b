import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { sourcesOf, loadProgram } from '../../apex/load-program.ts';
import { createApexRuntime } from '../../apex/runtime.ts';

const FORCE_APP = path.resolve(import.meta.dirname, '../../../../force-app');
const MAIN = path.join(FORCE_APP, 'main');
const runtime = createApexRuntime(loadProgram([MAIN]));
const sources = sourcesOf(MAIN).map((file) => ({
  name: path.basename(file, '.cls'),
  text: readFileSync(file, 'utf8'),
}));

/** Class and method of everything with that annotation, found by its text alone. */
function annotated(annotation: string): string[] {
  const pattern = new RegExp(
    `@${annotation}(?:\\([^)]*\\))?\\s+(?:public|global)\\s+static\\s+[\\w<>, .]+?\\s(\\w+)\\(`,
    'g',
  );
  return sources.flatMap(({ name, text }) => [...text.matchAll(pattern)].map(([, method]) => `${name}.${method}`));
}

test('every @AuraEnabled method can be called here, and nothing else can', () => {
  assert.deepEqual(runtime.methods().sort(), annotated('AuraEnabled').sort());
  assert.equal(runtime.methods().length, 28);
});

test('every @InvocableMethod can be called by a flow here', () => {
  assert.deepEqual(annotated('InvocableMethod'), ['TrainingBookingSync.sync']);
  assert.deepEqual(runtime.invocable('TrainingBookingSync'), { inputs: ['bookingId'], callout: true });
});

test('every Apex method that a Lightning component imports exists', () => {
  const lwc = path.join(MAIN, 'default/lwc');
  const files = existsSync(lwc) ? globSync(`${lwc}/**/*.js`).filter((file) => !file.includes('__tests__')) : [];
  const imported = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/@salesforce\/apex\/(\w+\.\w+)/g)].map(([, method]) => method ?? ''),
  );
  assert.deepEqual(
    imported.filter((method) => !runtime.methods().includes(method)),
    [],
  );
});
