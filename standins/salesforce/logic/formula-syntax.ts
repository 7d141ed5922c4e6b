import type { FieldValue } from './save-context.ts';
import type { Reference } from './reference.ts';

export type BinaryOperator = '+' | '-' | '*' | '/' | '&' | '=' | '<>' | '<' | '>' | '<=' | '>=' | '&&' | '||';

export type Expression =
  | { kind: 'literal'; value: FieldValue }
  | { kind: 'reference'; reference: Reference }
  | { kind: 'call'; name: string; arguments: readonly Expression[] }
  | { kind: 'binary'; operator: BinaryOperator; left: Expression; right: Expression }
  | { kind: 'negative'; operand: Expression }
  | { kind: 'not'; operand: Expression };
