import type { FieldValue } from '../../logic/save-context.ts';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FormulaFailure } from '../../logic/formula-values.ts';
import { loadBeforeSaveFlow } from '../../logic/before-save-flow.ts';
import { meetsLogic, parseConditionLogic } from '../../logic/condition-logic.ts';
import { saving } from './save-contexts.ts';
import { UnsupportedMetadata } from '../../logic/save-context.ts';

interface FlowParts {
  elements?: string;
  first?: string;
  status?: string;
  trigger?: string;
  triggerType?: string;
  start?: string;
  processType?: string;
}

function flowXml(parts: FlowParts = {}): string {
  const connector = parts.first ? `<connector><targetReference>${parts.first}</targetReference></connector>` : '';
  return `<Flow xmlns="http://soap.sforce.com/2006/04/metadata"><apiVersion>65.0</apiVersion><label>Some Flow</label>
    ${parts.elements ?? ''}<processType>${parts.processType ?? 'AutoLaunchedFlow'}</processType>
    <start><locationX>0</locationX><locationY>0</locationY>${connector}<object>Thing__c</object>
    <recordTriggerType>${parts.trigger ?? 'CreateAndUpdate'}</recordTriggerType>
    <triggerType>${parts.triggerType ?? 'RecordBeforeSave'}</triggerType>${parts.start ?? ''}</start>
    <status>${parts.status ?? 'Active'}</status></Flow>`;
}

const item = (field: string, value: string, operator = 'Assign') =>
  `<assignmentItems><assignToReference>${field}</assignToReference><operator>${operator}</operator><value>${value}</value></assignmentItems>`;
const assignment = (name: string, items: string, next?: string) =>
  `<assignments><name>${name}</name><label>l</label>${items}${next ? `<connector><targetReference>${next}</targetReference></connector>` : ''}</assignments>`;
const condition = (left: string, operator: string, right: string) =>
  `<conditions><leftValueReference>${left}</leftValueReference><operator>${operator}</operator><rightValue>${right}</rightValue></conditions>`;
const formula = (name: string, type: string, expression: string, more = '') =>
  `<formulas><name>${name}</name><dataType>${type}</dataType><expression>${expression}</expression>${more}</formulas>`;
const decision = (conditions: string, next: string, more = '', logic = 'and') =>
  `<decisions><name>Choose</name><label>l</label><rules><name>Yes</name><conditionLogic>${logic}</conditionLogic>${conditions}
    <connector><targetReference>${next}</targetReference></connector><label>l</label></rules>${more}</decisions>`;
const ref = (name: string) => `<elementReference>${name}</elementReference>`;
const str = (text: string) => `<stringValue>${text}</stringValue>`;
const TRUE = '<booleanValue>true</booleanValue>';

/** Whether a decision with these conditions takes its rule. */
function decides(
  conditions: string,
  record: Record<string, FieldValue>,
  prior?: Record<string, FieldValue>,
  logic?: string,
): boolean {
  const elements = decision(conditions, 'Mark', '', logic) + assignment('Mark', item('$Record.Mark__c', str('met')));
  const flow = loadBeforeSaveFlow(flowXml({ elements, first: 'Choose' }));
  return flow.run(saving({ Mark__c: null, ...record }, { prior })).Mark__c === 'met';
}

describe('running', () => {
  test('later elements and items see earlier assignments, formulas are computed anew each time', () => {
    const elements =
      assignment(
        'One',
        item('$Record.A__c', '<numberValue>1.0</numberValue>') + item('$Record.B__c', ref('Twice')),
        'Two',
      ) +
      assignment('Two', item('$Record.A__c', ref('Twice')) + item('$Record.C__c', ref('Twice'))) +
      formula('Twice', 'Number', '{!$Record.A__c} * {!Two_Const}', '<scale>0</scale>') +
      '<constants><name>Two_Const</name><dataType>Number</dataType><value><numberValue>2</numberValue></value></constants>';
    const flow = loadBeforeSaveFlow(flowXml({ elements, first: 'One' }));
    assert.deepEqual(flow.run(saving({ A__c: 9, B__c: 9, C__c: 9 })), { A__c: 2, B__c: 2, C__c: 4 });
    assert.deepEqual(flow.references, ['A__c', 'B__c', 'C__c']);
  });

  test('variables are blank, numbers are rounded to the scale of their formula', () => {
    const elements =
      assignment('One', item('$Record.A__c', ref('Nothing')) + item('$Record.B__c', ref('Third'))) +
      formula('Third', 'Number', '2 / 3', '<scale>2</scale>') +
      '<variables><name>Nothing</name><dataType>String</dataType><isCollection>false</isCollection><isInput>false</isInput><isOutput>false</isOutput></variables>';
    const flow = loadBeforeSaveFlow(flowXml({ elements, first: 'One' }));
    assert.deepEqual(flow.run(saving({ A__c: 'x', B__c: null })), { A__c: null, B__c: 0.67 });
  });

  test('a flow for creates leaves updates alone, and the other way round; an inactive flow leaves everything alone', () => {
    const elements = assignment('One', item('$Record.A__c', str('x')));
    const run = (parts: FlowParts, prior: Record<string, FieldValue> | null) =>
      loadBeforeSaveFlow(flowXml({ elements, first: 'One', ...parts })).run(saving({ A__c: null }, { prior }));
    assert.deepEqual(run({ trigger: 'Create' }, { A__c: null }), {});
    assert.deepEqual(run({ trigger: 'Update' }, null), {});
    assert.deepEqual(run({ trigger: 'Create' }, null), { A__c: 'x' });
    assert.deepEqual(run({ trigger: 'Update' }, { A__c: null }), { A__c: 'x' });
    assert.deepEqual(run({ status: 'Draft' }, null), {});
  });

  test('the name is the given one, or else made from the label', () => {
    assert.equal(loadBeforeSaveFlow(flowXml()).name, 'Some_Flow');
    assert.equal(loadBeforeSaveFlow(flowXml(), 'File_Name').name, 'File_Name');
  });

  test('a formula whose result is not of its type fails', () => {
    const elements = assignment('One', item('$Record.A__c', ref('Odd'))) + formula('Odd', 'Boolean', '1 + 1');
    const flow = loadBeforeSaveFlow(flowXml({ elements, first: 'One' }));
    assert.throws(() => flow.run(saving({ A__c: null })), FormulaFailure);
  });
});

