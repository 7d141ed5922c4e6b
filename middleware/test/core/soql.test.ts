import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseQuery, type Condition, type WhereClause } from '@jetstreamapp/soql-parser-js';
import fc from 'fast-check';
import { soql, type Soql } from '../../src/salesforce/records.ts';

test('Each value becomes a literal of its type', () => {
  const query = soql`SELECT Id FROM X__c WHERE A__c = ${'text'} AND B__c = ${12.5} AND C__c = ${true} AND D__c = ${null}
 AND E__c >= ${new Date('2026-03-02T08:00:00Z')} AND F__c IN ${['a', 'b']}`;
  assert.equal(
    query.text,
    `SELECT Id FROM X__c WHERE A__c = 'text' AND B__c = 12.5 AND C__c = true AND D__c = null
 AND E__c >= 2026-03-02T08:00:00.000Z AND F__c IN ('a','b')`,
  );
});

test('Another query is spliced in as it is', () => {
  const filter = soql`Name = ${"O'Neil"}`;
  assert.equal(
    soql`SELECT Id FROM Lead WHERE ${filter} LIMIT ${1}`.text,
    "SELECT Id FROM Lead WHERE Name = 'O\\'Neil' LIMIT 1",
  );
});

test('Quotes, backslashes and control characters are escaped', () => {
  assert.equal(soql`${`'\\\n\r\t\b\f`}`.text, String.raw`'\'\\\n\r\t\b\f'`);
});

test('Half of a surrogate pair, which no URL can carry, becomes a replacement character', () => {
  assert.equal(soql`${'a\ud800b'}`.text, "'a\ufffdb'");
  assert.doesNotThrow(() => encodeURIComponent(soql`${'\udc00'}`.text));
});

test('Whatever a person types stays one string literal and comes back unchanged', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.stringMatching(/^['"\\ ()=a-z\n]*$/),
    fc.constantFrom("' OR Name != '", "\\' OR Id != '", '\\', "\\\\'", "'; DELETE"),
  );
  fc.assert(
    fc.property(text, text, (first, second) => {
      const query = parseQuery(soql`SELECT Id FROM Lead WHERE Name = ${first} AND City IN ${[second, first]}`.text);
      const conditions = conditionsOf(query.where);
      assert.deepEqual(
        conditions.map((condition) => 'operator' in condition && condition.operator),
        ['=', 'IN'],
      );
      const literals = conditions.flatMap((condition) => ('value' in condition ? condition.value : []));
      assert.deepEqual(
        literals.map(unquote),
        [first, second, first].map((typed) => typed.toWellFormed()),
      );
    }),
    { numRuns: 300 },
  );
});

test('What SOQL cannot write is refused instead of sent', () => {
  assert.throws(() => soql`Id IN ${[]}`, RangeError);
  for (const number of [Number.NaN, Number.POSITIVE_INFINITY, 1e21, 1e-7])
    assert.throws(() => soql`${number}`, RangeError);
  assert.throws(() => soql`${new Date(Number.NaN)}`, RangeError);
});

test('A value of no known kind, such as parsed JSON that looks like a query, is refused', () => {
  const forged = JSON.parse('{"text":"Id != null"}') as Soql;
  assert.throws(() => soql`SELECT Id FROM Lead WHERE ${forged}`, TypeError);
  assert.throws(() => soql`Name = ${undefined as unknown as string}`, TypeError);
  assert.throws(() => soql`Name IN ${[1] as unknown as string[]}`, TypeError);
});

function conditionsOf(where: WhereClause | undefined): Condition[] {
  if (!where) return [];
  const left = where.left ? [where.left as Condition] : [];
  return 'right' in where ? [...left, ...conditionsOf(where.right)] : left;
}

function unquote(literal: string): string {
  const controls: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };
  return literal.slice(1, -1).replaceAll(/\\(.)/g, (_, character: string) => controls[character] ?? character);
}
