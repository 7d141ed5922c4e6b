import type { ConditionLogic } from './flow-model.ts';
import { UnsupportedMetadata } from './save-context.ts';

/**
 * Reads `and`, `or` or custom logic such as `1 AND (2 OR 3)` for that many conditions. As in the Flow Builder, AND and OR
 * are mixed only with parentheses, and every condition is used.
 */
export function parseConditionLogic(text: string, count: number): ConditionLogic {
  const all = Array.from({ length: count }, (_, index) => index + 1);
  if (count === 0) throw new UnsupportedMetadata('a rule without conditions');
  if (text === 'and' || text === 'or') return { kind: text, parts: all };
  const tokens = text.toUpperCase().match(/\d+|AND\b|OR\b|[()]|\S/g) ?? [];
  const used = new Set<number>();
  let next = 0;

  function parseChain(): ConditionLogic {
    const parts = [parsePart()];
    const joint = tokens[next];
    if (joint !== 'AND' && joint !== 'OR') return parts[0] ?? 0;
    while (tokens[next] === joint) {
      next += 1;
      parts.push(parsePart());
    }
    return { kind: joint === 'AND' ? 'and' : 'or', parts };
  }

  function parsePart(): ConditionLogic {
    const token = tokens[next] ?? 'its end';
    next += 1;
    if (token === '(') {
      const inner = parseChain();
      if (tokens[next] !== ')') refuse();
      next += 1;
      return inner;
    }
    const index = Number(token);
    if (!all.includes(index)) refuse();
    used.add(index);
    return index;
  }

  function refuse(): never {
    throw new UnsupportedMetadata(`condition logic ${text} for ${String(count)} conditions is not understood`);
  }

  const logic = parseChain();
  if (next < tokens.length || used.size < count) refuse();
  return logic;
}

/** Evaluates the logic; `isMet` answers for the condition of that number and is asked only when it decides. */
export function meetsLogic(logic: ConditionLogic, isMet: (index: number) => boolean): boolean {
  if (typeof logic === 'number') return isMet(logic);
  const meetsPart = (part: ConditionLogic): boolean => meetsLogic(part, isMet);
  return logic.kind === 'and' ? logic.parts.every(meetsPart) : logic.parts.some(meetsPart);
}
