import type { Expression } from './formula-syntax.ts';
import type { Dialect, ReferenceScope } from './reference.ts';
import type { FieldValue } from './save-context.ts';
import {
  areEqual,
  asCondition,
  asNumber,
  asText,
  FormulaFailure,
  formatText,
  isBlank,
  parseNumber,
} from './formula-values.ts';
import { readField } from './reference.ts';

/** Evaluates one argument in the scope of the call; arguments are evaluated only when they are needed. */
export type Evaluate = (argument: Expression) => FieldValue;

export interface FormulaFunction {
  minimum: number;
  maximum: number;
  /**
   * Salesforce offers the functions about the change of a record in validation rules only. Those about the present
   * instant work in its formula fields too, but not in those of the local org, which know no clock.
   */
  dialects: readonly Dialect[];
  /** What is wrong with the arguments, found when the formula is read. */
  objection?: (args: readonly Expression[]) => string | undefined;
  evaluate(args: readonly Expression[], evaluate: Evaluate, scope: ReferenceScope): FieldValue;
}

type Shape = [
  minimum: number,
  maximum: number,
  evaluate: FormulaFunction['evaluate'],
  objection?: FormulaFunction['objection'],
];

const ALL: readonly Dialect[] = ['rule', 'flow', 'field'];
const NULL: Expression = { kind: 'literal', value: null };
const at = (args: readonly Expression[], index: number): Expression => args[index] ?? NULL;

const EVERYWHERE: Readonly<Record<string, Shape>> = {
  AND: [1, Infinity, (args, evaluate) => foldConditions(args, evaluate, false)],
  OR: [1, Infinity, (args, evaluate) => foldConditions(args, evaluate, true)],
  NOT: [1, 1, (args, evaluate) => negateCondition(evaluate(at(args, 0)))],
  IF: [3, 3, (args, evaluate) => evaluate(at(args, asCondition(evaluate(at(args, 0))) === true ? 1 : 2))],
  CASE: [
    4,
    Infinity,
    chooseCase,
    (args) => (args.length % 2 === 0 ? undefined : 'CASE needs a value for every other case'),
  ],
  BLANKVALUE: [2, 2, (args, evaluate) => replaceBlank(evaluate(at(args, 0)), () => evaluate(at(args, 1)))],
  ISBLANK: [1, 1, (args, evaluate) => isBlank(evaluate(at(args, 0)))],
  // A text field is never null to Salesforce, but here the type of a null is unknown: ISBLANK is the better choice in metadata.
  ISNULL: [1, 1, (args, evaluate) => evaluate(at(args, 0)) === null],
  ISPICKVAL: [
    2,
    2,
    (args, evaluate) => areEqual(asText(evaluate(at(args, 0))), evaluate(at(args, 1))),
    refusePicklistTest,
  ],
  TEXT: [1, 1, (args, evaluate) => formatText(evaluate(at(args, 0)))],
  LEN: [1, 1, (args, evaluate) => asText(evaluate(at(args, 0))).length],
  REGEX: [2, 2, matchWhole, refusePattern],
  BEGINS: [2, 2, (args, evaluate) => asText(evaluate(at(args, 0))).startsWith(asText(evaluate(at(args, 1))))],
  CONTAINS: [2, 2, (args, evaluate) => asText(evaluate(at(args, 0))).includes(asText(evaluate(at(args, 1))))],
  SUBSTITUTE: [3, 3, replaceText],
  VALUE: [1, 1, (args, evaluate) => parseNumber(evaluate(at(args, 0)))],
};

const WITH_CLOCK: Readonly<Record<string, Shape>> = {
  NOW: [0, 0, (_args, _evaluate, scope) => scope.context.now.toISOString()],
  // Salesforce takes the day in the zone of the user; a save knows no zone here, so it is the day in UTC.
  TODAY: [0, 0, (_args, _evaluate, scope) => scope.context.now.toISOString().slice(0, 10)],
};

const IN_RULES: Readonly<Record<string, Shape>> = {
  ISNEW: [0, 0, (_args, _evaluate, scope) => scope.context.prior === null],
  ISCHANGED: [1, 1, isChanged, refuseAllButField],
  PRIORVALUE: [1, 1, priorValue, refuseAllButField],
};

