import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { childNamed, requireChild, requireText } from '../../logic/metadata-xml.ts';
import { findPackageFiles, readPackageFields, readPackageFile, readPackageObjects } from './package-schema.ts';
import { loadBeforeSaveFlow } from '../../logic/before-save-flow.ts';
import { loadValidationRule } from '../../logic/validation-rule.ts';
import { test } from 'node:test';

const fields = readPackageFields();

test('fields lie under their own name and belong to an object that one of the package directories defines', () => {
  const objects = readPackageObjects();
  for (const file of findPackageFiles('.field-meta.xml')) {
    const name = requireText(readPackageFile(file, 'CustomField'), 'fullName');
    assert.equal(path.basename(file), `${name}.field-meta.xml`);
    const object = path.basename(path.dirname(path.dirname(file)));
    assert.ok(objects.has(object) || !object.endsWith('__c'), `${object} of ${name} is not defined`);
  }
});

test('the trainer object is defined in the directory for fresh orgs only, because ours would overwrite the own one', () => {
  const files = findPackageFiles('Onboarding_Trainer__c.object-meta.xml');
  assert.equal(files.length, 1);
  assert.match(files[0] ?? '', /fresh-org/);
});

test('validation rules and before-save flows use only fields that exist', () => {
  const missing: string[] = [];
  const check = (object: string, references: readonly string[], where: string): void => {
    const unknown = references.filter((name) => name.endsWith('__c') && !fields.has(`${object}.${name}`));
    missing.push(...unknown.map((name) => `${where}: ${object}.${name}`));
  };
  for (const file of findPackageFiles('.validationRule-meta.xml')) {
    const object = path.basename(path.dirname(path.dirname(file)));
    check(object, loadValidationRule(object, fs.readFileSync(file, 'utf8')).references, file);
  }
  for (const file of findPackageFiles('_Before_Save.flow-meta.xml')) {
    const flow = loadBeforeSaveFlow(fs.readFileSync(file, 'utf8'));
    check(flow.object, flow.references, file);
  }
  assert.deepEqual(missing, []);
});

test('picklists are restricted and have at most one default value', () => {
  for (const file of findPackageFiles('.field-meta.xml')) {
    const set = childNamed(readPackageFile(file, 'CustomField'), 'valueSet');
    if (!set) continue;
    assert.equal(requireText(set, 'restricted'), 'true', file);
    const values = requireChild(set, 'valueSetDefinition').children.filter(({ name }) => name === 'value');
    const defaults = values.filter((value) => requireText(value, 'default') === 'true');
    assert.ok(values.length > 0 && defaults.length <= 1, file);
  }
});

test('token fields are long text without history', () => {
  for (const name of ['Lark_Access_Token__c', 'Lark_Refresh_Token__c']) {
    const [file] = findPackageFiles(`${name}.field-meta.xml`);
    const field = readPackageFile(file ?? '', 'CustomField');
    assert.deepEqual(
      ['type', 'length', 'trackHistory'].map((part) => requireText(field, part)),
      ['LongTextArea', '16384', 'false'],
    );
  }
});

test('texts that people read and formulas survive the formatter: no line breaks in texts, no escapes in formulas', () => {
  // The formatter may break long texts into lines and puts spaces around entities; both would reach the org.
  const oneLine = /<(label|inlineHelpText|errorMessage|pluralLabel|relationshipLabel)>\s*\n/;
  const escaped = /<(expression|errorConditionFormula)>(?:(?!<\/)[\s\S])*?&(?:quot|apos|lt|gt|amp);/;
  for (const file of findPackageFiles('-meta.xml')) {
    const xml = fs.readFileSync(file, 'utf8');
    assert.doesNotMatch(xml, oneLine, file);
    assert.doesNotMatch(xml, escaped, file);
  }
});
