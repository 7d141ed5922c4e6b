import type { FieldValue } from '../../logic/save-context.ts';
import type { SaveOptions } from './save-contexts.ts';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, test } from 'node:test';
import { evaluateFormula, parseFormula } from '../../logic/formula.ts';
import { FormulaFailure } from '../../logic/formula-values.ts';
import { saving } from './save-contexts.ts';
import { UnsupportedMetadata } from '../../logic/save-context.ts';

const RECORD: Record<string, FieldValue> = {
  Blank__c: null,
  Empty__c: '',
  Five__c: 5,
  Zero__c: 0,
  Text__c: 'Hello',
  Yes__c: true,
  No__c: false,
  Status__c: 'Confirmed',
  Start__c: '2026-11-23T09:00:00.000Z',
  End__c: '2026-11-23T10:30:00.000Z',
  Day__c: '2026-11-23',
};

function evaluate(text: string, options: SaveOptions & { record?: Record<string, FieldValue> } = {}): FieldValue {
  const context = saving(options.record ?? RECORD, options);
  return evaluateFormula(parseFormula(text), { context, resource: () => null });
}

function yields(expected: FieldValue, ...formulas: string[]): void {
  for (const formula of formulas) assert.deepEqual(evaluate(formula), expected, formula);
}

function fails(...formulas: string[]): void {
  for (const formula of formulas) assert.throws(() => evaluate(formula), FormulaFailure, formula);
}

function refuses(pattern: RegExp, ...formulas: string[]): void {
  for (const formula of formulas) {
    assert.throws(
      () => parseFormula(formula),
      (error) => error instanceof UnsupportedMetadata && pattern.test(error.message),
      formula,
    );
  }
}

describe('operators', () => {
  test('multiplication binds tighter than addition, comparison looser, && looser than comparison, || loosest', () => {
    yields(7, '1 + 2 * 3', '1+(2*3)');
    yields(9, '(1 + 2) * 3');
    yields(true, 'TRUE || FALSE && FALSE', '1 + 1 = 2 && 3 > 2', '2 > 1 = TRUE', 'OR(FALSE, 1 < 2)');
    yields(1, '8 - 4 - 3', '8 / 4 / 2');
    yields(-3, '-3', '- (1 + 2)', '2 + -5');
    yields(false, '!TRUE', '!(1 = 1)', 'not(true)');
  });

  test('both spellings of equal and unequal mean the same', () => {
    yields(true, '1 = 1', '1 == 1', '1 <> 2', '1 != 2');
  });

  test('text is joined with & and +, and a blank text joins as nothing', () => {
    yields('Hello there', 'Text__c & " there"', 'Text__c + " there"', "Text__c & ' there'");
    yields('Hello', 'Text__c & Blank__c', 'Blank__c & Text__c', 'Text__c + Blank__c');
  });

  test('text equality looks at case', () => {
    yields(true, 'Text__c = "Hello"', 'Text__c <> "hello"');
  });

  test('date-times are ordered and compared as instants, and their difference is in days', () => {
    yields(true, 'Start__c < End__c', 'End__c >= Start__c', 'Start__c <> End__c', 'Start__c < NOW()', 'End__c > NOW()');
    yields(1.5 / 24, 'End__c - Start__c');
    yields('2026-11-24T09:00:00.000Z', 'Start__c + 1', '1 + Start__c');
    yields('2026-11-22', 'Day__c - 1');
    yields(true, 'TODAY() = Day__c', 'Day__c <= TODAY()');
    const record = { ...RECORD, Start__c: '2026-11-23T10:00:00.000+0100' };
    assert.equal(evaluate('Start__c = End__c', { record: { ...record, End__c: '2026-11-23T09:00:00Z' } }), true);
  });

  test('types that Salesforce refuses to combine fail instead of giving some answer', () => {
    fails(
      '1 & "a"',
      'Text__c - 1',
      'Text__c < "Z"',
      'Start__c < Day__c',
      '1 = "1"',
      'AND(1)',
      'TEXT(Yes__c)',
      'Text__c + 1',
    );
    fails('1 / 0', 'VALUE("abc")', 'Five__c / Zero__c');
  });
});