/** Every function that formulas may use, by its upper-case name. */
export const FORMULA_FUNCTIONS: ReadonlyMap<string, FormulaFunction> = new Map([
  ...Object.entries(EVERYWHERE).map(([name, shape]) => [name, describeFunction(shape, ALL)] as const),
  ...Object.entries(WITH_CLOCK).map(([name, shape]) => [name, describeFunction(shape, ['rule', 'flow'])] as const),
  ...Object.entries(IN_RULES).map(([name, shape]) => [name, describeFunction(shape, ['rule'])] as const),
]);

function describeFunction(shape: Shape, dialects: readonly Dialect[]): FormulaFunction {
  const [minimum, maximum, evaluate, objection] = shape;
  return { minimum, maximum, evaluate, objection, dialects };
}

/** AND (decided by a false) and OR (decided by a true), left to right; what comes after the decision is not evaluated. */
export function foldConditions(args: readonly Expression[], evaluate: Evaluate, decisive: boolean): boolean | null {
  let result: boolean | null = !decisive;
  for (const argument of args) {
    const value = asCondition(evaluate(argument));
    if (value === decisive) return decisive;
    if (value === null) result = null;
  }
  return result;
}

export function negateCondition(value: FieldValue): boolean | null {
  const condition = asCondition(value);
  return condition === null ? null : !condition;
}

function replaceBlank(value: FieldValue, substitute: () => FieldValue): FieldValue {
  return isBlank(value) ? substitute() : value;
}

function chooseCase(args: readonly Expression[], evaluate: Evaluate): FieldValue {
  const value = evaluate(at(args, 0));
  for (let index = 1; index < args.length - 1; index += 2) {
    if (areEqual(value, evaluate(at(args, index)))) return evaluate(at(args, index + 1));
  }
  return evaluate(at(args, args.length - 1));
}

function matchWhole(args: readonly Expression[], evaluate: Evaluate): boolean {
  return compilePattern(asText(evaluate(at(args, 1)))).test(asText(evaluate(at(args, 0))));
}

function compilePattern(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`, 'u');
}

function replaceText(args: readonly Expression[], evaluate: Evaluate): string {
  const [text, old, replacement] = [0, 1, 2].map((index) => asText(evaluate(at(args, index))));
  return old ? (text ?? '').replaceAll(old, () => replacement ?? '') : (text ?? '');
}

function isChanged(args: readonly Expression[], _evaluate: Evaluate, scope: ReferenceScope): boolean {
  const { record, prior, object } = scope.context;
  const field = fieldName(at(args, 0));
  return prior !== null && !areEqual(readField(record, field, object), readField(prior, field, object));
}

function priorValue(args: readonly Expression[], _evaluate: Evaluate, scope: ReferenceScope): FieldValue {
  // On a new record PRIORVALUE is the present value.
  const { record, prior, object } = scope.context;
  return readField(prior ?? record, fieldName(at(args, 0)), object);
}

function fieldName(argument: Expression): string {
  if (argument.kind === 'reference' && argument.reference.kind === 'field') return argument.reference.path[0];
  throw new FormulaFailure('expected a field');
}

function refuseAllButField(args: readonly Expression[]): string | undefined {
  const argument = at(args, 0);
  const isField =
    argument.kind === 'reference' && argument.reference.kind === 'field' && argument.reference.path.length === 1;
  return isField ? undefined : 'it takes a field of the record itself';
}

function refusePicklistTest(args: readonly Expression[]): string | undefined {
  const [field, value] = [at(args, 0), at(args, 1)];
  const isField = field.kind === 'reference' || (field.kind === 'call' && field.name === 'PRIORVALUE');
  const isText = value.kind === 'literal' && typeof value.value === 'string';
  return isField && isText ? undefined : 'it takes a picklist field and a literal text';
}

function refusePattern(args: readonly Expression[]): string | undefined {
  const pattern = at(args, 1);
  if (pattern.kind !== 'literal' || typeof pattern.value !== 'string') return 'its pattern must be a literal text';
  try {
    compilePattern(pattern.value);
    return undefined;
  } catch {
    return `the pattern ${pattern.value} is not understood`;
  }
}

/** Shared with the unary minus of the grammar. */
export function negateNumber(value: FieldValue): number | null {
  const number = asNumber(value);
  return number === null ? null : 0 - number;
}
