import { systemActor } from '../access/actor.ts';
import { checkAction } from '../apex/apex-side.ts';
import { classSources, compileClasses, type ClassSource } from '../apex/load-program.ts';
import { queriesOf, type ClassQuery } from '../apex/queries-of.ts';
import { createApexRuntime, type ApexRuntime } from '../apex/runtime.ts';
import { UnsupportedApex } from '../apex/values.ts';
import { SalesforceError } from '../errors.ts';
import { keyOf, type Component, type Components } from '../metadata/component.ts';
import { findObject, type Schema } from '../schema/types.ts';
import { compileQuery } from '../soql/compile-query.ts';
import { parseQuery } from '../soql/parse-query.ts';
import { problemOf, type Problem } from './problem.ts';

/** Compiles every class, its queries against the schema, and the actions of flows against the classes. */
export function checkCode(components: Components, schema: Schema): { runtime: ApexRuntime; problems: Problem[] } {
  const problems: Problem[] = [];
  const at = (type: string, name: string, problem: string, line: number) => {
    const component = components.get(keyOf({ type, name }));
    if (component) problems.push(problemOf({ ...component, line: 1 }, problem, line));
  };
  const { runtime, queries, refused } = compiled(classSources(components));
  for (const { name, message } of refused) {
    at('ApexClass', name, message, Number(/\.cls:(\d+)/.exec(message)?.[1] ?? 1));
  }
  for (const { name, query } of queries) {
    for (const problem of queryProblems(query, schema)) at('ApexClass', name, problem, query.line);
  }
  for (const object of schema.objects.values()) {
    for (const flow of object.afterSaveFlows) {
      try {
        checkAction(runtime, flow);
      } catch (error) {
        if (!(error instanceof UnsupportedApex)) throw error;
        at('Flow', flow.name, error.message, lineOf(components, flow.name, flow.action.apexClass));
      }
    }
  }
  return { runtime, problems };
}

function lineOf(components: Components, flow: string, apexClass: string): number {
  const component: Component | undefined = components.get(keyOf({ type: 'Flow', name: flow }));
  return component ? problemOf({ ...component, line: 1 }, apexClass).line : 1;
}

interface Compiled {
  key: string;
  runtime: ApexRuntime;
  queries: { name: string; query: ClassQuery }[];
  refused: { name: string; message: string }[];
}

let newest: Compiled | undefined;

/** Parsing is by far the slowest step, and most deployments leave the classes as they were. */
function compiled(sources: readonly ClassSource[]): Compiled {
  const key = sources.map(({ name, source }) => `${name}\n${source}`).join('\n');
  if (newest?.key === key) return newest;
  const refused: Compiled['refused'] = [];
  const program = compileClasses(sources, ({ name }, { message }) => refused.push({ name, message }));
  const queries = sources.flatMap(({ name, source }) =>
    /\[\s*SELECT\b/i.test(source) ? queriesOf(source).map((query) => ({ name, query })) : [],
  );
  newest = { key, runtime: createApexRuntime(program), queries, refused };
  return newest;
}

function queryProblems({ bare }: ClassQuery, schema: Schema): string[] {
  const actor = systemActor({ userId: '005000000000001AAA', username: 'compiler', timeZone: 'UTC' });
  const object = /\sFROM\s+(\w+)/i.exec(bare)?.[1] ?? '';
  // Standard objects that the local org does not hold are not its to judge.
  if (!/__(c|mdt)$/i.test(object) && !findObject(schema, object)) return [];
  try {
    compileQuery({ schema, actor, now: new Date() }, parseQuery(bare), { includeDeleted: false });
    return [];
  } catch (error) {
    if (!(error instanceof SalesforceError)) throw error;
    return [error.message];
  }
}
