import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { loadProgram, sourcesOf } from '../../standins/salesforce/apex/load-program.ts';
import { createApexRuntime } from '../../standins/salesforce/apex/runtime.ts';
import { loadCredentials } from '../../standins/salesforce/schema/load-credentials.ts';
import { loadSchema } from '../../standins/salesforce/schema/load-schema.ts';

/**
 * Names that one file uses and another must define: permission set → class and principal, flow → class and input, Named →
 * External Credential, `callout:` → Named Credential, Lightning component → method; and every entry point is granted.
 */
export function checkReferences(packageFolders: readonly string[]): string[] {
  const schema = loadSchema(packageFolders);
  const runtime = createApexRuntime(loadProgram(packageFolders));
  const credentials = loadCredentials(packageFolders);
  const files = packageFolders.flatMap(sourcesOf);
  const classes = new Set(files.map((file) => path.basename(file, '.cls')));
  const principals = new Set([...credentials.values()].flatMap((one) => one.principals));
  const flows = [...schema.objects.values()].flatMap(({ afterSaveFlows }) => afterSaveFlows);
  const granted = new Set(schema.permissionSets.flatMap(({ apexClasses }) => [...apexClasses]));
  const entryPoints = new Set([
    ...runtime.methods().map((method) => method.split('.')[0] ?? ''),
    ...flows.map(({ action }) => action.apexClass),
  ]);
  return [
    ...schema.permissionSets.flatMap((set) => [
      ...missing(set.apexClasses, classes, `permission set ${set.name}: class`),
      ...missing(set.credentialPrincipals, principals, `permission set ${set.name}: principal`),
    ]),
    ...flows.flatMap(({ name, action }) => {
      const invocable = runtime.invocable(action.apexClass);
      if (!invocable) return [`flow ${name}: ${action.apexClass} has no invocable method`];
      const callout = invocable.callout ? [] : [`flow ${name}: ${action.apexClass} calls out without callout=true`];
      const fault = action.hasFaultPath ? [] : [`flow ${name}: no fault path, so every failure is mailed`];
      return [...callout, ...fault, ...missing(action.inputNames, new Set(invocable.inputs), `flow ${name}: input`)];
    }),
    ...[...entryPoints].filter((name) => !granted.has(name)).map((name) => `class ${name}: no permission set opens it`),
    ...files.flatMap((file) => {
      const used = [...readFileSync(file, 'utf8').matchAll(/callout:(\w+)/g)].map(([, name]) => name ?? '');
      return missing(used, new Set(credentials.keys()), `${path.basename(file)}: named credential`);
    }),
    ...files.filter((file) => !existsSync(`${file}-meta.xml`)).map((file) => `${path.basename(file)} has no -meta.xml`),
    ...packageFolders.flatMap((folder) => importsOfComponents(folder, new Set(runtime.methods()))),
  ];
}

function missing(used: Iterable<string>, known: ReadonlySet<string>, what: string): string[] {
  return [...used].filter((name) => !known.has(name)).map((name) => `${what} ${name} does not exist`);
}

function importsOfComponents(folder: string, methods: ReadonlySet<string>): string[] {
  return globSync(path.join(folder, 'default/lwc/**/*.js')).flatMap((file) => {
    const used = [...readFileSync(file, 'utf8').matchAll(/@salesforce\/apex\/([\w.]+)/g)].map(([, name]) => name ?? '');
    return missing(used, methods, `${path.relative(folder, file)}: method`);
  });
}
