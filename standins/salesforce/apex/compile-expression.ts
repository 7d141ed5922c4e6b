import {
  Arth2ExpressionContext,
  ArrayExpressionContext,
  AssignExpressionContext,
  CastExpressionContext,
  CmpExpressionContext,
  CondExpressionContext,
  DotExpressionContext,
  EqualityExpressionContext,
  IdPrimaryContext,
  InstanceOfExpressionContext,
  LiteralPrimaryContext,
  LogAndExpressionContext,
  LogOrExpressionContext,
  MethodCallExpressionContext,
  NegExpressionContext,
  NewExpressionContext,
  PrimaryExpressionContext,
  SoqlPrimaryContext,
  SubExpressionContext,
  ThisPrimaryContext,
  TypeRefPrimaryContext,
  type ExpressionContext,
} from '@apexdevtools/apex-parser';
import type { Evaluate, TypeName } from './class-model.ts';
import { compileCall, compileOwnCall } from './compile-call.ts';
import { compileQuery } from './compile-query.ts';
import { compileNew, matchesType, requireClass } from './construct.ts';
import { typeOf } from './read-parts.ts';
import type { Scope } from './scope.ts';
import {
  ApexObject,
  ApexRecord,
  ApexType,
  areEqual,
  asText,
  HostObject,
  notNull,
  thrown,
  UnsupportedApex,
} from './values.ts';

/**
 * An expression as a function of the running method. `wanted` is the declared type of what it is for, where that
 * matters: a query is a list or a count.
 * @throws UnsupportedApex for every construct and name outside the vocabulary
 */
export function compileExpression(scope: Scope, context: ExpressionContext, wanted?: TypeName): Evaluate {
  const compile = (inner: ExpressionContext | undefined): Evaluate => {
    if (!inner) throw unsupported(context);
    return compileExpression(scope, inner, wanted);
  };
  if (context instanceof PrimaryExpressionContext) return compilePrimary(scope, context, wanted);
  if (context instanceof SubExpressionContext) return compile(context.expression());
  if (context instanceof CastExpressionContext) {
    const run = compile(context.expression());
    // The types were checked by the compiler's stand-in; only what came out of JSON can still be something else.
    if (typeOf(context.typeRef()).name !== 'Map') return run;
    return async (frame) => {
      const value = await run(frame);
      if (value === null || value instanceof Map) return value;
      throw thrown('TypeException', 'Invalid conversion from runtime type to Map');
    };
  }
  if (context instanceof NewExpressionContext) return compileNew(scope, context.creator());
  if (context instanceof MethodCallExpressionContext) return compileOwnCall(scope, context.methodCall());
  if (context instanceof DotExpressionContext) return compileDot(scope, context);
  if (context instanceof AssignExpressionContext) return compileAssignment(scope, context);
  if (context instanceof InstanceOfExpressionContext) {
    const run = compile(context.expression());
    const matches = matchesType(scope, typeOf(context.typeRef()));
    return async (frame) => {
      const value = await run(frame);
      return (value instanceof ApexObject || value instanceof HostObject) && matches(value);
    };
  }
  if (context instanceof NegExpressionContext && context.BANG()) {
    const run = compile(context.expression());
    return async (frame) => (await run(frame)) !== true;
  }
  if (context instanceof CondExpressionContext) {
    const [condition, then, otherwise] = context.expression_list().map(compile);
    if (!condition || !then || !otherwise) throw unsupported(context);
    return async (frame) => ((await condition(frame)) === true ? then(frame) : otherwise(frame));
  }
  return compileOperator(scope, context);
}

