import type { Condition, ConditionWithValueQuery, HavingClause, WhereClause } from '@jetstreamapp/soql-parser-js';
import { malformedQuery } from '../errors.ts';

export type ConditionTree =
  | { kind: 'condition'; condition: ConditionWithValueQuery }
  | { kind: 'not'; inner: ConditionTree }
  | { kind: 'and' | 'or'; left: ConditionTree; right: ConditionTree };

type Token = '(' | ')' | 'NOT' | 'AND' | 'OR' | { condition: ConditionWithValueQuery };

/**
 * The parser gives a right-nested list with counts of parentheses. This rebuilds the tree, and refuses AND beside OR
 * without parentheses, as the platform does (the parser lets it pass).
 */
export function buildConditionTree(clause: WhereClause | HavingClause): ConditionTree {
  const tokens = [...tokensOf(clause)];
  let position = 0;

  const readOne = (): ConditionTree => {
    const token = tokens[position++];
    if (token === 'NOT') return { kind: 'not', inner: readOne() };
    if (token === '(') {
      const inner = readChain();
      if (tokens[position++] !== ')') throw malformedQuery("expecting a right parentheses, found 'end of query'");
      return inner;
    }
    if (typeof token !== 'object') throw malformedQuery(`unexpected token: '${token ?? 'end of query'}'`);
    return { kind: 'condition', condition: token.condition };
  };

  const readChain = (): ConditionTree => {
    let tree = readOne();
    let used: 'AND' | 'OR' | undefined;
    for (let token = tokens[position]; token === 'AND' || token === 'OR'; token = tokens[position]) {
      if (used !== undefined && used !== token) throw malformedQuery(`unexpected token: '${token}'`);
      used = token;
      position++;
      tree = { kind: token === 'AND' ? 'and' : 'or', left: tree, right: readOne() };
    }
    return tree;
  };

  const tree = readChain();
  if (position < tokens.length) throw malformedQuery('unexpected token after the condition');
  return tree;
}

interface ListNode {
  left: (Condition | ConditionWithValueQuery) | null;
  operator?: string;
  right?: ListNode;
}

function* tokensOf(clause: WhereClause | HavingClause): Generator<Token> {
  let node: ListNode | undefined = clause;
  while (node) {
    const { left, operator, right }: ListNode = node;
    const parens = (left ?? {}) as { openParen?: number; closeParen?: number };
    for (let count = 0; count < (parens.openParen ?? 0); count++) yield '(';
    if (operator?.toUpperCase() === 'NOT') {
      yield 'NOT';
      node = right;
      continue;
    }
    if (!left) throw malformedQuery('unexpected end of the condition');
    yield { condition: left };
    for (let count = 0; count < (parens.closeParen ?? 0); count++) yield ')';
    if (operator === undefined || !right) return;
    yield operator.toUpperCase() === 'OR' ? 'OR' : 'AND';
    node = right;
  }
}