describe('blanks', () => {
  test('arithmetic with a blank is blank, and so is order with a blank', () => {
    yields(null, 'Blank__c + 1', '1 - Blank__c', 'Blank__c * 0', 'Blank__c / 2', '-Blank__c', 'NULL + NULL');
    yields(null, 'Blank__c < 1', 'Blank__c >= 0', '1 > Blank__c', 'Blank__c < Blank__c', 'Start__c < Blank__c');
  });

  test('a blank equals a blank and nothing else', () => {
    yields(true, 'Blank__c = NULL', 'Blank__c = ""', 'Empty__c = NULL', 'Blank__c <> 0', 'Text__c <> Blank__c');
    yields(false, 'Blank__c = 0', 'Text__c = ""', 'Five__c = Blank__c');
  });

  test('ISBLANK takes the empty text as blank, ISNULL does not', () => {
    yields(true, 'ISBLANK(Blank__c)', 'ISBLANK(Empty__c)', 'ISBLANK("")', 'ISNULL(Blank__c)');
    yields(false, 'ISBLANK(Zero__c)', 'ISBLANK(No__c)', 'ISBLANK(Text__c)', 'ISNULL(Empty__c)');
  });

  test('BLANKVALUE replaces blanks and the empty text, and never zero or false', () => {
    yields(7, 'BLANKVALUE(Blank__c, 7)', 'BLANKVALUE(Empty__c, 7)');
    yields(0, 'BLANKVALUE(Zero__c, 7)');
    yields(false, 'BLANKVALUE(No__c, TRUE)');
  });

  test('an undecided condition is neither true nor false, but a decided one wins over it', () => {
    yields(null, 'NOT(Blank__c > 1)', 'AND(TRUE, Blank__c > 1)', 'OR(FALSE, Blank__c > 1)');
    yields(false, 'AND(Blank__c > 1, FALSE)', 'Blank__c > 1 && FALSE');
    yields(true, 'OR(Blank__c > 1, TRUE)', 'Blank__c > 1 || TRUE');
    yields('no', 'IF(Blank__c > 1, "yes", "no")');
  });

  test('text functions read a blank as the empty text', () => {
    yields(0, 'LEN(Blank__c)');
    yields('', 'TEXT(Blank__c)', 'SUBSTITUTE(Blank__c, "a", "b")');
    yields(false, 'REGEX(Blank__c, "a+")', 'CONTAINS(Blank__c, "a")');
    yields(true, 'REGEX(Blank__c, "a*")', 'ISPICKVAL(Blank__c, "")');
    yields(null, 'VALUE(Blank__c)', 'VALUE(" ")');
  });
});

