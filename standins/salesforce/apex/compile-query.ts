import { BoundExpressionContext, SubQueryContext, type SoqlLiteralContext } from '@apexdevtools/apex-parser';
import type { Evaluate, Frame, TypeName } from './class-model.ts';
import { compileExpression } from './compile-expression.ts';
import { partsOf } from './read-parts.ts';
import type { Scope } from './scope.ts';
import { ApexRecord, thrown, UnsupportedApex, type ApexValue } from './values.ts';
import type { World } from './world.ts';

const USER_MODE = /\sWITH\s+USER_MODE\b/i;

/** A query is cut where the values of its binds go. */
interface Template {
  texts: readonly string[];
  binds: readonly Evaluate[];
  isCount: boolean;
  /** Relationships of sub-selects: lists, where REST answers null for none. */
  children: readonly string[];
}

/**
 * `[SELECT …]`, asked over the REST API as the acting user. Only user mode can be followed that way, so every other
 * query is refused; the clause itself is left out, because REST has no other mode.
 */
export function compileQuery(scope: Scope, context: SoqlLiteralContext, wanted: TypeName | undefined): Evaluate {
  // Inner classes do not inherit the sharing of the class around them.
  if (scope.inside.outer) throw new UnsupportedApex(`${scope.inside.name}: queries belong into the outer class`);
  const template = templateOf(scope, context);
  const fits = template.isCount ? wanted?.name === 'Integer' : wanted?.name === 'List';
  if (!fits)
    throw new UnsupportedApex(
      `a query is for a List or, with COUNT(), for an Integer: ${context.getText().slice(0, 60)}`,
    );
  return async (frame) => {
    const literals = await literalsOf(template, frame);
    // An empty list in a bind finds nothing; SOQL text has no way to write it.
    if (literals.includes(undefined)) return template.isCount ? 0 : [];
    const soql = template.texts.map((text, index) => text + (literals[index] ?? '')).join('');
    return template.isCount
      ? (await ask(frame.world, soql)).totalSize
      : rowsOf(await ask(frame.world, soql), template.children);
  };
}

function templateOf(scope: Scope, context: SoqlLiteralContext): Template {
  const query = context.query();
  const start = query.start.start;
  const source = query.start.getInputStream().getText(start, query.stop?.stop ?? start);
  if (!USER_MODE.test(source)) throw new UnsupportedApex(`a query without WITH USER_MODE: ${source.slice(0, 60)}`);
  const bounds = partsOf(query, BoundExpressionContext);
  const texts: string[] = [];
  let at = start;
  for (const bound of bounds) {
    texts.push(source.slice(at - start, bound.start.start - start));
    at = (bound.stop?.stop ?? bound.start.stop) + 1;
  }
  texts.push(source.slice(at - start));
  // An empty list is answered without asking, which is right only where every condition must hold.
  if (bounds.length > 0 && /\s(OR|NOT)\s/i.test(source)) throw new UnsupportedApex('binds in a query with OR or NOT');
  return {
    texts: texts.map((text) => text.replace(USER_MODE, ' ')),
    binds: bounds.map((bound) => compileExpression(scope, bound.expression())),
    children: partsOf(query, SubQueryContext).map((one) => one.fromNameList().getText()),
    isCount: /^SELECT\s+COUNT\(\s*\)/i.test(source),
  };
}

async function literalsOf(template: Template, frame: Frame): Promise<(string | undefined)[]> {
  const literals: (string | undefined)[] = [];
  for (const bind of template.binds) {
    const value = await bind(frame);
    if (!Array.isArray(value)) literals.push(literalOf(value));
    else literals.push(value.length === 0 ? undefined : `(${value.map(literalOf).join(', ')})`);
  }
  return literals;
}

/** A value as SOQL text; what a person typed stays inside its quotes. */
function literalOf(value: ApexValue): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (typeof value !== 'string') throw new UnsupportedApex('texts, numbers, booleans and lists of them are bound');
  return `'${value
    .replace(/[\\'"]/g, (sign) => `\\${sign}`)
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')}'`;
}

interface Answer {
  totalSize: number;
  done: boolean;
  records: Record<string, unknown>[];
}

async function ask(world: World, soql: string): Promise<Answer> {
  const { status, body } = await world.read(`/query?q=${encodeURIComponent(soql)}`);
  if (status === 200) return body as Answer;
  const [error] = body as { message?: string }[];
  throw thrown('QueryException', error?.message ?? `the query was answered with ${status}`);
}

function rowsOf(answer: Answer, children: readonly string[] = []): ApexRecord[] {
  if (!answer.done) throw new UnsupportedApex('a query with more than one page: it needs a LIMIT');
  return answer.records.map((row) => recordOf(row, children));
}

function recordOf(row: Record<string, unknown>, children: readonly string[]): ApexRecord {
  const values = Object.entries(row).filter(([name]) => name !== 'attributes');
  return new ApexRecord(new Map(values.map(([name, value]) => [name, valueOf(value, children.includes(name))])));
}

function valueOf(value: unknown, isList: boolean): ApexValue {
  if (isList) return value === null ? [] : rowsOf(value as Answer);
  if (value === null || typeof value !== 'object') return value as string | number | boolean | null;
  return recordOf(value as Record<string, unknown>, []);
}
