import { argumentValue, toLightning } from './json.ts';
import type { ClassDef, MethodDef, Program } from './class-model.ts';
import { ApexObject, ApexThrown, HostObject, typeNameOf, UnsupportedApex, type ApexValue } from './values.ts';
import type { World } from './world.ts';

/** What the person in front of the screen is told. */
export class ApexError extends Error {
  override name = 'ApexError';
}

/** What a call needs to know of the acting user. */
export interface ApexUser {
  username: string;
  /** Names of the classes that their permission sets open. */
  apexClasses: ReadonlySet<string>;
  world: World;
}

export interface ApexRuntime {
  /** `Class.method` of every `@AuraEnabled` method. */
  methods(): string[];
  /** What LWC gets of an `@AuraEnabled` method. @throws ApexError */
  call(user: ApexUser, method: string, parameters: object): Promise<unknown>;
  /** Runs the `@InvocableMethod` of a class for a list of inputs. @throws ApexError */
  invoke(user: ApexUser, className: string, inputs: readonly Record<string, string>[]): Promise<void>;
  /** Input names of the invocable, or undefined for a class without one. */
  invocable(className: string): { inputs: string[]; callout: boolean } | undefined;
}

/** The entry points of the classes. */
export function createApexRuntime(program: Program): ApexRuntime {
  const openMethods = (annotation: string) =>
    [...program.values()].flatMap((def) =>
      [...def.methods.values()]
        .filter(({ annotations }) => annotations.has(annotation))
        .map((method) => ({ def, method })),
    );
  const invocables = new Map(openMethods('invocablemethod').map((one) => [one.def.name, one]));

  const run = async (user: ApexUser, def: ClassDef, method: MethodDef, given: readonly ApexValue[]) => {
    if (!user.apexClasses.has(def.name)) {
      throw new ApexError(`You do not have access to the Apex class named '${def.name}'.`);
    }
    const locals = new Map(
      method.parameters.map(({ name }, index): [string, ApexValue] => [name, given[index] ?? null]),
    );
    return (await method.body({ world: user.world, locals, self: null }))?.value ?? null;
  };

  return {
    methods: () => openMethods('auraenabled').map(({ def, method }) => `${def.name}.${method.name}`),
    call: (user, name, parameters) =>
      translating(async () => {
        const found = openMethods('auraenabled').find(({ def, method }) => `${def.name}.${method.name}` === name);
        if (!found) throw new ApexError(`No Apex action available for ${name}`);
        const { def, method } = found;
        const given = parameters as Record<string, unknown>;
        const unknown = Object.keys(given).find(
          (key) => !method.parameters.some((parameter) => parameter.name === key),
        );
        if (unknown !== undefined) throw new ApexError(`${name} has no parameter ${unknown}`);
        const values = method.parameters.map(({ name: key, type }) =>
          argumentValue(program, def, type, given[key], key),
        );
        return toLightning(await run(user, def, method, values), method.returns);
      }),
    invoke: (user, className, inputs) =>
      translating(async () => {
        const found = invocables.get(className);
        if (!found) throw new ApexError(`${className} has no invocable method`);
        const request = requestClass(found.def, found.method);
        const requests = inputs.map((input) => {
          const object = new ApexObject(request);
          for (const [name, value] of Object.entries(input)) object.fields.set(name, value);
          return object;
        });
        await run(user, found.def, found.method, [requests]);
      }),
    invocable: (className) => {
      const found = invocables.get(className);
      if (!found) return undefined;
      const fields = [...requestClass(found.def, found.method).fields.values()];
      return {
        inputs: fields.filter(({ annotations }) => annotations.has('invocablevariable')).map(({ name }) => name),
        callout: found.method.annotations.get('invocablemethod')?.['callout'] === 'true',
      };
    },
  };
}

/** An invocable takes one list of an inner class. */
function requestClass(def: ClassDef, method: MethodDef): ClassDef {
  const type = method.parameters[0]?.type;
  const request =
    type?.name === 'List' && method.parameters.length === 1 ? def.inner.get(type.of[0]?.name ?? '') : undefined;
  if (!request) throw new UnsupportedApex(`${def.name}.${method.name} takes one list of an inner class`);
  return request;
}

async function translating<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ApexThrown)) throw error;
    const { value } = error;
    const isHandled = value instanceof HostObject && value.type === 'AuraHandledException';
    throw new ApexError(isHandled ? error.message : `${typeNameOf(value)}: ${error.message}`, { cause: error });
  }
}