describe('functions', () => {
  test('AND, OR and IF stop at the decision, so a guarded part cannot fail', () => {
    yields(false, 'AND(FALSE, VALUE("x") > 1)', 'FALSE && VALUE("x") > 1');
    yields(true, 'OR(TRUE, VALUE("x") > 1)', 'TRUE || VALUE("x") > 1');
    yields(1, 'IF(TRUE, 1, VALUE("x"))');
    yields(5, 'BLANKVALUE(Five__c, VALUE("x"))');
  });

  test('CASE gives the value of the first match, or the last value', () => {
    yields('b', 'CASE(Five__c, 4, "a", 5, "b", 5, "c", "d")');
    yields('d', 'CASE(Blank__c, 4, "a", "d")', 'CASE(Status__c, "confirmed", "a", "d")');
  });

  test('ISPICKVAL compares one value exactly', () => {
    yields(true, 'ISPICKVAL(Status__c, "Confirmed")');
    yields(false, 'ISPICKVAL(Status__c, "confirmed")', 'ISPICKVAL(Status__c, "")');
  });

  test('REGEX must match the whole text, and backslashes are doubled as in Salesforce', () => {
    yields(true, 'REGEX("09:30", "([01][0-9]|2[0-3]):[0-5][0-9]")', 'REGEX("42", "\\\\d+")', 'REGEX("ab", "a|ab")');
    yields(
      false,
      'REGEX("24:00", "([01][0-9]|2[0-3]):[0-5][0-9]")',
      'REGEX("x42", "\\\\d+")',
      'REGEX("09:30\n", ".*")',
    );
  });

  test('BEGINS, CONTAINS, LEN, SUBSTITUTE, VALUE and TEXT', () => {
    yields(true, 'BEGINS(Text__c, "He")', 'CONTAINS(Text__c, "ell")', 'CONTAINS(Text__c, "")');
    yields(false, 'BEGINS(Text__c, "he")', 'CONTAINS(Text__c, "ELL")');
    yields(5, 'LEN(Text__c)', 'VALUE("5")', 'VALUE(" 5.0 ")');
    yields('Heyyo', 'SUBSTITUTE(Text__c, "l", "y")');
    yields('Hello', 'SUBSTITUTE(Text__c, "", "y")');
    yields('5', 'TEXT(Five__c)', 'TEXT(2.5 * 2)');
    yields('0.0000001', 'TEXT(1 / 10000000)');
    yields('2026-11-23 09:00:00Z', 'TEXT(Start__c)');
    yields('Confirmed', 'TEXT(Status__c)');
  });

  test('SUBSTITUTE takes its replacement literally', () => {
    yields('$&x', 'SUBSTITUTE("ax", "a", "$&")');
  });

  test('ISNEW, ISCHANGED and PRIORVALUE on a create: new, unchanged, the present value', () => {
    yields(true, 'ISNEW()');
    yields(false, 'ISCHANGED(Five__c)');
    yields(5, 'PRIORVALUE(Five__c)');
  });

  test('ISNEW, ISCHANGED and PRIORVALUE on an update look at the stored record', () => {
    const prior = { ...RECORD, Five__c: 4, Blank__c: '', Start__c: '2026-11-23T09:00:00Z' };
    assert.equal(evaluate('ISNEW()', { prior }), false);
    assert.equal(evaluate('PRIORVALUE(Five__c)', { prior }), 4);
    assert.equal(evaluate('ISCHANGED(Five__c)', { prior }), true);
    assert.equal(evaluate('ISCHANGED(Blank__c)', { prior }), false, 'empty text and null are the same blank');
    assert.equal(evaluate('ISCHANGED(Start__c)', { prior }), false, 'the same instant');
  });

  test('$Permission, $User and relationships are asked of the save', () => {
    const options: SaveOptions = { permissions: ['Can'], related: { 'Trainer__r.User__r.IsActive': true } };
    assert.equal(evaluate('$Permission.Can', options), true);
    assert.equal(evaluate('$Permission.Cannot', options), false);
    assert.equal(evaluate('$User.Id', options), '005000000000001AAA');
    assert.equal(evaluate('Trainer__r.User__r.IsActive', options), true);
    assert.equal(evaluate('ISBLANK(Trainer__r.Name)', options), true);
  });

  test('a field that the record does not have is an error, never a blank', () => {
    assert.throws(() => evaluate('ISBLANK(Missing__c)'), /Thing__c has no field Missing__c/);
  });
});