function compileOperator(scope: Scope, context: ExpressionContext): Evaluate {
  const list = (context as Partial<Arth2ExpressionContext>).expression_list?.() ?? [];
  const [left, right] = list.map((one) => compileExpression(scope, one));
  if (!left || !right || list.length !== 2) throw unsupported(context);
  if (context instanceof LogAndExpressionContext) {
    return async (frame) => (await left(frame)) === true && (await right(frame)) === true;
  }
  if (context instanceof LogOrExpressionContext) {
    return async (frame) => (await left(frame)) === true || (await right(frame)) === true;
  }
  if (context instanceof EqualityExpressionContext && (context.EQUAL() || context.NOTEQUAL())) {
    const wanted = Boolean(context.EQUAL());
    return async (frame) => areEqual(await left(frame), await right(frame)) === wanted;
  }
  if (context instanceof Arth2ExpressionContext && context.ADD()) {
    return async (frame) => {
      const [a, b] = [await left(frame), await right(frame)];
      return typeof a === 'number' && typeof b === 'number' ? a + b : asText(a) + asText(b);
    };
  }
  if (context instanceof CmpExpressionContext) {
    const orEqual = Boolean(context.ASSIGN());
    const sign = context.GT() ? 1 : -1;
    return async (frame) => {
      const [a, b] = [notNull(await left(frame)), notNull(await right(frame))];
      if (typeof a !== 'number' || typeof b !== 'number') throw new UnsupportedApex('only numbers are compared');
      return (orEqual && a === b) || Math.sign(a - b) === sign;
    };
  }
  if (context instanceof ArrayExpressionContext) {
    return async (frame) => {
      const [items, index] = [notNull(await left(frame)), await right(frame)];
      const item = Array.isArray(items) && typeof index === 'number' ? items[index] : undefined;
      if (item === undefined) throw new UnsupportedApex(`${context.getText()} is out of bounds`);
      return item;
    };
  }
  throw unsupported(context);
}

function compilePrimary(scope: Scope, context: PrimaryExpressionContext, wanted: TypeName | undefined): Evaluate {
  const primary = context.primary();
  if (primary instanceof SoqlPrimaryContext) return compileQuery(scope, primary.soqlLiteral(), wanted);
  if (primary instanceof ThisPrimaryContext && !scope.isStatic) return (frame) => Promise.resolve(frame.self);
  if (primary instanceof LiteralPrimaryContext) {
    const value = literalValue(primary.getText());
    return () => Promise.resolve(value);
  }
  if (primary instanceof TypeRefPrimaryContext) {
    const type = new ApexType(requireClass(scope, typeOf(primary.typeRef())));
    return () => Promise.resolve(type);
  }
  if (primary instanceof IdPrimaryContext) {
    const name = primary.getText();
    if (scope.locals.has(name)) return (frame) => Promise.resolve(frame.locals.get(name) ?? null);
    const field = scope.inside.fields.get(name);
    if (field?.isStatic) return (frame) => field.initial?.({ ...frame, self: null }) ?? Promise.resolve(null);
  }
  throw unsupported(context);
}

function literalValue(text: string): string | number | boolean | null {
  const lower = text.toLowerCase();
  if (lower === 'null') return null;
  if (lower === 'true' || lower === 'false') return lower === 'true';
  if (/^\d+$/.test(text)) return Number(text);
  if (/^'[^'\\\n]*'$/.test(text)) return text.slice(1, -1);
  throw new UnsupportedApex(`literal ${text}: plain texts without escapes, whole numbers, true, false and null only`);
}

/** `value.field` and `value?.field`; method calls are elsewhere. */
function compileDot(scope: Scope, context: DotExpressionContext): Evaluate {
  if (context.dotMethodCall() as unknown) return compileCall(scope, context);
  const name = context.anyId().getText();
  const owner = compileExpression(scope, context.expression());
  const isSafe = Boolean(context.QUESTIONDOT());
  return async (frame) => {
    const value = await owner(frame);
    if (value === null && isSafe) return null;
    const from = notNull(value);
    if (from instanceof ApexRecord) return from.read(name);
    if (from instanceof ApexObject && from.of.fields.has(name)) return from.fields.get(name) ?? null;
    throw new UnsupportedApex(`${context.getText()}: there is no ${name}`);
  };
}

/** `local = …` and `object.field = …`. */
function compileAssignment(scope: Scope, context: AssignExpressionContext): Evaluate {
  const [target, source] = context.expression_list();
  if (!target || !source || !context.ASSIGN()) throw unsupported(context);
  const value = compileExpression(scope, source);
  if (target instanceof DotExpressionContext && !(target.dotMethodCall() as unknown)) {
    const name = target.anyId().getText();
    const owner = compileExpression(scope, target.expression());
    return async (frame) => {
      const object = notNull(await owner(frame));
      if (!(object instanceof ApexObject) || !object.of.fields.has(name)) {
        throw new UnsupportedApex(`${target.getText()} cannot be assigned`);
      }
      const assigned = await value(frame);
      object.fields.set(name, assigned);
      return assigned;
    };
  }
  const name = target.getText();
  if (!scope.locals.has(name)) throw unsupported(context);
  return async (frame) => {
    const assigned = await value(frame);
    frame.locals.set(name, assigned);
    return assigned;
  };
}

export function unsupported(context: { getText(): string }): UnsupportedApex {
  return new UnsupportedApex(`this is not followed: ${context.getText().slice(0, 80)}`);
}
