import {
  DotExpressionContext,
  IdPrimaryContext,
  PrimaryExpressionContext,
  type ExpressionContext,
  type MethodCallContext,
} from '@apexdevtools/apex-parser';
import { findClass, type ClassDef, type Evaluate } from './class-model.ts';
import { compileExpression, unsupported } from './compile-expression.ts';
import { compileArguments, evaluateAll } from './construct.ts';
import { callMember, isMember } from './library-members.ts';
import { STATICS } from './library-statics.ts';
import type { Scope } from './scope.ts';
import { ApexRecord, asText, notNull, UnsupportedApex, type ApexValue } from './values.ts';

/** A method of the same class: `name(…)`. */
export function compileOwnCall(scope: Scope, context: MethodCallContext): Evaluate {
  const name = (context.id() as { getText(): string } | null)?.getText() ?? context.getText();
  return callOf(scope, scope.inside.outer ?? scope.inside, name, compileArguments(scope, context.expressionList()));
}

/** `Class.method(…)` and `value.method(…)`. */
export function compileCall(scope: Scope, context: DotExpressionContext): Evaluate {
  const call = context.dotMethodCall();
  const name = call.anyId().getText();
  const values = compileArguments(scope, call.expressionList());
  const owner = context.expression();
  const path = staticPath(scope, owner);
  if (path !== undefined) {
    const def = findClass(scope.program, scope.inside, path);
    if (def) return callOf(scope, def, name, values);
    const described = /^Schema\.sObjectType\.(\w+)$/.exec(path)?.[1];
    const right = DESCRIBED[name];
    if (described !== undefined && right !== undefined) return isAllowed(described, right);
    const known = STATICS[`${path}.${name}`];
    if (known?.parameters !== values.length) throw unsupported(context);
    return async (frame) => known.run(frame.world, await evaluateAll(values, frame));
  }
  if (!isMember(name) || (context.QUESTIONDOT() as unknown)) throw unsupported(context);
  const value = compileExpression(scope, owner);
  return async (frame) => {
    const on = notNull(await value(frame));
    const given = await evaluateAll(values, frame);
    if (on instanceof ApexRecord && name === 'get') return on.read(asText(given[0] ?? null));
    return callMember(frame.world, on, name, given);
  };
}

function callOf(scope: Scope, def: ClassDef, name: string, values: readonly Evaluate[]): Evaluate {
  const method = def.methods.get(name);
  if (!method?.isStatic || method.parameters.length !== values.length) {
    throw new UnsupportedApex(`${scope.inside.name} calls ${def.name}.${name}, which does not exist like that`);
  }
  return async (frame) => {
    const given = await evaluateAll(values, frame);
    const locals = new Map(
      method.parameters.map((parameter, index): [string, ApexValue] => [parameter.name, given[index] ?? null]),
    );
    return (await method.body({ world: frame.world, locals, self: null }))?.value ?? null;
  };
}

/** `String`, `Schema.sObjectType.X`: names that are no value here. */
function staticPath(scope: Scope, context: ExpressionContext): string | undefined {
  if (context instanceof DotExpressionContext && !(context.dotMethodCall() as unknown)) {
    const head = staticPath(scope, context.expression());
    return head === undefined ? undefined : `${head}.${context.anyId().getText()}`;
  }
  if (!(context instanceof PrimaryExpressionContext) || !(context.primary() instanceof IdPrimaryContext))
    return undefined;
  const name = context.getText();
  return scope.locals.has(name) || scope.inside.fields.has(name) ? undefined : name;
}

/** Members of a describe by the Apex method that tells them. */
const DESCRIBED: Readonly<Record<string, string>> = { isCreateable: 'createable', isUpdateable: 'updateable' };

/** Asks the describe of the acting user; objects that they cannot see are not there. */
function isAllowed(object: string, right: string): Evaluate {
  return async ({ world }) => {
    const { status, body } = await world.read(`/sobjects/${object}/describe`);
    return status === 200 && (body as Record<string, unknown>)[right] === true;
  };
}