describe('what is refused when a formula is read', () => {
  test('functions outside the vocabulary, by name', () => {
    refuses(/unknown function VLOOKUP/, 'VLOOKUP(a, b, c)', 'AND(TRUE, VLOOKUP(a))');
    refuses(/unknown function constructor/, 'constructor(1)');
  });

  test('a number of arguments that the function does not take', () => {
    refuses(/NOT does not take 2 arguments/, 'NOT(TRUE, FALSE)');
    refuses(/IF does not take 2 arguments/, 'IF(TRUE, 1)');
    refuses(/ISNEW does not take 1/, 'ISNEW(Five__c)');
    refuses(/AND does not take 0/, 'AND()');
    refuses(/CASE/, 'CASE(a, 1, 2, 3, 4)');
  });

  test('globals outside the vocabulary', () => {
    refuses(/\$Profile\.Name/, '$Profile.Name = "x"');
    refuses(/\$User\.Email/, '$User.Email');
    refuses(/\$Permission/, '$Permission', '$Permission.A.B');
    refuses(/\$Record\.Five__c/, '$Record.Five__c');
  });

  test('references of flows in a rule, and of rules in a flow', () => {
    refuses(/wrong form/, '{!$Record.Five__c}');
    assert.throws(() => parseFormula('Five__c', 'flow'), /wrong form/);
    assert.throws(() => parseFormula('ISCHANGED({!$Record.Five__c})', 'flow'), /unknown function ISCHANGED/);
    assert.throws(() => parseFormula('{!$Flow.CurrentDateTime}', 'flow'), /\$Flow\.CurrentDateTime/);
    assert.throws(() => parseFormula('{!$Record__Prior.Trainer__r.Name}', 'flow'), UnsupportedMetadata);
    assert.throws(() => parseFormula('{!$Record}', 'flow'), UnsupportedMetadata);
  });

  test('arguments that Salesforce demands in a certain form', () => {
    refuses(/ISCHANGED: it takes a field/, 'ISCHANGED("x")', 'ISCHANGED(Trainer__r.Name)', 'ISCHANGED(1 + 1)');
    refuses(/PRIORVALUE: it takes a field/, 'PRIORVALUE(5)');
    refuses(/ISPICKVAL: it takes a picklist/, 'ISPICKVAL(Status__c, Text__c)', 'ISPICKVAL("a", "b")');
    refuses(/REGEX: its pattern must be a literal/, 'REGEX("a", Text__c)');
    refuses(/REGEX: the pattern .* is not understood/, 'REGEX("a", "[")', 'REGEX("a", "(?i)a")', 'REGEX("a", "a++")');
  });

  test('broken syntax', () => {
    refuses(/unexpected/, '', '1 +', '1 2', ')', 'AND(', 'AND(1,)', '* 2', 'TRUE FALSE');
    refuses(/is missing/, '(1', 'AND(1 2)');
    refuses(/cannot read/, '1 # 2', '"open', '1.2.3', 'a ^ 2', '{!a', '1a');
    refuses(/unknown escape/, '"\\d"');
    refuses(/nested too deeply/, `${'('.repeat(500)}1${')'.repeat(500)}`);
    refuses(/3,900/, `"${'a'.repeat(3900)}"`);
  });

  test('comments and line breaks are skipped', () => {
    yields(3, '1 /* one\n more */ +\n\t2');
  });
});

describe('properties', () => {
  interface Term {
    text: string;
    value: number;
  }
  // Sums of products of numbers and bracketed sums, each with the value that its shape demands.
  const { sum } = fc.letrec<{ factor: Term; product: Term; sum: Term }>((tie) => ({
    factor: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.integer({ min: 0, max: 99 }).map((value) => ({ text: String(value), value })),
      tie('sum').map(({ text, value }) => ({ text: `(${text})`, value })),
    ),
    product: fc.array(tie('factor'), { minLength: 1, maxLength: 3 }).map((factors) => ({
      text: factors.map(({ text }) => text).join(' * '),
      value: factors.reduce((product, { value }) => product * value, 1),
    })),
    sum: fc
      .tuple(tie('product'), fc.array(fc.tuple(fc.constantFrom('+', '-'), tie('product')), { maxLength: 3 }))
      .map(([first, rest]) => ({
        text: rest.reduce((text, [sign, term]) => `${text} ${sign} ${term.text}`, first.text),
        value: rest.reduce(
          (total, [sign, term]) => (sign === '+' ? total + term.value : total - term.value),
          first.value,
        ),
      })),
  }));

  test('sums of products have the value that precedence and order from left to right give them', () => {
    fc.assert(
      fc.property(sum, ({ text, value }) => {
        fc.pre(text.length < 3000);
        assert.equal(evaluate(text), value + 0);
      }),
    );
  });

  test('the fence never leaves a save undecided: it refuses exactly the smaller numbers, blank counting as 0', () => {
    const maybe = fc.option(fc.integer({ min: -5, max: 5 }));
    fc.assert(
      fc.property(maybe, maybe, (next, stored) => {
        const formula = 'BLANKVALUE(PRIORVALUE(N__c), 0) > BLANKVALUE(N__c, 0)';
        const verdict = evaluate(formula, { record: { N__c: next }, prior: { N__c: stored } });
        assert.equal(verdict, (next ?? 0) < (stored ?? 0));
      }),
    );
  });

  test('any text is either read or refused with UnsupportedMetadata', () => {
    const piece = fc.constantFrom(
      'AND(',
      'NOT(',
      ')',
      ',',
      '"a"',
      '1',
      '+',
      '<',
      '=',
      'Five__c',
      '{!x}',
      '$User.Id',
      ' ',
      '/*',
      '\\',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(text, (formula) => {
        try {
          parseFormula(formula);
        } catch (error) {
          assert.ok(error instanceof UnsupportedMetadata, String(error));
        }
      }),
      { numRuns: 500 },
    );
  });
});
