import { FormulaFailure } from './formula-values.ts';
import { evaluateFormula, parseFormula } from './formula.ts';
import { fieldOfReference } from './reference.ts';
import { UnsupportedMetadata, type FieldValue, type SaveContext } from './save-context.ts';

/** What a formula field calculates from the other fields of its record. */
export interface FieldFormula {
  /** Fields of the same object, each once. */
  references: readonly string[];
  value(record: Readonly<Record<string, FieldValue>>): FieldValue;
}

/**
 * Reads the formula of a number or percent field. The API gives a percentage as people read it: 0.9 is 90. A formula that
 * ends in `#Error!` on the page has no value in the API.
 */
export function readFieldFormula(text: string, options: { scale: number; percent: boolean }): FieldFormula {
  const formula = parseFormula(text, 'field');
  const factor = options.percent ? 100 : 1;
  return {
    references: [...new Set(formula.references.map(fieldOfReference).filter((field) => field !== undefined))],
    value: (record) => {
      const result = resultOf(() => evaluateFormula(formula, { context: contextOf(record), resource: refuse }));
      if (result === null) return null;
      if (typeof result !== 'number') throw new UnsupportedMetadata(`formula ${text} does not give a number`);
      return Number((result * factor).toFixed(options.scale));
    },
  };
}

function resultOf(evaluate: () => FieldValue): FieldValue {
  try {
    return evaluate();
  } catch (error) {
    if (error instanceof FormulaFailure) return null;
    throw error;
  }
}

/** A formula field sees the record as it is stored; its dialect has no way to ask for anything else. */
function contextOf(record: Readonly<Record<string, FieldValue>>): SaveContext {
  return {
    object: 'record',
    record,
    prior: null,
    related: ([path = '']) => refuse(path),
    hasCustomPermission: refuse,
    userId: '',
    now: new Date(0),
  };
}

function refuse(name: string): never {
  throw new UnsupportedMetadata(`a formula field cannot ask for ${name}`);
}
