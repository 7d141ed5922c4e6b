import type { FieldValue } from './save-context.ts';
import type { FlowCondition, FlowValue } from './flow-model.ts';
import type { ReferenceScope } from './reference.ts';
import { areEqual, asText, compareOrder, FormulaFailure } from './formula-values.ts';
import { readField, resolveReference } from './reference.ts';

/** A constant, or what a reference stands for at this moment of the run. */
export function valueOf(value: FlowValue, scope: ReferenceScope): FieldValue {
  return value.kind === 'constant' ? value.value : resolveReference(value.reference, scope);
}

/** Whether a condition of a decision holds; order with a blank never does. */
export function isMet(condition: FlowCondition, scope: ReferenceScope): boolean {
  const { left, operator, right } = condition;
  const expected = valueOf(right, scope);
  if (operator === 'IsChanged') return isChanged(condition, scope) === expected;
  if (left.kind === 'prior record') return (scope.context.prior === null) === expected;
  const actual = resolveReference(left, scope);
  switch (operator) {
    case 'IsNull':
      return (actual === null) === expected;
    case 'EqualTo':
      return areEqual(actual, expected);
    case 'NotEqualTo':
      return !areEqual(actual, expected);
    case 'StartsWith':
      return asText(actual).startsWith(asText(expected));
    case 'EndsWith':
      return asText(actual).endsWith(asText(expected));
    case 'Contains':
      return asText(actual).includes(asText(expected));
    default:
      return meetsOrder(operator, compareOrder(actual, expected));
  }
}

function meetsOrder(operator: FlowCondition['operator'], order: number | null): boolean {
  if (order === null) return false;
  if (operator === 'GreaterThan') return order > 0;
  if (operator === 'GreaterThanOrEqualTo') return order >= 0;
  return operator === 'LessThan' ? order < 0 : order <= 0;
}

function isChanged({ left }: FlowCondition, scope: ReferenceScope): boolean {
  const { record, prior, object } = scope.context;
  if (left.kind !== 'field' || prior === null) {
    throw new FormulaFailure(
      'what IsChanged means for a record being created is not documented: ask for the prior record first',
    );
  }
  const [field] = left.path;
  return !areEqual(readField(record, field, object), readField(prior, field, object));
}
