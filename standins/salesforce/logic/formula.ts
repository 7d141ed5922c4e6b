import type { BinaryOperator, Expression } from './formula-syntax.ts';
import type { Dialect, Reference, ReferenceScope } from './reference.ts';
import type { FieldValue } from './save-context.ts';
import { add, areEqual, asText, compareOrder, divide, multiply, subtract } from './formula-values.ts';
import { foldConditions, FORMULA_FUNCTIONS, negateCondition, negateNumber } from './formula-functions.ts';
import { parseExpression } from './formula-parser.ts';
import { resolveReference } from './reference.ts';
import { UnsupportedMetadata } from './save-context.ts';

/** A formula that was read and found to stay within the vocabulary. */
export interface Formula {
  text: string;
  expression: Expression;
  references: readonly Reference[];
}

export type { ReferenceScope as FormulaScope } from './reference.ts';

/**
 * Reads a formula of a validation rule or a field (fields by name) or of a flow (`{!$Record.Field}`).
 * Throws UnsupportedMetadata that names the construct outside the vocabulary.
 */
export function parseFormula(text: string, dialect: Dialect = 'rule'): Formula {
  const expression = parseExpression(text, dialect);
  return { text, expression, references: collectReferences(expression) };
}

/**
 * The value of a formula with blanks treated as blanks: arithmetic and order with a blank give null, a blank text counts as
 * the empty text, and a condition that ends as null is not met. Throws FormulaFailure where Salesforce shows `#Error!` or
 * refuses the types.
 */
export function evaluateFormula(formula: Formula, scope: ReferenceScope): FieldValue {
  return evaluateExpression(formula.expression, scope);
}

function evaluateExpression(expression: Expression, scope: ReferenceScope): FieldValue {
  const evaluate = (inner: Expression): FieldValue => evaluateExpression(inner, scope);
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'reference':
      return resolveReference(expression.reference, scope);
    case 'negative':
      return negateNumber(evaluate(expression.operand));
    case 'not':
      return negateCondition(evaluate(expression.operand));
    case 'call': {
      const known = FORMULA_FUNCTIONS.get(expression.name);
      if (!known) throw new UnsupportedMetadata(`formula: unknown function ${expression.name}`);
      return known.evaluate(expression.arguments, evaluate, scope);
    }
    case 'binary':
      return expression.operator === '&&' || expression.operator === '||'
        ? foldConditions([expression.left, expression.right], evaluate, expression.operator === '||')
        : applyOperator(expression.operator, evaluate(expression.left), evaluate(expression.right));
  }
}

function applyOperator(
  operator: Exclude<BinaryOperator, '&&' | '||'>,
  left: FieldValue,
  right: FieldValue,
): FieldValue {
  switch (operator) {
    case '+':
      return add(left, right);
    case '-':
      return subtract(left, right);
    case '*':
      return multiply(left, right);
    case '/':
      return divide(left, right);
    case '&':
      return asText(left) + asText(right);
    case '=':
      return areEqual(left, right);
    case '<>':
      return !areEqual(left, right);
    default:
      return applyOrder(operator, compareOrder(left, right));
  }
}

function applyOrder(operator: '<' | '>' | '<=' | '>=', order: number | null): boolean | null {
  if (order === null) return null;
  if (operator === '<') return order < 0;
  if (operator === '>') return order > 0;
  return operator === '<=' ? order <= 0 : order >= 0;
}

function collectReferences(expression: Expression): Reference[] {
  switch (expression.kind) {
    case 'literal':
      return [];
    case 'reference':
      return [expression.reference];
    case 'negative':
    case 'not':
      return collectReferences(expression.operand);
    case 'call':
      return expression.arguments.flatMap(collectReferences);
    case 'binary':
      return [...collectReferences(expression.left), ...collectReferences(expression.right)];
  }
}
