import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadValidationRule } from '../../logic/validation-rule.ts';
import { readMain, saving } from './save-contexts.ts';
import { UnsupportedMetadata } from '../../logic/save-context.ts';

interface RuleParts {
  active?: string;
  formula?: string;
  more?: string;
}

function ruleXml({ active = 'true', formula = 'A__c > 1', more = '' }: RuleParts = {}): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
    <ValidationRule xmlns="http://soap.sforce.com/2006/04/metadata">
      <fullName>Some_Rule</fullName><active>${active}</active>
      <errorConditionFormula>${formula}</errorConditionFormula>
      <errorMessage>No.</errorMessage>${more}
    </ValidationRule>`;
}

function loadOurs(object: string, name: string) {
  return loadValidationRule(object, readMain('objects', object, 'validationRules', `${name}.validationRule-meta.xml`));
}

describe('loading', () => {
  test('a rule tells its name, object, message, error field and the fields it needs', () => {
    const rule = loadValidationRule(
      'Thing__c',
      ruleXml({
        formula: 'AND(ISCHANGED(B__c), A__c &lt; PRIORVALUE(A__c), Trainer__r.Active__c, Owner.Name = "x")',
        more: '<errorDisplayField>C__c</errorDisplayField>',
      }),
    );
    assert.deepEqual(rule.references.toSorted(), ['A__c', 'B__c', 'C__c', 'OwnerId', 'Trainer__c']);
    assert.deepEqual([rule.name, rule.object, rule.active, rule.message], ['Some_Rule', 'Thing__c', true, 'No.']);
    assert.equal(rule.errorField, 'C__c');
  });

  test('an inactive rule is read and never fails', () => {
    const rule = loadValidationRule('Thing__c', ruleXml({ active: 'false' }));
    assert.equal(rule.active, false);
    assert.equal(rule.fails(saving({ A__c: 2 })), false);
  });

  test('a formula in CDATA is read like any other', () => {
    const rule = loadValidationRule('Thing__c', ruleXml({ formula: '<![CDATA[A__c < 1 && B__c = "&"]]>' }));
    assert.equal(rule.fails(saving({ A__c: 0, B__c: '&' })), true);
  });

  test('a condition that blanks leave undecided does not stop the save', () => {
    const rule = loadValidationRule('Thing__c', ruleXml());
    assert.equal(rule.fails(saving({ A__c: null })), false);
    assert.equal(rule.fails(saving({ A__c: 2 })), true);
  });

  test('what the vocabulary lacks is refused with the name of the rule', () => {
    const refused: [xml: string, message: RegExp][] = [
      [ruleXml({ formula: 'VLOOKUP(A__c)' }), /Thing__c\.Some_Rule: formula: unknown function VLOOKUP/],
      [ruleXml({ formula: 'VLOOKUP(A__c)', active: 'false' }), /unknown function VLOOKUP/],
      [ruleXml({ more: '<shouldEvaluate>1</shouldEvaluate>' }), /Some_Rule: <shouldEvaluate>/],
      [ruleXml({ more: '<active>true</active>' }), /<active> appears more than once/],
      [ruleXml({ active: 'yes' }), /neither true nor false/],
      [ruleXml({ formula: '' }), /<errorConditionFormula> is empty/],
      [ruleXml({ more: '<broken>' }), /ill-formed XML/],
      ['<Flow/>', /expected a ValidationRule, got Flow/],
    ];
    for (const [xml, message] of refused) {
      assert.throws(
        () => loadValidationRule('Thing__c', xml),
        (error) => error instanceof UnsupportedMetadata && message.test(error.message),
        String(message),
      );
    }
  });
});

describe('the rules of our package', () => {
  test('a smaller token generation, or a blank one, is refused once one is stored', () => {
    const rule = loadOurs('Onboarding_Trainer__c', 'Lark_Token_Generation_Never_Falls');
    const fails = (next: number | null, stored: number | null) =>
      rule.fails(saving({ Lark_Token_Generation__c: next }, { prior: { Lark_Token_Generation__c: stored } }));
    assert.deepEqual([fails(6, 7), fails(null, 7), fails(-1, null)], [true, true, true]);
    assert.deepEqual(
      [fails(7, 7), fails(8, 7), fails(1, null), fails(null, null), fails(0, null)],
      Array(5).fill(false),
    );
    assert.equal(rule.fails(saving({ Lark_Token_Generation__c: 3 })), false, 'on create');
    assert.equal(rule.fails(saving({ Lark_Token_Generation__c: null })), false, 'on create without tokens');
    assert.deepEqual(rule.references, ['Lark_Token_Generation__c']);
  });

  test('a synced revision below the stored one is refused, a blank one asks for a new pass', () => {
    const rule = loadOurs('Training_Booking__c', 'Synced_Revision_Never_Falls');
    const fails = (next: number | null, stored: number | null) =>
      rule.fails(saving({ Synced_Revision__c: next }, { prior: { Synced_Revision__c: stored } }));
    assert.equal(fails(2, 3), true);
    assert.deepEqual(
      [fails(3, 3), fails(4, 3), fails(null, 3), fails(1, null), fails(null, null)],
      Array(5).fill(false),
    );
    assert.equal(rule.fails(saving({ Synced_Revision__c: null })), false);
  });

  test('a booking that does not end after it starts is refused', () => {
    const rule = loadOurs('Training_Booking__c', 'End_After_Start');
    const fails = (start: string, end: string) => rule.fails(saving({ Start__c: start, End__c: end }));
    assert.equal(fails('2026-11-23T09:00:00.000Z', '2026-11-23T10:00:00.000Z'), false);
    assert.equal(fails('2026-11-23T09:00:00.000Z', '2026-11-23T09:00:00.000Z'), true);
    assert.equal(fails('2026-11-23T09:00:00.000Z', '2026-11-23T08:59:59.000Z'), true);
    assert.equal(rule.errorField, 'End__c');
  });

  test('working hours are blank or HH:mm', () => {
    for (const field of ['Work_Day_Start', 'Work_Day_End']) {
      const rule = loadOurs('Onboarding_Trainer__c', `${field}_Is_A_Time`);
      const fails = (value: string | null) => rule.fails(saving({ [`${field}__c`]: value }));
      for (const good of [null, '', '00:00', '09:30', '19:59', '23:59']) assert.equal(fails(good), false, String(good));
      for (const bad of ['9:30', '24:00', '09:60', '0930', '09.30', 'nine', '09:3'])
        assert.equal(fails(bad), true, bad);
    }
  });

  test('the working day ends after it starts, a blank end or start being the usual one; unreadable hours are left to the other rules', () => {
    const rule = loadOurs('Onboarding_Trainer__c', 'Work_Day_Ends_After_It_Starts');
    const fails = (start: string | null, end: string | null) =>
      rule.fails(saving({ Work_Day_Start__c: start, Work_Day_End__c: end }));
    assert.deepEqual(
      [fails('09:00', '17:30'), fails('09:00', null), fails(null, null), fails('late', 'later')],
      Array(4).fill(false),
    );
    assert.deepEqual([fails('09:00', '09:00'), fails('22:00', '06:00')], [true, true]);
    assert.deepEqual([fails('16:59', null), fails(null, '09:01'), fails('late', null)], Array(3).fill(false));
    assert.deepEqual([fails('18:00', null), fails('17:00', ''), fails(null, '08:00')], Array(3).fill(true));
  });
});
