import type { CreatorContext, ExpressionListContext } from '@apexdevtools/apex-parser';
import { findClass, type ClassDef, type Evaluate, type Frame, type TypeName } from './class-model.ts';
import { compileExpression } from './compile-expression.ts';
import type { Scope } from './scope.ts';
import { ApexObject, asText, HostObject, typeNameOf, UnsupportedApex, type ApexValue } from './values.ts';

/** Platform exceptions that code may name. All of them are an `Exception`. */
const EXCEPTIONS = ['AuraHandledException', 'CalloutException', 'JSONException', 'QueryException'];

/** `new`: lists, maps, classes of the package and a few platform classes. */
export function compileNew(scope: Scope, context: CreatorContext): Evaluate {
  const name = context.createdName().getText();
  const generic = name.replace(/<.*/s, '');
  const map = context.mapCreatorRest() as ReturnType<typeof context.mapCreatorRest> | null;
  if (map && generic === 'Map') {
    const pairs = map
      .mapCreatorRestPair_list()
      .map((pair) => pair.expression_list().map((one) => compileExpression(scope, one)));
    return async (frame) => {
      const made = new Map<string, ApexValue>();
      for (const [key, value] of pairs) made.set(asText((await key?.(frame)) ?? null), (await value?.(frame)) ?? null);
      return made;
    };
  }
  const set = context.setCreatorRest() as ReturnType<typeof context.setCreatorRest> | null;
  if (set && generic === 'List') {
    const items = set.expression_list().map((one) => compileExpression(scope, one));
    return (frame) => evaluateAll(items, frame);
  }
  const rest = context.classCreatorRest() as ReturnType<typeof context.classCreatorRest> | null;
  const bare = context.noRest() as unknown;
  if (!rest && !(bare && (generic === 'List' || generic === 'Map')))
    throw new UnsupportedApex(`new ${context.getText()}`);
  const values = compileArguments(scope, rest?.arguments().expressionList());
  if (generic === 'List' && values.length === 0) return () => Promise.resolve([]);
  if (generic === 'Map' && values.length === 0) return () => Promise.resolve(new Map());
  if (['HttpRequest', 'Http'].includes(name) && values.length === 0) {
    return () => Promise.resolve(new HostObject(name, { headers: new Map() }));
  }
  if (EXCEPTIONS.includes(name) && values.length === 1) {
    return async (frame) => new HostObject(name, { message: (await values[0]?.(frame)) ?? null });
  }
  return constructorOf(requireClass(scope, { name, of: [] }), values);
}

function constructorOf(def: ClassDef, values: readonly Evaluate[]): Evaluate {
  const parameters = def.isException ? values.length <= 2 : values.length === (def.build?.parameters.length ?? 0);
  if (!parameters) throw new UnsupportedApex(`new ${def.name} with ${values.length} arguments`);
  return async (frame) => {
    const object = new ApexObject(def);
    const given = await evaluateAll(values, frame);
    if (def.isException) {
      const [message] = given;
      object.message = typeof message === 'string' ? message : null;
      return object;
    }
    const locals = new Map(def.build?.parameters.map(({ name }, index) => [name, given[index] ?? null]));
    await def.build?.body({ world: frame.world, locals, self: object });
    return object;
  };
}

export function compileArguments(scope: Scope, list: ExpressionListContext | null | undefined): Evaluate[] {
  return (list?.expression_list() ?? []).map((one) => compileExpression(scope, one));
}

export async function evaluateAll(list: readonly Evaluate[], frame: Frame): Promise<ApexValue[]> {
  const values: ApexValue[] = [];
  for (const one of list) values.push(await one(frame));
  return values;
}

export function requireClass(scope: Scope, type: TypeName): ClassDef {
  const found = findClass(scope.program, scope.inside, type.name);
  if (!found) throw new UnsupportedApex(`the class ${type.name} is not known`);
  return found;
}

/** Whether something thrown is of that exception class. */
export function matchesType(scope: Scope, type: TypeName): (value: ApexObject | HostObject) => boolean {
  if (type.name === 'Exception') return () => true;
  const known = EXCEPTIONS.includes(type.name) ? type.name : requireClass(scope, type).name;
  return (value) => typeNameOf(value) === known;
}
