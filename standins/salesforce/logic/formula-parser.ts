import type { BinaryOperator, Expression } from './formula-syntax.ts';
import type { Dialect } from './reference.ts';
import type { FormulaToken } from './formula-tokens.ts';
import { FORMULA_FUNCTIONS } from './formula-functions.ts';
import { parseReference } from './reference.ts';
import { tokenizeFormula } from './formula-tokens.ts';
import { UnsupportedMetadata } from './save-context.ts';

/** Loosest first; `==` and `!=` are other spellings of `=` and `<>`. */
const LEVELS: readonly Readonly<Record<string, BinaryOperator>>[] = [
  { '||': '||' },
  { '&&': '&&' },
  { '=': '=', '==': '=', '<>': '<>', '!=': '<>' },
  { '<': '<', '>': '>', '<=': '<=', '>=': '>=' },
  { '+': '+', '-': '-', '&': '&' },
  { '*': '*', '/': '/' },
];
const LITERALS: ReadonlyMap<string, boolean | null> = new Map([
  ['TRUE', true],
  ['FALSE', false],
  ['NULL', null],
]);
const DEEPEST_NESTING = 60;
const LONGEST_FORMULA = 3900;

/** Reads a formula into a tree, innermost functions checked first. Throws UnsupportedMetadata naming what it does not know. */
export function parseExpression(text: string, dialect: Dialect): Expression {
  if (text.length > LONGEST_FORMULA) throw new UnsupportedMetadata('formula: longer than 3,900 characters');
  const tokens = tokenizeFormula(text);
  let next = 0;
  let depth = 0;

  const peekOperator = (): string | undefined => {
    const token = tokens[next];
    return token?.kind === 'operator' ? token.value : undefined;
  };
  const takeOperator = (wanted: string): boolean => {
    if (peekOperator() !== wanted) return false;
    next += 1;
    return true;
  };
  const expectOperator = (wanted: string): void => {
    if (!takeOperator(wanted)) throw new UnsupportedMetadata(`formula: ${wanted} is missing before ${here()}`);
  };
  const here = (): string => String(tokens[next]?.value ?? 'its end');

  function parseLevel(level: number): Expression {
    const operators = LEVELS[level];
    if (!operators) return parseUnary();
    let left = parseLevel(level + 1);
    for (;;) {
      const operator = operators[peekOperator() ?? ''];
      if (!operator) return left;
      next += 1;
      left = { kind: 'binary', operator, left, right: parseLevel(level + 1) };
    }
  }

  function parseNested(): Expression {
    depth += 1;
    if (depth > DEEPEST_NESTING) throw new UnsupportedMetadata('formula: nested too deeply');
    const expression = parseLevel(0);
    depth -= 1;
    return expression;
  }

  function parseUnary(): Expression {
    let wrap = (operand: Expression): Expression => operand;
    for (;;) {
      const outer = wrap;
      if (takeOperator('-')) wrap = (operand) => outer({ kind: 'negative', operand });
      else if (takeOperator('!')) wrap = (operand) => outer({ kind: 'not', operand });
      else if (!takeOperator('+')) return wrap(parsePrimary());
    }
  }

  function parsePrimary(): Expression {
    if (takeOperator('(')) {
      const expression = parseNested();
      expectOperator(')');
      return expression;
    }
    const token = tokens[next];
    if (!token || token.kind === 'operator') throw new UnsupportedMetadata(`formula: unexpected ${here()}`);
    next += 1;
    if (token.kind === 'name' && takeOperator('(')) return parseCall(token.value);
    return parseAtom(token);
  }

  function parseAtom(token: FormulaToken): Expression {
    if (token.kind === 'number' || token.kind === 'text') return { kind: 'literal', value: token.value };
    if (token.kind === 'name') {
      const literal = LITERALS.get(token.value.toUpperCase());
      if (literal !== undefined) return { kind: 'literal', value: literal };
    }
    // Only flows put references into {!…}, and they always do.
    const expected = dialect === 'flow' ? 'merge' : 'name';
    if (token.kind !== expected) throw new UnsupportedMetadata(`formula: reference ${token.value} in the wrong form`);
    return { kind: 'reference', reference: parseReference(token.value, dialect) };
  }

  function parseCall(spelling: string): Expression {
    const name = spelling.toUpperCase();
    const known = FORMULA_FUNCTIONS.get(name);
    if (!known?.dialects.includes(dialect)) throw new UnsupportedMetadata(`formula: unknown function ${spelling}`);
    const args = parseArguments();
    if (args.length < known.minimum || args.length > known.maximum) {
      throw new UnsupportedMetadata(`formula: ${name} does not take ${String(args.length)} arguments`);
    }
    const objection = known.objection?.(args);
    if (objection !== undefined) throw new UnsupportedMetadata(`formula: ${name}: ${objection}`);
    return { kind: 'call', name, arguments: args };
  }

  function parseArguments(): Expression[] {
    if (takeOperator(')')) return [];
    const args = [parseNested()];
    while (takeOperator(',')) args.push(parseNested());
    expectOperator(')');
    return args;
  }

  const expression = parseNested();
  if (next < tokens.length) throw new UnsupportedMetadata(`formula: unexpected ${here()}`);
  return expression;
}