describe('conditions', () => {
  test('equality and order follow the rules of formulas; order with a blank is never met', () => {
    const five = '<numberValue>5</numberValue>';
    const results = (operator: string) =>
      [4, 5, 6, null].map((A__c) => decides(condition('$Record.A__c', operator, five), { A__c }));
    assert.deepEqual(results('EqualTo'), [false, true, false, false]);
    assert.deepEqual(results('NotEqualTo'), [true, false, true, true]);
    assert.deepEqual(results('GreaterThan'), [false, false, true, false]);
    assert.deepEqual(results('GreaterThanOrEqualTo'), [false, true, true, false]);
    assert.deepEqual(results('LessThan'), [true, false, false, false]);
    assert.deepEqual(results('LessThanOrEqualTo'), [true, true, false, false]);
  });

  test('text operators', () => {
    const met = (operator: string, text: string) =>
      decides(condition('$Record.A__c', operator, str(text)), { A__c: 'Hello' });
    assert.deepEqual([met('StartsWith', 'He'), met('EndsWith', 'lo'), met('Contains', 'ell')], [true, true, true]);
    assert.deepEqual([met('StartsWith', 'lo'), met('EndsWith', 'He'), met('Contains', 'x')], [false, false, false]);
  });

  test('IsNull asks both ways, also for the prior record as a whole', () => {
    const FALSE = '<booleanValue>false</booleanValue>';
    assert.equal(decides(condition('$Record.A__c', 'IsNull', TRUE), { A__c: null }), true);
    assert.equal(decides(condition('$Record.A__c', 'IsNull', FALSE), { A__c: null }), false);
    assert.equal(decides(condition('$Record__Prior', 'IsNull', TRUE), {}), true);
    assert.equal(decides(condition('$Record__Prior', 'IsNull', TRUE), {}, { Mark__c: null }), false);
    assert.equal(
      decides(condition('$Record__Prior.A__c', 'IsNull', TRUE), {}),
      true,
      'no prior record, no prior value',
    );
  });

  test('IsChanged compares with the stored record and is refused while there is none', () => {
    const changed = condition('$Record.A__c', 'IsChanged', TRUE);
    assert.equal(decides(changed, { A__c: 1 }, { A__c: 2 }), true);
    assert.equal(decides(changed, { A__c: 1 }, { A__c: 1 }), false);
    assert.throws(() => decides(changed, { A__c: 1 }), FormulaFailure);
  });

  test('custom logic with brackets', () => {
    const is = (field: string) => condition(`$Record.${field}`, 'EqualTo', TRUE);
    const met = (A__c: boolean, B__c: boolean, C__c: boolean) =>
      decides(is('A__c') + is('B__c') + is('C__c'), { A__c, B__c, C__c }, undefined, '1 AND (2 OR 3)');
    assert.deepEqual([met(true, false, true), met(true, true, false)], [true, true]);
    assert.deepEqual([met(true, false, false), met(false, true, true)], [false, false]);
  });

  test('custom logic that mixes without brackets, skips a condition or names a missing one is refused', () => {
    for (const logic of [
      '1 AND 2 OR 3',
      '1 AND 2',
      '1 AND 2 AND 4',
      '(1 AND 2 AND 3',
      '1 2 3',
      'NOT 1',
      '',
      '1 AND (2 OR 3))',
    ]) {
      assert.throws(() => parseConditionLogic(logic, 3), UnsupportedMetadata, logic);
    }
    assert.equal(
      meetsLogic(parseConditionLogic('(1 OR 2) AND 3', 3), (index) => index !== 1),
      true,
    );
  });
});

