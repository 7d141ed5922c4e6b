import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { byKey, type Component, type Components } from '../../standins/salesforce/metadata/component.ts';
import { fieldConflicts } from '../org/field-conflicts.ts';

const component = (type: string, name: string, inner: string): Component => ({
  type,
  name,
  file: name,
  line: 1,
  xml: `<${type}>${inner}</${type}>`,
  parts: new Map(),
});
const field = (inner: string): Components =>
  byKey([component('CustomField', 'Onboarding_Trainer__c.Room__c', `<fullName>Room__c</fullName>${inner}`)]);
const text = (length: number) => field(`<type>Text</type><length>${length}</length>`);
const picklist = (...values: string[]) =>
  field(
    `<type>Picklist</type><valueSet><valueSetDefinition>${values.map((value) => `<value><fullName>${value}</fullName></value>`).join('')}</valueSetDefinition></valueSet>`,
  );
const object = (label: string): Components =>
  byKey([component('CustomObject', 'Course__c', `<label>${label}</label>`)]);
const lookup = (target: string) => field(`<type>Lookup</type><referenceTo>${target}</referenceTo>`);

/** Level and sentence of what is found beside plain facts. */
const problems = (ours: Components, theirs: Components) =>
  fieldConflicts(ours, theirs)
    .filter(({ level }) => level !== 'info')
    .map(({ level, what, remedy }) => `${level}: ${what}${remedy === undefined ? ' (nothing to do)' : ''}`);

describe('conflicts of the package with what an org has', () => {
  const cases: [string, Components, Components, string[]][] = [
    [
      'another type',
      text(80),
      field('<type>Number</type>'),
      ['error: Onboarding_Trainer__c.Room__c exists as Number, the package needs Text'],
    ],
    [
      'a longer text',
      text(80),
      text(120),
      ['error: Onboarding_Trainer__c.Room__c exists with length 120, the package would shorten it to 80'],
    ],
    ['a shorter text', text(80), text(40), []],
    [
      'another target',
      lookup('User'),
      lookup('Contact'),
      ['error: Onboarding_Trainer__c.Room__c refers to Contact, the package needs User'],
    ],
    [
      'more values',
      picklist('A'),
      picklist('A', 'B'),
      ['warning: Onboarding_Trainer__c.Room__c has values that the package lacks: B'],
    ],
    ['the same', text(80), text(80), []],
    [
      "somebody else's object",
      object('Course'),
      object('Lesson'),
      ['error: Course__c exists with the label "Lesson", ours is "Course": the deployment would overwrite it'],
    ],
    ['nothing of it', text(80), byKey([]), []],
  ];
  for (const [situation, ours, theirs, expected] of cases) {
    it(`${situation}: ${expected.length === 0 ? 'no problem' : 'said with what to do'}`, () => {
      assert.deepEqual(problems(ours, theirs), expected);
    });
  }
});