describe('what is refused when a flow is loaded', () => {
  const fine = assignment('One', item('$Record.A__c', str('x')));
  const chosen = (conditions: string, logic?: string) => decision(conditions, 'One', '', logic) + fine;
  const cases: [what: string, parts: FlowParts, message: RegExp][] = [
    [
      'another kind of element',
      { elements: '<recordLookups><name>Get</name></recordLookups>' },
      /flow Some_Flow: <recordLookups>/,
    ],
    ['another process type', { processType: 'Flow' }, /processType Flow/],
    ['another trigger', { triggerType: 'RecordAfterSave' }, /triggerType RecordAfterSave/],
    ['a deleting trigger', { trigger: 'Delete' }, /recordTriggerType Delete/],
    ['entry conditions', { start: '<filterFormula>TRUE</filterFormula>' }, /<filterFormula> in <start>/],
    ['scheduled paths', { start: '<scheduledPaths/>' }, /<scheduledPaths> in <start>/],
    ['a connector to nowhere', { elements: fine, first: 'Nowhere' }, /element Nowhere does not exist/],
    [
      'a cycle',
      { elements: assignment('A', item('$Record.A__c', str('x')), 'A'), first: 'A' },
      /A leads back to itself/,
    ],
    ['two elements of one name', { elements: fine + fine }, /two elements are called One/],
    [
      'an adding assignment',
      { elements: assignment('One', item('$Record.A__c', str('x'), 'Add')) },
      /One: operator Add/,
    ],
    [
      'an assigned variable',
      { elements: assignment('One', item('Some_Variable', str('x'))) },
      /One: Some_Variable cannot be assigned/,
    ],
    ['an assigned parent', { elements: assignment('One', item('$Record.Owner.Name', str('x'))) }, /cannot be assigned/],
    [
      'a value of another kind',
      { elements: assignment('One', item('$Record.A__c', '<apexValue>x</apexValue>')) },
      /One: <apexValue>/,
    ],
    [
      'a number that is none',
      { elements: assignment('One', item('$Record.A__c', '<numberValue>x</numberValue>')) },
      /<numberValue> x/,
    ],
    [
      'a global',
      { elements: assignment('One', item('$Record.A__c', ref('$Organization.Name'))) },
      /One: reference \$Organization\.Name/,
    ],
    [
      'a missing resource',
      { elements: assignment('One', item('$Record.A__c', ref('Missing'))) },
      /resource Missing does not exist/,
    ],
    [
      'another operator',
      { elements: chosen(condition('$Record.A__c', 'WasSet', TRUE)) },
      /Choose: Yes: operator WasSet/,
    ],
    [
      'a changed parent field',
      { elements: chosen(condition('$Record.Owner.Name', 'IsChanged', TRUE)) },
      /only a field of \$Record/,
    ],
    [
      'IsNull against a text',
      { elements: chosen(condition('$Record.A__c', 'IsNull', str('true'))) },
      /true or false only/,
    ],
    ['the prior record compared', { elements: chosen(condition('$Record__Prior', 'EqualTo', TRUE)) }, /null or not/],
    ['a rule without conditions', { elements: chosen('') }, /without conditions/],
    [
      'only-when-changed-to',
      {
        elements: chosen(
          `${condition('$Record.A__c', 'EqualTo', TRUE)}<doesRequireRecordChangedToMeetCriteria>true</doesRequireRecordChangedToMeetCriteria>`,
        ),
      },
      /Yes: <doesRequireRecordChangedToMeetCriteria>/,
    ],
    ['an unknown function', { elements: formula('F', 'Number', 'SIN(1)') }, /F: formula: unknown function SIN/],
    ['a currency formula', { elements: formula('F', 'Currency', '1') }, /F: data type Currency/],
    [
      'a formula that needs itself',
      { elements: formula('F', 'Number', '{!G}') + formula('G', 'Number', '{!F}') },
      /refers to itself/,
    ],
    [
      'a filled variable',
      {
        elements:
          '<variables><name>V</name><dataType>String</dataType><value><stringValue>x</stringValue></value></variables>',
      },
      /V: <value>/,
    ],
    [
      'an input variable',
      { elements: '<variables><name>V</name><dataType>String</dataType><isInput>true</isInput></variables>' },
      /V: a variable with isInput/,
    ],
    [
      'looking through a lookup that it assigns',
      {
        elements: assignment(
          'One',
          item('$Record.OwnerId', ref('$Record.Trainer__r.User__c')) + item('$Record.A__c', ref('$Record.Owner.Name')),
        ),
      },
      /assigns OwnerId and looks through it/,
    ],
  ];
  for (const [what, parts, message] of cases) {
    test(what, () => {
      assert.throws(
        () => loadBeforeSaveFlow(flowXml(parts)),
        (error) => {
          assert.ok(error instanceof UnsupportedMetadata, String(error));
          assert.match(error.message, message);
          return true;
        },
      );
    });
  }
});
